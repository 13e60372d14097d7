"""Lines that know their fate, and the files that hold them."""

import gzip
import json
from collections.abc import Sequence
from dataclasses import dataclass
from enum import Enum, auto
from typing import Any

Record = dict[str, Any]


class Fate(Enum):
    """What must become of a line."""

    STAGED = auto()
    DUPLICATE = auto()
    QUARANTINED = auto()
    UNREAD = auto()
    """It is blank, or its file is none of the source's."""


@dataclass(frozen=True)
class Line:
    """One line of a source file.

    Attributes:
        content: Its bytes, without the line's end.
        fate: What must become of it.
        kind: What is wrong with it, where it must be quarantined.
        unknown_keys: How many of its keys no column takes.
    """

    content: bytes
    fate: Fate
    kind: str = ""
    unknown_keys: int = 0

    @property
    def raw(self) -> str:
        """The line as the quarantine must show it."""
        return self.content.decode(errors="backslashreplace")


@dataclass(frozen=True)
class SourceFile:
    """One file of a source.

    Attributes:
        name: Its path below the source's root; compressed where it ends in `.gz`.
        lines: Its lines, in order.
        line_end: What ends a line.
        is_ended: Whether the last line has its end.
        opening: What comes before the first line.
    """

    name: str
    lines: Sequence[Line]
    line_end: bytes = b"\n"
    is_ended: bool = True
    opening: bytes = b""

    def to_bytes(self) -> bytes:
        """Return the file's bytes in the store."""
        content = self.line_end.join(line.content for line in self.lines)
        if self.lines and self.is_ended:
            content += self.line_end
        content = self.opening + content
        return gzip.compress(content) if self.name.endswith(".gz") else content


def to_json(value: Any) -> bytes:
    """Return a value as a line of JSON in UTF-8, only NUL and the like escaped."""
    return json.dumps(value, ensure_ascii=False, separators=(",", ":")).encode()


def good(record: Record, unknown_keys: int = 0) -> Line:
    """Return a line that must be staged."""
    return Line(to_json(record), Fate.STAGED, unknown_keys=unknown_keys)


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
