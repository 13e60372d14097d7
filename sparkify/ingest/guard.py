"""Ends a job whose process was killed, and removes the job's scratch folder.

A process that is killed cannot clean up. So a guard waits beside it, in a session of
its own, for the end of a pipe: one word in it says that all is well, and without that
word the process was killed.
"""

import os
import signal
import subprocess
import sys
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from time import sleep

from sparkify import ownership
from sparkify.errors import RemovalError

DONE = "done"
ATTEMPTS = 50  # to remove a folder in which killed processes may still end, 5 s in all


@contextmanager
def guard(scratch: Path) -> Iterator[Callable[[int], None]]:
    """Watch over a job and its folder while the block runs.

    Args:
        scratch: A folder with our mark, of which nothing is needed after the job.

    Yields:
        A function that takes the id of the job, which leads a session of its own.
    """
    command = [sys.executable, "-m", __name__, str(scratch)]
    with subprocess.Popen(  # noqa: S603 (the command is the package's own)
        command, stdin=subprocess.PIPE, text=True, start_new_session=True
    ) as guardian:

        def tell(word: object) -> None:
            with suppress(BrokenPipeError):  # a guard that was killed guards nothing
                print(word, file=guardian.stdin, flush=True)

        try:
            yield tell
        finally:
            tell(DONE)


def end(groups: Iterable[int], scratch: Path) -> None:
    """Kill groups of processes, and remove a folder that they wrote to."""
    for group in groups:
        with suppress(ProcessLookupError):
            os.killpg(group, signal.SIGKILL)
    for _ in range(ATTEMPTS):
        with suppress(RemovalError):
            ownership.remove(scratch)
        if not scratch.exists():
            return
        sleep(0.1)


if __name__ == "__main__":
    words = sys.stdin.read().split()
    if DONE not in words:
        end(map(int, words), Path(sys.argv[1]))
