"""Runs programs that leave nothing behind: no process, no temporary file."""

import os
import shutil
import signal
import subprocess
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from pathlib import Path
from tempfile import mkdtemp

from sparkify.project import ROOT

DEADLINE = 1800  # seconds; no measurement of ours takes so long
GRACE_SECONDS = 20  # for a run to stop its kernels, which are sessions of their own
LINES_SHOWN = 15


class BenchmarkError(Exception):
    """A measurement failed or cannot be compared."""


@contextmanager
def temporary_folder() -> Iterator[Path]:
    """Yield an empty folder and remove it afterwards, whatever happens."""
    folder = Path(mkdtemp(prefix="sparkify-benchmark-")).resolve()
    try:
        yield folder
    finally:
        with _undisturbed():
            shutil.rmtree(folder)


def run_program(command: Sequence[str], folder: Path) -> str:
    """Run a program in a folder that takes its temporary files too.

    Args:
        command: The program and its arguments.
        folder: The folder.

    Returns:
        What it wrote to standard output.

    Raises:
        BenchmarkError: It failed; the message has the end of what it wrote.
    """
    with subprocess.Popen(
        command,
        cwd=folder,
        env=_environment(folder),
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        start_new_session=True,
    ) as program:
        try:
            output, errors = program.communicate(timeout=DEADLINE)
        except subprocess.TimeoutExpired as error:
            _stop(program)
            raise BenchmarkError(
                f"{' '.join(command)} has not ended after {DEADLINE} s"
            ) from error
        except BaseException:
            _stop(program)
            raise
    if program.returncode != 0:
        tail = "\n".join((output + errors).splitlines()[-LINES_SHOWN:])
        raise BenchmarkError(f"{' '.join(command)} failed:\n{tail}")
    return output


def _environment(folder: Path) -> dict[str, str]:
    java = f"{os.environ.get('JAVA_TOOL_OPTIONS', '')} -Djava.io.tmpdir={folder}"
    return {
        **os.environ,
        "PYTHONPATH": str(ROOT),
        "TMPDIR": str(folder),
        "JAVA_TOOL_OPTIONS": java.strip(),
    }


def _stop(program: subprocess.Popen[str]) -> None:
    """Ask a program to end, then end what is left of it."""
    with _undisturbed():
        program.terminate()
        with suppress(subprocess.TimeoutExpired):
            program.wait(GRACE_SECONDS)
        with suppress(ProcessLookupError):
            os.killpg(program.pid, signal.SIGKILL)


@contextmanager
def _undisturbed() -> Iterator[None]:
    """Hold off a second Ctrl-C while the first one's work is under way."""
    signals = (signal.SIGINT, signal.SIGTERM)
    before = [signal.signal(each, signal.SIG_IGN) for each in signals]
    try:
        yield
    finally:
        for each, handler in zip(signals, before, strict=True):
            signal.signal(each, handler)
