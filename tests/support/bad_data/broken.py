"""Lines that are bad or odd in either folder, whatever the record's keys mean."""

from collections.abc import Callable, Sequence

from .files import Fate, Line, Record, bad, bad_bytes, repaired, to_json

NewRecord = Callable[..., Record]
"""Makes a good record with a key of its own; arguments replace its values."""

TOO_LONG = "歌" * 400
"""400 characters, 1,200 bytes in UTF-8: over the limit of 1,024 bytes."""


KEY_TWICE = "a key given twice"
KEY_CASE = "a key in another case"
NOT_A_NUMBER = "NaN or Infinity for a missing number"
NUMBER_AS_TEXT = "a number written as text"
WHOLE_AS_FRACTION = "a whole number written with a fraction"
BLANKS = "blanks around a text"
LEVEL_CASE = "a level in another case"
ENCODING = "text encoded twice"


def broken_lines(new: NewRecord, text_key: str) -> list[Line]:
    """Return lines that no JSON reader should take for a record."""
    return [
        bad_bytes("broken JSON", to_json(new()).replace(b":", b"", 1)),
        bad_bytes("cut off", cut_off(new())),
        bad_bytes("trailing comma", to_json(new()).removesuffix(b"}") + b",}"),
        bad("array of numbers", [1, 2]),
        bad("number", 42),
        bad("string", "NextSong"),
        bad("null", None),
        bad_bytes(
            "not UTF-8", to_json(new(**{text_key: "Björk"})).replace(b"\xc3", b"")
        ),
        bad("NUL in a text", new(**{text_key: "Under\0Pressure"})),
        bad("too long a text", new(**{text_key: TOO_LONG})),
    ]


def odd_lines(new: NewRecord, text_key: str, number_key: str) -> list[Line]:
    """Return lines that are read all the same: an array, and what can be repaired."""
    first, second = new(), new()
    upper = {key.upper(): value for key, value in new().items()}
    twice = to_json(first).removesuffix(b"}")
    twice += b"," + to_json({text_key: "The last one counts"})[1:]
    return [
        Line(to_json([new()]), Fate.STAGED),
        Line(twice, Fate.STAGED, repairs=(KEY_TWICE,)),
        repaired(upper, KEY_CASE),
        repaired(new(**{number_key: float("nan")}), NOT_A_NUMBER),
        repaired(new(**{number_key: float("-inf")}), NOT_A_NUMBER),
        repaired(new(**{number_key: "NaN"}), NOT_A_NUMBER),
        repaired(new(**{number_key: "248.5"}), NUMBER_AS_TEXT),
        repaired(new(**{number_key: " "}), NUMBER_AS_TEXT),
        repaired(new(**{text_key: "Blanks at the end  "}), BLANKS),
        repaired(second | {text_key: "BjÃ¶rk "}, BLANKS, ENCODING),
        repaired(new(**{text_key: "Bj\\303\\266rk"}), ENCODING),
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
