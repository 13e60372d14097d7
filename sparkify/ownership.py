"""Which files and folders are Sparkify's, and the only removal of them.

A path is Sparkify's by its exact name together with what it holds: a version of the
warehouse, a folder with our mark, a pointer that names one of these. Everything else in
a workspace belongs to somebody else and is never removed, nor is a symbolic link
followed. A folder of ours is emptied of the files that we write there; a file that
somebody put between them stays, and so does its folder.
"""

import os
import re
import stat
from collections.abc import Iterator
from errno import EEXIST, ENOENT, ENOTEMPTY
from pathlib import Path
from secrets import token_hex

from sparkify.errors import RemovalError
from sparkify.files import read_json, read_small

MARK = ".sparkify"  # the file by which a folder says whose it is
PART_PREFIX = ".sparkify-part-"  # the start of the name of an unfinished folder
SCRATCH_PREFIX = "sparkify-spark-"  # of a folder for Spark in the system's own
POINTER = "current"
NEXT_POINTER = "current.next"  # names the version that is being built
DEMO_SUMMARY = "demo.json"
RUN_FILE = "run.json"
# The files that say whose a folder is.
TELLING = (MARK, "manifest.json", DEMO_SUMMARY, RUN_FILE)

WAREHOUSE_VERSION = re.compile(
    r"warehouse-(?P<number>\d{6}|\d{6,}(?=-))(?P<unique>-[a-f][0-9a-f]{11})?\.duckdb"
)
RUN_ID = re.compile(r"\d{8}T\d{6}\.\d{6}Z")
PART_FOLDER = re.compile(r"\.sparkify-part-[a-z0-9_]{8}")
UNFINISHED = 10  # how far the number of an old version may be above the current one
LOCK = re.compile(r"lock(-step)?")
MARK_TEXT = re.compile(r"Sparkify wrote (?P<name>.*) and may remove it\.\n", re.DOTALL)
LOCK_TEXT = re.compile(r"(.* \(process \d+\))?", re.DOTALL)

# What DuckDB writes beside a version, and a copy that is not yet complete.
_VERSION_FILE = re.compile(r"(?P<version>.+?)(\.duckdb(\.wal|\.tmp|\.part)?|\.part)")
# The contents of folders, relative to them; a folder ends with a slash.
_FLAT = (
    r"\.sparkify|manifest\.json(\.part)?|spark\.log"
    r"|(events|songs|quarantine|duplicates|objects|counts)/"
    r"((_temporary/([\w.-]+/)*)?\.?part-\d{4,5}(-[0-9a-f-]{36}(-c\d+)?)?"
    r"(\.[a-z0-9]+)?\.(parquet|txt)(\.part|\.crc)?"
    r"|_temporary/([\w.-]+/)*|\.?_SUCCESS(\.crc)?)?"
)
_DEMO = (
    r"\.sparkify|demo\.json"
    r"|log_data/(\d{4}/(\d\d/(\d{4}-\d\d-\d\d-events\.json)?)?)?"
    r"|song_data/([A-Z]/){0,3}|song_data/([A-Z]/){3}TR[A-Z0-9]{16}\.json"
)
FLAT_CONTENT = re.compile(_FLAT)
DEMO_CONTENT = re.compile(_DEMO)
_WHEELS = r"\.sparkify|[^/]+\.whl|python-\w+\.tar\.gz(\.part)?|requirements\.txt|done"
_SPILL = r"spill-[a-z0-9_]{8}/(duckdb_temp_[^/]*)?"
PART_CONTENT = re.compile(f"{_FLAT}|{_DEMO}|{_WHEELS}|{_SPILL}")
WHEELS_CONTENT = re.compile(_WHEELS)
SCRATCH_CONTENT = re.compile(r".+", re.DOTALL)
_STEPS = "01_provision|02_create_schema|03_flatten|04_load|05_transform|06_listening"
KERNEL_CONTENT = re.compile(r"kernel(\.json|-ipc-\d+)")
RUN_CONTENT = re.compile(
    rf"(run|progress|summary)\.json(\.part)?|run\.log|{KERNEL_CONTENT.pattern}"
    rf"|({_STEPS}|99_teardown)\.(ipynb(\.part)?|html)"
)
SPILL_CONTENT = re.compile(r"duckdb_temp_[^/]*")

