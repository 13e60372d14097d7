"""Flattens in this process, by DuckDB: the engine for one machine.

Judged lines go to a scratch database beside the output, so memory stays within its
limit however large the source is. Lines that share a key are compared there, and the
rows that are left are written as a few Parquet files of equal size.
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
from sparkify.ingest.manifest import RecordCounts, Written
from sparkify.ingest.parquet_files import local_files
from sparkify.ingest.record_schema import RECORD_SCHEMAS, RecordSchema
from sparkify.ingest.source import SourceObject, Store, open_store
from sparkify.progress import Progress

TABLES_A_BATCH = 8  # of 8 MB each, so that each thread has one at hand


def flatten(
    source: str,
    output: Path,
    *,
    run_id: str,
    files: int,
    memory_limit: str,
    progress: Progress,
) -> Written:
    """Flattens both kinds of record.

    Args:
        source: A folder of this machine, or an `s3://` prefix.
        output: An empty folder; gets `events/`, `songs/` and `quarantine/`.
        run_id: The run that the quarantine's rows name.
        files: How many Parquet files to write for each kind.
        memory_limit: The most memory that DuckDB may take, such as `4GB`.
        progress: Is told of the objects read.

    Returns:
        The counts of each kind, and the files.

    Raises:
        SourceError: An object cannot be read.
        FlattenError: A line was lost on the way, or DuckDB gave up.
    """
    store = open_store(source)
    scratch = output / "scratch.duckdb"
    listed = {schema: store.list(schema.folder) for schema in RECORD_SCHEMAS}
    progress.start(sum(len(objects) for objects in listed.values()), "files")
    with (
        _refusals(memory_limit),
        duckdb.connect(
            scratch,
            config={"memory_limit": memory_limit, "temp_directory": f"{scratch}.spill"},
        ) as connection,
    ):
        rules.register(connection)
        counts = {}
        for schema, objects in listed.items():
            _validate(connection, schema, read_lines(store, progress.over(objects)))
            _compare(connection, schema, store, objects)
            _write_rows(connection, schema, output / schema.name, files)
            counts[schema.name] = _books(connection, schema, len(objects))
        _write_quarantine(connection, output / "quarantine", run_id)
    scratch.unlink()
    return Written(counts, local_files(output))


def _validate(
    connection: duckdb.DuckDBPyConnection,
    schema: RecordSchema,
    tables: Iterable[pa.Table],
) -> None:
    """Fills the scratch table of a schema with its validated lines."""
    empty = rules.validated_schema(schema).empty_table()
    connection.from_arrow(empty).create(schema.name)
    for batch in _batches(tables):
        (before,) = _row(connection, f"select count(*) from {schema.name}")
        rules.validate(connection, schema, batch).insert_into(schema.name)
        (after,) = _row(connection, f"select count(*) from {schema.name}")
        if after - before != batch.num_rows:
            raise FlattenError(
                f"{batch.num_rows:,} lines of {schema.folder} went into the rules, but "
                f"{after - before:,} came out; nothing was published"
            )


def _batches(tables: Iterable[pa.Table]) -> Iterator[pa.Table]:
    waiting = iter(tables)
    while batch := list(islice(waiting, TABLES_A_BATCH)):
        yield pa.concat_tables(batch)


def _compare(
    connection: duckdb.DuckDBPyConnection,
    schema: RecordSchema,
    store: Store,
    objects: list[SourceObject],
) -> None:
    """Finds the lines whose key an earlier line has, and gives them their reason."""
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
                row_number() over same_key as place,
                {row} is not distinct from first_value({row}) over same_key as is_same,
            from {schema.name} semi join keys using ({key})
            where reason is null
            window same_key as (partition by {key} order by object, line)
        )
        select object, line, if(is_same, $duplicate, $conflict) as reason
        from contested
        where place > 1
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
    conflicts = _wanted(connection)
    if conflicts:
        again = [found for found in objects if found.name in conflicts]
        raw_lines = read_raw(store, again, conflicts)  # noqa: F841 (read by the query)
        connection.execute(
            f"""
            update {schema.name} set raw = raw_lines.raw
            from raw_lines
            where raw_lines.object = {schema.name}.object
                and raw_lines.line = {schema.name}.line
            """
        )


def _wanted(connection: duckdb.DuckDBPyConnection) -> dict[str, set[int]]:
    """Gives the lines in conflict, by object: their raw text was not kept."""
    wanted = defaultdict(set)
    rows = connection.execute(
        "select object, line from repeats where reason <> $duplicate",
        {"duplicate": rules.DUPLICATE},
    )
    for name, line in rows.fetchall():
        wanted[name].add(line)
    return wanted


def _write_rows(
    connection: duckdb.DuckDBPyConnection,
    schema: RecordSchema,
    folder: Path,
    files: int,
) -> None:
    folder.mkdir()
    (lines,) = _row(connection, f"select count(*) from {schema.name}")
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


def _books(
    connection: duckdb.DuckDBPyConnection, schema: RecordSchema, objects: int
) -> RecordCounts:
    ends = dict(
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
        lines=sum(ends.values()),
        staged=ends.pop(None, 0),
        duplicate=ends.pop(rules.DUPLICATE, 0),
        quarantined=ends,
        extra_keys=dict(extra_keys),
    )


def _row(connection: duckdb.DuckDBPyConnection, query: str) -> tuple[int, ...]:
    (row,) = connection.execute(query).fetchall()
    return row


@contextmanager
def _refusals(memory_limit: str) -> Iterator[None]:
    """Says in our words what DuckDB refused."""
    try:
        yield
    except duckdb.OutOfMemoryException as error:
        raise FlattenError(
            f"memory_limit {memory_limit} is too small for this source; raise it"
        ) from error
    except duckdb.Error as error:
        raise FlattenError(f"DuckDB could not flatten the source: {error}") from error
