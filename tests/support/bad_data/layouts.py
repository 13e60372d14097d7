"""Files in every layout that a source may have, and those that are not its own."""

import json
from collections.abc import Sequence

from .broken import NewRecord, cut_off
from .files import Fate, Line, SourceFile, bad_bytes, good, to_json, unread

BLANK = Line(b"", Fate.BLANK)
SPACES = Line(b" \t", Fate.BLANK)
BYTE_ORDER_MARK = b"\xef\xbb\xbf"


def layout_files(folder: str, new: NewRecord) -> list[SourceFile]:
    """Return one file below `folder` for each way to lay out lines."""

    def some_bad(layout: str) -> list[Line]:
        bad_line = bad_bytes(f"cut off in {layout}", cut_off(new()))
        return [good(new()), bad_line, good(new())]

    carriage_returns = some_bad("a CRLF file")
    blank_lines = [
        BLANK,
        good(new()),
        BLANK,
        SPACES,
        bad_bytes("cut off after blank lines", cut_off(new())),
        good(new()),
        BLANK,
    ]
    return [
        SourceFile(f"{folder}/empty.json", []),
        SourceFile(f"{folder}/unended-1.json", [good(new())], is_ended=False),
        SourceFile(f"{folder}/unended-2.json", [good(new())], is_ended=False),
        SourceFile(f"{folder}/crlf.json", carriage_returns, line_end=b"\r\n"),
        SourceFile(
            f"{folder}/byte-order-mark.json", [good(new())], opening=BYTE_ORDER_MARK
        ),
        SourceFile(f"{folder}/blank-lines.json", blank_lines),
        SourceFile(f"{folder}/compressed.json.gz", some_bad("a compressed file")),
        SourceFile(f"{folder}/compressed.JSON.bz2", some_bad("a bzip2 file")),
        SourceFile(f"{folder}/compressed.ndjson.xz", some_bad("an xz file")),
        SourceFile(
            f"{folder}/utf-16.jsonl", some_bad("a UTF-16 file"), encoding="utf-16"
        ),
        *_other_layouts(folder, new),
    ]


def _other_layouts(folder: str, new: NewRecord) -> list[SourceFile]:
    """Return files that do not have one record a line."""
    after_broken = [
        good(new()),
        _pretty(new),
        bad_bytes("broken JSON between records", to_json(new()).replace(b":", b"", 1)),
        _pretty(new),
    ]
    array = [good(new()), good(new()), _pretty(new)]
    return [
        SourceFile(f"{folder}/glued.json", [good(new()), good(new())], line_end=b""),
        SourceFile(f"{folder}/pretty.json", [_pretty(new), BLANK, _pretty(new)]),
        SourceFile(f"{folder}/pretty-broken.json", after_broken),
        SourceFile(
            f"{folder}/array.json",
            array,
            line_end=b",\n",
            is_ended=False,
            opening=b"[\n",
            closing=b"\n]\n",
        ),
    ]


def _pretty(new: NewRecord) -> Line:
    """Return a record that an editor has written over many lines."""
    text = json.dumps(new(), ensure_ascii=False, indent=2)
    return Line(text.encode(), Fate.STAGED)


def foreign_files(folder: str, new: NewRecord) -> list[SourceFile]:
    """Return files below `folder` that must not be read, though they are good."""
    names = [
        ".ipynb_checkpoints/x-checkpoint.json",
        ".hidden.json",
        "_SUCCESS.json",
        "_temporary/part.json",
        "notes.txt",
    ]
    return [SourceFile(f"{folder}/{name}", [unread(new())]) for name in names]


def between_good_lines(lines: Sequence[Line], new: NewRecord) -> list[Line]:
    """Return the lines with a good one before each, and one at the end."""
    pairs = [(good(new()), line) for line in lines]
    return [line for pair in pairs for line in pair] + [good(new())]
