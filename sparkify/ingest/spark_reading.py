"""Reads and validates objects on Spark's executors."""

import json
from collections.abc import Callable, Iterable, Iterator, Sequence
from typing import NamedTuple

import pyarrow as pa
from pyspark.sql import DataFrame, SparkSession
from pyspark.sql.pandas.types import from_arrow_schema

from sparkify.ingest.batches import Batch
from sparkify.ingest.record_schema import RecordSchema
from sparkify.ingest.splitting import read_records
from sparkify.ingest.stores import SourceObject, open_store
from sparkify.ingest.validation import validate, validated_schema

GROUP_BYTES = 64 * 1024**2
OPEN_COST_BYTES = 32 * 1024  # reading this much takes as long as opening an object
TASKS_A_CORE = 2


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
        return read_records(open_store(self.source), objects, self.most_record_bytes)


def validate_objects(
    spark: SparkSession,
    reader: Reader,
    schema: RecordSchema,
    objects: Sequence[SourceObject],
) -> DataFrame:
    """Return the validated records of objects, with one task for each group of them.

    One more row for each object has its counts in the column `counted`.

    Args:
        spark: The Spark session.
        reader: Reads the objects.
        schema: The kind of record.
        objects: The objects.
    """
    groups = _group_objects(
        objects, TASKS_A_CORE * spark.sparkContext.defaultParallelism
    )
    named = spark.sparkContext.parallelize(groups, len(groups)).map(
        lambda group: (
            json.dumps([(entry.name, entry.size, entry.version) for entry in group]),
        )
    )
    frame = spark.createDataFrame(named, "objects string")
    row_type = from_arrow_schema(_row_type(schema))
    return frame.mapInArrow(_validate_groups(reader, schema), row_type)


def _row_type(schema: RecordSchema) -> pa.Schema:
    return validated_schema(schema).append(pa.field("counted", pa.string()))


def _group_objects(
    objects: Sequence[SourceObject], minimum: int
) -> list[Sequence[SourceObject]]:
    """Split objects, in order, into groups that take about the same time to read."""
    costs = [entry.size + OPEN_COST_BYTES for entry in objects]
    count = max(minimum, -(-sum(costs) // GROUP_BYTES))
    groups: list[list[SourceObject]] = [[] for _ in range(count)]
    spent = 0
    for entry, cost in zip(objects, costs, strict=True):
        groups[spent * count // sum(costs)].append(entry)
        spent += cost
    return [group for group in groups if group] or [[]]


def _validate_groups(
    reader: Reader, schema: RecordSchema
) -> Callable[[Iterable[pa.RecordBatch]], Iterator[pa.RecordBatch]]:
    """Return the function that an executor runs on its groups of objects."""
    row_type = _row_type(schema)

    def rows(batch: Batch) -> Iterator[pa.RecordBatch]:
        validated = validate(schema, batch.records)
        nothing = pa.nulls(validated.num_rows, pa.string())
        yield from (
            validated.append_column("counted", nothing).cast(row_type).to_batches()
        )
        counted = [{"counted": json.dumps(each._asdict())} for each in batch.objects]
        yield from pa.Table.from_pylist(counted, schema=row_type).to_batches()

    def validate_groups(batches: Iterable[pa.RecordBatch]) -> Iterator[pa.RecordBatch]:
        for row in (row for batch in batches for row in batch.to_pylist()):
            objects = [SourceObject(*entry) for entry in json.loads(row["objects"])]
            for batch in reader.read(objects):
                yield from rows(batch)

    return validate_groups
