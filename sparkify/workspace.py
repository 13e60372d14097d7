"""The folder that a run may write to: its layout and its lock."""

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
LOCK_TIMEOUT_SECONDS = 20.0
LOCK_HELD = "SPARKIFY_LOCK_HELD"  # names the workspace that a parent process locked


@dataclass(frozen=True)
class Workspace:
    """A local folder.

    Attributes:
        root: The folder.
    """

    root: Path

    @classmethod
    def at(cls, path: str) -> "Workspace":
        """Return the workspace at a path, which may be relative to the project."""
        return cls(Path(resolve(path)))

    @property
    def demo(self) -> Path:
        """The folder of the demo data."""
        return self.root / DEMO

    @property
    def flat(self) -> Path:
        """The folder of the flattened data."""
        return self.root / "flat"

    @property
    def warehouse(self) -> Path:
        """The folder of the warehouse's versions."""
        return self.root / "warehouse"

    def source(self, source: str) -> str:
        """Return the address of a source parameter; `demo` is this workspace's own."""
        return str(self.demo) if source == DEMO else resolve(source)

    @contextmanager
    def lock(self, owner: str) -> Iterator[None]:
        """Lock the workspace, so that nobody else writes to it.

        The operating system releases the lock, even if the process is killed.

        A run holds one lock from its first step to its last. Each step holds a second
        lock while it works. A step can outlive a killed run by a second or two, until
        its kernel notices; the second lock makes the next run wait for it.

        Args:
            owner: Who writes; the error message of the next writer shows it.

        Raises:
            RunError: Another run or notebook is writing, or the folder cannot be
                written.
        """
        is_step = os.environ.get(LOCK_HELD) == str(self.root)
        name, timeout = ("lock-step", LOCK_TIMEOUT_SECONDS) if is_step else ("lock", 0)
        try:
            self.root.mkdir(parents=True, exist_ok=True)
            lock = (self.root / name).open("a+")
        except OSError as error:
            raise RunError(
                f"workspace '{self.root}' cannot be written: {error}; choose a folder "
                "that you can write to"
            ) from error
        with lock:
            self._acquire(lock, timeout)
            lock.truncate(0)
            lock.write(f"{owner} (process {os.getpid()})")
            lock.flush()
            yield

    def _acquire(self, lock: TextIO, timeout: float) -> None:
        """Lock an open file; wait for at most `timeout` seconds."""
        deadline = monotonic() + timeout
        while True:
            try:
                return fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
            except BlockingIOError as error:
                if monotonic() > deadline:
                    lock.seek(0)
                    raise RunError(
                        f"workspace '{self.root.name}' is in use by {lock.read()}; "
                        "wait until it has finished, or choose another workspace"
                    ) from error
                sleep(0.1)
