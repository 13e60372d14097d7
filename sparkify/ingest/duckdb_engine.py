"""Flattens with DuckDB in this process: the engine for one machine.

Validated lines go to a scratch database next to the output, so memory stays within its
limit for a source of any size. The scratch database compares the lines that share a
key. The remaining rows are written as a few Parquet files of equal size.
"""

from collections import defaultdict
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from itertools import islice
from pathlib import Path

import duckdb
import pyarrow as pa

from sparkify.errors import FlattenError
from sparkify.ingest import rules
from sparkify.ingest.lines import read_lines, read_raw
from sparkify.ingest.manifest import FlattenResult, RecordCounts
from sparkify.ingest.parquet_files import local_files
from sparkify.ingest.record_schema import RECORD_SCHEMAS, RecordSchema
from sparkify.ingest.source import SourceObject, Store, open_store
from sparkify.progress import Progress

TABLES_A_BATCH = 8  # tables of 8 MB, so that each thread has work


def flatten(
    source: str,
    output: Path,
    *,
    run_id: str,
    files: int,
    memory_limit: str,
    progress: Progress,
) -> FlattenResult:
    """Flatten both kinds of record.

    Args:
        source: A local folder, or an `s3://` prefix.
        output: An empty folder for `events/`, `songs/` and `quarantine/`.
        run_id: The run, for the rows of the quarantine.
        files: The number of Parquet files to write for each kind of record.
        memory_limit: The most memory that DuckDB may use, such as `4GB`.
        progress: Receives the number of objects read.

    Returns:
        The counts of each kind of record, and the files.

    Raises:
        SourceError: An object cannot be read.
        FlattenError: A line was lost, or DuckDB failed.
    """
    store = open_store(source)
    scratch = output / "scratch.duckdb"
    listed = {schema: store.list(schema.folder) for schema in RECORD_SCHEMAS}
    progress.start(sum(len(objects) for objects in listed.values()), "files")
    with (
        _translate_errors(memory_limit),
        duckdb.connect(
            scratch,
            config={"memory_limit": memory_limit, "temp_directory": f"{scratch}.spill"},
        ) as connection,
    ):
        rules.register(connection)
        counts = {}
        for schema, objects in listed.items():
            _validate(connection, schema, read_lines(store, progress.track(objects)))
            _mark_repeats(connection, schema, store, objects)
            _write_rows(connection, schema, output / schema.name, files)
            counts[schema.name] = _count_records(connection, schema, len(objects))
        _write_quarantine(connection, output / "quarantine", run_id)
    scratch.unlink()
    return FlattenResult(counts, local_files(output))


def _validate(
    connection: duckdb.DuckDBPyConnection,
    schema: RecordSchema,
    tables: Iterable[pa.Table],
) -> None:
    """Write the validated lines of a schema to its scratch table."""
    empty = rules.validated_schema(schema).empty_table()
    connection.from_arrow(empty).create(schema.name)
    for batch in _batches(tables):
        (before,) = _fetch_row(connection, f"select count(*) from {schema.name}")
        rules.validate(connection, schema, batch).insert_into(schema.name)
        (after,) = _fetch_row(connection, f"select count(*) from {schema.name}")
        if after - before != batch.num_rows:
            raise FlattenError(
                f"the record rules received {batch.num_rows:,} lines of "
                f"{schema.folder} and returned {after - before:,}; nothing was "
                "published, please report it with the run's folder"
            )


def _batches(tables: Iterable[pa.Table]) -> Iterator[pa.Table]:
    remaining = iter(tables)
    while batch := list(islice(remaining, TABLES_A_BATCH)):
        yield pa.concat_tables(batch)


