"""Counts the records of the Spark job, and reconciles its files with what was read."""

import json
from collections import defaultdict
from collections.abc import Iterable, Mapping
from functools import reduce
from typing import NamedTuple

from pyspark.sql import Column, DataFrame, SparkSession
from pyspark.sql import functions as f

from sparkify.errors import ReconciliationError
from sparkify.ingest.batches import ObjectCount, require_objects
from sparkify.ingest.manifest import RecordCounts
from sparkify.ingest.record_schema import RECORD_SCHEMAS
from sparkify.ingest.rules import DUPLICATE
from sparkify.ingest.spark_files import literal_path
from sparkify.ingest.stores import Listing

PLACE_TYPE = "object string, record long"
STAGED, REPAIRED, EXTRA_KEY, RULE = "staged", "repaired", "extra key", "rule"


class ReadCounts(NamedTuple):
    """What was read of one kind of record.

    Attributes:
        objects: The counts of each object, sorted by name.
        repeats: The number of valid records that repeat the key of an earlier one.
    """

    objects: list[ObjectCount]
    repeats: int


def key_columns() -> dict[str, list[tuple[str, Column]]]:
    """Return the columns of each kind's key, with their names."""
    return {
        schema.name: [
            (f"{schema.name}_key_{number}", f.expr(expression))
            for number, expression in enumerate(schema.identity)
        ]
        for schema in RECORD_SCHEMAS
    }


def count_read(rows: DataFrame) -> dict[str, ReadCounts]:
    """Count what was read: the records of each object, and those that share a key.

    Args:
        rows: The rows of `validate_objects`.

    Returns:
        The counts of each kind of record.

    Raises:
        ReconciliationError: There is another number of validated records.
    """
    is_valid = f.expr("counted is null and rule is null")
    keys = [key.alias(name) for pairs in key_columns().values() for name, key in pairs]
    same_key = rows.groupBy("kind", "counted", is_valid.alias("is_valid"), *keys)
    later = f.when(f.col("is_valid"), f.col("count") - 1).otherwise(0)
    found = same_key.count().groupBy("kind", "counted")
    sums = found.agg(f.sum("count").alias("records"), f.sum(later).alias("repeats"))
    objects: dict[str, list[ObjectCount]] = defaultdict(list)
    validated: dict[str, tuple[int, int]] = defaultdict(lambda: (0, 0))
    for row in sums.collect():
        if row["counted"] is None:
            validated[row["kind"]] = row["records"], row["repeats"]
        else:
            counted = ObjectCount(**json.loads(row["counted"]))
            objects[row["kind"]] += [counted] * row["records"]
    counts = {}
    for schema in RECORD_SCHEMAS:
        records, repeats = validated[schema.name]
        read = sum(entry.records for entry in objects[schema.name])
        if read != records:
            raise ReconciliationError(
                f"{read:,} records of {schema.name} were read, but {records:,} were "
                "validated; nothing was published, please report it with the run's "
                "folder"
            )
        counts[schema.name] = ReadCounts(sorted(objects[schema.name]), repeats)
    return counts


def count_records(
    placed: DataFrame,
    read: Mapping[str, ReadCounts],
    listings: Mapping[str, Listing],
) -> dict[str, RecordCounts]:
    """Return where the records of each kind ended.

    Args:
        placed: The records, with the `rule` of each that is a duplicate or quarantined.
        read: What was read of each kind.
        listings: What the source holds of each kind.

    Raises:
        ReconciliationError: A listed object was not read.
    """
    for name, listing in listings.items():
        require_objects(listing.objects, read[name].objects)
    fate = f.when(f.col("rule").isNull(), _item(STAGED, f.lit("")))
    items = f.concat(
        f.array(fate.otherwise(_item(RULE, f.col("rule")))),
        _items(REPAIRED, "repairs"),
        _items(EXTRA_KEY, "extra_keys"),
    )
    found = placed.select("kind", f.explode(items).alias("item"))
    counts: dict[str, dict[str, dict[str, int]]] = {
        name: {part: {} for part in (STAGED, REPAIRED, EXTRA_KEY, RULE)}
        for name in listings
    }
    for row in found.groupBy("kind", "item.part", "item.name").count().collect():
        counts[row["kind"]][row["part"]][row["name"]] = row["count"]
    return {
        name: _record_counts(counts[name], read[name].objects, listing)
        for name, listing in listings.items()
    }


def _record_counts(
    counts: Mapping[str, Mapping[str, int]],
    objects: list[ObjectCount],
    listing: Listing,
) -> RecordCounts:
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


def _item(part: str, name: Column) -> Column:
    return f.struct(f.lit(part).alias("part"), name.alias("name"))


def _items(part: str, column: str) -> Column:
    """Return the texts of a staged record's list as items of a part."""
    texts = f.when(f.col("rule").isNull(), f.col(column))
    listed = f.coalesce(texts, f.array().cast("array<string>"))
    return f.transform(listed, lambda text: _item(part, text))


def reconcile(
    spark: SparkSession,
    output: str,
    parts: Iterable[str],
    objects: Iterable[Mapping[str, int]],
) -> None:
    """Read the files back, and check that each record is in them exactly once.

    Args:
        spark: The Spark session.
        output: The folder or prefix of the parts of the output.
        parts: The parts that the records are in.
        objects: The rows of the part `objects`, as its file holds them.

    Raises:
        ReconciliationError: A record is missing, or there twice.
    """
    literal = literal_path(output)
    reader = spark.read.schema(PLACE_TYPE)
    placed = reduce(
        DataFrame.union, (reader.parquet(f"{literal}/{part}") for part in parts)
    )
    number = f.col("record").cast("decimal(38, 0)")
    sums = placed.groupBy("object").agg(
        f.count("*"), f.sum(number), f.sum(number * number)
    )
    found = {name: tuple(map(int, numbers)) for name, *numbers in sums.collect()}
    # The count, the sum and the sum of the squares of the numbers from 1 to n.
    expected: dict[str, tuple[int, ...]] = {
        str(row["name"]): (n, n * (n + 1) // 2, n * (n + 1) * (2 * n + 1) // 6)
        for row in objects
        if (n := row["records"])
    }
    if found != expected:
        names = found.keys() | expected.keys()
        name = min(each for each in names if found.get(each) != expected.get(each))
        raise ReconciliationError(
            f"'{name}' has {expected.get(name, (0,))[0]:,} records and the files hold "
            f"{found.get(name, (0,))[0]:,} of them; nothing was published, please "
            "report it with the run's folder"
        )
