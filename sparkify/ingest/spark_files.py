"""Writes and reads small files where Spark's are, on any file system that Spark has.

A job of Spark for a file of a few rows takes longer than the rows.
"""

import re
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq
from pyspark.sql import SparkSession

CHUNK_BYTES = 1024**2


def write_file(spark: SparkSession, path: str, content: bytes) -> None:
    """Write a file, in the place of an earlier one."""
    system, place = _file_system(spark, path)
    stream = system.create(place, True)
    try:
        for start in range(0, len(content), CHUNK_BYTES):
            stream.write(content[start : start + CHUNK_BYTES])
    finally:
        stream.close()


def write_table(spark: SparkSession, folder: str, table: pa.Table) -> None:
    """Write a table as the only Parquet file of a folder."""
    sink = pa.BufferOutputStream()
    pq.write_table(table, sink)
    write_file(spark, _path(folder), sink.getvalue().to_pybytes())


def read_file(spark: SparkSession, path: str) -> bytes:
    """Read a file."""
    system, place = _file_system(spark, path)
    stream = system.open(place)
    try:
        return bytes(_java(spark).org.apache.commons.io.IOUtils.toByteArray(stream))
    finally:
        stream.close()


def read_table(spark: SparkSession, folder: str) -> pa.Table:
    """Read the table that was written to a folder."""
    return pq.read_table(pa.BufferReader(read_file(spark, _path(folder))))


def literal_path(path: str) -> str:
    """Return a path as Spark reads it, which takes a pattern of Hadoop otherwise."""
    return re.sub(r"([][{}*?])", r"\\\1", path)


def _path(folder: str) -> str:
    return f"{folder}/part-00000.parquet"


def _java(spark: SparkSession) -> Any:
    return spark._jvm


def _file_system(spark: SparkSession, path: str) -> tuple[Any, Any]:
    """Return the file system of a path, and the path, as Java objects."""
    place = _java(spark).org.apache.hadoop.fs.Path(path)
    configuration = spark.sparkContext._jsc.hadoopConfiguration()
    return place.getFileSystem(configuration), place
