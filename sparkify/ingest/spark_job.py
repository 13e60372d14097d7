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
import re
import sys
from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import asdict

import duckdb
import pyarrow as pa
from pyspark.errors import PySparkException
from pyspark.sql import DataFrame, SparkSession, Window
from pyspark.sql import functions as f
from pyspark.sql.pandas.types import from_arrow_schema

from sparkify.errors import FlattenError, SparkifyError
from sparkify.ingest import rules
from sparkify.ingest.lines import read_lines, read_raw
from sparkify.ingest.manifest import COUNTS, RecordCounts
from sparkify.ingest.record_schema import RECORD_SCHEMAS, RecordSchema
from sparkify.ingest.source import SourceObject, Store, open_store

GROUP_BYTES = 64 * 1024**2
OPEN_COST_BYTES = 32 * 1024  # reading this much takes as long as opening an object
TASKS_A_CORE = 2

log = logging.getLogger("sparkify")


def flatten(
    spark: SparkSession, source: str, output: str, *, run_id: str, files: int
) -> dict[str, RecordCounts]:
    """Flatten both kinds of record.

    Args:
        spark: The Spark session.
        source: A folder that all executors can read, or an `s3://` prefix.
        output: A folder or prefix for `events/`, `songs/` and `quarantine/`.
        run_id: The run, for the rows of the quarantine.
        files: The number of Parquet files to write for each kind of record.

    Returns:
        The counts of each kind of record.

    Raises:
        SourceError: An object cannot be read.
        FlattenError: A line was lost.
    """
    store = open_store(source)
    counts = {}
    quarantines = []
    for schema in RECORD_SCHEMAS:
        objects = store.list(schema.folder)
        validated = _validate_objects(spark, source, schema, objects).persist()
        lines = validated.count()
        log.info("%s: validated %s lines of %s files", schema.name, lines, len(objects))
        repeats = _find_repeats(validated, schema).persist()
        rows = validated.where("reason is null").join(
            f.broadcast(repeats), ["object", "line"], "left_anti"
        )
        rows = rows.select(*schema.column_names).repartition(files)
        rows.write.mode("overwrite").parquet(f"{output}/{schema.name}")
        log.info("%s: wrote %s files", schema.name, files)
        conflicts = _read_conflicts(spark, store, schema, objects, repeats)
        quarantined = validated.select("object", "line", "raw", "reason")
        quarantines.append(quarantined.where("reason is not null").union(conflicts))
        counts[schema.name] = _count_records(validated, repeats, len(objects), lines)
    events, songs = quarantines
    quarantine = events.union(songs).select(f.lit(run_id).alias("run_id"), "*")
    quarantine.coalesce(1).write.mode("overwrite").parquet(f"{output}/quarantine")
    return counts


def _validate_objects(
    spark: SparkSession,
    source: str,
    schema: RecordSchema,
    objects: Sequence[SourceObject],
) -> DataFrame:
    """Return the validated lines of objects, with one task for each group of them."""
    groups = _group_objects(
        objects, TASKS_A_CORE * spark.sparkContext.defaultParallelism
    )
    named = spark.sparkContext.parallelize(groups, len(groups)).map(
        lambda group: (json.dumps([(entry.name, entry.size) for entry in group]),)
    )
    frame = spark.createDataFrame(named, "objects string")
    row_type = from_arrow_schema(rules.validated_schema(schema))
    return frame.mapInArrow(_validate_groups(source, schema), row_type)


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
    row_type = rules.validated_schema(schema)

    def validate_groups(batches: Iterable[pa.RecordBatch]) -> Iterator[pa.RecordBatch]:
        store = open_store(source)
        connection = duckdb.connect(config={"threads": 1})
        rules.register(connection)
        for row in (row for batch in batches for row in batch.to_pylist()):
            objects = [SourceObject(*entry) for entry in json.loads(row["objects"])]
            for lines in read_lines(store, objects):
                validated = rules.validate(connection, schema, lines).to_arrow_table()
                if validated.num_rows != lines.num_rows:
                    raise FlattenError(
                        f"the record rules received {lines.num_rows:,} lines of "
                        f"{schema.folder} and returned {validated.num_rows:,}; nothing "
                        "was published, please report it with the run's folder"
                    )
                yield from validated.cast(row_type).to_batches()

    return validate_groups


def _find_repeats(validated: DataFrame, schema: RecordSchema) -> DataFrame:
    """Return the lines that repeat the key of an earlier line, with their reasons."""
    rows = validated.where("reason is null")
    keys = rows.groupBy(*schema.key).count().where("count > 1").drop("count")
    same_key = Window.partitionBy(*schema.key).orderBy("object", "line")
    content = f.struct(*schema.column_names)
    contested = rows.join(keys, list(schema.key), "left_semi").select(
        "object",
        "line",
        f.row_number().over(same_key).alias("occurrence"),
        content.eqNullSafe(f.first(content).over(same_key)).alias("is_same"),
    )
    reason = f.when(f.col("is_same"), rules.DUPLICATE).otherwise(rules.conflict(schema))
    later = contested.where("occurrence > 1")
    return later.select("object", "line", reason.alias("reason"))


def _read_conflicts(
    spark: SparkSession,
    store: Store,
    schema: RecordSchema,
    objects: Sequence[SourceObject],
    repeats: DataFrame,
) -> DataFrame:
    """Return the conflicting lines with their raw text, which is read again."""
    conflicts = defaultdict(set)
    for row in repeats.where(f.col("reason") != rules.DUPLICATE).collect():
        conflicts[row["object"]].add(row["line"])
    holders = [entry for entry in objects if entry.name in conflicts]
    lines = read_raw(store, holders, conflicts).select(["object", "line", "raw"])
    rows = [(*row.values(), rules.conflict(schema)) for row in lines.to_pylist()]
    row_type = "object string, line long, raw string, reason string"
    return spark.createDataFrame(rows, row_type)


def _count_records(
    validated: DataFrame, repeats: DataFrame, objects: int, lines: int
) -> RecordCounts:
    quarantined = _counts(validated.where("reason is not null"), "reason")
    repeated = _counts(repeats, "reason")
    staged = lines - sum(quarantined.values()) - sum(repeated.values())
    duplicate = repeated.pop(rules.DUPLICATE, 0)
    return RecordCounts(
        objects=objects,
        lines=lines,
        staged=staged,
        duplicate=duplicate,
        quarantined=dict(sorted({**quarantined, **repeated}.items())),
        extra_keys=_counts(
            validated.join(repeats, ["object", "line"], "left_anti").select(
                f.explode("extra_keys").alias("key")
            ),
            "key",
        ),
    )


def _counts(frame: DataFrame, column: str) -> dict[str, int]:
    rows = frame.groupBy(column).count().orderBy(column).collect()
    return {row[column]: row["count"] for row in rows}


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
