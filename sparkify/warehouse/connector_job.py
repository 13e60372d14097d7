"""Loads Parquet files into Redshift with its Spark connector; `spark-submit` runs it.

EMR includes the connector and the JDBC driver; elsewhere, pass their jars to
`spark-submit`. The connector writes the rows to S3 again, with a manifest, and Redshift
loads them by COPY in one transaction for each table. The job reads the login from the
secret and gives it to the connector, so no command line and no log shows it.

    spark-submit connector_job.py \
        --tables '{"staging_songs": ["s3://bucket/flat/songs/part-0.parquet"]}' \
        --host cluster.abc.eu-west-1.redshift.amazonaws.com --port 5439 \
        --database sparkify --schema sparkify --secret-id arn:aws:secretsmanager:... \
        --copy-role arn:aws:iam::123456789012:role/copy --region eu-west-1 \
        --tempdir s3://bucket/temp --slices 2
"""

import argparse
import json
import logging
import re
import sys
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from typing import Any

import boto3
from botocore.exceptions import BotoCoreError, ClientError
from py4j.java_gateway import is_instance_of
from py4j.protocol import Py4JJavaError
from pyspark import SparkContext
from pyspark.errors import PySparkException
from pyspark.sql import DataFrame, SparkSession

CONNECTOR = "io.github.spark_redshift_community.spark.redshift"
# Messages of the connector that only wrap a message of the JDBC driver.
WRAPPER_MESSAGES = (
    "Exception thrown in awaitResult",
    "An error occurred while calling",
)
# SQLSTATEs: no such table, no such schema; a refused login.
MISSING = ("42P01", "3F000")
REFUSED_LOGINS = ("28000", "28P01")
# What the connector quotes of a refused row: up to 1 kB of users' data in each.
RAW_LINE = re.compile(r"^Raw line: .*(?=^Raw field value: )", re.DOTALL | re.MULTILINE)
RAW_VALUE = re.compile(r"(?<=^Raw field value: ).*", re.DOTALL | re.MULTILINE)
SHOWN_CHARACTERS = 80

log = logging.getLogger("sparkify")


class LoadError(Exception):
    """A table could not be written, or the login could not be read."""


def write_tables(
    spark: SparkSession,
    schema: str,
    files: Mapping[str, Sequence[str]],
    options: Mapping[str, str],
    slices: int,
) -> None:
    """Append files to tables, one table after another.

    A table without files is left as it is. The connector writes a file for each of
    Spark's partitions, so their number is a multiple of the slices.

    Args:
        spark: The Spark session.
        schema: The schema of the tables.
        files: The addresses of the Parquet files, by table; their columns have the same
            names and types as the table's columns.
        options: The connector's options, without the table.
        slices: The number of the cluster's slices.

    Raises:
        LoadError: A table does not exist, so nothing was written; or a table could not
            be written. The message names it.
    """
    for table in filter(files.get, files):
        with _explained(table):
            read_columns(spark, f"{schema}.{table}", options)
    for table, addresses in files.items():
        if not addresses:
            log.info("%s: has no files, so there is nothing to write", table)
            continue
        with _explained(table):
            frame = spark.read.parquet(*addresses)
            partitions = -(-len(addresses) // slices) * slices
            write_table(frame.repartition(partitions), f"{schema}.{table}", options)
            log.info("%s: wrote %s rows", table, frame.count())


def read_columns(
    spark: SparkSession, table: str, options: Mapping[str, str]
) -> list[str]:
    """Return the columns of a table, which is named as `schema.table`.

    Without this the connector would create a missing table, with texts of 65,535 bytes.
    """
    reader = spark.read.format(CONNECTOR).options(**options)
    return reader.option("dbtable", table).load().columns


def write_table(frame: DataFrame, table: str, options: Mapping[str, str]) -> None:
    """Append rows to a table, which is named as `schema.table`."""
    writer = frame.write.format(CONNECTOR).mode("append").options(**options)
    writer.option("dbtable", table).save()


def read_login(secret_id: str, region: str) -> dict[str, str]:
    """Return the connector's options for the login of a secret.

    The connector's own way needs a driver that EMR does not install.

    Args:
        secret_id: The secret with `username` and `password`.
        region: The region of the secret.

    Raises:
        LoadError: The secret cannot be read.
    """
    try:
        client: Any = boto3.Session(region_name=region).client("secretsmanager")
        answer = client.get_secret_value(SecretId=secret_id)
    except (BotoCoreError, ClientError) as error:
        raise LoadError(f"the secret of the login cannot be read: {error}") from error
    secret = json.loads(answer["SecretString"])
    return {"user": secret["username"], "password": secret["password"]}


def connector_options(
    *,
    host: str,
    port: int,
    database: str,
    copy_role: str,
    region: str,
    tempdir: str,
) -> dict[str, str]:
    """Return the connector's options, without the login.

    Args:
        host: The host of the cluster; its certificate must be valid for this name.
        port: The port of the cluster.
        database: The database.
        copy_role: The ARN of the role that Redshift assumes to read the bucket.
        region: The region of the bucket.
        tempdir: The `s3://` prefix for the files that Spark passes to Redshift.
    """
    return {
        "url": f"jdbc:redshift://{host}:{port}/{database}?ssl=true&sslmode=verify-full",
        "aws_iam_role": copy_role,
        "tempdir": tempdir,
        "tempdir_region": region,
        # Parquet keeps numbers exact and separates empty text from NULL. CSV would
        # need a word for NULL that the data must not contain.
        "tempformat": "PARQUET",
        # Without the list, COPY maps columns by position.
        "include_column_list": "true",
        # No retry: if the response to a commit was lost, the rows are already loaded,
        # and loading them again would double them.
        "copyretrycount": "0",
        # No check of the bucket's region and lifecycle: the run created the bucket.
        "check_s3_bucket_usage": "false",
        # Nothing is queried through the connector.
        "autopushdown": "false",
    }


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the job; if it fails, log the reason last and return exit status 1."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument(
        "--tables",
        required=True,
        type=json.loads,
        help='JSON of the files of each table: {"table": ["s3://...", ...], ...}',
    )
    parser.add_argument("--host", required=True, help="the host of the cluster")
    parser.add_argument("--port", required=True, type=int)
    parser.add_argument("--database", required=True)
    parser.add_argument("--schema", required=True, help="the schema of the tables")
    parser.add_argument("--secret-id", required=True, help="the secret with the login")
    parser.add_argument("--copy-role", required=True, help="the ARN of COPY's role")
    parser.add_argument(
        "--region", required=True, help="the region of the bucket and the secret"
    )
    parser.add_argument("--tempdir", required=True, help="an s3:// prefix")
    parser.add_argument(
        "--slices", required=True, type=int, help="the number of the cluster's slices"
    )
    options = vars(parser.parse_args(arguments))
    logging.basicConfig(format="sparkify: %(message)s", level=logging.INFO)
    for name in ("boto3", "botocore", "py4j"):  # py4j logs each option that Java gets
        logging.getLogger(name).setLevel(logging.WARNING)
    schema, tables = options.pop("schema"), options.pop("tables")
    slices, secret_id = options.pop("slices"), options.pop("secret_id")
    try:
        login = read_login(secret_id, options["region"])
        with SparkSession.builder.appName("sparkify connector").getOrCreate() as spark:
            given = {**connector_options(**options), **login}
            write_tables(spark, schema, tables, given, slices)
    except LoadError as error:
        log.error("error: %s", error)
        return 1
    return 0


