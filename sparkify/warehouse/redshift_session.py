"""A session with a Redshift cluster, through redshift_connector."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from queue import Empty, SimpleQueue
from typing import TYPE_CHECKING, Any

import pyarrow as pa

from sparkify.aws.cloud import Cloud
from sparkify.errors import WarehouseError
from sparkify.warehouse.redshift_copy import copy_files
from sparkify.warehouse.redshift_literals import write_literals
from sparkify.warehouse.redshift_schema import enter_schema
from sparkify.warehouse.session import LAYOUT, Session

if TYPE_CHECKING:
    from redshift_connector.core import Connection

    Pool = SimpleQueue[Connection]

# PostgreSQL's type OIDs, for the types that the queries return.
TYPES = {
    16: pa.bool_(),
    20: pa.int64(),
    21: pa.int64(),
    23: pa.int64(),
    700: pa.float64(),
    701: pa.float64(),
    1082: pa.date32(),
    1114: pa.timestamp("us"),
    1700: pa.float64(),
}
NUMERIC = 1700
INTERVALS = (1186, 1188, 1190)


class RedshiftSession(Session):
    """A connection to the cluster.

    Args:
        cloud: The cloud resources.
        log_in: Opens a connection.
        is_reader: Whether it only reads: then a query whose connection was lost, as an
            idle one may be, is sent once more on a new connection.
        is_inside: Whether it finds tables in our schema, and only there; otherwise in
            none of ours, as before there is a schema.
        pool: Where a connection is borrowed from, if there is one, and goes when the
            session is closed.
    """

    dialect = "redshift"

    def __init__(
        self,
        cloud: Cloud,
        log_in: Callable[[], Connection],
        *,
        is_reader: bool = False,
        is_inside: bool = True,
        pool: Pool | None = None,
    ) -> None:
        self._cloud = cloud
        self._log_in = log_in
        self._is_reader = is_reader
        self._is_inside = is_inside
        self._is_opening = False
        self._pool = pool
        self._idle: Pool = SimpleQueue()
        if borrowed := _borrow(pool):
            self._use(borrowed)
        else:
            self._open()

    def _open(self) -> None:
        """Log in, and enter our schema."""
        self._use(self._log_in())
        if not self._is_inside:
            return
        self._is_opening = True
        try:
            enter_schema(self, self._cloud.settings.schema)
        except BaseException:
            _close(self._connection)
            raise
        finally:
            self._is_opening = False

    def _use(self, connection: Connection) -> None:
        connection.autocommit = True  # the session begins its transactions itself
        self._connection = connection
        self._is_lost = False

    def execute(self, statement: str, values: Mapping[str, Any]) -> int:
        """Execute one statement; return the number of rows that it wrote."""
        with self._translate_errors(), self._connection.cursor() as cursor:
            cursor.execute(write_literals(statement, values))
            return max(0, int(cursor.rowcount))

    def query(self, statement: str, values: Mapping[str, Any]) -> pa.Table:
        """Return the rows of one query; numbers of type `numeric` as floats."""
        columns = self._fetch(statement, values)
        return pa.table(
            {
                name: pa.array(_floats(oid, cells), TYPES.get(oid, pa.string()))
                for name, oid, cells in columns
            }
        )

    def query_exactly(self, statement: str) -> pa.Table:
        """Return the rows of one query; `numeric` has all its digits."""
        columns = self._fetch(statement, {})
        arrays = [_exact_array(oid, cells) for _, oid, cells in columns]
        return pa.Table.from_arrays(arrays, [name for name, *_ in columns])

    def _fetch(
        self, statement: str, values: Mapping[str, Any]
    ) -> list[tuple[str, int, list[Any]]]:
        """Return the name, the type's OID and the cells of each column."""
        try:
            return self._fetch_once(statement, values)
        except WarehouseError:
            if self._is_opening or not (self._is_reader and self._is_lost):
                raise
        _close(self._connection)
        self._open()
        return self._fetch_once(statement, values)

    def _fetch_once(
        self, statement: str, values: Mapping[str, Any]
    ) -> list[tuple[str, int, list[Any]]]:
        with self._translate_errors(), self._connection.cursor() as cursor:
            cursor.execute(write_literals(statement, values))
            columns = [(_text(name), oid) for name, oid, *_ in cursor.description]
            rows = cursor.fetchall()
        cells = zip(*rows, strict=True) if rows else ([] for _ in columns)
        return [
            (name, oid, list(column))
            for (name, oid), column in zip(columns, cells, strict=True)
        ]

    def load(self, table: str, columns: Sequence[str], files: Sequence[str]) -> int:
        """Append the rows of Parquet files; see `copy_files`."""
        return copy_files(self, self._cloud, table, files)

    def layout(self) -> pa.Table:
        """Return the distribution, sort key, row count and skew of each table."""
        schema = self._cloud.settings.schema
        return self.query_file("redshift/layout", schema=schema).cast(LAYOUT)

    def cursor(self) -> Session:
        """Return a session for another thread, with a connection of its own.

        A login takes longer than most queries, so a closed session's connection is kept
        for the next session.
        """
        return RedshiftSession(
            self._cloud, self._log_in, is_reader=self._is_reader, pool=self._idle
        )

    def close(self) -> None:
        """Return a borrowed connection to its pool, or close this one and its pool."""
        if self._pool is not None and not self._is_lost:
            self._pool.put(self._connection)
            return
        with suppress(Empty):
            while True:
                _close(self._idle.get_nowait())
        _close(self._connection)

    @contextmanager
    def _translate_errors(self) -> Iterator[None]:
        """Raise redshift_connector's errors as a WarehouseError."""
        from redshift_connector.error import Error, ProgrammingError

        try:
            yield
        except (Error, OSError) as error:
            if isinstance(error, ProgrammingError) and not _is_fatal(error):
                raise WarehouseError(
                    f"the warehouse rejected a statement: {_describe(error)}"
                ) from error
            self._is_lost = True
            raise WarehouseError(
                f"the connection to Redshift was lost: {_describe(error)}; the open "
                "transaction was rolled back, run the step again"
            ) from error

    def _begin(self) -> None:
        self.execute("begin", {})

    def _commit(self) -> None:
        self.execute("commit", {})

    def _roll_back(self) -> None:
        try:
            self.execute("rollback", {})
        except WarehouseError:  # a lost connection has no transaction to roll back
            return


