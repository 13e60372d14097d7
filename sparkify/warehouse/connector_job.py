"""Loads Parquet files into Redshift with its Spark connector; `spark-submit` runs it.

EMR includes the connector and the JDBC driver; elsewhere, pass their jars to
`spark-submit`. The connector writes the rows to S3 again, with a manifest, and Redshift
loads them by COPY in one transaction for each table. The connector reads the login from
the secret, so no command line shows it.

    spark-submit connector_job.py \
        --tables '{"staging_songs": ["s3://bucket/flat/songs/part-0.parquet"]}' \
        --host cluster.abc.eu-west-1.redshift.amazonaws.com --port 5439 \
        --database sparkify --schema sparkify --secret-id arn:aws:secretsmanager:... \
        --copy-role arn:aws:iam::123456789012:role/copy --region eu-west-1 \
        --tempdir s3://bucket/temp
"""

import argparse
import json
import logging
import sys
from collections.abc import Mapping, Sequence

from py4j.protocol import Py4JJavaError
from pyspark.errors import PySparkException
from pyspark.sql import DataFrame, SparkSession

CONNECTOR = "io.github.spark_redshift_community.spark.redshift"
# Messages of the connector that only wrap a message of the JDBC driver.
WRAPPER_MESSAGES = (
    "Exception thrown in awaitResult",
    "An error occurred while calling",
)

log = logging.getLogger("sparkify")


class TableError(Exception):
    """A table could not be written."""


def write_tables(
    spark: SparkSession,
    schema: str,
    files: Mapping[str, Sequence[str]],
    options: Mapping[str, str],
) -> None:
    """Append files to tables, one table after another.

    Args:
        spark: The Spark session.
        schema: The schema of the tables.
        files: The addresses of the Parquet files, by table; their columns have the same
            names and types as the table's columns.
        options: The connector's options, without the table.

    Raises:
        TableError: A table could not be written; the message names it.
    """
    for table, addresses in files.items():
        try:
            frame = spark.read.parquet(*addresses)
            write_table(frame, f"{schema}.{table}", options)
            log.info("%s: wrote %s rows", table, frame.count())
        except (PySparkException, Py4JJavaError) as error:
            raise TableError(f"{table}: {reason(error)}") from error


def write_table(frame: DataFrame, table: str, options: Mapping[str, str]) -> None:
    """Append rows to a table, which is named as `schema.table`."""
    writer = frame.write.format(CONNECTOR).mode("append").options(**options)
    writer.option("dbtable", table).save()


def connector_options(
    *,
    host: str,
    port: int,
    database: str,
    secret_id: str,
    copy_role: str,
    region: str,
    tempdir: str,
) -> dict[str, str]:
    """Return the connector's options.

    Args:
        host: The host of the cluster; its certificate must be valid for this name.
        port: The port of the cluster.
        database: The database.
        secret_id: The secret with `username` and `password`.
        copy_role: The ARN of the role that Redshift assumes to read the bucket.
        region: The region of the bucket and the secret.
        tempdir: The `s3://` prefix for the files that Spark passes to Redshift.
    """
    return {
        "url": f"jdbc:redshift://{host}:{port}/{database}?ssl=true&sslmode=verify-full",
        "secret.id": secret_id,
        "secret.region": region,
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
    options = vars(parser.parse_args(arguments))
    logging.basicConfig(format="sparkify: %(message)s", level=logging.INFO)
    logging.getLogger("py4j").setLevel(logging.WARNING)
    spark = SparkSession.builder.appName("sparkify connector").getOrCreate()
    try:
        schema, tables = options.pop("schema"), options.pop("tables")
        write_tables(spark, schema, tables, connector_options(**options))
    except TableError as error:
        log.error("error: %s", error)
        return 1
    finally:
        spark.stop()
    return 0


def reason(error: Exception) -> str:
    """Return the message of an error on one line, without its stack trace."""
    text = str(error)
    if isinstance(error, Py4JJavaError):
        text = _java_message(error.java_exception)
    lines = text.partition("\nDriver stacktrace:")[0].splitlines()
    kept = (line.strip() for line in lines if not line.lstrip().startswith("at "))
    return " ".join(filter(None, kept))


def _java_message(java_error: object) -> str:
    """Return the outermost message of a Java error that is not a wrapper."""
    message = java_error.getMessage() or ""  # type: ignore[attr-defined]
    cause = java_error.getCause()  # type: ignore[attr-defined]
    if cause is not None and (not message or message.startswith(WRAPPER_MESSAGES)):
        return _java_message(cause)
    return str(message or java_error)


if __name__ == "__main__":
    sys.exit(main())
