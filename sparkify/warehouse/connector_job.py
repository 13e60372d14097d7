"""Writes Parquet files to Redshift by its Spark connector: what `spark-submit` runs.

EMR has the connector and the JDBC driver on board; elsewhere their jars are given. The
connector writes the rows to S3 once more, with a manifest, and lets Redshift load that
by COPY, a transaction a table. It logs in by the secret, which no command names.

    spark-submit connector_job.py \
        --tables '{"staging_songs": ["s3://bucket/flat/songs/part-0.parquet"]}' \
        --host cluster.abc.eu-west-1.redshift.amazonaws.com --port 5439 \
        --database sparkify --secret-id arn:aws:secretsmanager:... \
        --copy-role arn:aws:iam::123456789012:role/copy --region eu-west-1 \
        --tempdir s3://bucket/temp
"""

import argparse
import json
import logging
import sys
from collections.abc import Mapping, Sequence

from py4j.protocol import Py4JJavaError  # type: ignore[import-untyped]
from pyspark.errors import PySparkException
from pyspark.sql import SparkSession

CONNECTOR = "io.github.spark_redshift_community.spark.redshift"
SCHEMA = "public"
# What the connector says around the words of the JDBC driver.
WRAPPING = ("Exception thrown in awaitResult", "An error occurred while calling")

log = logging.getLogger("sparkify")


def write_tables(
    spark: SparkSession,
    files: Mapping[str, Sequence[str]],
    options: Mapping[str, str],
) -> None:
    """Appends files to tables, one table after the other.

    Args:
        spark: The session.
        files: The addresses of each table's Parquet files; their columns have the
            table's names and exactly its types.
        options: The connector's options, but for the table.
    """
    for table, addresses in files.items():
        frame = spark.read.parquet(*addresses)
        writer = frame.write.format(CONNECTOR).mode("append").options(**options)
        writer.option("dbtable", f"{SCHEMA}.{table}").save()
        log.info("%s: wrote %s rows", table, frame.count())


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
    """Gives the connector's options.

    Args:
        host: Where Redshift is; its certificate must be good for this name.
        port: Its port.
        database: The database.
        secret_id: The secret with `username` and `password`.
        copy_role: The ARN of the role that Redshift assumes to read the bucket.
        region: Where the bucket and the secret are.
        tempdir: The `s3://` prefix for what goes between Spark and Redshift.
    """
    return {
        "url": f"jdbc:redshift://{host}:{port}/{database}?ssl=true&sslmode=verify-full",
        "secret.id": secret_id,
        "secret.region": region,
        "aws_iam_role": copy_role,
        "tempdir": tempdir,
        "tempdir_region": region,
        # Keeps numbers exact and an empty text apart from a null, with no word that
        # must not occur in the data, as CSV has one for nulls.
        "tempformat": "PARQUET",
        # Without it columns are taken by position.
        "include_column_list": "true",
        # A try whose commit got lost on the way may have been good: loading again by
        # itself would double the rows, so that only a new run does.
        "copyretrycount": "0",
        # It would look at the bucket's region and life cycle, which the run has made.
        "check_s3_bucket_usage": "false",
    }


def main(arguments: Sequence[str] | None = None) -> int:
    """Runs the job; exits with 1 and the reason on the last line where it fails."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument(
        "--tables",
        required=True,
        type=json.loads,
        help='JSON of the files of each table: {"table": ["s3://...", ...], ...}',
    )
    parser.add_argument("--host", required=True, help="where Redshift is")
    parser.add_argument("--port", required=True, type=int)
    parser.add_argument("--database", required=True)
    parser.add_argument("--secret-id", required=True, help="the secret with the login")
    parser.add_argument("--copy-role", required=True, help="Redshift's role, its ARN")
    parser.add_argument("--region", required=True, help="of the bucket and the secret")
    parser.add_argument("--tempdir", required=True, help="an s3:// prefix")
    given = vars(parser.parse_args(arguments))
    logging.basicConfig(format="sparkify: %(message)s", level=logging.INFO)
    logging.getLogger("py4j").setLevel(logging.WARNING)
    spark = SparkSession.builder.appName("sparkify connector").getOrCreate()
    try:
        write_tables(spark, given.pop("tables"), connector_options(**given))
    except (PySparkException, Py4JJavaError) as error:
        log.error("error: %s", reason(error))
        return 1
    finally:
        spark.stop()
    return 0


def reason(error: Exception) -> str:
    """Gives what an error says in one line, without what only wraps it."""
    text = str(error)
    if isinstance(error, Py4JJavaError):
        text = _java_message(error.java_exception)
    lines = text.partition("\nDriver stacktrace:")[0].splitlines()
    said = (line.strip() for line in lines if not line.lstrip().startswith("at "))
    return " ".join(filter(None, said))


def _java_message(thrown: object) -> str:
    """Gives the outermost message of a Java error that says something itself."""
    message = thrown.getMessage() or ""  # type: ignore[attr-defined]
    cause = thrown.getCause()  # type: ignore[attr-defined]
    if cause is not None and (not message or message.startswith(WRAPPING)):
        return _java_message(cause)
    return str(message or thrown)


if __name__ == "__main__":
    sys.exit(main())