MANIFEST_KEYS = {"run_id", "engine", "started_at", "seconds", "counts", "files"}
DEMO_KEYS = {"generator_version", "events", "songs", "seed", "summary"}
RUN_KEYS = {"run_id", "parameters", "chosen", "status", "started_at", "steps"}
CLOUD_KEYS = {"settings", "bucket", "cluster", "host", "copy_role"}


def is_ours(path: Path) -> bool:
    """Return whether a path was written by Sparkify; a symbolic link never is."""
    try:
        mode = path.lstat().st_mode
    except OSError:
        return False
    if stat.S_ISDIR(mode):
        return _content(path) is not None
    kinds = (_is_version, _is_pointer, _is_lock, _is_note, _is_mark)
    return stat.S_ISREG(mode) and any(is_kind(path) for is_kind in kinds)


def owned(folder: Path) -> list[Path]:
    """Return what is Sparkify's in a folder, in the order in which to remove it.

    Pointers are last: as long as one is there, what it names can be recognised.
    """
    if not folder.is_dir():
        return []
    ours = [path for path in folder.iterdir() if is_ours(path)]
    return sorted(ours, key=lambda path: (path.name.startswith(POINTER), path.name))


def foreign(folder: Path) -> list[Path]:
    """Return the paths in a folder of ours that are not Sparkify's.

    Raises:
        RemovalError: The folder itself is not Sparkify's.
    """
    return [path for path, is_own in _walk(folder, _require(folder)) if not is_own]


def part_path(parent: Path) -> Path:
    """Return a path for an unfinished folder, which is not there yet."""
    return parent / f"{PART_PREFIX}{token_hex(4)}"


def make_part(parent: Path, name: str) -> Path:
    """Make a folder with our mark alone; it is renamed when it is complete.

    Args:
        parent: Where to make it.
        name: The name that it will get.
    """
    part = part_path(parent)
    part.mkdir()
    mark(part, name)
    return part


def parts(parent: Path, name: str | None = None) -> list[Path]:
    """Return the unfinished folders in a folder: all, or those of one name."""
    ours = [path for path in owned(parent) if PART_FOLDER.fullmatch(path.name)]
    text = None if name is None else _mark(name)
    return [path for path in ours if text in (None, read_small(path / MARK))]


def mark(folder: Path, name: str | None = None) -> None:
    """Write our mark into a folder.

    Args:
        folder: The folder, which is ours.
        name: The folder's name when it is complete; a copy of it under another name
            is not ours. The folder's own name by default.
    """
    (folder / MARK).write_text(_mark(name or folder.name), encoding="utf-8")


def remove(path: Path) -> None:
    """Remove a file or folder of ours; do nothing if it is not there.

    Files in the folder that are not ours stay, and so do the folders above them.

    Raises:
        RemovalError: The path is not Sparkify's, or it cannot be removed.
    """
    if os.path.lexists(path):
        _remove(path, _require(path))


def is_run(folder: Path) -> bool:
    """Return whether a folder is that of a run, by its name and its run file."""
    run = read_json(folder / RUN_FILE, RUN_KEYS, size=2**30)
    is_named = RUN_ID.fullmatch(folder.name) and run.get("run_id") == folder.name
    return bool(is_named) and not folder.is_symlink()


def remove_run(folder: Path, content: re.Pattern[str] = RUN_CONTENT) -> None:
    """Remove a run's folder with what we write there, or a part of that content.

    Raises:
        RemovalError: The folder is not that of a run, or it cannot be removed.
    """
    if not is_run(folder):
        raise RemovalError(f"'{folder}' is no run's folder, so it is left as it is")
    _remove(folder, content)


def remove_if_empty(folder: Path) -> None:
    """Remove a folder that holds nothing; leave a symbolic link to one."""
    try:
        if not folder.is_symlink():
            folder.rmdir()
    except OSError as error:
        if error.errno not in (EEXIST, ENOTEMPTY, ENOENT):
            raise


def _remove(path: Path, content: re.Pattern[str] | None) -> None:
    """Remove a file, or a folder with what it may hold."""
    try:
        if content is None:
            path.unlink()
            return
        for inner, is_own in _walk(path, content):
            if is_own and inner.is_dir():
                remove_if_empty(inner)
            elif is_own:
                inner.unlink(missing_ok=True)
        remove_if_empty(path)
    except OSError as error:
        raise RemovalError(
            f"'{path}' cannot be removed: {error}; check who may write to its folder"
        ) from error


