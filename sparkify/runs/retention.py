"""Keeps the folders of the last runs, and removes those of older ones."""

import fcntl
import os
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path
from socket import gethostname
from typing import NamedTuple

from sparkify import ownership
from sparkify.errors import RemovalError
from sparkify.runs.process import has_ended
from sparkify.runs.run import Run, Status, all_runs, runs_of

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
    return _remove(run for run in runs[:-kept] if run.folder.name not in needed)


def prune(runs: Path, days: int) -> Removed:
    """Remove the folders of the runs that started more than some days ago.

    The last finished run of each workspace stays, and so does each run that a process
    has claimed, and what is not Sparkify's.

    Args:
        runs: The folder of all runs.
        days: How old a run must be.
    """
    before = (datetime.now(UTC) - timedelta(days=days)).replace(tzinfo=None)
    readable, _ = all_runs(runs)
    needed: dict[object, str] = {}
    for run in readable:
        if run.status is Status.FINISHED:
            needed.setdefault(run.parameters.get("workspace"), run.run_id)
    return _remove(
        run
        for run in readable
        if datetime.fromisoformat(run.started_at) < before
        and run.run_id not in needed.values()
    )


def state_of(run: Run) -> Status:
    """Return the state of a run: `died` if it was running and its process is gone."""
    if run.status is not Status.RUNNING:
        return run.status
    is_over = has_ended(run.process)
    if is_over is None and run.process.get("host") in (None, gethostname()):
        # An older run file, or no Linux: a run that works has claimed its folder.
        with claim(run.folder) as is_over:
            pass
    return Status.DIED if is_over else Status.RUNNING


def remove_kernel_files(run: Run) -> None:
    """Remove the sockets that the kernels of a run left, if nobody works in it.

    Raises:
        RemovalError: They cannot be removed.
    """
    with claim(run.folder) as is_free:
        if is_free and ownership.is_run(run.folder):
            ownership.remove_run(run.folder, ownership.KERNEL_CONTENT)


def _remove(runs: Iterable[Run]) -> Removed:
    removed, problems = 0, []
    for run in runs:
        if not ownership.is_run(run.folder):
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
