"""Writes and counts the records that the DuckDB engine validated.

Staged rows go to Parquet at once. The database keeps only what is said of other
records: the quarantine, the repairs and the unknown keys, and the repeats.
"""

from collections.abc import Iterable, Sequence
from pathlib import Path

import duckdb
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

from sparkify.errors import ReconciliationError
from sparkify.ingest.batches import OBJECTS, ObjectCount, require_objects
from sparkify.ingest.manifest import RecordCounts
from sparkify.ingest.record_schema import PLACE, RECORD_SCHEMAS, RecordSchema
from sparkify.ingest.rules import DUPLICATE
from sparkify.ingest.stores import Listing
from sparkify.ingest.validation import validated_schema

ROWS_IN_MEMORY = 128 * 1024  # before each file gets its share of them
LEAST_ROW_GROUP = 4 * 1024
QUARANTINE = ("object", "line", "raw", "reason", "record", "rule")
NOTES = (*PLACE, "repairs", "extra_keys")


def write_rows(
    connection: duckdb.DuckDBPyConnection,
    schema: RecordSchema,
    tables: Iterable[pa.Table],
    folder: Path,
    files: int,
) -> None:
    """Write the staged rows of validated tables to Parquet files of equal size.

    Args:
        connection: The database; it gets the tables `quarantine_` and `notes_` of the
            schema.
        schema: The kind of record.
        tables: Tables with the schema `validated_schema`.
        folder: The folder to create.
        files: The number of files.
    """
    folder.mkdir()
    empty = validated_schema(schema).empty_table()
    quarantine, notes = f"quarantine_{schema.name}", f"notes_{schema.name}"
    connection.from_arrow(empty.select(QUARANTINE)).create(quarantine)
    connection.from_arrow(empty.select(NOTES)).create(notes)
    row_type = empty.select(schema.staged_names).schema
    unique = [field.name for field in row_type if field.type == pa.int64()]
    writers = [
        pq.ParquetWriter(
            folder / f"part-{part:04}.parquet",
            row_type,
            use_dictionary=[name for name in row_type.names if name not in unique],
            write_statistics=unique,  # those of texts take a fifth of the time
        )
        for part in range(files)
    ]
    limit = max(ROWS_IN_MEMORY, LEAST_ROW_GROUP * files)
    waiting: list[pa.Table] = []
    rows = 0
    try:
        for table in tables:
            staged = table
            if table["rule"].null_count < table.num_rows:
                is_staged = pc.is_null(table["rule"])
                staged = table.filter(is_staged)
                others = table.filter(pc.invert(is_staged)).select(QUARANTINE)
                connection.from_arrow(others).insert_into(quarantine)
            noted = staged.filter(
                pc.or_(
                    pc.is_valid(staged["repairs"]), pc.is_valid(staged["extra_keys"])
                )
            )
            if noted.num_rows:
                connection.from_arrow(noted.select(NOTES)).insert_into(notes)
            waiting.append(staged.select(schema.staged_names))
            rows += staged.num_rows
            if rows >= limit:
                _share(waiting, writers)
                waiting, rows = [], 0
        if waiting:
            _share(waiting, writers)
    finally:
        for writer in writers:
            writer.close()


def _share(tables: list[pa.Table], writers: list[pq.ParquetWriter]) -> None:
    """Write each writer's share of the rows, as one row group."""
    joined = pa.concat_tables(tables)
    count = len(writers)
    for part, writer in enumerate(writers):
        start = joined.num_rows * part // count
        end = joined.num_rows * (part + 1) // count
        if end > start:
            writer.write_table(joined.slice(start, end - start))


def parquet_paths(folder: Path) -> list[str]:
    """Return the paths of the Parquet files in a folder, in order."""
    return [str(path) for path in sorted(folder.glob("*.parquet"))]


def require_rows(
    connection: duckdb.DuckDBPyConnection,
    schema: RecordSchema,
    folder: Path,
    objects: Iterable[ObjectCount],
) -> None:
    """Check that each record that was read is a row of a file or in quarantine.

    Raises:
        ReconciliationError: There are more or fewer.
    """
    (quarantined,) = connection.execute(
        f"select count(*) from quarantine_{schema.name}"
    ).fetchall()
    written = _count_rows(folder)
    read = sum(counted.records for counted in objects)
    if written + quarantined[0] != read:
        raise ReconciliationError(
            f"{read:,} {schema.name} were read, but {written:,} were written and "
            f"{quarantined[0]:,} quarantined; nothing was published, please report it "
            "with the run's folder"
        )