def _floats(oid: int, cells: list[Any]) -> list[Any]:
    """Return the cells with floats for the connector's decimals."""
    if oid != NUMERIC:
        return cells
    return [None if cell is None else float(cell) for cell in cells]


def _exact_array(oid: int, cells: list[Any]) -> pa.Array:
    """Return a column of any type; what Arrow has no type for is text."""
    if oid != NUMERIC and oid in TYPES:
        return pa.array(cells, TYPES[oid])
    if oid in INTERVALS:
        return pa.array(
            [_interval(cell) for cell in cells], pa.month_day_nano_interval()
        )
    try:
        return pa.array(cells)
    except pa.ArrowException:
        return pa.array([None if cell is None else str(cell) for cell in cells])


def _interval(cell: Any) -> pa.MonthDayNano | None:
    """Return one of the connector's three kinds of interval as Arrow's."""
    if cell is None:
        return None
    microseconds = getattr(cell, "microseconds", 0) + 1_000_000 * getattr(
        cell, "seconds", 0
    )
    parts = (getattr(cell, "months", 0), getattr(cell, "days", 0))
    return pa.MonthDayNano([*parts, microseconds * 1000])


def _text(name: str | bytes) -> str:
    return name.decode() if isinstance(name, bytes) else name


def _borrow(pool: Pool | None) -> Connection | None:
    """Return an idle connection of a pool; None where there is none."""
    try:
        return pool.get_nowait() if pool is not None else None
    except Empty:
        return None


def _is_fatal(error: Exception) -> bool:
    """Return whether Redshift ended the session, as it does after a long idle time."""
    fields = error.args[0] if error.args else {}
    return isinstance(fields, dict) and fields.get("S") == "FATAL"


def _describe(error: Exception) -> str:
    """Return what Redshift says of an error, on one line."""
    fields = error.args[0] if error.args else {}
    if not isinstance(fields, dict):
        return str(error)
    message = f"{fields.get('M', '')} ({fields.get('C', '')})"
    lines = [" ".join(line.split()) for line in fields.get("D", "").splitlines()]
    details = "; ".join(line for line in lines if line.strip("-"))
    return f"{message}: {details}" if details else message


def _close(connection: Connection) -> None:
    """Close a connection; ignore the error of a lost one."""
    from redshift_connector.error import Error

    with suppress(Error, OSError):
        connection.close()
