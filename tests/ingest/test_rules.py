"""Each record is judged by its own content, exactly at the borders of the rules.

Each case is validated on the fast path and on the slow one, which must agree.
"""

import json
from datetime import UTC, datetime

import pytest

from sparkify.ingest.record_schema import (
    EVENTS,
    RECORD_SCHEMAS,
    SONGS,
    Column,
    RecordSchema,
    Type,
)
from tests.support.judged import (
    EVENT,
    GOOD,
    PLAY,
    SONG,
    judge,
    judge_values,
    judge_with,
)

START_OF_2000 = int(datetime(2000, 1, 1, tzinfo=UTC).timestamp()) * 1000
START_OF_2100 = int(datetime(2100, 1, 1, tzinfo=UTC).timestamp()) * 1000
LONGEST_RAW = 65_535 // 4  # characters, of up to four bytes each

TEXTS = [
    (schema, c)
    for schema in RECORD_SCHEMAS
    for c in schema.columns
    if c.type is Type.TEXT
]


def name_of(value: object) -> str | None:
    return value.name if isinstance(value, RecordSchema | Column) else None


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
    key: str, written: str, value: float | None
) -> None:
    row = judge_with(SONGS, f'"{key}": {written}')
    assert (row[key], row["reason"]) == (value, None)


@pytest.mark.parametrize(
    "written",
    [
        *("1981.5", "1e-3", "2147483648", "-2147483649", "2147483648.0", "1e10"),
        *("99999999999999999999999", "1e400", "true", "[1981]", "{}", "[]"),
        *("1e99999999999999999999", "1e-99999999999999999999", "1e999999999"),
    ],
)
def test_a_value_that_is_no_whole_number_in_range_is_refused(written: str) -> None:
    row = judge_with(SONGS, f'"year": {written}')
    assert (row["year"], row["rule"]) == (None, "year is not a whole number")
    assert row["reason"] == f"year is not a whole number: {written}"


@pytest.mark.parametrize(
    "text", ["x", "1981.5", "2147483648", "19 81", "1_981", "0x7", "++7", "٧", "+"]
)
def test_a_text_that_is_no_whole_number_is_refused(text: str) -> None:
    row = judge_values(SONGS, year=text)
    assert row["reason"] == f"year is not a whole number: '{text}'"


@pytest.mark.parametrize(
    ("text", "year"),
    [("01981", 1981), ("+1981", 1981), ("-07", -7), ("000", 0), ("+1981.0", 1981)],
)
def test_a_text_may_write_a_number_in_ways_that_json_does_not(
    text: str, year: int
) -> None:
    row = judge_values(SONGS, year=text)
    assert (row["year"], row["reason"]) == (year, None)
    assert row["repairs"][0] == "a number written as text"


def test_the_largest_whole_number_is_kept_and_a_larger_one_refused() -> None:
    last = judge_values(EVENTS, sessionId=2**63 - 1)
    assert (last["session_id"], last["reason"]) == (2**63 - 1, None)
    for beyond in (2**63, 2.0**63, 10**30):
        row = judge_values(EVENTS, sessionId=beyond)
        written = json.dumps(beyond)
        assert row["reason"] == f"sessionId is not a whole number: {written}"


@pytest.mark.parametrize(
    "written",
    ["1e400", "-1e400", "1e99999999999999999999", "true", "false", "'x'", "[248.5]"],
)
def test_a_value_that_is_no_finite_number_is_refused(written: str) -> None:
    value = written.replace("'", '"')
    row = judge_with(SONGS, f'"duration": {value}')
    assert (row["duration"], row["rule"]) == (None, "duration is not a number")
    assert row["reason"] == f"duration is not a number: {written}"


def test_a_number_of_many_digits_is_shortened_in_the_reason() -> None:
    row = judge_with(SONGS, f'"duration": {"9" * 400}')
    assert row["reason"] == f"duration is not a number: {'9' * 60}…"


@pytest.mark.parametrize("written", ["true", "false", "[]", '["a"]', "{}", '{"a":1}'])
def test_a_text_column_takes_only_text_or_a_number(written: str) -> None:
    assert judge_values(EVENTS, userId=26)["user_id"] == "26"
    row = judge_with(EVENTS, f'"level": {written}')
    assert row["rule"] == "level is not text"
    assert row["reason"] == f"level is not text: {json.dumps(json.loads(written))}"


