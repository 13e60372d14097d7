"""What is made once in a test run, whichever of its workers wants it first."""

import fcntl
import os
import shutil
from collections.abc import Callable
from pathlib import Path

import pytest

WORKER = "PYTEST_XDIST_WORKER"  # is set where tests run in parallel


def shared_folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return the folder that all workers of this test run see."""
    folder = tmp_path_factory.getbasetemp()
    return folder.parent if WORKER in os.environ else folder


def make_once(folder: Path, name: str, make: Callable[[Path], object]) -> Path:
    """Make a folder once; whoever comes later waits until it is whole.

    Args:
        folder: What `shared_folder` returns.
        name: The name of what is made.
        make: Fills the folder that it is given, which does not exist yet.

    Returns:
        The folder, which no test may change.
    """
    made = folder / name
    with (folder / f"{name}.lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        if not made.exists():
            part = folder / f"{name}.part"
            shutil.rmtree(part, ignore_errors=True)  # of a run that was killed
            make(part)
            part.rename(made)
    return made
