"""Flattens with Spark: the job that `spark-submit` runs, in local mode and on EMR.

Executors read groups of objects through the shared reader and validate their lines by
the shared rules. Spark compares the lines that share a key and writes the rows. Its
expressions mean the same in Spark 3.5 and in Spark 4, which has ANSI casts.

    spark-submit spark_job.py --source s3://bucket/raw --output s3://bucket/flat \
        --run-id first
"""

import argparse
import json
import logging
import operator
import re
import sys
from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import asdict
from functools import reduce
from typing import Any

import pyarrow as pa
from pyspark.errors import PySparkException
from pyspark.sql import DataFrame, SparkSession, Window
from pyspark.sql import functions as f
from pyspark.sql.pandas.types import from_arrow_schema

from sparkify.errors import ReconciliationError, SparkifyError
from sparkify.ingest.batches import Batch
from sparkify.ingest.listing import list_source
from sparkify.ingest.manifest import COUNTS, RecordCounts
from sparkify.ingest.record_schema import PLACE, RecordSchema
from sparkify.ingest.rules import DUPLICATE, conflict, stored_raw
from sparkify.ingest.spark_counts import count_records, reconcile
from sparkify.ingest.splitting import read_again, read_records
from sparkify.ingest.stores import SourceObject, Store, open_store
from sparkify.ingest.validation import validate, validated_schema

GROUP_BYTES = 64 * 1024**2
OPEN_COST_BYTES = 32 * 1024  # reading this much takes as long as opening an object
TASKS_A_CORE = 2
QUARANTINE_TYPE = (
    "object string, line long, raw string, reason string, record long, rule string"
)
REPEAT_TYPE = "object string, record long, rule string"
OBJECT_TYPE = (
    "name string, size long, version string, bytes long, records long, blank long"
)

log = logging.getLogger("sparkify")


def flatten(
    spark: SparkSession, source: str, output: str, *, run_id: str, files: int
) -> dict[str, RecordCounts]:
    """Flatten both kinds of record.

    Args:
        spark: The Spark session.
        source: A folder that all executors can read, or an `s3://` prefix.
        output: A folder or prefix for the parts of the output.
        run_id: The run, for the rows of the quarantine.
        files: The number of Parquet files to write for each kind of record.

    Returns:
        The counts of each kind of record.

    Raises:
        SourceError: An object cannot be read.
        ReconciliationError: A record was lost.
    """
    store = open_store(source)
    counts = {}
    quarantines, duplicates = [], []
    objects: list[tuple[Any, ...]] = []
    for schema, listing in list_source(store).items():
        rows = _validate_objects(spark, source, schema, listing.objects).persist()
        validated = rows.where("counted is null").drop("counted")
        counted = _object_counts(rows)
        log.info("%s: read %s files", schema.name, len(counted))
        repeats = _find_repeats(spark, validated, schema)
        staged = validated.where("rule is null").join(
            f.broadcast(repeats), list(PLACE), "left_anti"
        )
        written = staged.select(*schema.staged_names).repartition(files)
        written.write.mode("overwrite").parquet(f"{output}/{schema.name}")
        log.info("%s: wrote %s files", schema.name, files)
        conflicts = _read_conflicts(spark, store, schema, listing.objects, repeats)
        quarantined = validated.where("rule is not null").select(*conflicts.columns)
        quarantines.append(quarantined.union(conflicts))
        duplicates.append(repeats.where(f.col("rule") == DUPLICATE).select(*PLACE))
        objects += counted
        put_aside = quarantined.select("rule").union(repeats.select("rule"))
        counts[schema.name] = count_records(staged, put_aside, counted, listing)
    quarantine = reduce(DataFrame.union, quarantines)
    parts = {
        "quarantine": quarantine.select(f.lit(run_id).alias("run_id"), "*"),
        "duplicates": reduce(DataFrame.union, duplicates),
        "objects": spark.createDataFrame(objects, OBJECT_TYPE),
    }
    for name, rows in parts.items():
        rows.coalesce(1).write.mode("overwrite").parquet(f"{output}/{name}")
    reconcile(spark, output, counts)
    return counts


