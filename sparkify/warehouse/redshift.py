"""The warehouse of the cloud: a Redshift cluster, reached by redshift_connector.

Rows travel through S3 and COPY. The star is replaced in one transaction, so readers see
the old one or the new one; there are no versions to publish.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from pathlib import Path
from queue import Empty, SimpleQueue
from threading import Lock
from typing import TYPE_CHECKING, Any

import pyarrow as pa

from sparkify import s3
from sparkify.aws.cloud import Cloud
from sparkify.aws.login import connect, get_login, get_reader_login
from sparkify.aws.session import clients, explained
from sparkify.errors import LoadError, WarehouseError
from sparkify.warehouse.session import LAYOUT, Session, Warehouse

if TYPE_CHECKING:
    from redshift_connector.core import Connection

    Idle = SimpleQueue[Connection]

ERRORS_SHOWN = 5
NOT_THERE = ("42P01", "42501")  # no such table yet, or none that readers may see

# PostgreSQL's numbers of the types that our queries give.
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


class RedshiftSession(Session):
    """A connection to the cluster."""

    dialect = "redshift"

    def __init__(
        self,
        cloud: Cloud,
        log_in: Callable[[], Connection],
        idle: Idle | None = None,
    ) -> None:
        self._cloud = cloud
        self._log_in = log_in
        self._connection = log_in()
        self._connection.autocommit = True  # transactions begin where we say so
        self._lender = idle
        self._idle: Idle = SimpleQueue()
        self._is_lost = False

    def execute(self, statement: str, values: Mapping[str, Any]) -> int:
        """Carries out one statement; gives the rows that it wrote."""
        with self._refusals(), self._connection.cursor() as cursor:
            cursor.paramstyle = "named"
            cursor.execute(statement, dict(values))
            return max(0, int(cursor.rowcount))

    def query(self, statement: str, values: Mapping[str, Any]) -> pa.Table:
        """Gives the rows of one query."""
        with self._refusals(), self._connection.cursor() as cursor:
            cursor.paramstyle = "named"
            cursor.execute(statement, dict(values))
            columns = [(_text(name), oid) for name, oid, *_ in cursor.description]
            rows = cursor.fetchall()
        values_of = zip(*rows, strict=True) if rows else ([] for _ in columns)
        return pa.table(
            {
                name: pa.array(list(found), TYPES.get(oid, pa.string()))
                for (name, oid), found in zip(columns, values_of, strict=True)
            }
        )

    def load(self, table: str, columns: Sequence[str], files: Sequence[str]) -> int:
        """Adds the rows of Parquet files by one COPY with a manifest.

        Files of this machine are put into the bucket first. COPY takes columns by their
        position, which is that of the DDL.

        Raises:
            LoadError: A row was refused; the message has Redshift's own findings.
        """
        if not files:
            return 0
        with clients(self._cloud.settings.region) as aws, explained():
            addresses = [self._uploaded(aws.s3, file) for file in files]
            manifest = self._put_manifest(aws.s3, table, addresses)
        copy = (
            f"copy {table} from {_literal(manifest)} "
            f"iam_role {_literal(self._cloud.copy_role)} "
            "format as parquet manifest"
        )
        try:
            self.execute(copy, {})
        except WarehouseError as error:
            self._roll_back()
            found = self.query_file("redshift/load_errors", top=ERRORS_SHOWN)
            raise LoadError(_findings(table, found, error)) from error
        return int(self.query_file("redshift/last_copy").to_pylist()[0]["row_count"])

    def layout(self) -> pa.Table:
        """Tells how the tables lie on the cluster: their distribution and skew."""
        return self.query_file("redshift/layout").cast(LAYOUT)

    def cursor(self) -> Session:
        """Gives a session of its own to a thread: a connection that is lent.

        A login takes longer than most answers, so it is kept for the next.
        """

        def borrow() -> Connection:
            try:
                return self._idle.get_nowait()
            except Empty:
                return self._log_in()

        return RedshiftSession(self._cloud, borrow, self._idle)

    def close(self) -> None:
        """Gives the connection back to who lent it, or ends it and those it lent."""
        if self._lender is not None and not self._is_lost:
            self._lender.put(self._connection)
            return
        with suppress(Empty):
            while True:
                _end(self._idle.get_nowait())
        _end(self._connection)

    @contextmanager
    def _refusals(self) -> Iterator[None]:
        """Says in our words what Redshift refused."""
        from redshift_connector.error import Error, ProgrammingError

        try:
            yield
        except ProgrammingError as error:
            details = error.args[0] if error.args else {}
            words = str(error)
            if isinstance(details, dict):
                words = f"{details.get('M', '')} ({details.get('C', '')})"
            raise WarehouseError(
                f"the warehouse refused a statement: {words}"
            ) from error
        except (Error, OSError) as error:
            self._is_lost = True
            raise WarehouseError(
                f"the connection to Redshift was lost: {error}; what was not finished "
                "has been rolled back, run the step again"
            ) from error

    def _begin(self) -> None:
        self.execute("begin", {})

    def _commit(self) -> None:
        self.execute("commit", {})

    def _roll_back(self) -> None:
        try:
            self.execute("rollback", {})
        except WarehouseError:  # the connection is gone, and with it the transaction
            return

    def _uploaded(self, client: Any, file: str) -> str:
        """Gives the address of a file in S3, where it is put if it is not there."""
        if s3.is_s3(file):
            return file
        path = Path(file)
        address = self._cloud.address("temp", "load", path.parent.name, path.name)
        client.upload_file(file, *s3.split(address))
        return address

    def _put_manifest(self, client: Any, table: str, files: Sequence[str]) -> str:
        """Names the files of one COPY, with the sizes that they must have."""
        entries = []
        for file in files:
            bucket, key = s3.split(file)
            size = client.head_object(Bucket=bucket, Key=key)["ContentLength"]
            meta = {"content_length": size}
            entries.append({"url": file, "mandatory": True, "meta": meta})
        address = self._cloud.address("manifests", f"{table}.json")
        bucket, key = s3.split(address)
        body = json.dumps({"entries": entries}).encode()
        client.put_object(Bucket=bucket, Key=key, Body=body)
        return address


class RedshiftWarehouse(Warehouse):
    """The star schema of one cluster's database.

    Args:
        cloud: What 01_provision made.
    """

    def __init__(self, cloud: Cloud) -> None:
        self._cloud = cloud
        self._reader: Session | None = None
        self._lock = Lock()

    def prepare(self) -> None:
        """Makes the user that may only read, where it is missing."""
        with self.writing() as session:
            if session.query_file("redshift/reader").num_rows == 0:
                session.run_file("redshift/create_reader")

    def writing(self) -> Session:
        """Connects; what a transaction writes readers see when it ends."""
        return RedshiftSession(self._cloud, self._connect)

    def publish(self) -> None:
        """Tells the planner what was built, and lets readers see all tables."""
        with self.writing() as session:
            session.execute("analyze", {})
            session.run_file("redshift/grant_reader")

    def version(self) -> str:
        """Names the run that built the star."""
        with self._lock:
            if self._reader is None:
                self._reader = self.reading()
            try:
                run = _last_transform(self._reader)
            except WarehouseError:
                self._reader = None
                raise
        if run is None:
            raise WarehouseError(
                "there is no finished warehouse yet; build one by sparkify run "
                "params/aws.yaml"
            )
        return run

    def reading(self) -> Session:
        """Connects to ask, as a user that cannot write."""
        return RedshiftSession(self._cloud, self._connect_reader)

    def _connect(self) -> Connection:
        return connect(self._cloud, get_login(self._cloud))

    def _connect_reader(self) -> Connection:
        return connect(self._cloud, get_reader_login(self._cloud))


def _last_transform(session: Session) -> str | None:
    try:
        run: str | None = session.query_file("redshift/last_transform")[0][0].as_py()
    except WarehouseError as error:
        if any(code in str(error) for code in NOT_THERE):
            return None
        raise
    return run


def _literal(text: str) -> str:
    """Quotes a text; COPY takes no bound values."""
    return "'" + text.replace("'", "''") + "'"


def _text(name: str | bytes) -> str:
    return name.decode() if isinstance(name, bytes) else name


def _findings(table: str, found: pa.Table, error: WarehouseError) -> str:
    """Says which rows of which files a COPY could not take, a line each."""
    if not found.num_rows:
        return f"{table} took no row: {error}"
    lines = [
        f"- {row['file_name']}, line {row['line_number']}, column {row['column_name']} "
        f"({row['column_type']} {row['column_length']}): {row['error_message']}"
        for row in found.to_pylist()
    ]
    return "\n".join(
        [
            f"{table} took no row, nothing was loaded; run 03_flatten again, or mend "
            "what Redshift could not take:",
            *lines,
        ]
    )


def _end(connection: Connection) -> None:
    """Closes a connection; one that is lost is closed already."""
    from redshift_connector.error import Error

    with suppress(Error, OSError):
        connection.close()
