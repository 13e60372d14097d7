"""What the tables of the warehouse hold: samples, nulls, distinct values, counts."""

from collections.abc import Iterable, Sequence
from typing import Any

import pandas as pd
import sqlglot
from sqlglot import exp

from sparkify.cloud_parameters import REDSHIFT_WAREHOUSES
from sparkify.errors import CloudError, WarehouseError
from sparkify.evidence.flat import new_batches, texts
from sparkify.ingest.manifest import Flattened
from sparkify.ingest.record_schema import PLACE, RECORD_SCHEMAS, RecordSchema
from sparkify.warehouse import Session, open_star, open_warehouse
from sparkify.warehouse.table_figures import QUARANTINE
from sparkify.workspace import Workspace


def open_next(workspace: str, *, warehouse: str, memory_limit: str) -> Session:
    """Open the version that is being built, to look at it.

    Args:
        workspace: The workspace parameter.
        warehouse: The engine, `duckdb`, `redshift` or `redshift_serverless`.
        memory_limit: The most memory that DuckDB may use, such as `4GB`.

    Raises:
        WarehouseError: The warehouse cannot be read.
    """
    place = Workspace.at(workspace)
    return open_warehouse(warehouse, place, memory_limit).writing()


def count_published(
    workspace: str, tables: Iterable[str], *, warehouse: str, memory_limit: str
) -> dict[str, int]:
    """Return the rows of tables in the last published version; none without one.

    Args:
        workspace: The workspace parameter.
        tables: The tables.
        warehouse: The engine, `duckdb`, `redshift` or `redshift_serverless`.
        memory_limit: The most memory that DuckDB may use, such as `4GB`.
    """
    try:
        with open_star(
            workspace, warehouse=warehouse, memory_limit=memory_limit
        ) as star:
            return count(star, tables)
    except (WarehouseError, CloudError):  # nothing is there yet
        return {}


def count(session: Session, tables: Iterable[str]) -> dict[str, int]:
    """Return the rows of tables, by name.

    Raises:
        WarehouseError: A table is missing.
    """
    return {
        table: int(
            _query(session, sqlglot.select("count(*) as n").from_(table))[0]["n"]
        )
        for table in tables
    }


def sample(
    session: Session, table: str, order: Sequence[str], rows: int = 5
) -> pd.DataFrame:
    """Return the first rows of a table by an order that has no ties.

    Args:
        session: The warehouse.
        table: The table.
        order: The columns to order by.
        rows: How many rows.
    """
    query = sqlglot.select("*").from_(table).order_by(*order).limit(rows)
    return texts(_query(session, query))


def staged_sample(session: Session, table: str, rows: int = 5) -> pd.DataFrame:
    """Return the first rows of a staging table, in the order of the source."""
    return sample(session, table, PLACE, rows)


def columns(
    session: Session, schema: RecordSchema, flattened: Flattened
) -> pd.DataFrame:
    """Return the nulls and the distinct values of each column of a staging table.

    They are those of the rows that the last run flattened, or of all if it had none
    for the table.

    Args:
        session: The warehouse.
        schema: The schema of the records of the table.
        flattened: The manifest.
    """
    names = schema.column_names
    counted: list[exp.Expr] = []
    for number, name in enumerate(names):
        column = exp.column(name, quoted=True)
        counted.append(exp.alias_(exp.Count(this=column), f"filled_{number}"))
        distinct = exp.Count(this=exp.Distinct(expressions=[column.copy()]))
        counted.append(exp.alias_(distinct, f"distinct_{number}"))
    query = sqlglot.select("count(*) as n", *counted).from_(schema.table)
    new = [
        batch
        for batch in new_batches(flattened)
        if any(file.rows for file in batch.files[schema.name])
    ]
    if 0 < len(new) < len(flattened.batches):
        batch = exp.column("batch").isin(*(each.name for each in new))
        objects = sqlglot.select("object").from_("staged_objects").where(batch)
        query = query.where(exp.column("object").isin(query=objects))
    (row,) = _query(session, query)
    return pd.DataFrame(
        [
            (name, row["n"] - row[f"filled_{number}"], row[f"distinct_{number}"])
            for number, name in enumerate(names)
        ],
        columns=["column", "nulls", "distinct values"],
    )


def expected(flattened: Flattened, rows: dict[str, int]) -> pd.DataFrame:
    """Return what 03_flatten wrote for each table, and what the warehouse took.

    Args:
        flattened: The manifest.
        rows: The rows that the warehouse counted, by table.
    """
    wanted = {schema.table: schema.name for schema in RECORD_SCHEMAS}
    wanted[QUARANTINE] = QUARANTINE
    found = [
        (table, sum(file.rows for file in flattened.files[part]), rows[table])
        for table, part in wanted.items()
    ]
    return pd.DataFrame(
        [(*row, "✓" if row[1] == row[2] else "✗") for row in found],
        columns=["table", "expected", "taken", "equal"],
    )


def command(table: str, *, warehouse: str, load: str) -> str:
    """Return the command that fills a table, in short.

    Args:
        table: The table.
        warehouse: The engine, `duckdb`, `redshift` or `redshift_serverless`.
        load: `copy` or `connector`.
    """
    if load == "connector":
        return f"spark.read.parquet(…).write.format(redshift).option(dbtable, {table})"
    if warehouse in REDSHIFT_WAREHOUSES:
        return f"copy {table} from 's3://…' iam_role '…' format as parquet manifest"
    return f"insert into {table} (…) select … from read_parquet([…])"  # noqa: S608


def _query(session: Session, query: exp.Expr) -> list[dict[str, Any]]:
    rows: list[dict[str, Any]]
    rows = session.query(query.sql(session.dialect), {}).to_pylist()
    return rows
