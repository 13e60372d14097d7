"""The folder of the warehouse's versions: a DuckDB file each, and two pointers.

The file `current` names the version that readers open, and `current.next` the one that
is being built. A version's name has a number, by which versions are ordered, and random
digits: no two versions have the same name, even if the workspace is built anew.
"""

import shlex
import shutil
from pathlib import Path
from secrets import choice, token_hex

from sparkify import ownership
from sparkify.errors import DamagedError, WarehouseError
from sparkify.files import PART, sync, write_atomic
from sparkify.ownership import NEXT_POINTER, POINTER, WAREHOUSE_VERSION

# What DuckDB has beside a file: its write-ahead log, and a folder while it spills.
WAL, SPILL = ".wal", ".tmp"


class Versions:
    """The versions in a folder.

    Args:
        folder: The folder; created with the first version.
    """

    def __init__(self, folder: Path) -> None:
        self._folder = folder

    def current(self) -> Path | None:
        """Return the published version; None if nothing has been published.

        Raises:
            DamagedError: `current` does not name a version that is there.
        """
        pointer = self._folder / POINTER
        text = _read(pointer)
        if text is None:
            return None
        name = text.removesuffix("\n")  # an editor's
        if not WAREHOUSE_VERSION.fullmatch(name):
            raise damaged(
                self._folder, f"'{pointer}' holds {text[:80]!r}, which names no version"
            )
        if not (self._folder / name).is_file():
            raise damaged(self._folder, f"'{pointer}' names {name}, which is not there")
        return self._folder / name

    def previous(self) -> Path | None:
        """Return the version before the published one; None if there is none.

        Raises:
            DamagedError: `current` does not name a version that is there.
        """
        current = self.current()
        return None if current is None else self._before(current)

    def roll_back(self, version: Path) -> None:
        """Make an earlier version the current one; the later one stays on the disk.

        An unfinished version goes: it began as a copy of the later one.

        Raises:
            OSError: The folder cannot be written.
            RemovalError: The unfinished version cannot be removed.
        """
        self.clear()
        write_atomic(self._folder / POINTER, version.name)

    def unfinished(self) -> Path | None:
        """Return the version that is being built; None if none was started."""
        name = _read(self._folder / NEXT_POINTER) or ""
        version = self._folder / name
        is_published = name == (_read(self._folder / POINTER) or "").removesuffix("\n")
        if is_published or not WAREHOUSE_VERSION.fullmatch(name):
            return None
        return version if version.is_file() else None

    def clear(self) -> None:
        """Remove the unfinished version, and what is left of versions removed earlier.

        Raises:
            RemovalError: A file cannot be removed.
        """
        unfinished = self.unfinished()
        for path in ownership.owned(self._folder):
            version = _version_of(path)
            if version is None:
                continue
            if version == unfinished or path.suffix == PART or not version.exists():
                ownership.remove(path)
        if ownership.is_ours(self._folder / NEXT_POINTER):
            ownership.remove(self._folder / NEXT_POINTER)

    def start(self, source: Path | None) -> Path:
        """Start a version: a copy of another with its log, or a path for a new one.

        Raises:
            OSError: The disk is full, or the folder cannot be written.
        """
        self._folder.mkdir(parents=True, exist_ok=True)
        name = f"warehouse-{self._last_number() + 1:06}-{_unique()}.duckdb"
        version = self._folder / name
        write_atomic(self._folder / NEXT_POINTER, name)
        if source is not None:
            if beside(source, WAL).exists():
                shutil.copyfile(beside(source, WAL), beside(version, WAL))
            part = beside(version, PART)
            shutil.copyfile(source, part)
            part.replace(version)
        return version

    def publish(self, version: Path) -> None:
        """Make a version the current one; remove all but it and the last current one.

        The file is on the disk before its name is, and both before the old versions
        are removed. So `current` names a whole version after any loss of power.

        Raises:
            OSError: The disk is full, or the folder cannot be written.
            RemovalError: An old version cannot be removed.
        """
        ownership.remove(
            beside(version, SPILL)
        )  # of a process that was killed; no reader yet
        sync(version)
        sync(self._folder)
        last = (_read(self._folder / POINTER) or "").removesuffix("\n")
        is_there = WAREHOUSE_VERSION.fullmatch(last) and (self._folder / last).is_file()
        kept = {version, self._folder / last if is_there else self._before(version)}
        write_atomic(self._folder / POINTER, version.name)
        ownership.remove(self._folder / NEXT_POINTER)
        for path in ownership.owned(self._folder):
            old = _version_of(path)
            if old and old not in kept:
                ownership.remove(path)

    def _before(self, version: Path) -> Path | None:
        """Return the version with the next lower number; None if there is none."""
        numbers = {
            _number(path.name): path
            for path in ownership.owned(self._folder)
            if path.is_file() and WAREHOUSE_VERSION.fullmatch(path.name)
        }
        earlier = [number for number in numbers if number < _number(version.name)]
        return numbers[max(earlier)] if earlier else None

    def _last_number(self) -> int:
        """Return the highest number that a version has, or had by the pointers."""
        names = [path.name for path in ownership.owned(self._folder)]
        names += [_read(self._folder / name) or "" for name in (POINTER, NEXT_POINTER)]
        return max(map(_number, names), default=0)


def beside(version: Path, suffix: str) -> Path:
    """Return the path of a file beside a version, such as its log."""
    return version.with_name(f"{version.name}{suffix}")


def damaged(folder: Path, reason: str) -> DamagedError:
    """Return an error that says what is damaged and how to build the star anew."""
    return DamagedError(
        reason, f"build the warehouse anew with {build_command(folder)}"
    )


def not_built(folder: Path) -> WarehouseError:
    """Return an error that says that nothing has been published, and what to do."""
    return WarehouseError(
        f"there is no finished warehouse yet in workspace '{folder.parent}'; build one "
        f"with {build_command(folder)}"
    )


def build_command(folder: Path) -> str:
    """Return the command that builds the warehouse in a folder of versions."""
    workspace = shlex.quote(str(folder.parent))
    return f"sparkify run params/local.yaml -p workspace={workspace}"


def _read(pointer: Path) -> str | None:
    """Return the text of a pointer; None if there is none."""
    if not pointer.is_file():  # a pipe would never end
        return None
    return pointer.read_bytes().decode(errors="replace")


def _version_of(path: Path) -> Path | None:
    """Return the version that a path is, or lies beside; None if it is neither."""
    name = f"{path.name.partition('.')[0]}.duckdb"
    return path.with_name(name) if WAREHOUSE_VERSION.fullmatch(name) else None


def _unique() -> str:
    """Return 12 random hexadecimal digits, the first a letter: no date is like that."""
    return f"{choice('abcdef')}{token_hex(6)[1:]}"


def _number(name: str) -> int:
    """Return the number of a version; 0 if it is none."""
    match = WAREHOUSE_VERSION.fullmatch(name.removesuffix("\n"))
    return int(match["number"]) if match else 0