def _validate_objects(
    spark: SparkSession,
    source: str,
    schema: RecordSchema,
    objects: Sequence[SourceObject],
) -> DataFrame:
    """Return the validated records of objects, with one task for each group of them.

    One more row for each object has its counts in the column `counted`.
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
    return frame.mapInArrow(_validate_groups(source, schema), row_type)


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
    source: str, schema: RecordSchema
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
        store = open_store(source)
        for row in (row for batch in batches for row in batch.to_pylist()):
            objects = [SourceObject(*entry) for entry in json.loads(row["objects"])]
            for batch in read_records(store, objects):
                yield from rows(batch)

    return validate_groups


def _object_counts(rows: DataFrame) -> list[tuple[Any, ...]]:
    """Return what the reader counted in each object, sorted by name.

    Raises:
        ReconciliationError: There is another number of validated records.
    """
    found = {
        row["counted"]: row["count"]
        for row in rows.groupBy("counted").count().collect()
    }
    validated = found.pop(None, 0)
    objects = [json.loads(counted) for counted in found]
    records = sum(counted["records"] for counted in objects)
    if records != validated:
        raise ReconciliationError(
            f"{records:,} records were read, but {validated:,} were validated; nothing "
            "was published, please report it with the run's folder"
        )
    return sorted(tuple(counted.values()) for counted in objects)


def _find_repeats(
    spark: SparkSession, validated: DataFrame, schema: RecordSchema
) -> DataFrame:
    """Return the records that repeat the key of an earlier record, with their rules."""
    key = [
        f.expr(expression).alias(f"key_{number}")
        for number, expression in enumerate(schema.identity)
    ]
    names = [f"key_{number}" for number in range(len(key))]
    rows = validated.where("rule is null").select("*", *key)
    keys = rows.groupBy(*names).count().where("count > 1").drop("count").persist()
    if keys.isEmpty():
        return spark.createDataFrame([], REPEAT_TYPE)
    is_same_key = reduce(
        operator.and_, (rows[name].eqNullSafe(keys[name]) for name in names)
    )
    same_key = Window.partitionBy(*names).orderBy(*PLACE)
    content = f.struct(*schema.column_names)
    contested = rows.join(f.broadcast(keys), is_same_key, "left_semi").select(
        *PLACE,
        f.row_number().over(same_key).alias("occurrence"),
        content.eqNullSafe(f.first(content).over(same_key)).alias("is_same"),
    )
    rule = f.when(f.col("is_same"), DUPLICATE).otherwise(conflict(schema))
    later = contested.where("occurrence > 1")
    return later.select(*PLACE, rule.alias("rule")).persist()


def _read_conflicts(
    spark: SparkSession,
    store: Store,
    schema: RecordSchema,
    objects: Sequence[SourceObject],
    repeats: DataFrame,
) -> DataFrame:
    """Return the conflicting records with their raw text, which is read again."""
    conflicts: dict[str, set[int]] = defaultdict(set)
    for row in repeats.where(f.col("rule") != DUPLICATE).collect():
        conflicts[row["object"]].add(row["record"])
    holders = [entry for entry in objects if entry.name in conflicts]
    rule = conflict(schema)
    rows = [
        (row["object"], row["line"], stored_raw(row["raw"]), rule, row["record"], rule)
        for row in read_again(store, holders, conflicts).to_pylist()
    ]
    return spark.createDataFrame(rows, QUARANTINE_TYPE)


def _write_counts(
    spark: SparkSession, folder: str, counts: Mapping[str, RecordCounts]
) -> None:
    text = json.dumps({name: asdict(entry) for name, entry in counts.items()})
    frame = spark.createDataFrame([(text,)], "value string").coalesce(1)
    frame.write.mode("overwrite").text(folder)


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the job; if it fails, log the reason last and return exit status 1."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--source", required=True, help="a folder or an s3:// prefix")
    parser.add_argument("--output", required=True, help="an empty folder or prefix")
    parser.add_argument("--run-id", required=True, help="the run of the quarantine")
    parser.add_argument(
        "--files", type=int, default=4, help="Parquet files for each kind of record"
    )
    options = parser.parse_args(arguments)
    logging.basicConfig(format="sparkify: %(message)s", level=logging.INFO)
    logging.getLogger("py4j").setLevel(logging.WARNING)
    spark = SparkSession.builder.appName("sparkify flatten").getOrCreate()
    try:
        counts = flatten(
            spark,
            options.source,
            options.output,
            run_id=options.run_id,
            files=options.files,
        )
        _write_counts(spark, f"{options.output}/{COUNTS}", counts)
    except (SparkifyError, PySparkException) as error:
        log.error("error: %s", reason(error))
        return 1
    finally:
        spark.stop()
    return 0


def reason(error: Exception) -> str:
    """Return Sparkify's message from an error that came through the JVM, if any."""
    match = re.search(r"sparkify\.errors\.\w+: (.+)", str(error))
    return match[1] if match else str(error)


if __name__ == "__main__":
    sys.exit(main())
