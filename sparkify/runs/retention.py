"""Keeps the folders of the last runs, and removes those of older ones."""

import fcntl
import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import NamedTuple

from sparkify import ownership
from sparkify.errors import RemovalError
from sparkify.runs.run import Run, Status, runs_of

CLAIM_FLAGS = os.O_RDONLY | os.O_DIRECTORY | os.O_NOFOLLOW | os.O_CLOEXEC


class Removed(NamedTuple):
    """What became of old runs.

    Attributes:
        runs: The number of runs whose folders were removed.
        problems: Why a folder or a part of it is still there, a sentence each.
    """

    runs: int
    problems: list[str]


@contextmanager
def claim(folder: Path) -> Iterator[bool]:
    """Claim a run's folder, so that no other run removes it.

    The operating system ends the claim, even if the process is killed.

    Yields:
        Whether nobody else has claimed it. On a file system without locks this is not
        known, so the answer is no.
    """
    descriptor = os.open(folder, CLAIM_FLAGS)
    try:
        try:
            fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError:
            yield False
        else:
            yield True
    finally:
        os.close(descriptor)


def remove_old_runs(current: Run, kept: int) -> Removed:
    """Remove the folders of the oldest runs of a workspace.

    The run itself and the last finished one stay, and so does each run that a process
    has claimed, and what is not Sparkify's.

    Args:
        current: The run; the runs of its workspace in the folder around it count.
        kept: How many runs to keep, with this one; at least 1.
    """
    runs = runs_of(current.folder.parent, str(current.parameters["workspace"]))
    finished = [run.run_id for run in runs if run.status is Status.FINISHED]
    needed = {current.run_id, *finished[-1:]}
    removed, problems = 0, []
    for run in runs[:-kept]:
        if run.folder.name in needed or not ownership.is_run(run.folder):
            continue
        try:
            with claim(run.folder) as is_free:
                if is_free:
                    ownership.remove_run(run.folder)
                    removed += 1
                    problems += _what_stays(run.folder)
        except (RemovalError, OSError) as error:
            problems.append(str(error))
    return Removed(removed, problems)


def _what_stays(folder: Path) -> list[str]:
    if not folder.exists():
        return []
    return [f"'{folder}' holds files that are not Sparkify's, so it stays with them"]
