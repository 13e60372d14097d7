"""Lines that know their fate, and the files that hold them."""

import bz2
import gzip
import json
import lzma
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from enum import Enum, auto
from typing import Any

Record = dict[str, Any]

COMPRESS: dict[str, Callable[[bytes], bytes]] = {
    ".gz": gzip.compress,
    ".bz2": bz2.compress,
    ".xz": lzma.compress,
}


class Fate(Enum):
    """What must become of a record."""

    STAGED = auto()
    DUPLICATE = auto()
    QUARANTINED = auto()
    BLANK = auto()
    """It is a line without a record."""
    UNREAD = auto()
    """Its file is none of the source's."""


@dataclass(frozen=True)
class Line:
    """One record of a source file, or a blank line.

    Attributes:
        content: Its bytes, without the line's end; a record may take several lines.
        fate: What must become of it.
        kind: What is wrong with it, where it must be quarantined.
        unknown_keys: How many of its keys no column takes.
        repairs: The kinds of repair that it needs.
    """

    content: bytes
    fate: Fate
    kind: str = ""
    unknown_keys: int = 0
    repairs: tuple[str, ...] = ()

    @property
    def raw(self) -> str:
        """The line as the quarantine must show it."""
        return self.content.decode(errors="backslashreplace")


@dataclass(frozen=True)
class SourceFile:
    """One file of a source.

    Attributes:
        name: Its path below the source's root, whose suffix says if it is compressed.
        lines: Its lines, in order.
        line_end: What ends a line.
        is_ended: Whether the last line has its end.
        opening: What comes before the first line.
        closing: What comes after the last one.
        encoding: The encoding of the file, whose lines are in UTF-8.
    """

    name: str
    lines: Sequence[Line]
    line_end: bytes = b"\n"
    is_ended: bool = True
    opening: bytes = b""
    closing: bytes = b""
    encoding: str = "utf-8"

    def to_bytes(self) -> bytes:
        """Return the file's bytes in the store."""
        content = self.line_end.join(line.content for line in self.lines)
        if self.lines and self.is_ended:
            content += self.line_end
        content = self.opening + content + self.closing
        if self.encoding != "utf-8":
            content = content.decode().encode(self.encoding)
        suffix = self.name[self.name.rindex(".") :]
        return COMPRESS.get(suffix, bytes)(content)

    def records(self) -> Iterator[tuple[int, int, Line]]:
        """Yield the number of each record, that of its first line, and the record."""
        number, line = 1, 1 + self.opening.count(b"\n")
        for entry in self.lines:
            if entry.fate is not Fate.BLANK:
                yield number, line, entry
                number += 1
            line += (entry.content + self.line_end).count(b"\n")


def to_json(value: Any) -> bytes:
    """Return a value as a line of JSON in UTF-8, only NUL and the like escaped."""
    return json.dumps(value, ensure_ascii=False, separators=(",", ":")).encode()


def good(record: Record, unknown_keys: int = 0) -> Line:
    """Return a line that must be staged."""
    return Line(to_json(record), Fate.STAGED, unknown_keys=unknown_keys)


def repaired(record: Record, *kinds: str) -> Line:
    """Return a line that must be repaired and staged."""
    return Line(to_json(record), Fate.STAGED, repairs=kinds)


def again(record: Record) -> Line:
    """Return a line that repeats an earlier one."""
    return Line(to_json(record), Fate.DUPLICATE)


def bad(kind: str, value: Any) -> Line:
    """Return a line of JSON that must be quarantined."""
    return bad_bytes(kind, to_json(value))


def bad_bytes(kind: str, content: bytes) -> Line:
    """Return a line of any bytes that must be quarantined."""
    return Line(content, Fate.QUARANTINED, kind)


def unread(record: Record) -> Line:
    """Return a good line in a file that must not be read."""
    return Line(to_json(record), Fate.UNREAD)
