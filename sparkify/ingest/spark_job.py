"""Flattens on Spark: the file that `spark-submit` runs, in local mode and on EMR.

Executors read whole groups of objects through the shared reader and validate their
lines by the shared rules; Spark compares the lines that share a key and writes the
rows. Its expressions mean the same in Spark 3.5 and, with ANSI casts, in Spark 4.

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
OPEN_COST_BYTES = 32 * 1024  # opening an object takes as long as reading this much
TASKS_A_CORE = 2

log = logging.getLogger("sparkify")


def flatten(
    spark: SparkSession, source: str, output: str, *, run_id: str, files: int
) -> dict[str, RecordCounts]:
    """Flattens both kinds of record.

    Args:
        spark: The session.
        source: A folder that all executors see, or an `s3://` prefix.
        output: Where `events/`, `songs/` and `quarantine/` go; a folder or a prefix.
        run_id: The run that the quarantine's rows name.
        files: How many Parquet files to write for each kind.

    Returns:
        The counts of each kind.

    Raises:
        SourceError: An object cannot be read.
        FlattenError: A line was lost on the way.
    """
    store = open_store(source)
    counts = {}
    quarantines = []
    for schema in RECORD_SCHEMAS:
        objects = store.list(schema.folder)
        validated = _validated(spark, source, schema, objects).persist()
        lines = validated.count()
        log.info("%s: validated %s lines of %s files", schema.name, lines, len(objects))
        repeats = _repeats(validated, schema).persist()
        rows = validated.where("reason is null").join(
            f.broadcast(repeats), ["object", "line"], "left_anti"
        )
        rows = rows.select(*schema.column_names).repartition(files)
        rows.write.mode("overwrite").parquet(f"{output}/{schema.name}")
        log.info("%s: wrote %s files", schema.name, files)
        conflicts = _conflicts(spark, store, schema, objects, repeats)
        put_aside = validated.select("object", "line", "raw", "reason")
        quarantines.append(put_aside.where("reason is not null").union(conflicts))
        counts[schema.name] = _books(validated, repeats, len(objects), lines)
    events, songs = quarantines
    quarantine = events.union(songs).select(f.lit(run_id).alias("run_id"), "*")
    quarantine.coalesce(1).write.mode("overwrite").parquet(f"{output}/quarantine")
    return counts


def _validated(
    spark: SparkSession,
    source: str,
    schema: RecordSchema,
    objects: Sequence[SourceObject],
) -> DataFrame:
    """Gives the validated lines of some objects, a task for each group of them."""
    groups = _groups(objects, TASKS_A_CORE * spark.sparkContext.defaultParallelism)
    named = spark.sparkContext.parallelize(groups, len(groups)).map(
        lambda group: (json.dumps([(found.name, found.size) for found in group]),)
    )
    frame = spark.createDataFrame(named, "objects string")
    row_type = from_arrow_schema(rules.validated_schema(schema))
    return frame.mapInArrow(_validate_groups(source, schema), row_type)


def _groups(
    objects: Sequence[SourceObject], at_least: int
) -> list[Sequence[SourceObject]]:
    """Cuts objects, in order, into groups that take about as long to read."""
    costs = [found.size + OPEN_COST_BYTES for found in objects]
    count = max(at_least, -(-sum(costs) // GROUP_BYTES))
    groups: list[list[SourceObject]] = [[] for _ in range(count)]
    spent = 0
    for found, cost in zip(objects, costs, strict=True):
        groups[spent * count // sum(costs)].append(found)
        spent += cost
    return [group for group in groups if group] or [[]]


def _validate_groups(
    source: str, schema: RecordSchema
) -> Callable[[Iterable[pa.RecordBatch]], Iterator[pa.RecordBatch]]:
    """Gives the function that an executor runs on its groups."""
    row_type = rules.validated_schema(schema)

    def validate_groups(batches: Iterable[pa.RecordBatch]) -> Iterator[pa.RecordBatch]:
        store = open_store(source)
        connection = duckdb.connect(config={"threads": 1})
        rules.register(connection)
        for row in (row for batch in batches for row in batch.to_pylist()):
            objects = [SourceObject(*found) for found in json.loads(row["objects"])]
            for lines in read_lines(store, objects):
                validated = rules.validate(connection, schema, lines).to_arrow_table()
                if validated.num_rows != lines.num_rows:
                    raise FlattenError(
                        f"{lines.num_rows:,} lines of {schema.folder} went into the "
                        f"rules, but {validated.num_rows:,} came out"
                    )
                yield from validated.cast(row_type).to_batches()

    return validate_groups


def _repeats(validated: DataFrame, schema: RecordSchema) -> DataFrame:
    """Gives the lines whose key an earlier line has, and the reason that it makes."""
    rows = validated.where("reason is null")
    keys = rows.groupBy(*schema.key).count().where("count > 1").drop("count")
    same_key = Window.partitionBy(*schema.key).orderBy("object", "line")
    content = f.struct(*schema.column_names)
    contested = rows.join(keys, list(schema.key), "left_semi").select(
        "object",
        "line",
        f.row_number().over(same_key).alias("place"),
        content.eqNullSafe(f.first(content).over(same_key)).alias("is_same"),
    )
    reason = f.when(f.col("is_same"), rules.DUPLICATE).otherwise(rules.conflict(schema))
    return contested.where("place > 1").select("object", "line", reason.alias("reason"))


def _conflicts(
    spark: SparkSession,
    store: Store,
    schema: RecordSchema,
    objects: Sequence[SourceObject],
    repeats: DataFrame,
) -> DataFrame:
    """Gives the lines in conflict with their raw text, which was not kept."""
    wanted = defaultdict(set)
    for row in repeats.where(f.col("reason") != rules.DUPLICATE).collect():
        wanted[row["object"]].add(row["line"])
    again = [found for found in objects if found.name in wanted]
    lines = read_raw(store, again, wanted).select(["object", "line", "raw"])
    rows = [(*row.values(), rules.conflict(schema)) for row in lines.to_pylist()]
    row_type = "object string, line long, raw string, reason string"
    return spark.createDataFrame(rows, row_type)


def _books(
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
    """Runs the job; exits with 1 and the reason on the last line where it fails."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--source", required=True, help="a folder or an s3:// prefix")
    parser.add_argument("--output", required=True, help="an empty folder or prefix")
    parser.add_argument("--run-id", required=True, help="named in the quarantine")
    parser.add_argument("--files", type=int, default=4, help="Parquet files a kind")
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
    """Gives our own words out of an error that came through the JVM, if it has any."""
    ours = re.search(r"sparkify\.errors\.\w+: (.+)", str(error))
    return ours[1] if ours else str(error)


if __name__ == "__main__":
    sys.exit(main())
