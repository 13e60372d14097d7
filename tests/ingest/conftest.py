"""One Spark in the tests' process: starting one takes longer than most jobs."""

import gc
import sys
import warnings
from collections.abc import Iterator
from typing import TYPE_CHECKING

import pytest

from sparkify.ingest import spark_engine

if TYPE_CHECKING:
    from pyspark.sql import SparkSession


# Pyspark's own: it leaves sockets to the garbage collector.
PYSPARK_WARNINGS = (
    "ignore:distutils Version:DeprecationWarning",
    "ignore:unclosed <socket:ResourceWarning",
    "ignore::pytest.PytestUnraisableExceptionWarning",
)


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Let the tests that use Spark pass over its warnings."""
    for item in items:
        if "spark" in getattr(item, "fixturenames", ()):
            for warning in PYSPARK_WARNINGS:
                item.add_marker(pytest.mark.filterwarnings(warning))


@pytest.fixture
def spark(spark_session: "SparkSession") -> "Iterator[SparkSession]":
    """Yield the Spark session; leave no socket to the next test."""
    yield spark_session
    with warnings.catch_warnings(action="ignore"):
        gc.collect()


@pytest.fixture(scope="session")
def spark_session(
    tmp_path_factory: pytest.TempPathFactory,
) -> "Iterator[SparkSession]":
    """Yield a Spark session with the settings of the engine."""
    from pyspark.sql import SparkSession

    with pytest.MonkeyPatch.context() as patch:
        for name, value in spark_engine.environment().items():
            patch.setenv(name, value)
        patch.delenv("SPARK_HOME", raising=False)
        builder = SparkSession.builder.appName("tests")
        settings = {
            **spark_engine.SETTINGS,
            "spark.master": "local[2]",
            "spark.sql.shuffle.partitions": "2",
            "spark.pyspark.python": sys.executable,
            "spark.local.dir": str(tmp_path_factory.mktemp("spark")),
        }
        for name, value in settings.items():
            builder = builder.config(name, value)
        session = builder.getOrCreate()
        session.sparkContext.setLogLevel("ERROR")
        yield session
        session.stop()
