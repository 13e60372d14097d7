"""A record is JSON by the letter of the standard, or it is quarantined.

Read besides are NaN and Infinity, as Python writes them, and octal escapes. Each case
is validated on the fast path and on the slow one, which must agree.
"""

import json
import random
import re
from collections.abc import Callable

import pytest

from sparkify.ingest.record_schema import EVENTS, SONGS
from tests.support.bad_data.events import TEMPLATE
from tests.support.judged import judge_with
from tests.support.sources import validate_raw

NOT_AN_OBJECT = ("not UTF-8", "cut-off JSON", "broken JSON", "not an object")
SONG = '{"artist_id":"A","artist_name":"N","song_id":"S","title":"T"'
OCTAL = re.compile(r"\\\\|((?:\\[0-3][0-7]{2})+)")


def test_a_record_that_is_not_json_is_refused_wherever_the_fault_lies() -> None:
    values = [
        *("nan", "-NaN", "inf", "-inf", "infinity", "NAN", "[ \t nan ]"),
        *("Inf", "-Inf", "[Inf]", "+Infinity", "[1,-NaN]", "-Infinity1"),
        *("[1,]", '{"y":1,}', "[[1 , ]]", '{"y":1\t, }', "1,", "[,]"),
        *("01", "+1", ".5", "1.", "1e", "-", "0x10", "True", "undefined"),
        *("'x'", r'"\x41"', r'"\u12"', '"tab\there"', '"\x00"', '"open', "y"),
        *("/* comment */1", "1 // comment", "1 # comment", "1} {", "1}}", "[1}"),
        *("\u00a01", "\x0b1", "\ufeff1", "1\x00"),
        *(r'"\ud83c"', r'"\udfb5\ud83c"'),  # halves of a character: no text at all
    ]
    raw = [f'{SONG},"extra":{value}}}' for value in values]
    rows = validate_raw(SONGS, *raw)
    reasons = ("broken JSON", "cut-off JSON")
    assert [row["raw"] for row in rows if row["rule"] not in reasons] == []
    assert [row["raw"] for row in rows] == [
        text.replace("\x00", r"\x00") for text in raw
    ]


def test_a_constant_of_python_is_read_wherever_it_stands() -> None:
    values = ["NaN", "Infinity", "-Infinity", "[NaN]", '[{"y":[1,-Infinity]}]']
    rows = validate_raw(SONGS, *(f'{SONG},"extra":{value}}}' for value in values))
    assert [row["reason"] for row in rows] == [None] * len(values)


def test_a_record_that_ends_too_early_is_cut_off_and_any_other_broken() -> None:
    whole = SONG + ',"year":1981}'
    cut = [whole[:end] for end in range(1, len(whole))]
    rows = validate_raw(SONGS, *cut)
    assert {row["reason"] for row in rows} == {"cut-off JSON"}
    for broken in (whole + "}", "x" + whole, whole[1:], whole + whole):
        (row,) = validate_raw(SONGS, broken)
        assert row["rule"] == "broken JSON"


def test_a_text_may_contain_what_is_invalid_json_outside_it() -> None:
    titles = [
        *("a ,} b", "a,]", "[1,]", ": nan", ":NaN", "[Infinity", ",-inf", ", , }"),
        *("{}", "}", "{", '"', "\\", r"\u0041", "//", "/* */", "\x7f", "\u2028"),
    ]
    song = json.loads(SONG + "}")
    raw = [json.dumps(song | {"title": t}, ensure_ascii=False) for t in titles]
    rows = validate_raw(SONGS, *raw)
    assert [row["title"] for row in rows if row["reason"] is None] == titles


def test_an_unknown_key_may_have_any_json_value() -> None:
    values = [
        *("[]", "{}", '[{"y":[1,{"z":null}]}]', "-0", "1E+2", "1e-400", "1e400"),
        *("9" * 400, r'"\ud83c\udfb5"', r'"\/\b\f\n\r\t"', " \t\r 1 \t\r "),
        *("[" * 500 + "]" * 500, '{"y":' * 500 + "1" + "}" * 500, "[" * 70 + "]" * 70),
        *('"2018-11-01T00:00:00"', "[1,2.5]", '[1,"a"]', "true", '"x"', "[[1],[]]"),
    ]
    raw = [f'\t{SONG}, "extra" :{value}}} \r\n' for value in [*values, "null"]]
    *rows, null = validate_raw(SONGS, *raw)
    for value, row in zip(values, rows, strict=True):
        found = (row["title"], row["reason"], row["extra_keys"])
        assert found == ("T", None, ["extra"]), value[:20]
    assert (null["reason"], null["extra_keys"]) == (None, None)


