"""The warehouse of one machine: a DuckDB file for each published version.

A writer works on a copy of the current version under the next number; `current` names
the version that readers open, and moving it publishes. So readers neither wait for a
run nor see half of one, and a run that dies leaves them what they had.
"""

import shutil
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import duckdb
import pyarrow as pa

from sparkify.errors import WarehouseError
from sparkify.files import write_atomic
from sparkify.warehouse.session import Session, Warehouse

VERSIONS_KEPT = 2
SETTINGS = "set integer_division = true"


class DuckDBSession(Session):
    """A connection to one version's file."""

    dialect = "duckdb"

    def __init__(self, connection: duckdb.DuckDBPyConnection) -> None:
        self._connection = connection

    def execute(self, statement: str, values: Mapping[str, Any]) -> int:
        """Carries out one statement; gives the rows that it wrote."""
        with _refusals():
            rows = self._connection.execute(statement, dict(values)).fetchall()
        return rows[0][0] if rows and isinstance(rows[0][0], int) else 0

    def query(self, statement: str, values: Mapping[str, Any]) -> pa.Table:
        """Gives the rows of one query."""
        with _refusals():
            return self._connection.sql(statement, params=dict(values)).to_arrow_table()

    def load(self, table: str, columns: Sequence[str], files: Sequence[str]) -> int:
        """Adds the rows of Parquet files whose columns are the table's, in order."""
        names = ", ".join(f'"{column}"' for column in columns)
        return self.execute(
            f"insert into {table} ({names}) "  # noqa: S608 (names of ours)
            f"select {names} from read_parquet($files)",
            {"files": list(files)},
        )

    def cursor(self) -> Session:
        """Gives a session of its own to a thread; it ends with this one."""
        cursor = self._connection.cursor()
        cursor.execute(SETTINGS)  # a cursor does not take them over
        return DuckDBSession(cursor)

    def close(self) -> None:
        """Closes the connection; what was committed is in the file then."""
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
        folder: Where the versions lie; made where it is missing.
        memory_limit: The most memory that DuckDB may take, such as `4GB`.
    """

    def __init__(self, folder: Path, memory_limit: str) -> None:
        self._folder = folder
        self._memory_limit = memory_limit

    def prepare(self) -> None:
        """Makes ready for a run: drops what an earlier one left unfinished."""
        current = self._current()
        for path in self._folder.glob("warehouse-*"):
            if _number(path) > _number(current):
                path.unlink()

    def writing(self) -> Session:
        """Opens the version after the current one; the first time, as its copy."""
        current, following = self._current(), self._following()
        self._folder.mkdir(parents=True, exist_ok=True)
        if current is not None and not following.exists():
            part = following.with_suffix(".part")
            shutil.copyfile(current, part)
            part.rename(following)
        return self._open(following)

    def publish(self) -> None:
        """Moves readers to the version that was built and drops old versions."""
        following = self._following()
        pointer = self._folder / "current"
        write_atomic(pointer, following.name)
        for path in self._folder.glob("warehouse-*.duckdb"):
            if _number(path) <= _number(following) - VERSIONS_KEPT:
                path.unlink()

    def version(self) -> str:
        """Names the current version."""
        return self._published().name

    def reading(self) -> Session:
        """Opens the current version, which cannot be written."""
        return self._open(self._published(), read_only=True)

    def _published(self) -> Path:
        current = self._current()
        if current is None:
            raise WarehouseError(
                "there is no finished warehouse yet; build one by sparkify run "
                "params/local.yaml"
            )
        return current

    def _open(self, path: Path, *, read_only: bool = False) -> Session:
        with _refusals():
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

    def _following(self) -> Path:
        return self._folder / f"warehouse-{_number(self._current()) + 1:06}.duckdb"


def _number(path: Path | None) -> int:
    """Gives the number of a version: 0 where there is none."""
    return 0 if path is None else int(path.name.split(".")[0].split("-")[1])


@contextmanager
def _refusals() -> Iterator[None]:
    """Says in our words what DuckDB refused."""
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
        raise WarehouseError("memory_limit is too small for this; raise it") from error
    except duckdb.Error as error:
        raise WarehouseError(f"the warehouse refused a statement: {error}") from error
