"""A job that does what Spark's connector does, by the same Java classes, without it.

Its statements are those of version 6.4.3, which was run with the emulators. Where the
connector's jar is to be had, a test compares them with what it really sends.
"""

import json
import sys
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any
from unittest import mock
from uuid import uuid4

from py4j.protocol import Py4JJavaError

from sparkify.rehearsal.jars import CONNECTOR
from sparkify.warehouse import connector_job

if TYPE_CHECKING:
    from pyspark.sql import DataFrame, SparkSession

APPLICATION = "SparkRedshiftConnector"
TYPES = {"string": "VARCHAR(MAX)", "int": "INTEGER", "bigint": "BIGINT"}
WHY = """
 SELECT *
 FROM stl_load_errors
 WHERE query = pg_last_query_id()
"""


def replay_read(
    spark: "SparkSession", table: str, options: Mapping[str, str]
) -> list[str]:
    """Ask for a table's columns as the connector does."""
    connection = connect(spark, options)
    try:
        asked = connection.prepareStatement(f"SELECT * FROM {quoted(table)} LIMIT 1")
        found = asked.getMetaData()
        count = found.getColumnCount()
        return [found.getColumnLabel(place + 1) for place in range(count)]
    finally:
        connection.close()


def replay_write(frame: "DataFrame", table: str, options: Mapping[str, str]) -> None:
    """Write rows as the connector does."""
    assert not seen_by_others(options["password"])
    spark = frame.sparkSession
    folder = f"{options['tempdir']}/{uuid4()}"
    frame.write.parquet(folder)
    manifest = write_manifest(spark, folder)
    columns = ",".join(f'"{name}"' for name in frame.columns)
    connection = connect(spark, options)
    group = json.dumps(
        {
            "spark-redshift-connector": {
                "svc": "",
                "hst": "",
                "ver": CONNECTOR[0].version,
                "op": "Write",
                "lbl": "",
                "tid": spark.sparkContext.applicationId,
            }
        },
        separators=(",", ":"),
    )
    connection.prepareStatement(f"set query_group to '{group}'").execute()
    connection.setAutoCommit(False)
    try:
        connection.prepareStatement(
            f"CREATE TABLE IF NOT EXISTS {quoted(table)} "
            f"({java_columns(frame.dtypes)}) DISTSTYLE EVEN  "
        ).execute()
        copy = connection.prepareStatement(
            f"COPY {quoted(table)} ({columns}) FROM '{manifest}' FORMAT AS PARQUET "
            "SERIALIZETOJSON manifest   CREDENTIALS "
            f"'aws_iam_role={options['aws_iam_role']}'"
        )
        try:
            copy.execute()
        except Py4JJavaError as error:
            connection.rollback()
            explain(spark, connection, table, error)
            raise
        connection.commit()
    except BaseException:
        connection.rollback()
        raise
    finally:
        connection.close()
    replay_read(spark, table, options)  # the relation of what was written


def connect(spark: "SparkSession", options: Mapping[str, str]) -> Any:
    """Open a connection as the connector does."""
    java: Any = spark._jvm
    login = java.java.util.Properties()
    login.setProperty("user", options["user"])
    login.setProperty("password", options["password"])
    login.setProperty("applicationname", APPLICATION)
    driver = java.com.amazon.redshift.jdbc42.Driver()
    return driver.connect(options["url"], login)


def explain(
    spark: "SparkSession", connection: Any, table: str, error: Py4JJavaError
) -> None:
    """Raise what the error table has about a failed COPY, if it has anything.

    Redshift Serverless refuses to show the table: the error stays as it is.
    """
    try:
        found = connection.prepareStatement(WHY).executeQuery()
    except Py4JJavaError:
        return
    if not found.next():
        return
    length = (found.getString("col_length") or "").strip()
    java: Any = spark._jvm
    words = (
        f"\nError (code {found.getInt('err_code')}) while loading data into Redshift: "
        f'"{found.getString("err_reason").strip()}"\n'
        f"Table name: {quoted(table)}\n"
        f"Column name: {found.getString('colname').strip()}\n"
        f"Column type: {found.getString('type').strip()}"
        f"{f'({length})' if length else ''}\n"
        f"Raw line: {found.getString('raw_line')}\n"
        f"Raw field value: {found.getString('raw_field_value')}\n"
    )
    raised = java.java.sql.SQLException(words, error.java_exception)
    raise Py4JJavaError("An error occurred while calling save", raised)


def quoted(table: str) -> str:
    """Write the name of a table as the connector does."""
    return ".".join(f'"{part}"' for part in table.split("."))


def java_columns(types: Sequence[tuple[str, str]]) -> str:
    """Write the columns that the connector would make a table with."""
    return ", ".join(
        f'"{name}" {TYPES.get(kind, "DOUBLE PRECISION")}' for name, kind in types
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


def seen_by_others(text: str) -> bool:
    """Return whether a text is on the command line of a process of this machine."""
    for place in Path("/proc").glob("[0-9]*/cmdline"):
        try:
            if text.encode() in place.read_bytes():
                return True
        except OSError:
            continue  # the process has ended
    return False


if __name__ == "__main__":
    with (
        mock.patch.object(connector_job, "read_columns", replay_read),
        mock.patch.object(connector_job, "write_table", replay_write),
    ):
        sys.exit(connector_job.main())
