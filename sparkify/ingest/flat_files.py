"""Where an engine keeps flattened files: beside their manifest, or in S3.

The manifest itself is always in the workspace.
"""

from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Protocol


class FlatFiles(Protocol):
    """The files of all runs."""

    def address(self, run_id: str) -> str:
        """Return the `s3://` prefix of a run; empty if its files are in its folder."""

    def sizes(self, addresses: Iterable[str]) -> dict[str, int]:
        """Return the size in bytes of each file that is there."""

    @contextmanager
    def copied(self, addresses: Sequence[str]) -> Iterator[list[str]]:
        """Yield the paths of files here, in the same order."""

    def keep(self, addresses: Iterable[str]) -> None:
        """Delete the files of the runs of which no file is among these."""


class LocalFiles:
    """Files beside their manifest; see `FlatFiles`."""

    def address(self, run_id: str) -> str:
        """Return an empty text."""
        return ""

    def sizes(self, addresses: Iterable[str]) -> dict[str, int]:
        """Return the size in bytes of each file that is there."""
        paths = map(Path, addresses)
        return {str(path): path.stat().st_size for path in paths if path.is_file()}

    @contextmanager
    def copied(self, addresses: Sequence[str]) -> Iterator[list[str]]:
        """Yield the paths of the files themselves."""
        yield list(addresses)

    def keep(self, addresses: Iterable[str]) -> None:
        """Do nothing: what is no longer needed goes with the folder of its run."""
