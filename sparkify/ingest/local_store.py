"""Lists and opens the objects of a local folder."""

import errno
import os
import stat
from collections import Counter
from collections.abc import Collection, Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO, cast

from sparkify.ingest.read_errors import name_in_errors, shown
from sparkify.ingest.source_objects import (
    HIDDEN,
    IRREGULAR,
    JSON_FILES,
    UNLISTED,
    Listing,
    SourceObject,
    by_kind,
    unread_kind,
)

FOLDER = "folder"
NOT_REGULAR = "it is not a regular file; remove it"
NOT_UTF8 = "its name is not UTF-8; rename it"
AT_ONCE = getattr(os, "O_NONBLOCK", 0)  # to open a pipe does not wait for its writer


@dataclass(frozen=True)
class LocalStore:
    """A local folder.

    Attributes:
        root: The folder that holds `log_data/` and `song_data/`.
    """

    root: Path

    @property
    def address(self) -> str:
        """The folder, for messages."""
        return str(self.root)

    def folders(self) -> list[str]:
        """Return the names of the folders directly in the source, sorted.

        Raises:
            SourceError: The source cannot be listed.
        """
        with name_in_errors(self.address), os.scandir(self.root) as entries:
            names = [entry.name for entry in entries if _is_folder(entry)]
        return sorted(name for name in names if not unread_kind(f"{name}/x.json"))

    def list(self, folder: str) -> Listing:
        """Return what a folder holds; nothing if it is missing.

        Raises:
            SourceError: The folder or one in it cannot be listed.
        """
        objects: list[SourceObject] = []
        unread: Counter[str] = Counter()
        above: dict[str, frozenset[tuple[int, int]]] = {folder: frozenset()}
        remaining = [folder] if (self.root / folder).is_dir() else []
        while remaining:
            name = remaining.pop()
            path = f"{self.root}/{name}"
            with name_in_errors(name), os.scandir(path) as entries:
                here = os.stat(path)  # noqa: PTH116 (a Path would take longer)
                ancestors = above.pop(name) | {(here.st_dev, here.st_ino)}
                for entry in entries:
                    below = f"{name}/{entry.name}"
                    kind = self._kind(entry, below, ancestors)
                    if kind == FOLDER:
                        above[below] = ancestors
                        remaining.append(below)
                    elif kind == HIDDEN and entry.is_dir(follow_symlinks=False):
                        unread[HIDDEN] += sum(1 for _ in self._walk(below))
                    elif kind:
                        unread[kind] += 1
                    else:
                        objects.append(_local_object(entry, below))
        objects.sort(key=lambda entry: entry.name)
        return Listing(tuple(objects), by_kind(unread))

    def _kind(
        self, entry: os.DirEntry[str], name: str, ancestors: frozenset[tuple[int, int]]
    ) -> str:
        """Return `FOLDER`, why an entry is not read, or an empty text if it is."""
        try:
            status = entry.stat() if entry.is_dir() else None
        except OSError as error:
            if error.errno != errno.ELOOP:
                raise
            return IRREGULAR  # a link to itself
        kind = unread_kind(f"{name}/x.json" if status else name)
        if kind == HIDDEN:
            return HIDDEN
        if status:
            is_cycle = (status.st_dev, status.st_ino) in ancestors
            return IRREGULAR if is_cycle else FOLDER
        # A link is an object even if it leads nowhere: what it meant would be lost.
        is_regular = entry.is_file() or (not kind and entry.is_symlink())
        return kind if is_regular else IRREGULAR

    def outside(self, read: Collection[str]) -> Iterator[tuple[str, str]]:
        """Yield each file that is in none of some folders: its name and its kind.

        A link to a folder is not followed; it counts as an entry that is not a file. A
        folder that cannot be listed stands for what it holds.

        Args:
            read: The folders directly in the source that are left out.
        """
        return self._walk("", read)

    def _walk(
        self, folder: str, left_out: Collection[str] = ()
    ) -> Iterator[tuple[str, str]]:
        remaining = [folder]
        while remaining:
            name = remaining.pop()
            try:
                with os.scandir(self.root / name) as entries:
                    for entry in entries:
                        below = f"{name}/{entry.name}" if name else entry.name
                        if below in left_out and _is_folder(entry):
                            continue
                        if entry.is_dir(follow_symlinks=False):
                            remaining.append(below)
                        else:
                            yield below, _outside_kind(entry, below)
            except OSError:
                yield f"{name}/", UNLISTED

    def open_all(
        self, objects: Iterable[SourceObject], block_bytes: int
    ) -> Iterator[tuple[SourceObject, BinaryIO]]:
        """Open objects in order, one after another: on a disk, threads do not help.

        Args:
            objects: The objects.
            block_bytes: The most bytes that are read at once; it does not matter here.

        Yields:
            Each object, with a stream of its bytes as stored.

        Raises:
            SourceError: An object cannot be opened; the message names it.
        """
        for source_object in objects:
            path = f"{self.root}/{source_object.name}"
            with name_in_errors(source_object.name):
                file = open(path, "rb", buffering=0, opener=_open_regular)  # noqa: SIM115
            yield source_object, cast(BinaryIO, file)

    def version(self, source_object: SourceObject, stream: BinaryIO) -> str:
        """Return the version of an object that was opened, as it is now."""
        return str(os.fstat(stream.fileno()).st_mtime_ns)


def _open_regular(path: str, flags: int) -> int:
    """Open a file at once; refuse a pipe or a device that took its place."""
    descriptor = os.open(path, flags | AT_ONCE)
    if not stat.S_ISREG(os.fstat(descriptor).st_mode):
        os.close(descriptor)
        raise OSError(NOT_REGULAR)
    return descriptor


def _is_folder(entry: os.DirEntry[str]) -> bool:
    """Return whether an entry is a folder or leads to one."""
    try:
        return entry.is_dir()
    except OSError:  # a link to itself
        return False


def _outside_kind(entry: os.DirEntry[str], name: str) -> str:
    kind = unread_kind(name) or JSON_FILES
    if kind == HIDDEN:
        return kind
    try:
        return kind if entry.is_file() else IRREGULAR
    except OSError:  # a link to itself
        return IRREGULAR


def _local_object(entry: os.DirEntry[str], name: str) -> SourceObject:
    with name_in_errors(name):
        try:
            name.encode()  # fails for a name that a row cannot hold
        except UnicodeEncodeError as error:
            raise OSError(NOT_UTF8) from error
        try:
            status = entry.stat()
        except FileNotFoundError as error:
            if not entry.is_symlink():
                raise
            target = shown(os.readlink(entry.path))  # noqa: PTH115 (as it is written)
            raise OSError(
                f"it is a link to '{target}', which is missing; restore that or "
                "remove the link"
            ) from error
        if not stat.S_ISREG(status.st_mode):
            raise OSError(NOT_REGULAR)
        return SourceObject(name, status.st_size, str(status.st_mtime_ns))