def _count_rows(folder: Path) -> int:
    """Return the number of rows of the Parquet files in a folder, by their footers."""
    return sum(pq.read_metadata(path).num_rows for path in parquet_paths(folder))


def remove_rows(
    connection: duckdb.DuckDBPyConnection, schema: RecordSchema, folder: Path
) -> None:
    """Remove the repeats from the files that hold one, each by a new file."""
    repeats = f"repeats_{schema.name}"
    for path in parquet_paths(folder):
        rows = connection.execute(
            f"select count(*) from read_parquet($path) semi join {repeats} "
            f"using ({', '.join(PLACE)})",
            {"path": path},
        ).fetchall()
        if rows == [(0,)]:
            continue
        kept = connection.sql(
            f"select * from read_parquet($path) anti join {repeats} "
            f"using ({', '.join(PLACE)})",
            params={"path": path},
        )
        part = Path(f"{path}.part")
        kept.write_parquet(str(part))
        part.replace(path)


def write_places(
    connection: duckdb.DuckDBPyConnection, output: Path, run_id: str
) -> None:
    """Write the quarantine, and the places of the duplicates."""
    quarantine = " union all ".join(
        "select $run_id as run_id, object, line, raw, reason, record, rule "
        f"from quarantine_{schema.name}"
        for schema in RECORD_SCHEMAS
    )
    duplicates = " union all ".join(
        f"select {', '.join(PLACE)} from repeats_{schema.name} where rule = $duplicate"
        for schema in RECORD_SCHEMAS
    )
    for part, query, values in (
        ("quarantine", quarantine, {"run_id": run_id}),
        ("duplicates", duplicates, {"duplicate": DUPLICATE}),
    ):
        (output / part).mkdir()
        found = connection.sql(f"{query} order by object, record", params=values)
        found.write_parquet(str(output / part / "part-0000.parquet"))


def write_objects(folder: Path, objects: Sequence[ObjectCount]) -> None:
    """Write what the reader counted in each object."""
    folder.mkdir()
    columns = zip(*objects, strict=True) if objects else [()] * len(OBJECTS)
    pairs = zip(columns, OBJECTS.types, strict=True)
    arrays = [pa.array(values, kind) for values, kind in pairs]
    table = pa.Table.from_arrays(arrays, schema=OBJECTS)
    pq.write_table(table, folder / "part-0000.parquet")


def count_records(
    connection: duckdb.DuckDBPyConnection,
    schema: RecordSchema,
    listing: Listing,
    objects: list[ObjectCount],
    folder: Path,
) -> RecordCounts:
    """Return where the records of one kind ended.

    Raises:
        ReconciliationError: A listed object was not read.
    """
    require_objects(listing.objects, objects)
    duplicates = connection.execute(
        f"select count(*) from repeats_{schema.name} where rule = $duplicate",
        {"duplicate": DUPLICATE},
    ).fetchall()
    by_rule = connection.sql(
        f"select rule, count(*) from quarantine_{schema.name} group by all order by all"
    ).fetchall()
    return RecordCounts(
        objects=len(objects),
        bytes=sum(counted.size for counted in objects),
        records=sum(counted.records for counted in objects),
        blank=sum(counted.blank for counted in objects),
        staged=_count_rows(folder),
        duplicate=duplicates[0][0],
        quarantined=dict(by_rule),
        repaired=_count_items(connection, schema, "repairs"),
        extra_keys=_count_items(connection, schema, "extra_keys"),
        unread=listing.unread,
    )


def _count_items(
    connection: duckdb.DuckDBPyConnection, schema: RecordSchema, column: str
) -> dict[str, int]:
    """Return how many staged records have each item in a column of lists."""
    query = f"""
        select item, count(*)
        from (
            select unnest({column}) as item
            from notes_{schema.name}
            anti join repeats_{schema.name} using ({", ".join(PLACE)})
        )
        group by all
        order by all
    """
    return dict(connection.sql(query).fetchall())
