"""A reason names the value or the near miss, in few characters.

Each case is validated on the fast path and on the slow one, which must agree.
"""

import json

import pytest

from sparkify.ingest.record_schema import EVENTS, SONGS
from sparkify.ingest.verdict import shorten
from tests.support.judged import EVENT, SONG, judge, judge_values

LONGEST_REASON = 200


@pytest.mark.parametrize(
    ("missing", "given", "named"),
    [
        ("itemInSession", "item_in_session", "item_in_session"),
        ("itemInSession", "itemInSesion", "itemInSesion"),
        ("itemInSession", "ITEM-IN-SESSION", "ITEM-IN-SESSION"),
        ("sessionId", "session id", "session id"),
        ("sessionId", "session", "session"),
        ("page", "pages", "pages"),
    ],
)
def test_a_missing_key_names_the_near_miss(
    missing: str, given: str, named: str
) -> None:
    record = {given if key == missing else key: EVENT[key] for key in EVENT}
    (row,) = judge(EVENTS, json.dumps(record))
    assert row["rule"] == f"{missing} is missing"
    assert row["reason"] == f"{missing} is missing; there is {named}"


@pytest.mark.parametrize("other", ["x", "", "device", "itm", "ts_"])
def test_a_missing_key_names_no_far_one(other: str) -> None:
    record = {key: EVENT[key] for key in EVENT if key != "itemInSession"} | {other: 1}
    (row,) = judge(EVENTS, json.dumps(record))
    assert row["reason"] == "itemInSession is missing"


def test_a_record_of_the_other_kind_is_named() -> None:
    (row,) = judge(EVENTS, json.dumps(SONG))
    assert row["reason"] == (
        "itemInSession is missing; it looks like a record of song_data"
    )
    (row,) = judge(SONGS, json.dumps({**EVENT, "artist": "x"}))
    assert row["reason"] == "artist_id is missing; it looks like a record of log_data"


def test_a_broken_record_names_what_the_parser_says_and_where() -> None:
    (row,) = judge(EVENTS, '{"page": "Home" "ts": 1}')
    assert (row["rule"], row["reason"]) == (
        "broken JSON",
        "broken JSON: Expecting ',' delimiter after 16 characters",
    )


@pytest.mark.parametrize(
    ("content", "reason"),
    [
        ('{"a":"caf\\xe9"}', "0xe9 after 9 characters; it may be Latin-1"),
        ('{"a":"\\xff\\x80"}', "0xff after 6 characters"),
    ],
)
def test_a_byte_that_is_not_utf8_is_named(content: str, reason: str) -> None:
    (row,) = judge(EVENTS, content, is_utf8=False)
    assert row["reason"].startswith(f"not UTF-8: byte {reason}")
    assert ("Latin-1" in row["reason"]) == ("Latin-1" in reason)


def test_a_near_miss_of_5000_characters_is_shortened() -> None:
    key = "itemInSession" + "_" * 5000
    record = {k: EVENT[k] for k in EVENT if k != "itemInSession"} | {key: 1}
    (row,) = judge(EVENTS, json.dumps(record))
    assert row["reason"].startswith(
        "itemInSession is missing; there is itemInSession__"
    )
    assert len(row["reason"]) < LONGEST_REASON


@pytest.mark.parametrize(
    "value",
    [
        "x" * 5000,
        "歌" * 5000,
        ["x" * 5000],
        {"k" * 5000: "v" * 5000},
        [[0] * 500] * 50,
        "a\nb\tc\0d\u2028e",
    ],
)
def test_a_value_is_shown_on_one_line_and_shortened(value: object) -> None:
    row = judge_values(SONGS, year=value)
    assert row["rule"] == "year is not a whole number"
    assert row["reason"].startswith("year is not a whole number: ")
    assert len(row["reason"]) < LONGEST_REASON
    assert len(row["reason"].splitlines()) == 1
    assert "\0" not in row["reason"]


def test_a_value_is_shown_as_it_was_written() -> None:
    song = json.dumps(SONG)[:-1]
    values = {
        "1.50": "1.50",
        "1E+0400": "1E+0400",
        "true": "true",
        '["a", 1.0]': '["a", 1.0]',
        '{"a": {"b": [null]}}': '{"a": {"b": [null]}}',
        '"12a"': "'12a'",
    }
    rows = judge(SONGS, *(f'{song}, "year": {value}}}' for value in values))
    details = [row["reason"].removeprefix(f"{row['rule']}: ") for row in rows]
    assert details == list(values.values())


@pytest.mark.parametrize("depth", [900, 5_000, 100_000])
@pytest.mark.parametrize(("opening", "closing"), [("[", "]"), ('{"y":', "}")])
@pytest.mark.parametrize("key", ["other", "title"])
def test_json_nested_too_deeply_is_refused_by_name(
    opening: str, closing: str, depth: int, key: str
) -> None:
    value = f"{opening * depth}1{closing * depth}"
    record = json.dumps({name: SONG[name] for name in SONG if name != key})
    (row,) = judge(SONGS, f'{record[:-1]}, "{key}": {value}}}')
    rules = {"JSON nested too deeply"}
    if depth < 1_000:  # how deep Python reads depends on its version
        rules.add("title is not text")
    if key == "other" and depth < 1_000:
        rules.add("None")
    assert str(row["rule"]) in rules
    assert len(row["reason"] or "") < LONGEST_REASON


def test_deep_json_with_escapes_is_judged_at_every_depth() -> None:
    song = json.dumps(SONG)[:-1]
    for depth in range(960, 1000):
        text = "[" * depth + r'"\u0041"' + "]" * depth
        (row,) = judge(SONGS, f'{song}, "other": {text}}}')
        assert row["rule"] in (None, "JSON nested too deeply")


def test_control_characters_are_escaped_in_a_message() -> None:
    assert shorten("a\x1b[31m\nb\0") == r"a\x1b[31m b\x00"
    assert shorten("é歌") == "é歌"
    assert shorten("x" * 61) == "x" * 60 + "…"
