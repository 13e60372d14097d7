"""The warehouse on one machine: a DuckDB file for each published version.

A writer works on a copy of the current version, under the next number. The file
`current` names the version that readers open; publishing rewrites it. So readers do not
wait for a run and see no half-built star, and a run that dies does not affect them.
"""

import shlex
import shutil
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import duckdb
import pyarrow as pa

from sparkify import ownership
from sparkify.errors import WarehouseError
from sparkify.files import PART, write_atomic
from sparkify.warehouse import functions
from sparkify.warehouse.session import Session, Warehouse
from sparkify.warehouse.sql import Statement

VERSIONS_KEPT = 2
# The zone is otherwise the machine's. DuckDB has its own zones and needs no download.
SETTINGS = "set integer_division = true; set timezone = 'UTC'"


class DuckDBSession(Session):
    """A connection to one version's file."""

    dialect = "duckdb"

    def __init__(self, connection: duckdb.DuckDBPyConnection) -> None:
        self._connection = connection

    def execute(self, statement: str, values: Mapping[str, Any]) -> int:
        """Execute one statement; return the number of rows that it wrote."""
        with _translate_errors():
            rows = self._connection.execute(statement, dict(values)).fetchall()
        return rows[0][0] if rows and isinstance(rows[0][0], int) else 0

    def query(self, statement: str, values: Mapping[str, Any]) -> pa.Table:
        """Return the rows of one query."""
        with _translate_errors():
            return self._connection.sql(statement, params=dict(values)).to_arrow_table()

    def render_query(self, text: str) -> tuple[Statement, ...]:
        """Render what a person types, with the macros that its functions need."""
        statements = functions.render(text)
        for macro in functions.MACROS:
            self.execute(macro, {})
        return statements

    def load(self, table: str, columns: Sequence[str], files: Sequence[str]) -> int:
        """Append the rows of Parquet files whose columns are the table's, in order."""
        names = ", ".join(f'"{column}"' for column in columns)
        return self.execute(
            f"insert into {table} ({names}) "  # noqa: S608 (the package's own names)
            f"select {names} from read_parquet($files)",
            {"files": list(files)},
        )

    def cursor(self) -> Session:
        """Return a session for another thread; it ends with this one."""
        cursor = self._connection.cursor()
        cursor.execute(SETTINGS)  # a cursor does not inherit settings
        return DuckDBSession(cursor)

    def close(self) -> None:
        """Close the connection, which writes committed changes to the file."""
        self._connection.close()

    def _begin(self) -> None:
        self._connection.begin()

    def _commit(self) -> None:
        self._connection.commit()

    def _roll_back(self) -> None:
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

    def prepare(self) -> None:
        """Prepare for a run: delete the unfinished version of an earlier run."""
        current = _version_number(self._current())
        for path in self._versions():
            if _version_number(path) > current:
                ownership.remove(path)

    def writing(self) -> Session:
        """Open the next version; create it as a copy of the current one if needed."""
        current, next_version = self._current(), self._next_version()
        self._folder.mkdir(parents=True, exist_ok=True)
        if current is not None and not next_version.exists():
            part = next_version.with_suffix(PART)
            shutil.copyfile(current, part)
            part.rename(next_version)
        return self._open(next_version)

    def publish(self) -> None:
        """Make the next version the current one, and delete old versions."""
        next_version = self._next_version()
        pointer = self._folder / "current"
        write_atomic(pointer, next_version.name)
        for path in self._versions():
            if _version_number(path) <= _version_number(next_version) - VERSIONS_KEPT:
                ownership.remove(path)

    def version(self) -> str:
        """Return the name of the current version."""
        return self._published().name

    def reading(self) -> Session:
        """Open the current version, read-only."""
        return self._open(self._published(), read_only=True)

    def _versions(self) -> list[Path]:
        """Return the files and folders of all versions, and nothing else."""
        found = ownership.owned(self._folder)
        return [path for path in found if path.name.startswith("warehouse-")]

    def _published(self) -> Path:
        current = self._current()
        if current is None:
            workspace = self._folder.parent
            raise WarehouseError(
                f"there is no finished warehouse yet in workspace '{workspace}'; build "
                "one with sparkify run params/local.yaml -p "
                f"workspace={shlex.quote(str(workspace))}"
            )
        return current

    def _open(self, path: Path, *, read_only: bool = False) -> Session:
        with _translate_errors():
            connection = duckdb.connect(
                path,
                read_only,
                config={
                    "memory_limit": self._memory_limit,
                    "enable_external_access": not read_only,
                },
            )
            connection.execute(SETTINGS)
        return DuckDBSession(connection)

    def _current(self) -> Path | None:
        try:
            return self._folder / (self._folder / "current").read_text()
        except (FileNotFoundError, NotADirectoryError):
            return None

    def _next_version(self) -> Path:
        return (
            self._folder / f"warehouse-{_version_number(self._current()) + 1:06}.duckdb"
        )


def _version_number(path: Path | None) -> int:
    """Return the number of a version; 0 if there is none."""
    return 0 if path is None else int(path.name.split(".")[0].split("-")[1])


@contextmanager
def _translate_errors() -> Iterator[None]:
    """Raise DuckDB's errors as a WarehouseError."""
    try:
        yield
    except duckdb.IOException as error:
        if "Could not set lock" in str(error):
            raise WarehouseError(
                "another process is writing this workspace's warehouse; wait until it "
                f"has finished, or stop it: {error}"
            ) from error
        raise WarehouseError(
            f"the warehouse cannot be read or written: {error}"
        ) from error
    except duckdb.OutOfMemoryException as error:
        raise WarehouseError(
            "memory_limit is too small for this statement; raise it"
        ) from error
    except duckdb.Error as error:
        raise WarehouseError(f"the warehouse rejected a statement: {error}") from error
