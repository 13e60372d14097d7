"""Ends a job whose process was killed, and removes the job's scratch folder.

A process that is killed cannot clean up. So a guard waits beside it, in a session of
its own, for the end of a pipe: a line says that all is well, and no line that the
process has gone.
"""

import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from time import sleep

from sparkify import ownership
from sparkify.errors import RemovalError

ATTEMPTS = 50  # to remove a folder in which killed processes may still end, 5 s in all


@contextmanager
def guard(job: "subprocess.Popen[str]", scratch: Path) -> Iterator[None]:
    """Watch over a job while the block runs.

    Args:
        job: The job, which leads a session of its own.
        scratch: A folder with our mark, of which nothing is needed after the job.
    """
    command = [sys.executable, "-m", __name__, str(job.pid), str(scratch)]
    with subprocess.Popen(  # noqa: S603 (the command is the package's own)
        command, stdin=subprocess.PIPE, start_new_session=True
    ) as guardian:
        try:
            yield
        finally:
            with suppress(BrokenPipeError):
                guardian.communicate(b"done\n")


def end(group: int, scratch: Path) -> None:
    """Kill a group of processes, and remove a folder that they wrote to."""
    with suppress(ProcessLookupError):
        os.killpg(group, signal.SIGKILL)
    for _ in range(ATTEMPTS):
        with suppress(RemovalError):
            ownership.remove(scratch)
        if not scratch.exists():
            return
        sleep(0.1)


if __name__ == "__main__":
    if not sys.stdin.readline():
        end(int(sys.argv[1]), Path(sys.argv[2]))
