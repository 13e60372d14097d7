"""Compares a loaded table with its Parquet files by figures of all their values.

The number of rows does not tell a lost row that another one was loaded twice for. The
figures do: one statement computes them in the warehouse, and the same one in DuckDB on
the files. Where the warehouse is DuckDB too, hashes of the rows are compared first.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from math import isclose
from pathlib import Path
from typing import Any

import duckdb

from sparkify.errors import ReconciliationError
from sparkify.ingest.manifest import FlatBatch, Flattened
from sparkify.ingest.record_schema import RECORD_SCHEMAS, Type
from sparkify.warehouse import sql
from sparkify.warehouse.session import Session

QUARANTINE = "quarantine"
QUARANTINE_COLUMNS = ("run_id", "object", "line", "raw", "reason", "record", "rule")
DIGEST_CHARACTERS = 6  # of the MD5 of a row's place
PLACE = "place"
NEW = "object in (select object from staged_objects where batch = :batch)"


@dataclass(frozen=True)
class LoadedTable:
    """A table that a load fills.

    Attributes:
        name: The table.
        part: The part of the flattened data.
        columns: The type of each column.
        condition: Which rows belong to the load.
    """

    name: str
    part: str
    columns: dict[str, Type]
    condition: str = ""


LOADED = (
    *(
        LoadedTable(
            schema.table,
            schema.name,
            {column.name: column.type for column in schema.columns}
            | {"object": Type.TEXT, "record": Type.BIGINT},
            f"where {NEW}",
        )
        for schema in RECORD_SCHEMAS
    ),
    LoadedTable(
        QUARANTINE,
        QUARANTINE,
        # Not of run_id: a run that keeps the batch of another loads it as its own.
        dict.fromkeys(QUARANTINE_COLUMNS[1:], Type.TEXT)
        | {"line": Type.BIGINT, "record": Type.BIGINT},
        f"where run_id = :run_id and {NEW}",
    ),
)


def reconcile_values(
    session: Session, folder: Path, flattened: Flattened, batch: FlatBatch
) -> None:
    """Check that each loaded table has the values of a batch's files.

    Args:
        session: The warehouse, within the transaction of the load.
        folder: The folder of the files.
        flattened: The manifest.
        batch: The batch.

    Raises:
        ReconciliationError: A table has other values.
    """
    values = {"run_id": flattened.run_id, "batch": batch.name}
    for table in LOADED:
        files = flattened.addresses(folder, table.part, [batch])
        wrong = []
        if session.row_hash:
            wrong = _differences(session, table, values, files, session.row_hash)
        if wrong or not session.row_hash:  # the figures tell which column
            wrong = _differences(session, table, values, files) or wrong
        if wrong:
            raise ReconciliationError(
                f"{table.name} has other values after the load than its files: "
                f"{wrong[0]}; the load was rolled back, run 03_flatten again"
            )


def _differences(
    session: Session,
    table: LoadedTable,
    values: dict[str, str],
    files: Sequence[str],
    row_hash: str = "",
) -> list[str]:
    """Return which figures of a table are not those of its files."""
    (statement,) = sql.render(_statement(table, row_hash), session.dialect)
    bound = {name: values[name] for name in statement.names}
    (found,) = session.query(statement.text, bound).to_pylist()
    (expected,) = _query_files(replace(table, condition=""), row_hash, files)
    return [
        f"{name} is {found[name]}, not {figure}"
        for name, figure in expected.items()
        if not _is_same(figure, found[name])
    ]


def _query_files(
    table: LoadedTable, row_hash: str, files: Sequence[str]
) -> list[dict[str, Any]]:
    (statement,) = sql.render(_statement(table, row_hash), "duckdb")
    with duckdb.connect() as connection:
        connection.read_parquet(list(files)).create_view(table.name)
        rows: list[dict[str, Any]] = (
            connection.sql(statement.text).to_arrow_table().to_pylist()
        )
    return rows


def _is_same(one: Any, other: Any) -> bool:
    if isinstance(one, float) and isinstance(other, float):
        return isclose(one, other, rel_tol=1e-9)
    return bool(one == other)


def _statement(table: LoadedTable, row_hash: str) -> str:
    """Return the query of a table's figures, in Redshift's SQL; one row."""
    names = ", ".join(f'"{name}"' for name in table.columns)
    if row_hash:
        return (
            "select count(*) as row_count, "  # noqa: S608 (own names)
            f"cast(sum({row_hash}({names})) as varchar(40)) as hashes "
            f"from {table.name} {table.condition}"
        )
    figures = ["count(*) as row_count", f"{_digest()} as places"]
    for name, type_ in table.columns.items():
        column = f'"{name}"'
        figures.append(f'count({column}) as "values of {name}"')
        if type_ is Type.TEXT:
            figures.append(f'{_sum(f"octet_length({column})")} as "bytes of {name}"')
        elif type_ is Type.NUMBER:
            figures.append(f'min({column}) as "least {name}"')
            figures.append(f'max({column}) as "greatest {name}"')
        else:
            figures.append(f'{_sum(column)} as "sum of {name}"')
    return (
        f"with placed as (select {names}, md5(object || ' ' || "  # noqa: S608 (own names)
        f"cast(record as varchar(20))) as {PLACE} from {table.name} {table.condition}) "
        f"select {', '.join(figures)} from placed"
    )


def _sum(expression: str) -> str:
    """Return the exact sum of whole numbers, as text: an engine may round a decimal."""
    return f"cast(sum(cast({expression} as decimal(38, 0))) as varchar(40))"


def _digest() -> str:
    """Return a sum that tells which rows there are, by their places in the source."""
    characters = " + ".join(
        f"cast(ascii(substring({PLACE}, {number + 1}, 1)) as bigint) * {128**number}"
        for number in range(DIGEST_CHARACTERS)
    )
    return _sum(characters)
