"""The objects of a source: which files are read, and of which kind others are."""

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cache, lru_cache
from typing import NamedTuple

from sparkify.ingest.read_errors import shown

SUFFIXES = ("json", "jsonl", "ndjson")
COMPRESSED_SUFFIXES = ("gz", "bz2", "xz", "zst", "zstd")
MOST_KINDS = 20  # of files that are not read, in a listing

HIDDEN = "hidden or system files"
IRREGULAR = "entries that are not files"
NO_SUFFIX = "files without a suffix"
JSON_FILES = "JSON files"  # outside the folders that are read
UNLISTED = "folders that cannot be listed"
OTHER_KINDS = "files of other kinds"

# What a system, an office program or an editor leaves, in lower case.
SYSTEM_FILES = {"thumbs.db", "ehthumbs.db", "desktop.ini", "icon\r"}
SYSTEM_FOLDERS = ("$recycle.bin/", "system volume information/")
HIDDEN_PREFIXES = (".", "_", "~$")


class SourceObject(NamedTuple):
    """A file or an S3 object.

    Attributes:
        name: The path relative to the source, with forward slashes.
        size: The size as stored, in bytes.
        version: The time of modification in nanoseconds, or the ETag.
    """

    name: str
    size: int
    version: str


@dataclass(frozen=True)
class Listing:
    """What a folder of the source holds, at any depth.

    Attributes:
        objects: The objects to read, sorted by name.
        unread: The number of other files, by kind.
    """

    objects: tuple[SourceObject, ...] = ()
    unread: Mapping[str, int] = field(default_factory=dict)


def unread_kind(name: str) -> str:
    """Return why a path is not read; an empty text if it is.

    Read are JSON files in any case, compressed or not, of which no part starts with
    `.` or `_`, and which no program left there for itself, such as `~$a.json`,
    `a.json~` or `Thumbs.db`. The content may differ from the suffix.
    """
    folders, _, file = name.lower().rpartition("/")
    if _are_hidden(folders) or _is_hidden(file):
        return HIDDEN
    _, *suffixes = file.split(".")
    return _suffix_kind(tuple(suffixes[-2:]))


@lru_cache(maxsize=1024)
def _are_hidden(folders: str) -> bool:
    return any(
        folder.startswith(HIDDEN_PREFIXES) for folder in folders.split("/")
    ) or any(f"/{folder}" in f"/{folders}/" for folder in SYSTEM_FOLDERS)


def _is_hidden(file: str) -> bool:
    return (
        file.startswith(HIDDEN_PREFIXES)
        or file.endswith("~")
        or (file.startswith("#") and file.endswith("#"))
        or file in SYSTEM_FILES
    )


@cache
def _suffix_kind(suffixes: tuple[str, ...]) -> str:
    """Return why a file with these last suffixes is not read."""
    if not suffixes or not suffixes[-1]:
        return NO_SUFFIX
    packed = suffixes[:-1] if suffixes[-1] in COMPRESSED_SUFFIXES else suffixes
    is_read = packed and packed[-1] in SUFFIXES
    return "" if is_read else f"*.{shown(suffixes[-1])} files"


def by_kind(counts: Counter[str]) -> dict[str, int]:
    """Return counts sorted by kind; the rarest of many kinds become one."""
    kept = counts
    if len(counts) > MOST_KINDS:
        kept = Counter(dict(counts.most_common(MOST_KINDS - 1)))
        kept[OTHER_KINDS] += counts.total() - kept.total()
    return {kind: number for kind, number in sorted(kept.items()) if number}
