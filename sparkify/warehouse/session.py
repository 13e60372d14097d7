"""The interface of a warehouse engine, which all other modules use."""

from abc import ABC, abstractmethod
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from typing import Any, ClassVar, Self

import pyarrow as pa

from sparkify.warehouse import sql

# The columns of a layout. Skew is the number of rows on the fullest slice, divided by
# the number on the emptiest slice.
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
    """A connection to a warehouse; do not share it between threads.

    A statement is named by the path of its file relative to `sql/`, without the suffix.
    A statement names its values, as `:name`; the engine binds them or, where it may
    refuse bound values, writes them as literals. The value of `in (:name)` is a tuple.
    """

    dialect: ClassVar[str]
    row_hash: ClassVar[str] = ""  # a function that hashes values as DuckDB does, if any
    most_rows_sorted: ClassVar[int] = 0  # that an insert sorts well; 0 for any number

    def run_file(self, name: str, **values: Any) -> int:
        """Execute the statements of a file in `sql/`.

        Returns:
            The number of rows that the last statement wrote.

        Raises:
            WarehouseError: The engine rejected a statement.
        """
        rows = 0
        for statement in sql.render(sql.load(name).text, self.dialect):
            rows = self.execute(*sql.bind(statement, values))
        return rows

    def query_file(self, name: str, **values: Any) -> pa.Table:
        """Return the rows of a file in `sql/` that holds one query.

        Raises:
            WarehouseError: The engine rejected the query.
        """
        (statement,) = sql.render(sql.load(name).text, self.dialect)
        return self.query(*sql.bind(statement, values))

    def render_query(self, text: str) -> tuple[sql.Statement, ...]:
        """Render what a person types, in Redshift's SQL, for this engine.

        Raises:
            SqlError: The text is not valid SQL, or the engine does not support it.
        """
        return sql.render(text, self.dialect)

    @abstractmethod
    def execute(self, statement: str, values: Mapping[str, Any]) -> int:
        """Execute one statement in the engine's dialect; return the rows written."""

    @abstractmethod
    def query(self, statement: str, values: Mapping[str, Any]) -> pa.Table:
        """Return the rows of one query in the engine's dialect."""

    def query_exactly(self, statement: str) -> pa.Table:
        """Return the rows of one query, with all digits of every number."""
        return self.query(statement, {})

    @abstractmethod
    def load(self, table: str, columns: Sequence[str], files: Sequence[str]) -> int:
        """Append the rows of Parquet files whose columns are the table's, in order.

        Returns:
            The number of rows appended.
        """

    def layout(self) -> pa.Table:
        """Return the layout of the tables, with the columns of `LAYOUT`.

        The result has no rows if the engine does not distribute tables.
        """
        return LAYOUT.empty_table()

    def read_through(self) -> None:  # noqa: B027 (Redshift finds damage itself)
        """Read every value, where the engine finds damage so; else do nothing.

        Raises:
            DamagedError: A part of the warehouse is damaged.
        """

    @abstractmethod
    def cursor(self) -> "Session":
        """Return a session for another thread; it ends with this one."""

    @abstractmethod
    def close(self) -> None:
        """Close the connection; a `with` block does so at its end."""

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
        """Run a block in a transaction; roll it back if the block raises an error."""
        self._begin()
        try:
            yield
        except BaseException:
            self._roll_back()
            raise
        self._commit()


class Warehouse(ABC):
    """A warehouse that holds the star schema."""

    @abstractmethod
    def prepare(self) -> str:
        """Prepare for a run.

        Returns:
            What is damaged and was therefore not taken over; empty if all is whole.

        Raises:
            WarehouseError: The warehouse cannot be read or written.
        """

    @abstractmethod
    def writing(self) -> Session:
        """Open the version that is being built; readers do not see it.

        Raises:
            WarehouseError: The warehouse cannot be read or written, or is damaged.
        """

    @abstractmethod
    def publish(self) -> None:
        """Publish the version that was built, so that readers see it.

        Raises:
            WarehouseError: It cannot be written in full; readers keep the last version.
        """

    @abstractmethod
    def version(self) -> str:
        """Return the name of the last published version; no other ever has the same.

        Raises:
            WarehouseError: Nothing has been published yet.
        """

    @abstractmethod
    def reading(self) -> Session:
        """Open the last published version, read-only.

        Raises:
            WarehouseError: Nothing has been published yet.
        """
