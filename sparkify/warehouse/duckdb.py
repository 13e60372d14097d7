"""The warehouse on one machine: a DuckDB file for each published version.

A writer works on a copy of the current version, under a new name. Publishing names it
to readers. So readers do not wait for a run and see no half-built star, and a run that
dies does not affect them.
"""

from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any

import duckdb
import pyarrow as pa

from sparkify.errors import DamagedError, WarehouseError
from sparkify.warehouse import functions
from sparkify.warehouse.session import Session, Warehouse
from sparkify.warehouse.sql import Statement
from sparkify.warehouse.versions import WAL, Versions, beside, damaged, not_built

# The zone is otherwise the machine's. DuckDB has its own zones and needs no download.
SETTINGS = "set integer_division = true; set timezone = 'UTC'"
TABLES = "select table_name from duckdb_tables() where not internal order by all"
# What DuckDB says of a file that is damaged, and of a disk that is full.
DAMAGE = ("Corrupt database file", "Serialization Error", "Failed to deserialize")
DAMAGED_FILE = ("Could not read enough bytes", "not a valid DuckDB database")
FULL = ("Could not write", "could not write", "No space left", "File too large")


class DuckDBSession(Session):
    """A connection to one version's file.

    Args:
        connection: The connection.
        version: The file, which error messages name.
    """

    dialect = "duckdb"
    row_hash = "hash"
    most_rows_sorted = 1_000_000  # more at once fill the memory

    def __init__(self, connection: duckdb.DuckDBPyConnection, version: Path) -> None:
        self._connection = connection
        self._version = version

    def execute(self, statement: str, values: Mapping[str, Any]) -> int:
        """Execute one statement; return the number of rows that it wrote."""
        with _translate_errors(self._version):
            rows = self._connection.execute(statement, dict(values)).fetchall()
        return rows[0][0] if rows and isinstance(rows[0][0], int) else 0

    def query(self, statement: str, values: Mapping[str, Any]) -> pa.Table:
        """Return the rows of one query."""
        with _translate_errors(self._version):
            return self._connection.sql(statement, params=dict(values)).to_arrow_table()

    def render_query(self, text: str) -> tuple[Statement, ...]:
        """Render what a person types, with the macros that its functions need."""
        statements = functions.render(text)
        for macro in functions.MACROS:
            self.execute(macro, {})
        return statements

    def load(self, table: str, columns: Sequence[str], files: Sequence[str]) -> int:
        """Append the rows of Parquet files whose columns are the table's, in order."""
        if not files:
            return 0
        names = ", ".join(f'"{column}"' for column in columns)
        return self.execute(
            f"insert into {table} ({names}) "  # noqa: S608 (the package's own names)
            f"select {names} from read_parquet($files)",
            {"files": list(files)},
        )

    def cursor(self) -> Session:
        """Return a session for another thread; it ends with this one."""
        with _translate_errors(self._version):
            cursor = self._connection.cursor()
            cursor.execute(SETTINGS)  # a cursor does not inherit settings
        return DuckDBSession(cursor, self._version)

    def read_through(self) -> None:
        """Read every value of every table: DuckDB compares each block's checksum.

        Raises:
            DamagedError: A block is damaged.
        """
        for row in self.query(TABLES, {}).to_pylist():
            table = row["table_name"].replace('"', '""')
            self.query(
                f'select bit_xor(hash(every_row)) from "{table}" every_row',  # noqa: S608
                {},
            )

    def close(self) -> None:
        """Close the connection, which writes committed changes to the file."""
        self._connection.close()

    def _begin(self) -> None:
        with _translate_errors(self._version):
            self._connection.begin()

    def _commit(self) -> None:
        with _translate_errors(self._version):
            self._connection.commit()

    def _roll_back(self) -> None:
        with suppress(duckdb.Error):  # a fatal error has ended the transaction
            self._connection.rollback()


