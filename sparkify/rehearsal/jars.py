"""Fetches the jars that EMR has and PyPI's Spark lacks from Maven Central.

Every jar is named with its version and fetched without its dependencies: they are named
here too, or are part of Spark.
"""

from pathlib import Path

from sparkify.maven import Artifact, fetch

# The Hadoop that PyPI's Spark 3.5 has, with the AWS SDK that it was built for.
HADOOP_AWS = (
    Artifact("org.apache.hadoop", "hadoop-aws", "3.3.4"),
    Artifact("com.amazonaws", "aws-java-sdk-bundle", "1.12.262"),
    Artifact("org.wildfly.openssl", "wildfly-openssl", "1.0.7.Final"),
)
JDBC = (Artifact("com.amazon.redshift", "redshift-jdbc42", "2.1.0.33"),)
# The connector that was built for these versions of the driver and the SDK.
CONNECTOR = (
    Artifact(
        "io.github.spark-redshift-community",
        "spark-redshift_2.12",
        "6.4.3-spark_3.5",
    ),
    Artifact("org.apache.spark", "spark-avro_2.12", "3.5.9"),
)


def hadoop_aws_jars(folder: Path) -> list[Path]:
    """Return the jars with which Spark reads and writes `s3a://`.

    Args:
        folder: The folder of the jars; a jar that is there is not fetched again.

    Raises:
        JarsError: Maven is missing, or did not get a jar.
    """
    return fetch(folder, HADOOP_AWS)


def jdbc_jars(folder: Path) -> list[Path]:
    """Return the jars of Redshift's JDBC driver, with those of `hadoop_aws_jars`.

    Raises:
        JarsError: Maven is missing, or did not get a jar.
    """
    return fetch(folder, HADOOP_AWS + JDBC)


def connector_jars(folder: Path) -> list[Path]:
    """Return the jars of Spark's connector, with those of `jdbc_jars`.

    Raises:
        JarsError: Maven is missing, or did not get a jar.
    """
    return fetch(folder, HADOOP_AWS + JDBC + CONNECTOR)
