"""Each line is validated by its own content, exactly at the borders of the rules."""

import json
from datetime import UTC, datetime
from typing import Any

import duckdb
import pyarrow as pa
import pytest

from sparkify.ingest import rules
from sparkify.ingest.lines import LINES
from sparkify.ingest.record_schema import (
    EVENTS,
    RECORD_SCHEMAS,
    SONGS,
    Column,
    RecordSchema,
    Type,
)
from sparkify.ingest.rules import validate, validated_schema

Row = dict[str, Any]

EVENT: Row = {
    "artist": "Queen",
    "itemInSession": 0,
    "page": "Home",
    "sessionId": 38,
    "song": "Under Pressure",
    "ts": 1541105830796,
    "userId": "26",
}
PLAY: Row = {"page": "NextSong", "level": "paid"}
SONG: Row = {
    "artist_id": "ARQUEEN",
    "artist_name": "Queen",
    "song_id": "SO1",
    "title": "Under Pressure",
}
START_OF_2000 = int(datetime(2000, 1, 1, tzinfo=UTC).timestamp()) * 1000
START_OF_2100 = int(datetime(2100, 1, 1, tzinfo=UTC).timestamp()) * 1000
LONGEST_RAW = 65_535 // 4  # characters, of up to four bytes each

RECORDS = {EVENTS: EVENT, SONGS: SONG}
TEXTS = [
    (schema, c)
    for schema in RECORD_SCHEMAS
    for c in schema.columns
    if c.type is Type.TEXT
]


def name_of(value: object) -> str | None:
    return value.name if isinstance(value, RecordSchema | Column) else None


@pytest.fixture(scope="module")
def connection() -> duckdb.DuckDBPyConnection:
    connection = duckdb.connect()
    rules.register(connection)
    return connection


def validate_raw(
    connection: duckdb.DuckDBPyConnection,
    schema: RecordSchema,
    *raw: str,
    is_utf8: bool = True,
) -> list[Row]:
    """Validate raw texts, and return the rows in their order."""
    lines = [
        {"object": "a.json", "line": number, "raw": text, "is_utf8": is_utf8}
        for number, text in enumerate(raw, start=1)
    ]
    table = pa.Table.from_pylist(lines, schema=LINES)
    validated = validate(connection, schema, table).to_arrow_table()
    assert validated.schema.names == validated_schema(schema).names
    rows: list[Row] = validated.to_pylist()
    return sorted(rows, key=lambda row: int(row["line"]))


def validate_one(
    connection: duckdb.DuckDBPyConnection, schema: RecordSchema, **values: object
) -> Row:
    """Validate a good record with some values replaced."""
    (row,) = validate_raw(connection, schema, json.dumps(RECORDS[schema] | values))
    return row


def validate_with(
    connection: duckdb.DuckDBPyConnection, schema: RecordSchema, members: str
) -> Row:
    """Validate a good record with members written behind its own."""
    text = json.dumps(RECORDS[schema]).removesuffix("}")
    (row,) = validate_raw(connection, schema, f"{text}, {members}}}")
    return row


@pytest.mark.parametrize(
    ("key", "written", "value"),
    [
        ("year", "1981", 1981),
        ("year", "1981.0", 1981),
        ("year", "1e3", 1000),
        ("year", "1.981E+3", 1981),
        ("year", "-0.0", 0),
        ("year", "2147483647", 2**31 - 1),
        ("year", "-2147483648.0", -(2**31)),
        ("year", "null", None),
        ("duration", "248", 248.0),
        ("duration", "-0.25", -0.25),
        ("duration", "1e-7", 1e-7),
        ("duration", "1" + "0" * 29, 1e29),
        ("duration", "1.7976931348623157e308", 1.7976931348623157e308),
        ("duration", "null", None),
    ],
)
def test_a_number_may_be_written_in_any_way(
    key: str, written: str, value: float | None, connection: duckdb.DuckDBPyConnection
) -> None:
    row = validate_with(connection, SONGS, f'"{key}": {written}')
    assert (row[key], row["reason"]) == (value, None)


@pytest.mark.parametrize(
    "written",
    [
        *("1981.5", "1e-3", "2147483648", "-2147483649", "2147483648.0", "1e10"),
        *("99999999999999999999999", "1e400", "true", '"1981"', '""', "[1981]", "{}"),
    ],
)
def test_a_value_that_is_no_whole_number_in_range_is_refused(
    written: str, connection: duckdb.DuckDBPyConnection
) -> None:
    row = validate_with(connection, SONGS, f'"year": {written}')
    assert (row["year"], row["reason"]) == (None, "year is not a whole number")


def test_the_largest_whole_number_is_kept_and_a_larger_one_refused(
    connection: duckdb.DuckDBPyConnection,
) -> None:
    last = validate_one(connection, EVENTS, sessionId=2**63 - 1)
    assert (last["session_id"], last["reason"]) == (2**63 - 1, None)
    for beyond in (2**63, 2.0**63, 10**30):
        row = validate_one(connection, EVENTS, sessionId=beyond)
        assert row["reason"] == "sessionId is not a whole number"


@pytest.mark.parametrize(
    "written", ["1e400", "-1e400", "9" * 400, "true", "false", '"248.5"', "[248.5]"]
)
def test_a_value_that_is_no_finite_number_is_refused(
    written: str, connection: duckdb.DuckDBPyConnection
) -> None:
    row = validate_with(connection, SONGS, f'"duration": {written}')
    assert (row["duration"], row["reason"]) == (None, "duration is not a number")