@contextmanager
def _explained(table: str) -> Iterator[None]:
    """Turn an error of Spark or Java into one that names the table."""
    try:
        yield
    except (PySparkException, Py4JJavaError) as error:
        state = sql_state(error)
        if state in REFUSED_LOGINS:  # Redshift's own words name the user
            words = "Redshift refused the login of the secret; run 01_provision again"
        elif state in MISSING:
            words = f"{reason(error)}; nothing was written, run 02_create_schema"
        else:
            words = reason(error)
        raise LoadError(f"{table}: {words}") from error


def sql_state(error: Exception) -> str:
    """Return the SQLSTATE of an error of the JDBC driver; empty if it has none."""
    cause = getattr(error, "java_exception", None)
    while cause is not None:
        gateway = SparkContext._gateway
        if is_instance_of(gateway, cause, "java.sql.SQLException"):
            state = cause.getSQLState()
            if state:
                return str(state)
        cause = cause.getCause()
    return ""


def reason(error: Exception) -> str:
    """Return the message of an error on one line, without its stack trace.

    What the connector quotes of a refused row is left out, but for the start of the
    value that was refused.
    """
    text = str(error)
    if isinstance(error, Py4JJavaError):
        text = _java_message(error.java_exception)
    text = RAW_LINE.sub("", text)
    text = RAW_VALUE.sub(lambda found: found[0].strip()[:SHOWN_CHARACTERS], text)
    lines = text.partition("\nDriver stacktrace:")[0].splitlines()
    kept = (line.strip() for line in lines if not line.lstrip().startswith("at "))
    return " ".join(filter(None, kept))


def _java_message(java_error: Any) -> str:
    """Return the outermost message of a Java error that is not a wrapper.

    A message of one word, such as that of a missing class, says what it is only with
    the type of the error.
    """
    message = java_error.getMessage() or ""
    cause = java_error.getCause()
    if cause is not None and (not message or message.startswith(WRAPPER_MESSAGES)):
        return _java_message(cause)
    if message and not re.search(r"\s", message):
        return f"{java_error.getClass().getSimpleName()}: {message}"
    return str(message or java_error)


if __name__ == "__main__":
    sys.exit(main())