class DuckDBWarehouse(Warehouse):
    """The versions in a folder.

    Args:
        folder: The folder of the versions; created if it is missing.
        memory_limit: The most memory that DuckDB may use, such as `4GB`.
    """

    def __init__(self, folder: Path, memory_limit: str) -> None:
        self._folder = folder
        self._memory_limit = memory_limit
        self._versions = Versions(folder)

    def prepare(self) -> str:
        """Prepare for a run: remove what earlier runs left, and start a new version.

        The version begins as a copy of the current one, or empty if that is damaged.
        """
        with _translate_errors(self._folder):
            self._versions.clear()
            try:
                if self._versions.current() is not None:
                    self._copy_current()
            except DamagedError as error:
                self._open(self._versions.start(None)).close()
                return error.reason
        return ""

    def writing(self) -> Session:
        """Open the next version; create it as a copy of the current one if needed."""
        with _translate_errors(self._folder):
            return self._open(self._versions.unfinished() or self._copy_current())

    def publish(self) -> None:
        """Make the next version the current one, and delete old versions.

        When a connection is closed, DuckDB moves its log into the file, and is silent
        if the disk is full. So this is done here first, where an error is seen.
        """
        version = self._versions.unfinished()
        if version is None:
            raise WarehouseError(
                "there is no new version to publish; run 02_create_schema first"
            )
        with self._open(version) as session:
            session.execute("checkpoint", {})
        log = beside(version, WAL)
        if log.exists():
            raise WarehouseError(
                f"the version was not published, because '{log}' could not be written "
                f"into it; {_MAKE_SPACE}"
            )
        with _translate_errors(version):
            self._versions.publish(version)

    def roll_back(self) -> None:
        """Publish the version before the current one again, if it is whole.

        Raises:
            WarehouseError: There is no earlier version.
            DamagedError: The earlier version is damaged; nothing was changed.
        """
        with _translate_errors(self._folder):
            current, previous = self._published(), self._versions.previous()
            if previous is None:
                raise WarehouseError(
                    f"there is no version before '{current.name}'; a run keeps the one "
                    "that it replaces, until the next run"
                )
            with self._open(previous, read_only=True) as session:
                session.read_through()
            self._versions.roll_back(previous)

    def version(self) -> str:
        """Return the name of the current version."""
        return self._published().name

    def reading(self) -> Session:
        """Open the current version, read-only."""
        return self._open(self._published(), read_only=True)

    def _published(self) -> Path:
        with _translate_errors(self._folder):
            current = self._versions.current()
        if current is None:
            raise not_built(self._folder)
        return current

    def _copy_current(self) -> Path:
        """Start a version, as a copy of the current one if it is whole."""
        current = self._versions.current()
        if current is not None:
            with self._open(current, read_only=True) as session:
                session.read_through()
        return self._versions.start(current)

    def _open(self, path: Path, *, read_only: bool = False) -> DuckDBSession:
        with _translate_errors(path):
            connection = duckdb.connect(
                path,
                read_only,
                config={
                    "memory_limit": self._memory_limit,
                    "enable_external_access": not read_only,
                    "preserve_insertion_order": read_only,  # all threads write
                },
            )
            connection.execute(SETTINGS)
        return DuckDBSession(connection, path)


_MAKE_SPACE = (
    "free space on its disk or raise the limit of a file's size, and continue with "
    "sparkify run --resume"
)


@contextmanager
def _translate_errors(path: Path) -> Iterator[None]:
    """Raise errors of DuckDB and of files as a WarehouseError.

    Args:
        path: The version, or the folder of all versions.
    """
    try:
        yield
    except duckdb.OutOfMemoryException as error:
        raise WarehouseError(
            "memory_limit is too small for this statement; raise it"
        ) from error
    except (duckdb.Error, OSError) as error:
        raise _explain(error, path) from error


def _explain(error: duckdb.Error | OSError, path: Path) -> WarehouseError:
    """Return an error that says what is wrong and what to do."""
    text = str(error)
    if "Could not set lock" in text:
        return WarehouseError(
            "another process is writing this workspace's warehouse; wait until it has "
            f"finished, or stop it: {text}"
        )
    is_damaged = any(words in text for words in DAMAGE) or (
        path.name in text and any(words in text for words in DAMAGED_FILE)
    )
    if is_damaged:
        reason = f"the warehouse's file '{path}' is damaged: {text.splitlines()[0]}"
        return damaged(path.parent, reason)
    if any(words in text for words in FULL):
        return WarehouseError(f"the warehouse cannot be written: {text}; {_MAKE_SPACE}")
    if isinstance(error, OSError | duckdb.IOException):
        return WarehouseError(f"the warehouse cannot be read or written: {text}")
    if isinstance(error, duckdb.FatalException | duckdb.InternalException):
        return WarehouseError(
            f"DuckDB stopped at an error of its own: {text.splitlines()[0]}; run it "
            "again, and report it if it comes back"
        )
    return WarehouseError(f"the warehouse rejected a statement: {text}")