def test_a_pretty_printed_record_is_read_on_either_path() -> None:
    song = json.loads(SONG + "}") | {"extra": [1, 2]}
    escaped = json.dumps(song, indent=2).replace('"T"', r'"\ud83c\udfb5"')
    rows = validate_raw(SONGS, json.dumps(song, indent=1), escaped, json.dumps(song))
    assert [row["title"] for row in rows] == ["T", "🎵", "T"]
    assert [row["reason"] for row in rows] == [None] * 3


def test_a_record_that_is_not_an_object_is_refused() -> None:
    raw = ["[]", "[{}]", '"{}"', "1", "null", "true", "NaN", "-Infinity"]
    rows = validate_raw(SONGS, *raw)
    assert [row["reason"] for row in rows] == ["not an object"] * len(raw)
    assert [row["raw"] for row in rows] == raw


# What faulty writers leave in lines, and what lenient readers let pass.
INSERTS = (
    *("NaN", "nan", "-Infinity", "inf", ",", ",}", ",]", ", }", "[1,]", ":", "'"),
    *("{", "}", "[", "]", '"', "\\", r"\u0000", r"\ud800", r"\ud83c\udfb5", r"\x41"),
    *('"x":1,', '"x":{"y":NaN},', '"song":",}",', '"ts":": nan",', "null", "True"),
    *("-", "+", ".", "0", "1e5", "1e400", " ", "\t", "\r", "\x00", "\x0b", "\x0c"),
    *("/**/", "//", "#", "é", "歌", "\u2028", "\u0085", "\ufeff", "\u00a0"),
)


def mutated(chance: random.Random, line: str) -> str:
    """Return a line that had one to three accidents."""
    for _ in range(chance.randint(1, 3)):
        at = chance.randrange(len(line) + 1)
        match chance.randrange(5):
            case 0:
                line = line[:at] + chr(chance.randrange(256)) + line[at + 1 :]
            case 1:
                line = line[:at] + line[at + chance.randint(1, 20) :]
            case 2 if chance.random() < 0.3:
                line = line[:at]
            case _:
                line = line[:at] + chance.choice(INSERTS) + line[at:]
    return line.replace("\n", " ")


def flipped(chance: random.Random, line: str) -> str:
    """Return a line of which a few bits were lost on the way, if it is still UTF-8."""
    while True:
        data = bytearray(line.encode())
        for _ in range(chance.randint(1, 3)):
            data[chance.randrange(len(data))] ^= 1 << chance.randrange(8)
        try:
            return data.decode().replace("\n", " ")
        except UnicodeDecodeError:
            continue


def is_object(raw: str) -> bool:
    """Tell by Python's parser whether a text is one JSON object, all of it text."""

    def double(found: re.Match[str]) -> str:
        return found[0].replace("\\", "\\\\") if found[1] else found[0]

    for text in (raw, OCTAL.sub(double, raw)):
        try:
            value = json.loads(text, object_pairs_hook=tuple)
            json.dumps(value, ensure_ascii=False).encode()
        except ValueError:
            continue
        return isinstance(value, tuple)
    return False


@pytest.mark.parametrize("accident", [mutated, flipped])
@pytest.mark.parametrize("seed", range(3))
def test_damaged_records_are_accepted_exactly_when_python_accepts_them(
    accident: Callable[[random.Random, str], str], seed: int
) -> None:
    chance = random.Random(seed)
    agent = '"Mozilla/5.0 (X11; Linux) AppleWebKit/537.36 (KHTML, like Gecko)"'
    templates = [
        json.dumps(TEMPLATE | {"userAgent": agent}),
        json.dumps(TEMPLATE | {"song": "Ágætis byrjun ♪"}, ensure_ascii=False),
        json.dumps(TEMPLATE | {"song": None}, separators=(",", ":")),
    ]
    raw = [accident(chance, chance.choice(templates)) for _ in range(3000)]
    rows = validate_raw(EVENTS, *raw)
    accepted = {
        text
        for text, row in zip(raw, rows, strict=True)
        if row["rule"] not in NOT_AN_OBJECT
    }
    expected = {text for text in raw if is_object(text)}
    assert accepted == expected
    assert 0.2 < len(expected) / len(set(raw)) < 0.8


@pytest.mark.parametrize("written", ["9007199254740993.0", "9007199254740993"])
def test_a_whole_number_beyond_the_precision_of_a_fraction_is_exact(
    written: str,
) -> None:
    row = judge_with(EVENTS, f'"sessionId": {written}, "userId": {written}')
    assert (row["session_id"], row["user_id"]) == (2**53 + 1, str(2**53 + 1))


@pytest.mark.parametrize("inner", ["1", '"a,]b"', '"{,}"'])
def test_a_record_nested_too_deeply_is_named_as_such(inner: str) -> None:
    depth = 100_000
    row = judge_with(EVENTS, f'"extra": {"[" * depth}{inner}{"]" * depth}')
    assert row["reason"] == "JSON nested too deeply"
