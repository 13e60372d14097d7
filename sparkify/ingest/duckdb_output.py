"""Writes and counts what DuckDB flattened, from its scratch tables."""

from collections.abc import Iterable
from pathlib import Path

import duckdb
import pyarrow as pa
import pyarrow.parquet as pq

from sparkify.ingest.manifest import RecordCounts
from sparkify.ingest.record_schema import PLACE, RECORD_SCHEMAS, RecordSchema
from sparkify.ingest.rules import DUPLICATE
from sparkify.ingest.splitting import ObjectCount, require_objects
from sparkify.ingest.stores import Listing

OBJECTS = pa.schema(
    [
        ("name", pa.string()),
        ("size", pa.int64()),
        ("version", pa.string()),
        ("bytes", pa.int64()),
        ("records", pa.int64()),
        ("blank", pa.int64()),
    ]
)


def write_rows(
    connection: duckdb.DuckDBPyConnection,
    schema: RecordSchema,
    folder: Path,
    files: int,
) -> None:
    """Write the staged rows of a scratch table as Parquet files of equal size."""
    folder.mkdir()
    (records,) = _fetch_row(connection, f"select count(*) from {schema.name}")
    for part in range(files):
        rows = connection.sql(
            f"""
            select {", ".join(schema.staged_names)} from {schema.name}
            where rule is null
                and rowid >= {records * part // files}
                and rowid < {records * (part + 1) // files}
            """
        )
        rows.write_parquet(str(folder / f"part-{part:04}.parquet"))


def write_places(
    connection: duckdb.DuckDBPyConnection, output: Path, run_id: str
) -> None:
    """Write the quarantine, and the places of the duplicates."""
    quarantine = " union all ".join(
        "select $run_id as run_id, object, line, raw, reason, record, rule "
        f"from {schema.name} where rule <> $duplicate"
        for schema in RECORD_SCHEMAS
    )
    duplicates = " union all ".join(
        f"select {', '.join(PLACE)} from {schema.name} where rule = $duplicate"
        for schema in RECORD_SCHEMAS
    )
    for part, query, values in (
        ("quarantine", quarantine, {"run_id": run_id, "duplicate": DUPLICATE}),
        ("duplicates", duplicates, {"duplicate": DUPLICATE}),
    ):
        (output / part).mkdir()
        found = connection.sql(f"{query} order by object, record", params=values)
        found.write_parquet(str(output / part / "part-0000.parquet"))


def write_objects(folder: Path, objects: Iterable[ObjectCount]) -> None:
    """Write what the reader counted in each object."""
    folder.mkdir()
    rows = [vars(counted) for counted in objects]
    table = pa.Table.from_pylist(rows, schema=OBJECTS)
    pq.write_table(table, folder / "part-0000.parquet")


def count_records(
    connection: duckdb.DuckDBPyConnection,
    schema: RecordSchema,
    listing: Listing,
    objects: list[ObjectCount],
) -> RecordCounts:
    """Return where the records of one kind ended.

    Raises:
        ReconciliationError: A listed object was not read.
    """
    require_objects(listing.objects, objects)
    by_rule = dict(
        connection.sql(
            f"select rule, count(*) from {schema.name} group by all order by all"
        ).fetchall()
    )
    return RecordCounts(
        objects=len(objects),
        bytes=sum(counted.size for counted in objects),
        records=sum(counted.records for counted in objects),
        blank=sum(counted.blank for counted in objects),
        staged=by_rule.pop(None, 0),
        duplicate=by_rule.pop(DUPLICATE, 0),
        quarantined=by_rule,
        repaired=_count_items(connection, schema, "repairs"),
        extra_keys=_count_items(connection, schema, "extra_keys"),
        unread=listing.unread,
    )


def _count_items(
    connection: duckdb.DuckDBPyConnection, schema: RecordSchema, column: str
) -> dict[str, int]:
    """Return how many records have each item in a column of lists."""
    query = f"""
        select item, count(*)
        from (select unnest({column}) as item from {schema.name})
        group by all
        order by all
    """
    return dict(connection.sql(query).fetchall())


def _fetch_row(connection: duckdb.DuckDBPyConnection, query: str) -> tuple[int, ...]:
    (row,) = connection.execute(query).fetchall()
    return row
