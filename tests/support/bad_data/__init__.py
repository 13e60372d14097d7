"""A source folder with one bad line of every kind, and what must become of it."""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from .events import event_files
from .files import Fate, SourceFile
from .songs import song_files

__all__ = ["BadSource", "QuarantineEntry", "RecordCounts", "write_bad_source"]


@dataclass(frozen=True)
class QuarantineEntry:
    r"""A line that must end in quarantine.

    Attributes:
        object_name: The file's path below the source's root.
        line: The line's number in its file, from 1, blank lines counted.
        kind: What is wrong with the line, in a few words; unique in its folder.
        raw: The line without its end; bytes that are not UTF-8 as `\xNN`.
    """

    object_name: str
    line: int
    kind: str
    raw: str


@dataclass(frozen=True)
class RecordCounts:
    """How the lines of one folder must be counted, blank lines left out.

    Attributes:
        lines: All lines: the sum of the next three.
        staged: Lines that become a row.
        duplicates: Lines that say again what an earlier one said.
        quarantined: Lines that cannot be staged.
        unknown_keys: Keys that no column takes; each is in one line only.
    """

    lines: int
    staged: int
    duplicates: int
    quarantined: int
    unknown_keys: int


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

    @property
    def unknown_keys(self) -> int:
        """Unknown keys in both folders."""
        return self.events.unknown_keys + self.songs.unknown_keys


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
        QuarantineEntry(file.name, number, line.kind, line.raw)
        for file in sorted(files, key=lambda file: file.name)
        for number, line in enumerate(file.lines, start=1)
        if line.fate is Fate.QUARANTINED
    ]


def _books(files: Sequence[SourceFile]) -> RecordCounts:
    lines = [line for file in files for line in file.lines]
    fates = [line.fate for line in lines]
    counted = [Fate.STAGED, Fate.DUPLICATE, Fate.QUARANTINED]
    return RecordCounts(
        lines=sum(fate in counted for fate in fates),
        staged=fates.count(Fate.STAGED),
        duplicates=fates.count(Fate.DUPLICATE),
        quarantined=fates.count(Fate.QUARANTINED),
        unknown_keys=sum(line.unknown_keys for line in lines),
    )
