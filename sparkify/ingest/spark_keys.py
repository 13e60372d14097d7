"""Finds the records of the Spark job that share a key."""

import operator
from collections.abc import Sequence
from functools import reduce

from pyspark.sql import DataFrame, SparkSession, Window
from pyspark.sql import functions as f

from sparkify.ingest.record_schema import EVENTS, PLACE, RECORD_SCHEMAS, RecordSchema
from sparkify.ingest.rules import DUPLICATE, conflict
from sparkify.ingest.spark_counts import key_columns
from sparkify.ingest.spark_files import literal_path

BROADCAST_ROWS = 1_000_000  # more keys or repeats are not sent to each executor


def place_repeats(rows: DataFrame, number: int) -> DataFrame:
    """Give each record that repeats the key of an earlier one the rule for that.

    Args:
        rows: The validated records.
        number: The number of records that repeat a key.
    """
    repeats = reduce(
        DataFrame.union,
        (_find_repeats(rows, schema, number) for schema in RECORD_SCHEMAS),
    )
    joined = rows.join(_sent(repeats, number), list(PLACE), "left")
    rule = f.coalesce("repeat_rule", "rule")
    return joined.withColumn("rule", rule).drop("repeat_rule").persist()


def _find_repeats(rows: DataFrame, schema: RecordSchema, number: int) -> DataFrame:
    """Return the records that repeat the key of an earlier record, with their rules."""
    columns = key_columns()[schema.name]
    names = [name for name, _ in columns]
    key = [column.alias(name) for name, column in columns]
    is_valid = f.col("rule").isNull() & (f.col("kind") == schema.name)
    valid = rows.where(is_valid).select(*PLACE, *schema.column_names, *key)
    keys = valid.groupBy(*names).count().where("count > 1").drop("count")
    is_same_key = reduce(
        operator.and_, (valid[name].eqNullSafe(keys[name]) for name in names)
    )
    same_key = Window.partitionBy(*names).orderBy(*PLACE)
    content = f.struct(*schema.column_names)
    contested = valid.join(_sent(keys, number), is_same_key, "left_semi").select(
        *PLACE,
        f.row_number().over(same_key).alias("occurrence"),
        content.eqNullSafe(f.first(content).over(same_key)).alias("is_same"),
    )
    rule = f.when(f.col("is_same"), DUPLICATE).otherwise(conflict(schema))
    later = contested.where("occurrence > 1")
    return later.select(*PLACE, rule.alias("repeat_rule"))


def _sent(rows: DataFrame, number: int) -> DataFrame:
    """Let rows be sent to each executor if they are not too many."""
    return f.broadcast(rows) if number <= BROADCAST_ROWS else rows


def count_shared_keys(
    spark: SparkSession, rows: DataFrame, earlier: Sequence[str], number: int
) -> int:
    """Return the number of earlier events that have the key of a new one.

    Args:
        spark: The Spark session.
        rows: The validated records.
        earlier: The Parquet files of the earlier events.
        number: The number of new records.
    """
    keys = [column.alias(name) for name, column in key_columns()[EVENTS.name]]
    is_valid = f.expr(f"counted is null and rule is null and kind = '{EVENTS.name}'")
    new = rows.where(is_valid).select(*keys)
    before = spark.read.parquet(*map(literal_path, earlier)).select(*keys)
    is_same = reduce(
        operator.and_, (before[name].eqNullSafe(new[name]) for name in new.columns)
    )
    return before.join(_sent(new, number), is_same, "left_semi").count()
