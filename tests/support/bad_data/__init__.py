"""A source folder with one bad record of every kind, and what must become of it."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from .events import event_files
from .files import Fate, Line, SourceFile
from .songs import song_files

__all__ = ["BadSource", "QuarantineEntry", "RecordCounts", "write_bad_source"]


@dataclass(frozen=True)
class QuarantineEntry:
    r"""A record that must end in quarantine.

    Attributes:
        object_name: The file's path below the source's root.
        line: The number of its first line in the file, from 1, blank lines counted.
        record: Its number in the file, from 1.
        kind: What is wrong with it, in a few words; unique in its folder.
        raw: Its text without the line's end; bytes that are not UTF-8 as `\xNN`.
    """

    object_name: str
    line: int
    record: int
    kind: str
    raw: str


@dataclass(frozen=True)
class RecordCounts:
    """How the records of one folder must be counted.

    Attributes:
        objects: Files that are read.
        records: All records: the sum of `staged`, `duplicates` and `quarantined`.
        blank: Blank lines, which are no records.
        staged: Records that become a row.
        duplicates: Records that say again what an earlier one said.
        quarantined: Records that cannot be staged.
        repaired: Staged records that are repaired, by kind of repair.
        unknown_keys: Keys that no column takes; each is in one record only.
        unread: Files that are not read.
    """

    objects: int
    records: int
    blank: int
    staged: int
    duplicates: int
    quarantined: int
    repaired: dict[str, int]
    unknown_keys: int
    unread: int


@dataclass(frozen=True)
class BadSource:
    """A written source folder with what is expected of it.

    Attributes:
        folder: The source's root.
        quarantine: The expected entries, by object name and line.
        events: The expected counts of `log_data`.
        songs: The expected counts of `song_data`.
    """

    folder: Path
    quarantine: list[QuarantineEntry]
    events: RecordCounts
    songs: RecordCounts


def write_bad_source(folder: Path) -> BadSource:
    """Write the bad source below `folder`, which is created if it is missing."""
    events, songs = event_files(), song_files()
    for file in [*events, *songs]:
        path = folder / file.name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(file.to_bytes())
    return BadSource(
        folder=folder,
        quarantine=_quarantine([*events, *songs]),
        events=_books(events),
        songs=_books(songs),
    )


def _quarantine(files: Sequence[SourceFile]) -> list[QuarantineEntry]:
    return [
        QuarantineEntry(file.name, line, record, entry.kind, entry.raw)
        for file in sorted(files, key=lambda file: file.name)
        for record, line, entry in file.records()
        if entry.fate is Fate.QUARANTINED
    ]


def _books(files: Sequence[SourceFile]) -> RecordCounts:
    lines: list[Line] = [line for file in files for line in file.lines]
    fates = Counter(line.fate for line in lines)
    unread = [file for file in files if any(_is_unread(line) for line in file.lines)]
    return RecordCounts(
        objects=len(files) - len(unread),
        records=len(lines) - fates[Fate.BLANK] - fates[Fate.UNREAD],
        blank=fates[Fate.BLANK],
        staged=fates[Fate.STAGED],
        duplicates=fates[Fate.DUPLICATE],
        quarantined=fates[Fate.QUARANTINED],
        repaired=dict(Counter(kind for line in lines for kind in line.repairs)),
        unknown_keys=sum(line.unknown_keys for line in lines),
        unread=len(unread),
    )


def _is_unread(line: Line) -> bool:
    return line.fate is Fate.UNREAD
