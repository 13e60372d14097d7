"""Reads and validates objects on Spark's executors."""

import json
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from functools import lru_cache
from typing import NamedTuple

import pyarrow as pa
from pyspark.sql import DataFrame, SparkSession
from pyspark.sql.pandas.types import from_arrow_schema

from sparkify.ingest.batches import Batch
from sparkify.ingest.record_schema import RECORD_SCHEMAS, RecordSchema
from sparkify.ingest.splitting import read_records
from sparkify.ingest.stores import Listing, SourceObject, Store, open_store
from sparkify.ingest.validation import validate, validated_schema

OPEN_COST_BYTES = 32 * 1024  # reading this much takes as long as opening an object
SMALLEST_GROUP = 8 * 1024**2  # bytes; a smaller task takes less than its start
LARGEST_GROUP = 64 * 1024**2
TASKS_A_CORE = 2
TASKS_TO_GROW = 4000  # for a cluster that grows with its tasks, to any size
UNLIMITED = 2**31 - 1  # executors, as Spark says that there is no limit
COUNTED = [("kind", pa.string()), ("counted", pa.string())]

Group = tuple[str, Sequence[SourceObject]]  # the kind of record, and objects


class Reader(NamedTuple):
    """Reads objects, on the driver and on the executors.

    Attributes:
        source: A folder that all executors can read, or an `s3://` prefix.
        most_record_bytes: The longest record.
    """

    source: str
    most_record_bytes: int

    def read(self, objects: Iterable[SourceObject]) -> Iterator[Batch]:
        """Yield the records of objects."""
        return read_records(_store(self.source), objects, self.most_record_bytes)


@lru_cache(maxsize=1)
def _store(source: str) -> Store:
    """Return the store of a source; a worker keeps it, with its connections."""
    return open_store(source)


def validate_objects(
    spark: SparkSession, reader: Reader, listed: Mapping[RecordSchema, Listing]
) -> DataFrame:
    """Return the validated records of all objects, with a task for each group of them.

    A row has the columns of all kinds of record, and the name of its own in `kind`.
    One more row for each object has its counts in the column `counted`.

    Args:
        spark: The Spark session.
        reader: Reads the objects.
        listed: The objects of each kind of record.
    """
    conf = dict(spark.sparkContext.getConf().getAll())
    cores = most_cores(conf, spark.sparkContext.defaultParallelism)
    objects = {schema.name: listing.objects for schema, listing in listed.items()}
    groups = [
        (json.dumps([kind, *map(tuple, group)]),)
        for kind, group in group_objects(objects, cores)
    ]
    named = spark.sparkContext.parallelize(groups, len(groups) or 1)
    frame = spark.createDataFrame(named, "objects string")
    return frame.mapInArrow(_validate_groups(reader), from_arrow_schema(_row_type()))


def _row_type() -> pa.Schema:
    kinds = map(validated_schema, RECORD_SCHEMAS)
    return pa.unify_schemas([*kinds, pa.schema(COUNTED)])


def most_cores(conf: Mapping[str, str], now: int) -> int | None:
    """Return how many cores the executors may come to have; None if any number.

    Args:
        conf: The settings of the Spark context.
        now: The cores of the executors that have started.
    """
    cores = int(conf.get("spark.executor.cores", 1))
    if conf.get("spark.dynamicAllocation.enabled") != "true":
        return max(now, cores * int(conf.get("spark.executor.instances", 1)))
    executors = conf.get("spark.dynamicAllocation.maxExecutors", "infinity")
    if executors == "infinity" or int(executors) == UNLIMITED:
        return None
    return max(now, cores * int(executors))


def group_objects(
    objects: Mapping[str, Sequence[SourceObject]], cores: int | None
) -> list[Group]:
    """Split objects, in order, into groups that take about the same time to read.

    Args:
        objects: The objects of each kind of record.
        cores: The cores that the executors may have; None if any number.
    """
    costs = {
        kind: [entry.size + OPEN_COST_BYTES for entry in entries]
        for kind, entries in objects.items()
    }
    total = sum(map(sum, costs.values()))
    tasks = TASKS_TO_GROW if cores is None else TASKS_A_CORE * cores
    aim = min(max(total / tasks, SMALLEST_GROUP), LARGEST_GROUP)
    groups: list[Group] = []
    for kind, entries in objects.items():
        whole = sum(costs[kind])
        split: list[list[SourceObject]] = [[] for _ in range(-(-whole // int(aim)))]
        spent = 0
        for entry, cost in zip(entries, costs[kind], strict=True):
            split[spent * len(split) // whole].append(entry)
            spent += cost
        groups += [(kind, group) for group in split if group]
    return groups


def _validate_groups(
    reader: Reader,
) -> Callable[[Iterable[pa.RecordBatch]], Iterator[pa.RecordBatch]]:
    """Return the function that an executor runs on its groups of objects."""
    row_type = _row_type()
    schemas = {schema.name: schema for schema in RECORD_SCHEMAS}

    def widened(rows: pa.Table, kind: str) -> Iterator[pa.RecordBatch]:
        columns = {
            "kind": pa.array([kind] * rows.num_rows, pa.string()),
            **dict(zip(rows.column_names, rows.columns, strict=True)),
        }
        arrays = [
            columns.get(field.name, pa.nulls(rows.num_rows, field.type))
            for field in row_type
        ]
        yield from pa.table(arrays, schema=row_type).to_batches()

    def validate_groups(batches: Iterable[pa.RecordBatch]) -> Iterator[pa.RecordBatch]:
        for row in (row for batch in batches for row in batch.to_pylist()):
            kind, *entries = json.loads(row["objects"])
            objects = [SourceObject(*entry) for entry in entries]
            for batch in reader.read(objects):
                yield from widened(validate(schemas[kind], batch.records), kind)
                counted = [json.dumps(each._asdict()) for each in batch.objects]
                yield from widened(pa.table({"counted": counted}), kind)

    return validate_groups
