"""Flattens with DuckDB in this process: the engine for one machine.

Threads validate the records while the next ones are read, and the rows go to Parquet at
once. DuckDB finds the records that share a key in the written files, within its memory
limit; only a file that holds a repeat is written again.
"""

import os
from collections import defaultdict, deque
from collections.abc import Callable, Iterable, Iterator, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import contextmanager
from functools import partial
from operator import attrgetter
from pathlib import Path
from tempfile import TemporaryDirectory

import duckdb
import pyarrow as pa

from sparkify.errors import FlattenError
from sparkify.ingest.batches import Batch, ObjectCount
from sparkify.ingest.duckdb_output import (
    QUARANTINE,
    count_records,
    parquet_paths,
    remove_rows,
    require_rows,
    write_objects,
    write_places,
    write_rows,
)
from sparkify.ingest.listing import list_source
from sparkify.ingest.manifest import FlattenResult, FlattenTask
from sparkify.ingest.parquet_files import local_files
from sparkify.ingest.record_schema import EVENTS, RecordSchema
from sparkify.ingest.rules import DUPLICATE, conflict, stored_raw
from sparkify.ingest.splitting import read_again, read_records
from sparkify.ingest.stores import SourceObject, open_store
from sparkify.ingest.validation import validate

Reader = Callable[[Iterable[SourceObject]], Iterator[Batch]]

BATCHES_A_THREAD = 2  # batches of 8 MB that wait for validation or for the database


def flatten(task: FlattenTask) -> FlattenResult:
    """Flatten both kinds of record; see `Engine.flatten`."""
    store = open_store(task.source)
    reader = partial(read_records, store, most_record_bytes=task.most_record_bytes)
    addition = task.addition
    listed = addition.listed if addition else list_source(store)
    size = sum(entry.size for each in listed.values() for entry in each.objects)
    task.progress.start(size, "bytes")
    objects: list[ObjectCount] = []
    with (
        _translate_errors(task.memory_limit),
        TemporaryDirectory(prefix="spill-", dir=task.output) as spill,
        duckdb.connect(
            config={"memory_limit": task.memory_limit, "temp_directory": spill}
        ) as connection,
    ):
        counts = {}
        for schema, listing in listed.items():
            folder = task.output / schema.name
            counted: list[ObjectCount] = []
            task.progress.name_phase(f"reads {schema.name}")
            tracked = task.progress.track(listing.objects, attrgetter("size"))
            tables = _in_threads(schema, _count(reader(tracked), counted))
            write_rows(connection, schema, tables, folder, task.files)
            require_rows(connection, schema, folder, counted)
            task.progress.name_phase(f"looks for repeated {schema.name}")
            if addition and schema == EVENTS:
                addition.require_new_keys(
                    _count_shared_keys(connection, folder, addition.earlier)
                )
            _find_repeats(connection, schema, folder)
            _put_aside(connection, schema, reader, listing.objects, folder)
            counts[schema.name] = count_records(
                connection, schema, listing, counted, folder
            )
            objects += counted
        task.progress.name_phase("counts what was written")
        write_places(connection, task.output, task.run_id)
    write_objects(task.output / "objects", objects)
    return FlattenResult(counts, local_files(task.output))


def _count(batches: Iterable[Batch], counted: list[ObjectCount]) -> Iterator[pa.Table]:
    """Yield the records of batches; add what the reader counted in each object."""
    for batch in batches:
        counted.extend(batch.objects)
        yield batch.records


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


def _find_repeats(
    connection: duckdb.DuckDBPyConnection, schema: RecordSchema, folder: Path
) -> None:
    """Write the records that repeat the key of an earlier one to a table.

    The hashes of keys pick out the few records whose keys are compared.
    """
    key = ", ".join(schema.identity)
    row = f"row({', '.join(schema.column_names)})"
    connection.execute(
        f"""
        create table repeats_{schema.name} as
        with
        hashes as (
            select hash({key}) as key_hash from read_parquet($files)
            group by all
            having count(*) > 1
        ),
        contested as (
            select
                object,
                record,
                row_number() over same_key as occurrence,
                {row} is not distinct from first_value({row}) over same_key as is_same,
            from read_parquet($files)
            where hash({key}) in (select key_hash from hashes)
            window same_key as (partition by {key} order by object, record)
        )
        select object, record, if(is_same, $duplicate, $conflict) as rule
        from contested
        where occurrence > 1
        """,
        {
            "files": parquet_paths(folder),
            "duplicate": DUPLICATE,
            "conflict": conflict(schema),
        },
    )


def _count_shared_keys(
    connection: duckdb.DuckDBPyConnection, folder: Path, earlier: Sequence[str]
) -> int:
    """Return the number of earlier events that have the key of a new one.

    Args:
        connection: The database.
        folder: The files of the new events.
        earlier: The files of the earlier events.
    """
    numbered = list(enumerate(EVENTS.identity))
    key = ", ".join(f"{expression} as key_{n}" for n, expression in numbered)
    is_same = " and ".join(
        f"new.key_{n} is not distinct from earlier.key_{n}" for n, _ in numbered
    )
    query = f"""
        with
        new as (select {key} from read_parquet($new)),
        earlier as (select {key} from read_parquet($earlier))
        select count(*) from earlier semi join new on {is_same}
    """
    values = {"new": parquet_paths(folder), "earlier": list(earlier)}
    ((number,),) = connection.execute(query, values).fetchall()
    return int(number)


def _put_aside(
    connection: duckdb.DuckDBPyConnection,
    schema: RecordSchema,
    reader: Reader,
    objects: Iterable[SourceObject],
    folder: Path,
) -> None:
    """Take the repeats out of the files, and put the conflicts into the quarantine.

    The files do not keep the raw text, so that of a conflict is read again.
    """
    repeats = connection.execute(
        f"select object, record, rule from repeats_{schema.name}"
    ).fetchall()
    if not repeats:
        return
    remove_rows(connection, schema, folder)
    conflicts = defaultdict(set)
    for name, record, rule in repeats:
        if rule != DUPLICATE:
            conflicts[name].add(record)
    if not conflicts:
        return
    holders = [entry for entry in objects if entry.name in conflicts]
    found = read_again(reader(holders), conflicts)
    rule = pa.array([conflict(schema)] * found.num_rows, pa.string())
    raw = pa.array([stored_raw(text) for text in found["raw"].to_pylist()], pa.string())
    rows = pa.table(
        [found["object"], found["line"], raw, rule, found["record"], rule],
        names=QUARANTINE,
    )
    connection.from_arrow(rows).insert_into(f"quarantine_{schema.name}")


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
