"""The folder that a run may write: what lies where in it, and who may write now."""

import fcntl
import os
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from time import monotonic, sleep
from typing import TextIO

from sparkify.errors import RunError
from sparkify.project import resolve

DEMO = "demo"
SECONDS_OF_PATIENCE = 20.0
LOCK_HELD = "SPARKIFY_LOCK_HELD"  # names the workspace that a parent process locked


@dataclass(frozen=True)
class Workspace:
    """A folder of this machine.

    Attributes:
        root: The folder.
    """

    root: Path

    @classmethod
    def at(cls, path: str) -> "Workspace":
        """Gives the workspace of a parameter; a relative path is the project's."""
        return cls(Path(resolve(path)))

    @property
    def demo(self) -> Path:
        """Where the demo data lies."""
        return self.root / DEMO

    @property
    def flat(self) -> Path:
        """Where the flattened data lies."""
        return self.root / "flat"

    @property
    def warehouse(self) -> Path:
        """Where the warehouse's versions lie."""
        return self.root / "warehouse"

    def source(self, source: str) -> str:
        """Gives the address of a source parameter, `demo` being this one's own."""
        return str(self.demo) if source == DEMO else resolve(source)

    @contextmanager
    def lock(self, owner: str) -> Iterator[None]:
        """Makes sure that nobody else writes here; released even by a kill.

        A run holds one lock from its first step to its last, and each step another one
        while it works. So a step that outlives its run, for the second or two that its
        kernel needs to notice, keeps the next run waiting.

        Args:
            owner: Who writes, for the message that another gets.

        Raises:
            RunError: Another run or notebook is writing, or the folder cannot be.
        """
        is_step = os.environ.get(LOCK_HELD) == str(self.root)
        name, patience = ("lock-step", SECONDS_OF_PATIENCE) if is_step else ("lock", 0)
        try:
            self.root.mkdir(parents=True, exist_ok=True)
            lock = (self.root / name).open("a+")
        except OSError as error:
            raise RunError(
                f"workspace '{self.root}' cannot be written: {error}; name a folder "
                "that you may write"
            ) from error
        with lock:
            self._take(lock, patience)
            lock.truncate(0)
            lock.write(f"{owner} (process {os.getpid()})")
            lock.flush()
            yield

    def _take(self, lock: TextIO, patience: float) -> None:
        """Locks an open file, waiting for so many seconds at most."""
        until = monotonic() + patience
        while True:
            try:
                return fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
            except BlockingIOError as error:
                if monotonic() > until:
                    lock.seek(0)
                    raise RunError(
                        f"workspace '{self.root.name}' is in use by {lock.read()}; "
                        "wait until it has finished, or name another workspace"
                    ) from error
                sleep(0.1)
