"""Flattens with DuckDB in this process: the engine for one machine.

Threads validate the records while the next ones are read. Validated records go to a
scratch database next to the output, so memory stays within its limit for a source of
any size. The scratch database compares the records that share a key. The remaining rows
are written as a few Parquet files of equal size.
"""

import os
from collections import defaultdict, deque
from collections.abc import Iterable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import contextmanager

import duckdb
import pyarrow as pa

from sparkify.errors import FlattenError
from sparkify.ingest.duckdb_output import (
    count_records,
    write_objects,
    write_places,
    write_rows,
)
from sparkify.ingest.listing import list_source
from sparkify.ingest.manifest import FlattenResult, FlattenTask
from sparkify.ingest.parquet_files import local_files
from sparkify.ingest.record_schema import RecordSchema
from sparkify.ingest.rules import DUPLICATE, conflict, stored_raw
from sparkify.ingest.splitting import ObjectCount, read_again, read_records
from sparkify.ingest.stores import SourceObject, Store, open_store
from sparkify.ingest.validation import validate, validated_schema

BATCHES_A_THREAD = 2  # batches of 8 MB that wait for validation or for the database


def flatten(task: FlattenTask) -> FlattenResult:
    """Flatten both kinds of record; see `Engine.flatten`."""
    store = open_store(task.source)
    scratch = task.output / "scratch.duckdb"
    listed = list_source(store)
    task.progress.start(sum(len(each.objects) for each in listed.values()), "files")
    objects: list[ObjectCount] = []
    with (
        _translate_errors(task.memory_limit),
        duckdb.connect(
            scratch,
            config={
                "memory_limit": task.memory_limit,
                "temp_directory": f"{scratch}.spill",
            },
        ) as connection,
    ):
        counts = {}
        for schema, listing in listed.items():
            tracked = task.progress.track(listing.objects)
            counted = _validate(connection, schema, store, tracked)
            _mark_repeats(connection, schema, store, listing.objects)
            write_rows(connection, schema, task.output / schema.name, task.files)
            counts[schema.name] = count_records(connection, schema, listing, counted)
            objects += counted
        write_places(connection, task.output, task.run_id)
    write_objects(task.output / "objects", objects)
    scratch.unlink()
    return FlattenResult(counts, local_files(task.output))


def _validate(
    connection: duckdb.DuckDBPyConnection,
    schema: RecordSchema,
    store: Store,
    objects: Iterable[SourceObject],
) -> list[ObjectCount]:
    """Write the validated records to the scratch table; return the objects' counts."""
    empty = validated_schema(schema).empty_table()
    connection.from_arrow(empty).create(schema.name)
    counts: list[ObjectCount] = []

    def tables() -> Iterator[pa.Table]:
        for batch in read_records(store, objects):
            counts.extend(batch.objects)
            yield batch.records

    for validated in _in_threads(schema, tables()):
        connection.from_arrow(validated).insert_into(schema.name)
    return counts


def _in_threads(schema: RecordSchema, tables: Iterator[pa.Table]) -> Iterator[pa.Table]:
    """Validate tables in threads; yield them in order, with only a few in memory."""
    threads = os.cpu_count() or 1
    waiting: deque[Future[pa.Table]] = deque()
    with ThreadPoolExecutor(threads) as pool:
        for table in tables:
            waiting.append(pool.submit(validate, schema, table))
            if len(waiting) > threads * BATCHES_A_THREAD:
                yield waiting.popleft().result()
        while waiting:
            yield waiting.popleft().result()


def _mark_repeats(
    connection: duckdb.DuckDBPyConnection,
    schema: RecordSchema,
    store: Store,
    objects: Iterable[SourceObject],
) -> None:
    """Set the rule of each record that repeats the key of an earlier record."""
    key = ", ".join(schema.identity)
    names = ", ".join(f"key_{number}" for number in range(len(schema.identity)))
    row = f"row({', '.join(schema.column_names)})"
    connection.execute(
        f"""
        create or replace temp table repeats as
        with
        keys({names}) as (
            select {key} from {schema.name}
            where rule is null
            group by all
            having count(*) > 1
        ),
        contested as (
            select
                object,
                record,
                row_number() over same_key as occurrence,
                {row} is not distinct from first_value({row}) over same_key as is_same,
            from {schema.name}
            where rule is null and ({key}) in (select ({names}) from keys)
            window same_key as (partition by {key} order by object, record)
        )
        select object, record, if(is_same, $duplicate, $conflict) as rule
        from contested
        where occurrence > 1
        """,
        {"duplicate": DUPLICATE, "conflict": conflict(schema)},
    )
    connection.execute(
        f"""
        update {schema.name}
        set rule = repeats.rule, reason = repeats.rule,
            extra_keys = null, repairs = null
        from repeats
        where repeats.object = {schema.name}.object
            and repeats.record = {schema.name}.record
        """
    )
    conflicts = _conflicting_records(connection)
    if conflicts:
        holders = [entry for entry in objects if entry.name in conflicts]
        found = read_again(store, holders, conflicts)
        raw = pa.array([stored_raw(text) for text in found["raw"].to_pylist()])
        again = found.set_column(3, "raw", raw)  # noqa: F841 (used by the SQL)
        connection.execute(
            f"""
            update {schema.name} set raw = again.raw
            from again
            where again.object = {schema.name}.object
                and again.record = {schema.name}.record
            """
        )


def _conflicting_records(
    connection: duckdb.DuckDBPyConnection,
) -> dict[str, set[int]]:
    """Return the numbers of the conflicting records, by object.

    The scratch table does not keep their raw text, so they are read again.
    """
    conflicts = defaultdict(set)
    rows = connection.execute(
        "select object, record from repeats where rule <> $duplicate",
        {"duplicate": DUPLICATE},
    )
    for name, record in rows.fetchall():
        conflicts[name].add(record)
    return conflicts


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
