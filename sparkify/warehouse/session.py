"""What each warehouse engine can do: the one interface that the rest relies on."""

from abc import ABC, abstractmethod
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from typing import Any, ClassVar, Self

import pyarrow as pa

from sparkify.warehouse import sql

# What a layout tells of a table: skew is the largest share of rows on a slice, over the
# smallest.
LAYOUT = pa.schema(
    {
        "table_name": pa.string(),
        "distribution": pa.string(),
        "sort_key": pa.string(),
        "row_count": pa.int64(),
        "skew": pa.float64(),
    }
)


class Session(ABC):
    """A connection to a warehouse; not to be shared between threads.

    Statements are the files of `sql/`, named by their path below it, without suffix.
    Values are bound by name.
    """

    dialect: ClassVar[str]

    def run_file(self, name: str, **values: Any) -> int:
        """Carries out a file of `sql/`.

        Returns:
            How many rows its last statement wrote, 0 where it wrote none.

        Raises:
            WarehouseError: The engine refused a statement.
        """
        rows = 0
        for statement in sql.render(sql.load(name).text, self.dialect):
            bound = {name: values[name] for name in statement.names}
            rows = self.execute(statement.text, bound)
        return rows

    def query_file(self, name: str, **values: Any) -> pa.Table:
        """Gives the rows of a file of `sql/` that holds one query.

        Raises:
            WarehouseError: The engine refused the query.
        """
        (statement,) = sql.render(sql.load(name).text, self.dialect)
        bound = {name: values[name] for name in statement.names}
        return self.query(statement.text, bound)

    @abstractmethod
    def execute(self, statement: str, values: Mapping[str, Any]) -> int:
        """Carries out one statement in the engine's own dialect; gives rows written."""

    @abstractmethod
    def query(self, statement: str, values: Mapping[str, Any]) -> pa.Table:
        """Gives the rows of one query in the engine's own dialect."""

    @abstractmethod
    def load(self, table: str, columns: Sequence[str], files: Sequence[str]) -> int:
        """Adds the rows of Parquet files whose columns are the table's, in order.

        Returns:
            How many rows were added.
        """

    def layout(self) -> pa.Table:
        """Tells how the tables are laid out, in the columns of `LAYOUT`.

        No row where the engine lays nothing out.
        """
        return LAYOUT.empty_table()

    @abstractmethod
    def cursor(self) -> "Session":
        """Gives a session of its own to a thread; it ends with this one."""

    @abstractmethod
    def close(self) -> None:
        """Gives the connection back; a `with` does so at its end."""

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    @abstractmethod
    def _begin(self) -> None: ...

    @abstractmethod
    def _commit(self) -> None: ...

    @abstractmethod
    def _roll_back(self) -> None: ...

    @contextmanager
    def transaction(self) -> Iterator[None]:
        """Keeps all that is done within, or nothing where anything fails."""
        self._begin()
        try:
            yield
        except BaseException:
            self._roll_back()
            raise
        self._commit()


class Warehouse(ABC):
    """Where the star schema lives."""

    @abstractmethod
    def prepare(self) -> None:
        """Makes ready for a run: what an earlier one left unfinished is dropped."""

    @abstractmethod
    def writing(self) -> Session:
        """Opens the version that is being built; readers do not see it."""

    @abstractmethod
    def publish(self) -> None:
        """Shows readers what was built, all at once."""

    @abstractmethod
    def version(self) -> str:
        """Names the version that was published last; another one, another name.

        Raises:
            WarehouseError: Nothing has been published yet.
        """

    @abstractmethod
    def reading(self) -> Session:
        """Opens the version that was published last, which cannot be written.

        Raises:
            WarehouseError: Nothing has been published yet.
        """
