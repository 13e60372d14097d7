"""Flattens with Spark: the job that `spark-submit` runs, in local mode and on EMR.

Executors read groups of objects through the shared reader and validate their lines by
the shared rules, both kinds of record in one pass. Spark compares the lines that share
a key and writes the rows; the driver writes what is little. Spark's expressions mean
the same in Spark 3.5 and in Spark 4, which has ANSI casts.

    spark-submit spark_job.py --source s3://bucket/raw --output s3://bucket/flat \
        --run-id first
"""

import argparse
import json
import logging
import re
import sys
from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import asdict

import pyarrow as pa
from pyspark.errors import PySparkException
from pyspark.sql import DataFrame, SparkSession
from pyspark.sql import functions as f

from sparkify.errors import SparkifyError
from sparkify.ingest.addition import Addition, NotAnIncrementError
from sparkify.ingest.batches import OBJECTS
from sparkify.ingest.listing import list_source
from sparkify.ingest.manifest import COUNTS, REFUSED, RecordCounts
from sparkify.ingest.record_schema import PLACE, RECORD_SCHEMAS
from sparkify.ingest.rules import DUPLICATE, conflict, stored_raw
from sparkify.ingest.spark_counts import (
    count_read,
    count_records,
    reconcile,
)
from sparkify.ingest.spark_files import (
    read_file,
    read_table,
    write_file,
    write_table,
)
from sparkify.ingest.spark_keys import count_shared_keys, place_repeats
from sparkify.ingest.spark_reading import Reader, validate_objects
from sparkify.ingest.splitting import MOST_RECORD_BYTES, read_again
from sparkify.ingest.stores import Listing, open_store

QUARANTINE = pa.schema(
    [
        ("run_id", pa.string()),
        ("object", pa.string()),
        ("line", pa.int64()),
        ("raw", pa.string()),
        ("reason", pa.string()),
        ("record", pa.int64()),
        ("rule", pa.string()),
    ]
)
DUPLICATES = pa.schema([("object", pa.string()), ("record", pa.int64())])
FEW_ROWS = 1000  # fewer are written by the driver: a row has at most 64 KB
FILE_ROWS = 1_000_000  # of the quarantine and of the duplicates
CONFLICTS = tuple(conflict(schema) for schema in RECORD_SCHEMAS)

log = logging.getLogger("sparkify")


def flatten(
    spark: SparkSession,
    source: str,
    output: str,
    *,
    run_id: str,
    files: int,
    most_record_bytes: int = MOST_RECORD_BYTES,
    addition: Addition | None = None,
) -> dict[str, RecordCounts]:
    """Flatten both kinds of record.

    Args:
        spark: The Spark session.
        source: A folder that all executors can read, or an `s3://` prefix.
        output: A folder or prefix for the parts of the output.
        run_id: The run, for the rows of the quarantine.
        files: The number of Parquet files to write for each kind of record.
        most_record_bytes: The longest record; a longer one is quarantined.
        addition: The new objects to read; without it, all of the source.

    Returns:
        The counts of each kind of record.

    Raises:
        SourceError: An object cannot be read.
        ReconciliationError: A record was lost.
        NotAnIncrementError: An earlier event has the key of a new one; nothing was
            written.
    """
    listed = addition.listed if addition else list_source(open_store(source))
    listings = {schema.name: listing for schema, listing in listed.items()}
    reader = Reader(source, most_record_bytes)
    rows = validate_objects(spark, reader, listed).persist()
    read = count_read(rows)
    objects = [entry for kind in read.values() for entry in kind.objects]
    log.info("read %s files", len(objects))
    if addition:
        records = sum(entry.records for entry in objects)
        shared = count_shared_keys(spark, rows, addition.earlier, records)
        addition.require_new_keys(shared)
    repeats = sum(kind.repeats for kind in read.values())
    placed = rows.where("counted is null").drop("counted")
    if repeats:
        placed = place_repeats(placed, repeats)
    counts = count_records(placed, read, listings)
    log.info("counted %s records", sum(each.records for each in counts.values()))
    for schema in listed:
        is_staged = f.col("rule").isNull() & (f.col("kind") == schema.name)
        staged = placed.where(is_staged).select(*schema.staged_names)
        written = staged.repartition(files).write.mode("overwrite")
        written.parquet(f"{output}/{schema.name}")
    quarantined = placed.where(
        f.col("rule").isNotNull() & ~f.col("rule").isin(DUPLICATE, *CONFLICTS)
    ).select(f.lit(run_id).alias("run_id"), *QUARANTINE.names[1:])
    conflicts = _read_conflicts(placed, reader, listings, counts, run_id)
    _write(spark, f"{output}/quarantine", quarantined, conflicts, _others(counts))
    duplicates = placed.where(f.col("rule") == DUPLICATE).select(*DUPLICATES.names)
    number = sum(kind.duplicate for kind in counts.values())
    _write(spark, f"{output}/duplicates", duplicates, DUPLICATES.empty_table(), number)
    table = pa.Table.from_pylist([entry._asdict() for entry in objects], OBJECTS)
    write_table(spark, f"{output}/objects", table)
    log.info("wrote the files")
    kept = read_table(spark, f"{output}/objects").to_pylist()
    reconcile(spark, output, (*listings, "duplicates", "quarantine"), kept)
    log.info("reconciled the files")
    rows.unpersist()
    return counts