def _require(path: Path) -> re.Pattern[str] | None:
    """Return what a folder of ours may hold; None for a file of ours."""
    if not is_ours(path):
        raise RemovalError(
            f"'{path}' is not Sparkify's, so it is left as it is; move it to another "
            "folder if it is in the way"
        )
    return _content(path) if path.is_dir() else None


def _content(folder: Path) -> re.Pattern[str] | None:
    """Return what a folder may hold, relative to it; None if it is not ours."""
    name = folder.name
    if PART_FOLDER.fullmatch(name):
        return PART_CONTENT if MARK_TEXT.fullmatch(read_small(folder / MARK)) else None
    if name.endswith(".tmp") and _is_version(folder):
        return SPILL_CONTENT
    is_marked = read_small(folder / MARK) == _mark(name)
    if name.startswith(SCRATCH_PREFIX) and is_marked:
        return SCRATCH_CONTENT
    if re.fullmatch(r"[0-9a-f]{16}", name) and is_marked:
        return WHEELS_CONTENT
    if folder.parent.name == "flat" and not RUN_ID.fullmatch(name):
        return None  # a copy of the demo data, say
    manifest = read_json(folder / "manifest.json", MANIFEST_KEYS, size=2**30)
    if is_marked or (RUN_ID.fullmatch(name) and manifest.get("run_id") == name):
        return FLAT_CONTENT
    if read_json(folder / DEMO_SUMMARY, DEMO_KEYS):
        return DEMO_CONTENT
    return None


def _walk(folder: Path, content: re.Pattern[str] | None) -> Iterator[tuple[Path, bool]]:
    """Yield each path in a folder, the deepest first, and whether it is ours."""
    if content is None:
        return

    def stop(error: OSError) -> None:
        if not isinstance(error, FileNotFoundError):
            raise error

    for base, folders, files in os.walk(folder, topdown=False, onerror=stop):
        place = Path(base).relative_to(folder).as_posix()
        within = "" if place == "." else f"{place}/"
        # What tells whose a folder is goes last: a killed removal can be repeated.
        files.sort(key=lambda name: (name in TELLING, name == MARK))
        for name, end in [(each, "/") for each in folders] + [(f, "") for f in files]:
            path = Path(base, name)
            is_own = content.fullmatch(f"{within}{name}{end}") is not None
            yield path, is_own and not path.is_symlink()


def _is_version(path: Path) -> bool:
    """Return whether a name is that of a version, or of what lies beside it."""
    beside = _VERSION_FILE.fullmatch(path.name)
    named = beside and WAREHOUSE_VERSION.fullmatch(f"{beside['version']}.duckdb")
    if not named:
        return False
    if named["unique"]:
        return True
    # Versions were once named by numbers alone, which count from one: 201811 is none.
    current = WAREHOUSE_VERSION.fullmatch(read_small(path.with_name(POINTER)))
    last = int(current["number"]) if current else 0
    return int(named["number"]) <= last + UNFINISHED


def _is_pointer(path: Path) -> bool:
    """Return whether a pointer names a version or a run, or nothing."""
    text = read_small(path)
    is_name = path.name.removesuffix(".part") in (POINTER, NEXT_POINTER)
    is_target = WAREHOUSE_VERSION.fullmatch(text) or RUN_ID.fullmatch(text)
    return is_name and (bool(is_target) or path.stat().st_size == 0)


def _is_lock(path: Path) -> bool:
    """Return whether a file is a lock of ours; it names the last that held it."""
    is_text = LOCK_TEXT.fullmatch(read_small(path, "?"))
    return bool(LOCK.fullmatch(path.name) and is_text)


def _is_note(path: Path) -> bool:
    """Return whether a file is one of the small JSON files that steps write."""
    notes = {
        "cloud.json": CLOUD_KEYS,
        "progress.json": {"done", "total", "unit"},
        "summary.json": {"summary", "figures"},
    }
    keys = notes.get(path.name)
    return keys is not None and bool(read_json(path, keys, size=2**30))


def _is_mark(path: Path) -> bool:
    """Return whether a file is the mark of a folder."""
    return path.name == MARK and bool(MARK_TEXT.fullmatch(read_small(path)))


def _mark(name: str) -> str:
    return f"Sparkify wrote {name} and may remove it.\n"