@pytest.mark.parametrize(("schema", "column"), TEXTS, ids=name_of)
def test_a_text_may_fill_its_column_to_the_byte(
    schema: RecordSchema, column: Column
) -> None:
    longest = "é" * (column.bytes // 2)
    assert len(longest.encode()) == column.bytes
    fitting, too_long = judge(
        schema,
        *(
            json.dumps(GOOD[schema] | {column.key: text})
            for text in (longest, longest + "x")
        ),
    )
    assert (fitting[column.name], fitting["reason"]) == (longest, None)
    assert too_long["rule"] == f"{column.key} is over {column.bytes} bytes"
    shown = longest if len(longest) <= 60 else longest[:60] + "…"
    assert too_long["reason"].startswith(f"{too_long['rule']}: '{shown}")


@pytest.mark.parametrize(
    ("ts", "is_staged"),
    [
        (START_OF_2000 - 1, False),
        (START_OF_2000, True),
        (START_OF_2100 - 1, True),
        (START_OF_2100, False),
        (0, False),
        (-1541105830796, False),
    ],
)
def test_a_timestamp_is_validated_to_the_millisecond(ts: int, is_staged: bool) -> None:
    row = judge_values(EVENTS, ts=ts)
    refused = (None, f"ts is before 2000 or after 2100: {ts}")
    assert (row["ts"], row["reason"]) == ((ts, None) if is_staged else refused)


@pytest.mark.parametrize(
    ("ts", "unit"),
    [
        (1541105830, "seconds"),
        (1541105830796123, "microseconds"),
        (1541105830796123456, "nanoseconds"),
    ],
)
def test_a_timestamp_in_another_unit_is_refused_with_it(ts: int, unit: str) -> None:
    row = judge_values(EVENTS, ts=ts)
    assert row["reason"] == (
        f"ts is before 2000 or after 2100: {ts}; it may be in {unit}, but ts is in "
        "milliseconds"
    )


@pytest.mark.parametrize("key", ["sessionId", "itemInSession"])
def test_counters_begin_at_zero(key: str) -> None:
    assert judge_values(EVENTS, **{key: 0})["reason"] is None
    row = judge_values(EVENTS, **{key: -1})
    assert (row["rule"], row["reason"]) == (
        f"{key} is negative",
        f"{key} is negative: -1",
    )


@pytest.mark.parametrize("key", ["song", "artist"])
@pytest.mark.parametrize("empty", ["", None, "  "])
def test_only_a_play_by_a_user_needs_its_song_and_artist(
    key: str, empty: str | None
) -> None:
    article = "an" if key == "artist" else "a"
    play = judge_values(EVENTS, **PLAY | {key: empty})
    assert play["reason"] == f"a play without {article} {key}"
    for others in ({"userId": ""}, {"userId": " "}, {"userId": None}, {"page": "Home"}):
        row = judge_values(EVENTS, **PLAY | {key: empty} | others)
        assert row["reason"] is None


@pytest.mark.parametrize("level", ["", None, "trial", "pa id", " "])
def test_a_play_is_free_or_paid(level: str | None) -> None:
    play = judge_values(EVENTS, **PLAY | {"level": level})
    rule = "a play that is neither free nor paid"
    detail = "" if level is None else f": '{level.strip()}'"
    assert (play["rule"], play["reason"]) == (rule, rule + detail)
    other = judge_values(EVENTS, **PLAY | {"level": level, "page": "Home"})
    assert other["reason"] is None


def test_a_missing_user_becomes_an_empty_text() -> None:
    without = {key: value for key, value in EVENT.items() if key != "userId"}
    (missing,) = judge(EVENTS, json.dumps(without))
    null = judge_values(EVENTS, userId=None)
    empty = judge_values(EVENTS, userId="")
    assert [row["user_id"] for row in (missing, null, empty)] == ["", "", ""]


@pytest.mark.parametrize(
    ("schema", "column"),
    [(s, c) for s in RECORD_SCHEMAS for c in s.columns if c.is_required],
    ids=name_of,
)
def test_a_required_value_may_not_be_missing_null_or_empty(
    schema: RecordSchema, column: Column
) -> None:
    without = {key: value for key, value in GOOD[schema].items() if key != column.key}
    (missing,) = judge(schema, json.dumps(without))
    null = judge_values(schema, **{column.key: None})
    empty = [judge_values(schema, **{column.key: text}) for text in ("", "  ")]
    fault = "empty" if column.type is Type.TEXT else "missing"
    rules = [row["rule"] for row in (missing, null, *empty)]
    assert rules == [
        f"{column.key} is {word}" for word in ("missing",) * 2 + (fault,) * 2
    ]


@pytest.mark.parametrize("written", ['"a\\u0000b"', '"é\\u0000"', '"aÀ\x80b"'])
def test_a_text_with_nul_is_refused_even_if_a_repair_brings_it(written: str) -> None:
    row = judge_with(SONGS, f'"artist_location": {written}')
    assert row["rule"] == "artist_location holds a NUL character"


def test_a_text_that_its_repair_makes_too_long_is_refused() -> None:
    control = "\x85"  # two bytes of UTF-8, which stand for the three of an ellipsis
    fitting, too_long = (
        judge_values(SONGS, title=control * count) for count in (341, 512)
    )
    assert (fitting["title"], fitting["reason"]) == ("…" * 341, None)
    assert too_long["rule"] == "title is over 1024 bytes"


def test_unknown_keys_are_listed() -> None:
    known = judge_with(EVENTS, r'"le\u0076el": "paid", "method": null')
    assert (known["level"], known["extra_keys"]) == ("paid", None)
    row = judge_with(EVENTS, '"other": "x", "first_name": 1, "": {"ts": 1}')
    assert row["extra_keys"] == ["", "first_name", "other"]
    bad = judge_with(EVENTS, '"device": "phone", "level": []')
    assert (bad["rule"], bad["extra_keys"]) == ("level is not text", None)


def test_the_reason_is_the_first_in_the_order_of_the_columns() -> None:
    two_wrong = judge_values(EVENTS, ts="x", itemInSession=-1, level=[])
    assert two_wrong["rule"] == "itemInSession is negative"
    (row,) = judge(EVENTS, '{"ts":', is_utf8=False)
    assert (row["rule"], row["reason"]) == ("not UTF-8", "not UTF-8")


def test_the_raw_text_of_a_refused_line_fits_the_quarantine() -> None:
    staged, ended, nul, long = judge(
        SONGS, json.dumps(SONG), "[1]\r\n", "[\0]", "歌" * 20_000
    )
    assert staged["raw"] is None
    assert ended["raw"] == "[1]"
    assert nul["raw"] == r"[\x00]"
    assert long["raw"] == "歌" * LONGEST_RAW
