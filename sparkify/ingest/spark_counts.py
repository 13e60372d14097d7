"""Counts what the Spark job wrote, and reconciles it with what was read."""

import re
from collections.abc import Mapping, Sequence
from functools import reduce
from typing import Any

from pyspark.sql import Column, DataFrame, SparkSession
from pyspark.sql import functions as f

from sparkify.errors import ReconciliationError
from sparkify.ingest.batches import ObjectCount, require_objects
from sparkify.ingest.manifest import RecordCounts
from sparkify.ingest.rules import DUPLICATE
from sparkify.ingest.stores import Listing

PLACE_TYPE = "object string, record long"
OBJECT_TYPE = "name string, records long"
STAGED, REPAIRED, EXTRA_KEY, RULE = "staged", "repaired", "extra key", "rule"


def count_records(
    staged: DataFrame,
    put_aside: DataFrame,
    counted: Sequence[tuple[Any, ...]],
    listing: Listing,
) -> RecordCounts:
    """Return where the records of one kind ended.

    Args:
        staged: The staged records, with their `repairs` and `extra_keys`.
        put_aside: The `rule` of each record that is a duplicate or quarantined.
        counted: The values of an `ObjectCount` for each object.
        listing: What the source holds of this kind.

    Raises:
        ReconciliationError: A listed object was not read.
    """
    objects = [ObjectCount(*values) for values in counted]
    require_objects(listing.objects, objects)
    items = f.explode(
        f.concat(
            f.array(_item(STAGED, f.lit(""))),
            _items(REPAIRED, "repairs"),
            _items(EXTRA_KEY, "extra_keys"),
        )
    )
    found = staged.select(items.alias("item")).union(
        put_aside.select(_item(RULE, f.col("rule")))
    )
    counts: dict[str, dict[str, int]] = {
        kind: {} for kind in (STAGED, REPAIRED, EXTRA_KEY, RULE)
    }
    for row in found.groupBy("item.kind", "item.name").count().collect():
        counts[row["kind"]][row["name"]] = row["count"]
    by_rule = dict(sorted(counts[RULE].items()))
    return RecordCounts(
        objects=len(objects),
        bytes=sum(entry.size for entry in objects),
        records=sum(entry.records for entry in objects),
        blank=sum(entry.blank for entry in objects),
        staged=counts[STAGED].get("", 0),
        duplicate=by_rule.pop(DUPLICATE, 0),
        quarantined=by_rule,
        repaired=dict(sorted(counts[REPAIRED].items())),
        extra_keys=dict(sorted(counts[EXTRA_KEY].items())),
        unread=listing.unread,
    )


def _item(kind: str, name: Column) -> Column:
    return f.struct(f.lit(kind).alias("kind"), name.alias("name"))


def _items(kind: str, column: str) -> Column:
    """Return the texts of a column of lists as items of a kind."""
    texts = f.coalesce(f.col(column), f.array().cast("array<string>"))
    return f.transform(texts, lambda text: _item(kind, text))


def reconcile(
    spark: SparkSession, output: str, counts: Mapping[str, RecordCounts]
) -> None:
    """Read the files back, and check that each record is in them exactly once.

    Args:
        spark: The Spark session.
        output: The folder or prefix of the parts of the output.
        counts: The counts of each kind of record.

    Raises:
        ReconciliationError: A record is missing, or there twice.
    """
    literal = re.sub(r"([][{}*?])", r"\\\1", output)  # Hadoop reads a pattern
    placed = reduce(
        DataFrame.union,
        (
            spark.read.schema(PLACE_TYPE).parquet(f"{literal}/{part}")
            for part in (*counts, "duplicates", "quarantine")
        ),
    )
    number = f.col("record").cast("decimal(38, 0)")
    found = placed.groupBy("object").agg(
        f.count("*").alias("found"),
        (2 * f.sum(number)).alias("total"),
        (6 * f.sum(number * number)).alias("squares"),
    )
    # Twice the sum and six times the sum of the squares of the numbers from 1 to n.
    last = f.col("records").cast("decimal(38, 0)")
    expected = (
        spark.read.schema(OBJECT_TYPE)
        .parquet(f"{literal}/objects")
        .where("records > 0")
        .select(
            f.col("name").alias("object"),
            "records",
            (last * (last + 1)).alias("expected_total"),
            (last * (last + 1) * (2 * last + 1)).alias("expected_squares"),
        )
    )
    wrong = (
        expected.join(found, "object", "full_outer")
        .where(
            "not (records <=> found and expected_total <=> total "
            "and expected_squares <=> squares)"
        )
        .orderBy("object")
        .limit(1)
        .collect()
    )
    for row in wrong:
        raise ReconciliationError(
            f"'{row['object']}' has {row['records'] or 0:,} records and the files hold "
            f"{row['found'] or 0:,} of them; nothing was published, please report it "
            "with the run's folder"
        )
