"""A job that does what Spark's connector does, by the same Java classes, without it."""

import json
import sys
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any
from unittest import mock
from uuid import uuid4

from sparkify.warehouse import connector_job

if TYPE_CHECKING:
    from pyspark.sql import DataFrame, SparkSession


def replay(frame: "DataFrame", table: str, options: Mapping[str, str]) -> None:
    """Do what the connector does, as its source has it, by the same Java classes."""
    spark = frame.sparkSession
    java: Any = spark._jvm
    java.java.lang.System.setProperty("drivers.region", options["secret.region"])
    folder = f"{options['tempdir']}/{uuid4()}"
    frame.write.parquet(folder)
    manifest = write_manifest(spark, folder)
    columns = ",".join(f'"{name}"' for name in frame.columns)
    name = ".".join(f'"{part}"' for part in table.split("."))
    login = java.java.util.Properties()
    login.setProperty("user", options["secret.id"])
    login.setProperty("applicationname", "spark-redshift-connector")
    driver = java.com.amazonaws.secretsmanager.sql.AWSSecretsManagerRedshiftDriver()
    url = options["url"].replace("jdbc", "jdbc-secretsmanager", 1)
    connection = driver.connect(url, login)
    group = '{"spark-redshift-connector":{"svc":"","op":"Write","lbl":""}}'
    connection.prepareStatement(f"set query_group to '{group}'").execute()
    connection.setAutoCommit(False)
    try:
        connection.prepareStatement(
            f"CREATE TABLE IF NOT EXISTS {name} "
            f"({java_columns(frame.dtypes)}) DISTSTYLE EVEN  "
        ).execute()
        connection.prepareStatement(
            f"COPY {name} ({columns}) FROM '{manifest}' FORMAT AS PARQUET "
            "SERIALIZETOJSON manifest   CREDENTIALS "
            f"'aws_iam_role={options['aws_iam_role']}'"
        ).execute()
        connection.commit()
    except BaseException:
        connection.rollback()
        raise
    finally:
        connection.close()


def java_columns(types: Sequence[tuple[str, str]]) -> str:
    """Write the columns that the connector would make a table with."""
    names = {"string": "TEXT", "int": "INTEGER", "bigint": "BIGINT"}
    return ", ".join(
        f'"{name}" {names.get(kind, "DOUBLE PRECISION")}' for name, kind in types
    )


def write_manifest(spark: "SparkSession", folder: str) -> str:
    """Write the files of a folder with their lengths; return the manifest's place."""
    java: Any = spark._jvm
    path = java.org.apache.hadoop.fs.Path(folder)
    context: Any = spark.sparkContext
    system = path.getFileSystem(context._jsc.hadoopConfiguration())
    entries = [
        {
            "url": f"{folder}/{status.getPath().getName()}",
            "mandatory": True,
            "meta": {"content_length": status.getLen()},
        }
        for status in system.listStatus(path)
        if status.getPath().getName().startswith("part-")
    ]
    out = system.create(java.org.apache.hadoop.fs.Path(f"{folder}/manifest.json"))
    out.write(bytearray(json.dumps({"entries": entries}).encode()))
    out.close()
    return f"{folder}/manifest.json"


if __name__ == "__main__":
    with mock.patch.object(connector_job, "write_table", replay):
        sys.exit(connector_job.main())