def _mark_repeats(
    connection: duckdb.DuckDBPyConnection,
    schema: RecordSchema,
    store: Store,
    objects: list[SourceObject],
) -> None:
    """Set the reason of each line that repeats the key of an earlier line."""
    key = ", ".join(schema.key)
    row = f"row({', '.join(schema.column_names)})"
    connection.execute(
        f"""
        create or replace temp table repeats as
        with
        keys as (
            select {key} from {schema.name}
            where reason is null
            group by all
            having count(*) > 1
        ),
        contested as (
            select
                object,
                line,
                row_number() over same_key as occurrence,
                {row} is not distinct from first_value({row}) over same_key as is_same,
            from {schema.name} semi join keys using ({key})
            where reason is null
            window same_key as (partition by {key} order by object, line)
        )
        select object, line, if(is_same, $duplicate, $conflict) as reason
        from contested
        where occurrence > 1
        """,
        {"duplicate": rules.DUPLICATE, "conflict": rules.conflict(schema)},
    )
    connection.execute(
        f"""
        update {schema.name} set reason = repeats.reason, extra_keys = null
        from repeats
        where repeats.object = {schema.name}.object
            and repeats.line = {schema.name}.line
        """
    )
    conflicts = _conflicting_lines(connection)
    if conflicts:
        holders = [entry for entry in objects if entry.name in conflicts]
        raw_lines = read_raw(store, holders, conflicts)  # noqa: F841 (used by the SQL)
        connection.execute(
            f"""
            update {schema.name} set raw = raw_lines.raw
            from raw_lines
            where raw_lines.object = {schema.name}.object
                and raw_lines.line = {schema.name}.line
            """
        )


def _conflicting_lines(connection: duckdb.DuckDBPyConnection) -> dict[str, set[int]]:
    """Return the line numbers of the conflicts, by object.

    The scratch table does not keep their raw text, so they are read again.
    """
    conflicts = defaultdict(set)
    rows = connection.execute(
        "select object, line from repeats where reason <> $duplicate",
        {"duplicate": rules.DUPLICATE},
    )
    for name, line in rows.fetchall():
        conflicts[name].add(line)
    return conflicts


def _write_rows(
    connection: duckdb.DuckDBPyConnection,
    schema: RecordSchema,
    folder: Path,
    files: int,
) -> None:
    folder.mkdir()
    (lines,) = _fetch_row(connection, f"select count(*) from {schema.name}")
    for part in range(files):
        rows = connection.sql(
            f"""
            select {", ".join(schema.column_names)} from {schema.name}
            where reason is null
                and rowid >= {lines * part // files}
                and rowid < {lines * (part + 1) // files}
            """
        )
        rows.write_parquet(str(folder / f"part-{part:04}.parquet"))


def _write_quarantine(
    connection: duckdb.DuckDBPyConnection, folder: Path, run_id: str
) -> None:
    folder.mkdir()
    lines = " union all ".join(
        f"select $run_id as run_id, object, line, raw, reason from {schema.name} "
        "where reason <> $duplicate"
        for schema in RECORD_SCHEMAS
    )
    quarantine = connection.sql(
        f"{lines} order by object, line",
        params={"run_id": run_id, "duplicate": rules.DUPLICATE},
    )
    quarantine.write_parquet(str(folder / "part-0000.parquet"))


def _count_records(
    connection: duckdb.DuckDBPyConnection, schema: RecordSchema, objects: int
) -> RecordCounts:
    lines_by_reason = dict(
        connection.sql(
            f"select reason, count(*) from {schema.name} group by all order by all"
        ).fetchall()
    )
    extra_keys = connection.sql(
        f"""
        select key, count(*) from (select unnest(extra_keys) as key from {schema.name})
        group by all order by all
        """
    ).fetchall()
    return RecordCounts(
        objects=objects,
        lines=sum(lines_by_reason.values()),
        staged=lines_by_reason.pop(None, 0),
        duplicate=lines_by_reason.pop(rules.DUPLICATE, 0),
        quarantined=lines_by_reason,
        extra_keys=dict(extra_keys),
    )


def _fetch_row(connection: duckdb.DuckDBPyConnection, query: str) -> tuple[int, ...]:
    (row,) = connection.execute(query).fetchall()
    return row


@contextmanager
def _translate_errors(memory_limit: str) -> Iterator[None]:
    """Raise DuckDB's errors as a FlattenError."""
    try:
        yield
    except duckdb.OutOfMemoryException as error:
        raise FlattenError(
            f"memory_limit {memory_limit} is too small for this source; raise it"
        ) from error
    except duckdb.Error as error:
        raise FlattenError(f"DuckDB could not flatten the source: {error}") from error
