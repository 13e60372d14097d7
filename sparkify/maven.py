"""Fetches jars from Maven Central.

Every jar is named with its version and fetched without its dependencies.
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
    """A jar by its Maven coordinates.

    Attributes:
        group: The group.
        name: The name within the group.
        version: The version.
        classifier: The kind of jar, such as a platform; empty for the usual one.
    """

    group: str
    name: str
    version: str
    classifier: str = ""

    @property
    def file_name(self) -> str:
        """The name of the jar."""
        kind = f"-{self.classifier}" if self.classifier else ""
        return f"{self.name}-{self.version}{kind}.jar"

    @property
    def xml(self) -> str:
        """The jar as a dependency of a project, without its own dependencies."""
        kind = f"<classifier>{self.classifier}</classifier>" if self.classifier else ""
        return (
            f"<dependency><groupId>{self.group}</groupId>"
            f"<artifactId>{self.name}</artifactId><version>{self.version}</version>{kind}"
            "<exclusions><exclusion><groupId>*</groupId><artifactId>*</artifactId>"
            "</exclusion></exclusions></dependency>"
        )


def fetch(folder: Path, artifacts: tuple[Artifact, ...]) -> list[Path]:
    """Return jars of Maven Central.

    Args:
        folder: The folder of the jars; a jar that is there is not fetched again.
        artifacts: The jars.

    Raises:
        JarsError: Maven is missing, or did not get a jar.
    """
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
    names = ", ".join(artifact.file_name for artifact in artifacts)
    maven = shutil.which("mvn")
    if maven is None:
        raise JarsError(
            f"{names} comes from Maven Central, but there is no 'mvn'; install maven, "
            f"or put the jar into '{folder}'"
        )
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
