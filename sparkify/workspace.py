"""The folder that a run may write to: its layout and its lock."""

import fcntl
import os
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from errno import ENOSPC
from pathlib import Path
from time import monotonic, sleep

from sparkify import ownership
from sparkify.errors import ParameterError, RunError
from sparkify.files import make_private
from sparkify.project import resolve

DEMO = "demo"
LOCKS = ("lock", "lock-step")  # of a run, and of each of its steps
UNUSABLE = ("?", "\\", "\0")  # DuckDB takes these for an option and a separator
LOCK_TIMEOUT_SECONDS = 20.0
LOCK_HELD = "SPARKIFY_LOCK_HELD"  # names the workspace that a parent process locked
# A lock is never opened through a link, and a pipe of its name does not block.
LOCK_FLAGS = os.O_RDWR | os.O_CREAT | os.O_NOFOLLOW | os.O_NONBLOCK | os.O_CLOEXEC


@dataclass(frozen=True)
class Workspace:
    """A local folder.

    Attributes:
        root: The folder.
    """

    root: Path

    @classmethod
    def at(cls, path: str) -> "Workspace":
        """Return the workspace at a path, which may be relative to the project.

        Raises:
            ParameterError: DuckDB cannot open a file at such a path.
        """
        root = Path(resolve(path))
        for mark in UNUSABLE:
            if mark in str(root):
                raise ParameterError(
                    f"workspace '{root}' has a {mark!r} in its path, which DuckDB "
                    "cannot open; choose a folder without it"
                )
        return cls(root)

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

    def run_ids(self) -> list[str]:
        """Return the ids of the runs whose flattened data is here."""
        return [path.name for path in self.flat.iterdir()] if self.flat.is_dir() else []

    def source(self, source: str) -> str:
        """Return the address of a source parameter; `demo` is this workspace's own."""
        return str(self.demo) if source == DEMO else resolve(source)

    @contextmanager
    def lock(self, owner: str) -> Iterator[None]:
        """Lock the workspace, so that nobody else writes to it.

        The operating system releases the lock, even if the process is killed. A
        workspace that is not there is created, for this user alone.

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
        name, timeout = (LOCKS[1], LOCK_TIMEOUT_SECONDS) if is_step else (LOCKS[0], 0)
        with self._explain():
            make_private(self.root)
            lock = os.open(self.root / name, LOCK_FLAGS, 0o666)
        try:
            with self._explain():
                self._require(self.root / name)
                self._acquire(lock, timeout)
                self._sign(lock, f"{owner} (process {os.getpid()})".encode())
            yield
        finally:
            os.close(lock)

    @contextmanager
    def _explain(self) -> Iterator[None]:
        """Raise an error of the operating system as a RunError."""
        try:
            yield
        except OSError as error:
            raise RunError(
                f"workspace '{self.root}' cannot be written: {error}; choose a folder "
                "that you can write to, on a disk with free space"
            ) from error

    def _require(self, path: Path) -> None:
        """Raise an error if a file that is somebody else's has a lock's name."""
        if not ownership.is_ours(path):
            raise RunError(
                f"'{path}' is not Sparkify's lock; move that file to another folder, "
                "or choose another workspace"
            )

    def _sign(self, lock: int, owner: bytes) -> None:
        """Write who holds a lock; leave it empty if the disk is full."""
        os.ftruncate(lock, 0)
        try:
            is_whole = os.pwrite(lock, owner, 0) == len(owner)
        except OSError:
            os.ftruncate(lock, 0)
            raise
        if not is_whole:
            os.ftruncate(lock, 0)
            raise OSError(ENOSPC, os.strerror(ENOSPC))

    def _acquire(self, lock: int, timeout: float) -> None:
        """Lock an open file; wait for at most `timeout` seconds."""
        deadline = monotonic() + timeout
        while True:
            try:
                return fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
            except BlockingIOError as error:
                if monotonic() > deadline:
                    owner = os.pread(lock, 1_000, 0).decode(errors="replace")
                    raise RunError(
                        f"workspace '{self.root.name}' is in use by {owner}; "
                        "wait until it has finished, or choose another workspace"
                    ) from error
                sleep(0.1)
