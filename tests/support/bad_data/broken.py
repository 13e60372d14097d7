"""Lines that are bad in either folder, whatever the record's keys mean."""

from collections.abc import Callable, Sequence

from .files import Line, Record, bad, bad_bytes, to_json

NewRecord = Callable[..., Record]
"""Makes a good record with a key of its own; arguments replace its values."""

TOO_LONG = "歌" * 400
"""400 characters, 1,200 bytes in UTF-8: over the limit of 1,024 bytes."""


def broken_lines(new: NewRecord, text_key: str, number_key: str) -> list[Line]:
    """Return lines that no JSON reader should take for a record."""
    return [
        bad_bytes("broken JSON", to_json(new()).replace(b":", b"", 1)),
        bad_bytes("cut off", cut_off(new())),
        bad_bytes("trailing comma", to_json(new()).removesuffix(b"}") + b",}"),
        bad("NaN", new(**{number_key: float("nan")})),
        bad("array", [new()]),
        bad("number", 42),
        bad("string", "NextSong"),
        bad("null", None),
        bad_bytes(
            "not UTF-8", to_json(new(**{text_key: "Björk"})).replace(b"\xc3", b"")
        ),
        bad("NUL in a text", new(**{text_key: "Under\0Pressure"})),
        bad("too long a text", new(**{text_key: TOO_LONG})),
    ]


def missing_lines(new: NewRecord, keys: Sequence[str]) -> list[Line]:
    """Return for each required key a line that lacks it."""
    return [bad(f"{key} missing", without(new(), key)) for key in keys]


def empty_lines(new: NewRecord, keys: Sequence[str]) -> list[Line]:
    """Return for each required text a line where it is empty."""
    return [bad(f"{key} empty", new(**{key: ""})) for key in keys]


def cut_off(record: Record) -> bytes:
    """Return the line of a record whose writer died on the way."""
    return to_json(record)[:-30]


def without(record: Record, key: str) -> Record:
    """Return the record without one of its keys."""
    return {name: value for name, value in record.items() if name != key}