@pytest.mark.parametrize("written", ["true", "false", "[]", '["a"]', "{}", '{"a":1}'])
def test_a_text_column_takes_only_text_or_a_number(
    written: str, connection: duckdb.DuckDBPyConnection
) -> None:
    assert validate_one(connection, EVENTS, userId=26)["user_id"] == "26"
    row = validate_with(connection, EVENTS, f'"level": {written}')
    assert row["reason"] == "level is not text"


@pytest.mark.parametrize(("schema", "column"), TEXTS, ids=name_of)
def test_a_text_may_fill_its_column_to_the_byte(
    schema: RecordSchema, column: Column, connection: duckdb.DuckDBPyConnection
) -> None:
    longest = "é" * (column.bytes // 2)
    assert len(longest.encode()) == column.bytes
    fitting, too_long = validate_raw(
        connection,
        schema,
        *(
            json.dumps(RECORDS[schema] | {column.key: text})
            for text in (longest, longest + "x")
        ),
    )
    assert (fitting[column.name], fitting["reason"]) == (longest, None)
    assert too_long["reason"] == f"{column.key} is over {column.bytes} bytes"


@pytest.mark.parametrize(
    ("ts", "is_staged"),
    [
        (START_OF_2000 - 1, False),
        (START_OF_2000, True),
        (START_OF_2100 - 1, True),
        (START_OF_2100, False),
        (0, False),
        (-1541105830796, False),
        (1541105830, False),  # in seconds
    ],
)
def test_a_timestamp_is_validated_to_the_millisecond(
    ts: int, is_staged: bool, connection: duckdb.DuckDBPyConnection
) -> None:
    row = validate_one(connection, EVENTS, ts=ts)
    expected = None if is_staged else "ts is before 2000 or after 2100"
    assert (row["ts"], row["reason"]) == (ts, expected)


@pytest.mark.parametrize("key", ["sessionId", "itemInSession"])
def test_counters_begin_at_zero(
    key: str, connection: duckdb.DuckDBPyConnection
) -> None:
    assert validate_one(connection, EVENTS, **{key: 0})["reason"] is None
    assert (
        validate_one(connection, EVENTS, **{key: -1})["reason"] == f"{key} is negative"
    )


@pytest.mark.parametrize("key", ["song", "artist"])
@pytest.mark.parametrize("empty", ["", None])
def test_only_a_play_by_a_user_needs_its_song_and_artist(
    key: str, empty: str | None, connection: duckdb.DuckDBPyConnection
) -> None:
    article = "an" if key == "artist" else "a"
    play = validate_one(connection, EVENTS, **PLAY | {key: empty})
    assert play["reason"] == f"a play without {article} {key}"
    for others in ({"userId": ""}, {"userId": None}, {"page": "Home"}):
        row = validate_one(connection, EVENTS, **PLAY | {key: empty} | others)
        assert row["reason"] is None


@pytest.mark.parametrize("level", ["", None, "trial", "Paid"])
def test_a_play_is_free_or_paid(
    level: str | None, connection: duckdb.DuckDBPyConnection
) -> None:
    play = validate_one(connection, EVENTS, **PLAY | {"level": level})
    assert play["reason"] == "a play that is neither free nor paid"
    other = validate_one(connection, EVENTS, **PLAY | {"level": level, "page": "Home"})
    assert other["reason"] is None


def test_a_missing_user_becomes_an_empty_text(
    connection: duckdb.DuckDBPyConnection,
) -> None:
    without = {key: value for key, value in EVENT.items() if key != "userId"}
    (missing,) = validate_raw(connection, EVENTS, json.dumps(without))
    null = validate_one(connection, EVENTS, userId=None)
    empty = validate_one(connection, EVENTS, userId="")
    assert [row["user_id"] for row in (missing, null, empty)] == ["", "", ""]


def test_the_first_value_of_a_repeated_key_is_validated_and_kept(
    connection: duckdb.DuckDBPyConnection,
) -> None:
    good_first = validate_with(connection, SONGS, '"year": 1981, "year": "x"')
    assert (good_first["year"], good_first["reason"]) == (1981, None)
    bad_first = validate_with(connection, SONGS, '"year": "x", "year": 1981')
    assert bad_first["reason"] == "year is not a whole number"


def test_unknown_keys_are_listed(
    connection: duckdb.DuckDBPyConnection,
) -> None:
    known = validate_with(connection, EVENTS, r'"le\u0076el": "paid", "method": null')
    assert (known["level"], known["extra_keys"]) == ("paid", None)
    row = validate_with(
        connection, EVENTS, '"Level": "x", "first_name": 1, "": {"ts": 1}'
    )
    assert (row["level"], sorted(row["extra_keys"])) == (
        None,
        ["", "Level", "first_name"],
    )
    bad = validate_with(connection, EVENTS, '"device": "phone", "level": []')
    assert (bad["reason"], bad["extra_keys"]) == ("level is not text", None)


def test_the_reason_is_the_first_in_the_order_of_the_columns(
    connection: duckdb.DuckDBPyConnection,
) -> None:
    two_wrong = validate_one(connection, EVENTS, ts="x", itemInSession=-1, level=[])
    assert two_wrong["reason"] == "itemInSession is negative"
    (row,) = validate_raw(connection, EVENTS, '{"ts":', is_utf8=False)
    assert row["reason"] == "not UTF-8"


def test_the_raw_text_of_a_refused_line_fits_the_quarantine(
    connection: duckdb.DuckDBPyConnection,
) -> None:
    staged, ended, nul, long = validate_raw(
        connection, SONGS, json.dumps(SONG), "[1]\r\n", "[\0]", "歌" * 20_000
    )
    assert staged["raw"] is None
    assert ended["raw"] == "[1]"
    assert nul["raw"] == r"[\x00]"
    assert long["raw"] == "歌" * LONGEST_RAW
