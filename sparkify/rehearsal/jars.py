"""Fetches the jars that EMR has and PyPI's Spark lacks from Maven Central.

Every jar is named with its version and fetched without its dependencies: they are named
here too, or are part of Spark.
"""

import fcntl
import shutil
import subprocess
from dataclasses import dataclass
from pathlib import Path

from sparkify.errors import JarsError

PLUGIN = "org.apache.maven.plugins:maven-dependency-plugin:3.6.1"
FETCH_SECONDS = 900


@dataclass(frozen=True)
class Artifact:
    """A jar by its Maven coordinates."""

    group: str
    name: str
    version: str

    @property
    def file_name(self) -> str:
        """The name of the jar."""
        return f"{self.name}-{self.version}.jar"

    @property
    def xml(self) -> str:
        """The jar as a dependency of a project, without its own dependencies."""
        return (
            f"<dependency><groupId>{self.group}</groupId>"
            f"<artifactId>{self.name}</artifactId><version>{self.version}</version>"
            "<exclusions><exclusion><groupId>*</groupId><artifactId>*</artifactId>"
            "</exclusion></exclusions></dependency>"
        )


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
    return _fetch(folder, HADOOP_AWS)


def jdbc_jars(folder: Path) -> list[Path]:
    """Return the jars of Redshift's JDBC driver, with those of `hadoop_aws_jars`.

    Raises:
        JarsError: Maven is missing, or did not get a jar.
    """
    return _fetch(folder, HADOOP_AWS + JDBC)


def connector_jars(folder: Path) -> list[Path]:
    """Return the jars of Spark's connector, with those of `jdbc_jars`.

    Raises:
        JarsError: Maven is missing, or did not get a jar.
    """
    return _fetch(folder, HADOOP_AWS + JDBC + CONNECTOR)


def _fetch(folder: Path, artifacts: tuple[Artifact, ...]) -> list[Path]:
    folder.mkdir(parents=True, exist_ok=True)
    jars = [folder / artifact.file_name for artifact in artifacts]
    with (folder / "lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)  # another rehearsal may fetch them right now
        missing = [
            artifact
            for artifact, jar in zip(artifacts, jars, strict=True)
            if not jar.is_file()
        ]
        if missing:
            _run_maven(folder, missing)
    return jars


def _run_maven(folder: Path, artifacts: list[Artifact]) -> None:
    maven = shutil.which("mvn")
    if maven is None:
        raise JarsError(
            "the jars of Spark's connector come from Maven, but there is no 'mvn'; "
            "install maven"
        )
    names = ", ".join(artifact.file_name for artifact in artifacts)
    project = folder / "pom.xml"
    project.write_text(
        "<project><modelVersion>4.0.0</modelVersion><groupId>sparkify</groupId>"
        "<artifactId>jars</artifactId><version>1</version><dependencies>"
        + "".join(artifact.xml for artifact in artifacts)
        + "</dependencies></project>\n"
    )
    command = [
        maven,
        "--batch-mode",
        "--quiet",
        "--update-snapshots",  # looks again for what was missing before
        f"--file={project}",
        f"{PLUGIN}:copy-dependencies",
        f"-DoutputDirectory={folder}",
    ]
    try:
        done = subprocess.run(  # noqa: S603 - the command is the package's own
            command, capture_output=True, text=True, timeout=FETCH_SECONDS
        )
    except subprocess.TimeoutExpired as error:
        raise JarsError(
            f"Maven did not get {names} within {FETCH_SECONDS} s; try again"
        ) from error
    if done.returncode != 0:
        raise JarsError(
            f"Maven did not get {names}; check that it reaches Maven Central. It "
            f"says: {_first_error(done.stdout)}"
        )


def _first_error(output: str) -> str:
    errors = (line.partition("[ERROR]")[2].strip() for line in output.splitlines())
    return next(filter(None, errors), output.strip())
