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
from collections.abc import Mapping, Sequence
from dataclasses import asdict
from functools import reduce
from typing import Any

from pyspark.errors import PySparkException
from pyspark.sql import DataFrame, SparkSession, Window
from pyspark.sql import functions as f

from sparkify.errors import ReconciliationError, SparkifyError
from sparkify.ingest.listing import list_source
from sparkify.ingest.manifest import COUNTS, RecordCounts
from sparkify.ingest.record_schema import PLACE, RecordSchema
from sparkify.ingest.rules import DUPLICATE, conflict, stored_raw
from sparkify.ingest.spark_counts import count_records, reconcile
from sparkify.ingest.spark_reading import Reader, validate_objects
from sparkify.ingest.splitting import MOST_RECORD_BYTES, read_again
from sparkify.ingest.stores import SourceObject, open_store

QUARANTINE_TYPE = (
    "object string, line long, raw string, reason string, record long, rule string"
)
REPEAT_TYPE = "object string, record long, rule string"
OBJECT_TYPE = (
    "name string, size long, version string, bytes long, records long, blank long"
)

log = logging.getLogger("sparkify")


def flatten(
    spark: SparkSession,
    source: str,
    output: str,
    *,
    run_id: str,
    files: int,
    most_record_bytes: int = MOST_RECORD_BYTES,
) -> dict[str, RecordCounts]:
    """Flatten both kinds of record.

    Args:
        spark: The Spark session.
        source: A folder that all executors can read, or an `s3://` prefix.
        output: A folder or prefix for the parts of the output.
        run_id: The run, for the rows of the quarantine.
        files: The number of Parquet files to write for each kind of record.
        most_record_bytes: The longest record; a longer one is quarantined.

    Returns:
        The counts of each kind of record.

    Raises:
        SourceError: An object cannot be read.
        ReconciliationError: A record was lost.
    """
    store = open_store(source)
    reader = Reader(source, most_record_bytes)
    counts = {}
    quarantines, duplicates = [], []
    objects: list[tuple[Any, ...]] = []
    for schema, listing in list_source(store).items():
        rows = validate_objects(spark, reader, schema, listing.objects).persist()
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
        conflicts = _read_conflicts(spark, reader, schema, listing.objects, repeats)
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
    reader: Reader,
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
        for row in read_again(reader.read(holders), conflicts).to_pylist()
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
    parser.add_argument(
        "--most-record-bytes",
        type=int,
        default=MOST_RECORD_BYTES,
        help="the longest record; a longer one is quarantined",
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
            most_record_bytes=options.most_record_bytes,
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