def _read_conflicts(
    placed: DataFrame,
    reader: Reader,
    listings: Mapping[str, Listing],
    counts: Mapping[str, RecordCounts],
    run_id: str,
) -> pa.Table:
    """Return the conflicting records with their raw text, which is read again."""
    if not sum(
        each.quarantined.get(rule, 0) for each in counts.values() for rule in CONFLICTS
    ):
        return QUARANTINE.empty_table()
    wanted: dict[str, set[int]] = defaultdict(set)
    rules: dict[str, str] = {}
    conflicts = placed.where(f.col("rule").isin(*CONFLICTS))
    for row in conflicts.select(*PLACE, "rule").collect():
        wanted[row["object"]].add(row["record"])
        rules[row["object"]] = row["rule"]
    holders = [
        entry
        for listing in listings.values()
        for entry in listing.objects
        if entry.name in wanted
    ]
    rows = [
        {
            **row,
            "run_id": run_id,
            "raw": stored_raw(row["raw"]),
            "reason": rules[row["object"]],
            "rule": rules[row["object"]],
        }
        for row in read_again(reader.read(holders), wanted).to_pylist()
    ]
    return pa.Table.from_pylist(rows, QUARANTINE)


def _others(counts: Mapping[str, RecordCounts]) -> int:
    """Return the number of quarantined records that conflict with no other."""
    return sum(
        number
        for kind in counts.values()
        for rule, number in kind.quarantined.items()
        if rule not in CONFLICTS
    )


def _write(
    spark: SparkSession, folder: str, rows: DataFrame, more: pa.Table, number: int
) -> None:
    """Write rows to Parquet: few by the driver, many by Spark.

    Args:
        spark: The Spark session.
        folder: The folder or prefix of the files.
        rows: The rows that Spark has.
        more: Rows that the driver has.
        number: The number of the rows that Spark has.
    """
    if number + more.num_rows <= FEW_ROWS:
        collected = [row.asDict() for row in rows.collect()] if number else []
        table = pa.Table.from_pylist(collected, more.schema)
        write_table(spark, folder, pa.concat_tables([table, more]))
        return
    kept = [tuple(row.values()) for row in more.to_pylist()]
    union = rows.union(spark.createDataFrame(kept, rows.schema)) if kept else rows
    files = -(-(number + more.num_rows) // FILE_ROWS)
    union.coalesce(files).write.mode("overwrite").parquet(folder)


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
    parser.add_argument(
        "--addition", default="", help="a file that lists what to read; else all"
    )
    options = parser.parse_args(arguments)
    logging.basicConfig(format="sparkify: %(message)s", level=logging.INFO)
    logging.getLogger("py4j").setLevel(logging.WARNING)
    spark = SparkSession.builder.appName("sparkify flatten").getOrCreate()
    try:
        content = _flatten_as_told(spark, options)
        place = f"{options.output}/{COUNTS}/part-00000.txt"
        write_file(spark, place, json.dumps(content).encode())
    except (SparkifyError, PySparkException) as error:
        log.error("error: %s", reason(error))
        return 1
    finally:
        spark.stop()
    return 0


def _flatten_as_told(
    spark: SparkSession, options: argparse.Namespace
) -> dict[str, object]:
    """Return the counts by kind, or why the new objects cannot be added."""
    addition = None
    if options.addition:
        addition = Addition.from_json(read_file(spark, options.addition).decode())
    try:
        counts = flatten(
            spark,
            options.source,
            options.output,
            run_id=options.run_id,
            files=options.files,
            most_record_bytes=options.most_record_bytes,
            addition=addition,
        )
    except NotAnIncrementError as error:
        return {REFUSED: str(error)}
    return {name: asdict(entry) for name, entry in counts.items()}


def reason(error: Exception) -> str:
    """Return Sparkify's message from an error that came through the JVM, if any."""
    match = re.search(r"sparkify\.errors\.\w+: (.+)", str(error))
    return match[1] if match else str(error)


if __name__ == "__main__":
    sys.exit(main())
