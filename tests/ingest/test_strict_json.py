"""A line is JSON by the letter of the standard, or it is quarantined."""

import json
import random
from typing import Any

import duckdb
import pyarrow as pa
import pytest

from sparkify.ingest import rules
from sparkify.ingest.lines import LINES
from sparkify.ingest.record_schema import EVENTS, SONGS, RecordSchema
from tests.support.bad_data.events import TEMPLATE

NOT_AN_OBJECT = ("not UTF-8", "cut-off JSON", "broken JSON", "not an object")
SONG = '{"artist_id":"A","artist_name":"N","song_id":"S","title":"T"'


@pytest.fixture(scope="module")
def connection() -> duckdb.DuckDBPyConnection:
    connection = duckdb.connect()
    rules.register(connection)
    return connection


def validate(
    connection: duckdb.DuckDBPyConnection, schema: RecordSchema, raw: list[str]
) -> list[dict[str, Any]]:
    count = len(raw)
    table = pa.table(
        [["a.json"] * count, range(count), raw, [True] * count], schema=LINES
    )
    validated = rules.validate(connection, schema, table).to_arrow_table()
    return sorted(validated.to_pylist(), key=lambda row: int(row["line"]))


def test_a_line_that_is_not_json_is_refused_wherever_the_fault_lies(
    connection: duckdb.DuckDBPyConnection,
) -> None:
    values = [
        *("NaN", "nan", "-NaN", "Infinity", "-Infinity", "inf", "-inf"),
        *("[NaN]", '{"y":NaN}', '[{"y":[1,-Infinity]}]', "[ \t nan ]"),
        *("[1,]", '{"y":1,}', "[[1 , ]]", '{"y":1\t, }', "1,", "[,]"),
        *("01", "+1", ".5", "1.", "1e", "-", "0x10", "True", "undefined"),
        *("'x'", r'"\x41"', r'"\u12"', '"tab\there"', '"\x00"', '"open', "y"),
        *("/* comment */1", "1 // comment", "1 # comment", "1} {", "1}}", "[1}"),
        *("\u00a01", "\x0b1", "\ufeff1", "1\x00"),
        *(r'"\ud83c"', r'"\udfb5\ud83c"'),  # halves of a character: no text at all
    ]
    raw = [f'{SONG},"extra":{value}}}' for value in values]
    rows = validate(connection, SONGS, raw)
    reasons = ("broken JSON", "cut-off JSON")
    assert [row["raw"] for row in rows if row["reason"] not in reasons] == []
    assert [row["raw"] for row in rows] == [
        text.replace("\x00", r"\x00") for text in raw
    ]


def test_a_text_may_contain_what_is_invalid_json_outside_it(
    connection: duckdb.DuckDBPyConnection,
) -> None:
    titles = [
        *("a ,} b", "a,]", "[1,]", ": nan", ":NaN", "[Infinity", ",-inf", ", , }"),
        *("{}", "}", "{", '"', "\\", r"\u0041", "//", "/* */", "\x7f", "\u2028"),
    ]
    song = json.loads(SONG + "}")
    raw = [json.dumps(song | {"title": t}, ensure_ascii=False) for t in titles]
    rows = validate(connection, SONGS, raw)
    assert [row["title"] for row in rows if row["reason"] is None] == titles


def test_an_unknown_key_may_have_any_json_value(
    connection: duckdb.DuckDBPyConnection,
) -> None:
    values = [
        *("null", "[]", "{}", '[{"y":[1,{"z":null}]}]', "-0", "1E+2", "1e-400"),
        *("9" * 400, r'"\ud83c\udfb5"', r'"\/\b\f\n\r\t"', " \t\r 1 \t\r "),
        *("[" * 50_000 + "]" * 50_000, '{"y":' * 50_000 + "1" + "}" * 50_000),
    ]
    raw = [f'\t{SONG}, "extra" :{value}}} \r\n' for value in values]
    for value, row in zip(values, validate(connection, SONGS, raw), strict=True):
        found = (row["title"], row["reason"], row["extra_keys"])
        assert found == ("T", None, ["extra"]), value[:20]


def test_a_line_that_is_not_an_object_is_refused(
    connection: duckdb.DuckDBPyConnection,
) -> None:
    raw = ["[]", "[{}]", '"{}"', "1", "null", "true", "NaN", "-Infinity"]
    rows = validate(connection, SONGS, raw)
    assert [row["raw"] for row in rows if row["reason"] in NOT_AN_OBJECT] == raw


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

    def refuse(constant: str) -> None:
        raise ValueError(constant)

    try:
        value = json.loads(raw, parse_constant=refuse, object_pairs_hook=tuple)
        json.dumps(value, ensure_ascii=False).encode()
    except ValueError:
        return False
    return isinstance(value, tuple)


@pytest.mark.parametrize("accident", [mutated, flipped])
@pytest.mark.parametrize("seed", range(3))
def test_damaged_lines_are_accepted_exactly_when_python_accepts_them(
    accident: Any, seed: int, connection: duckdb.DuckDBPyConnection
) -> None:
    chance = random.Random(seed)
    agent = '"Mozilla/5.0 (X11; Linux) AppleWebKit/537.36 (KHTML, like Gecko)"'
    templates = [
        json.dumps(TEMPLATE | {"userAgent": agent}),
        json.dumps(TEMPLATE | {"song": "Ágætis byrjun ♪"}, ensure_ascii=False),
        json.dumps(TEMPLATE | {"song": None}, separators=(",", ":")),
    ]
    raw = [accident(chance, chance.choice(templates)) for _ in range(3000)]
    rows = validate(connection, EVENTS, raw)
    accepted = {
        text
        for text, row in zip(raw, rows, strict=True)
        if row["reason"] not in NOT_AN_OBJECT
    }
    expected = {text for text in raw if is_object(text)}
    assert accepted == expected
    assert 0.2 < len(expected) / len(set(raw)) < 0.8
