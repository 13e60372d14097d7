"""What a reader cannot misunderstand is repaired, and counted by its kind.

Each case is validated on the fast path and on the slow one, which must agree.
"""

import json
from itertools import combinations
from typing import Any

import pytest

from sparkify.ingest.record_schema import EVENTS, SONGS
from tests.support.judged import EVENT, PLAY, SONG, judge, judge_values, judge_with

KEY_TWICE = "a key given twice"
KEY_CASE = "a key in another case"
LAYOUT = "a layout of eventsim"
NOT_A_NUMBER = "NaN or Infinity for a missing number"
NUMBER_AS_TEXT = "a number written as text"
WHOLE_AS_FRACTION = "a whole number written with a fraction"
BLANKS = "blanks around a text"
LEVEL_CASE = "a level in another case"
ENCODING = "text encoded twice"
PAGE_CASE = "the page of a play in another case"
ENVELOPE = "a record inside another object"


@pytest.mark.parametrize(
    ("written", "user", "repairs"),
    [
        ("7", "7", None),
        ('"7"', "7", None),
        ("7.0", "7", [WHOLE_AS_FRACTION]),
        ('"7.0"', "7", [WHOLE_AS_FRACTION]),
        ("7.00", "7", [WHOLE_AS_FRACTION]),
        ("-7.0", "-7", [WHOLE_AS_FRACTION]),
        ('" 7"', "7", [BLANKS]),
        (r'"\t7\t"', "7", [BLANKS]),
        ('"7.0 "', "7", [BLANKS, WHOLE_AS_FRACTION]),
        ("1.2345678E7", "12345678", [WHOLE_AS_FRACTION]),  # as Java writes a double
        ("70e-1", "7", [WHOLE_AS_FRACTION]),
        (r'"7\r\n"', "7", [BLANKS]),
        ('"\u00a07"', "7", [BLANKS]),
        ('"\u00a0"', "", [BLANKS]),
        ("7.5", "7.5", None),
        ('"07"', "07", None),
        ('"a.0"', "a.0", None),
        ('"1.0.0"', "1.0.0", None),
        ('"७.0"', "७.0", None),  # no digits that a program writes
        ('""', "", None),
        ('"  "', "", [BLANKS]),
        ("null", "", None),
        ("NaN", "", [NOT_A_NUMBER]),
    ],
)
def test_a_user_is_one_however_the_number_is_written(
    written: str, user: str, repairs: list[str] | None
) -> None:
    text = json.dumps({key: value for key, value in EVENT.items() if key != "userId"})
    (row,) = judge(EVENTS, f'{text[:-1]}, "userId": {written}}}')
    assert (row["user_id"], row["reason"], row["repairs"]) == (user, None, repairs)


@pytest.mark.parametrize(
    ("written", "year", "repairs"),
    [
        ("1981", 1981, None),
        ("1981.0", 1981, [WHOLE_AS_FRACTION]),
        ("1.981e3", 1981, [WHOLE_AS_FRACTION]),
        ('"1981"', 1981, [NUMBER_AS_TEXT]),
        ('" 1981 "', 1981, [NUMBER_AS_TEXT]),
        ('"1981.0"', 1981, [NUMBER_AS_TEXT, WHOLE_AS_FRACTION]),
        ('"-5"', -5, [NUMBER_AS_TEXT]),
        ('""', None, [NUMBER_AS_TEXT]),
        ('"  "', None, [NUMBER_AS_TEXT]),
        *((word, None, [NOT_A_NUMBER]) for word in ("NaN", "Infinity", "-Infinity")),
        *((f'"{word}"', None, [NOT_A_NUMBER]) for word in ("NaN", "nan", "-inf")),
    ],
)
def test_a_whole_number_may_be_written_in_another_way(
    written: str, year: int | None, repairs: list[str] | None
) -> None:
    row = judge_with(SONGS, f'"year": {written}')
    assert (row["year"], row["reason"], row["repairs"]) == (year, None, repairs)


@pytest.mark.parametrize(
    ("written", "duration", "repairs"),
    [
        ("248", 248.0, None),
        ("248.0", 248.0, None),
        ('"248.5"', 248.5, [NUMBER_AS_TEXT]),
        ('"1e2"', 100.0, [NUMBER_AS_TEXT]),
        ("NaN", None, [NOT_A_NUMBER]),
        ('"Infinity"', None, [NOT_A_NUMBER]),
        ('""', None, [NUMBER_AS_TEXT]),
    ],
)
def test_a_number_may_be_written_in_another_way(
    written: str, duration: float | None, repairs: list[str] | None
) -> None:
    row = judge_with(SONGS, f'"duration": {written}')
    found = (row["duration"], row["reason"], row["repairs"])
    assert found == (duration, None, repairs)


def test_a_required_number_that_is_not_there_is_missing_in_any_writing() -> None:
    for value in ("", " ", float("nan"), "NaN", None):
        assert judge_values(EVENTS, ts=value)["reason"] == "ts is missing"


def test_a_text_that_is_nan_is_missing() -> None:
    row = judge_with(SONGS, '"artist_location": NaN')
    assert (row["artist_location"], row["repairs"]) == (None, [NOT_A_NUMBER])
    named = judge_values(SONGS, title="NaN", artist_name="Infinity")
    assert (named["title"], named["repairs"]) == ("NaN", None)


def test_nan_for_an_unknown_key_is_a_value() -> None:
    row = judge_with(SONGS, '"other": [NaN, {"y": -Infinity}]')
    assert (row["reason"], row["extra_keys"]) == (None, ["other"])


def test_the_last_value_of_a_key_given_twice_counts() -> None:
    bad_first = judge_with(SONGS, '"year": "x", "year": 1981')
    assert (bad_first["year"], bad_first["repairs"]) == (1981, [KEY_TWICE])
    bad_last = judge_with(SONGS, '"year": 1981, "year": "x"')
    assert bad_last["reason"] == "year is not a whole number: 'x'"
    unknown = judge_with(SONGS, '"other": 1, "other": null')
    assert (unknown["extra_keys"], unknown["repairs"]) == (None, [KEY_TWICE])
    inner = judge_with(SONGS, '"other": {"x": 1, "x": 2}')
    assert (inner["extra_keys"], inner["repairs"]) == (["other"], [KEY_TWICE])
    escaped = judge_with(SONGS, r'"year": 1, "ye\u0061r": 2')
    assert (escaped["year"], escaped["repairs"]) == (2, [KEY_TWICE])


@pytest.mark.parametrize("change", [str.lower, str.upper, str.swapcase])
def test_keys_may_be_in_another_case(change: Any) -> None:
    (row,) = judge(EVENTS, json.dumps({change(k): v for k, v in EVENT.items()}))
    assert (row["session_id"], row["item_in_session"], row["user_id"]) == (38, 0, "26")
    assert (row["reason"], row["repairs"]) == (None, [KEY_CASE])


def test_a_key_in_its_own_case_comes_before_one_in_another() -> None:
    for members in ('"TITLE": "Other"', '"TITLE": null', '"Title": {}'):
        row = judge_with(SONGS, members)
        assert row["title"] == SONG["title"]
        assert (row["reason"], row["repairs"]) == (None, None)


@pytest.mark.parametrize(
    ("text", "kept"),
    [("Queen  ", "Queen"), (" Queen", " Queen"), ("Queen\t", "Queen\t"), ("  ", "")],
)
def test_trailing_blanks_are_removed(text: str, kept: str) -> None:
    row = judge_values(EVENTS, artist=text, userAgent=text)
    assert (row["artist"], row["user_agent"], row["reason"]) == (kept, kept, None)
    assert row["repairs"] == ([BLANKS] if kept != text else None)


@pytest.mark.parametrize("written", ["  x", "x\t", "\u00a0x\n"])
def test_blanks_around_a_code_are_removed(written: str) -> None:
    event = judge_values(EVENTS, **dict.fromkeys(("auth", "page", "userId"), written))
    assert (event["auth"], event["page"], event["user_id"]) == ("x", "x", "x")
    song = judge_values(SONGS, song_id=written, artist_id=written)
    assert (song["song_id"], song["artist_id"]) == ("x", "x")
    assert event["repairs"] == song["repairs"] == [BLANKS]


@pytest.mark.parametrize(
    ("written", "page", "repairs"),
    [
        ("NextSong", "NextSong", None),
        ("nextsong", "NextSong", [PAGE_CASE]),
        ("Next Song", "NextSong", [PAGE_CASE]),
        (" NextSong", "NextSong", [BLANKS]),
        ("NextSongs", "NextSongs", None),
    ],
)
def test_the_page_of_a_play_is_known_in_any_case(
    written: str, page: str, repairs: list[str] | None
) -> None:
    row = judge_values(EVENTS, page=written, level="paid")
    assert (row["page"], row["repairs"], row["reason"]) == (page, repairs, None)
    refused = judge_values(EVENTS, page=written)
    assert (refused["reason"] is None) == (page != "NextSong")


def test_a_record_inside_another_object_is_read() -> None:
    outer: dict[str, Any] = {"_id": "1", "_source": EVENT, "level": "INFO", "@t": None}
    (row,) = judge(EVENTS, json.dumps(outer))
    (plain,) = judge(EVENTS, json.dumps(EVENT))
    assert row["repairs"] == [ENVELOPE]
    assert row["extra_keys"] == ["_id"]
    assert [row[name] for name in EVENTS.column_names] == [
        plain[name] for name in EVENTS.column_names
    ]
    inner = {key: value for key, value in EVENT.items() if key != "userId"}
    track = {"type": "track", "userId": "7", "level": " PAID", "properties": inner}
    (row,) = judge(EVENTS, json.dumps(track))
    assert (row["user_id"], row["level"], row["extra_keys"]) == ("7", "paid", ["type"])
    (deep,) = judge(EVENTS, json.dumps({"a": {"b": {"c": EVENT}}}))
    assert (deep["user_id"], deep["extra_keys"]) == (EVENT["userId"], None)
    for outer in ({"ts": 1, "e": EVENT}, {"e": EVENT, "f": EVENT}, {"e": [EVENT]}):
        (row,) = judge(EVENTS, json.dumps(outer))
        assert row["rule"] == "itemInSession is missing"


@pytest.mark.parametrize(
    ("written", "level", "repairs"),
    [
        ("paid", "paid", None),
        ("PAID", "paid", [LEVEL_CASE]),
        ("Free", "free", [LEVEL_CASE]),
        (" free\t", "free", [BLANKS]),
        (" Paid ", "paid", [BLANKS, LEVEL_CASE]),
    ],
)
def test_a_level_is_one_in_any_case(
    written: str, level: str, repairs: list[str] | None
) -> None:
    row = judge_values(EVENTS, **PLAY | {"level": written})
    assert (row["level"], row["reason"], row["repairs"]) == (level, None, repairs)


@pytest.mark.parametrize(
    "written",
    ['"BjÃ¶rk"', r'"Bj\u00c3\u00b6rk"', r'"Bj\303\266rk"', r'"Bj\\303\\266rk"'],
)
@pytest.mark.parametrize("more", ["", '"other": "é"', r'"other": "\\303"'])
def test_text_encoded_twice_or_in_octal_is_repaired(written: str, more: str) -> None:
    members = f'"artist_location": {written}' + (f", {more}" if more else "")
    row = judge_with(SONGS, members)
    found = (row["artist_location"], row["reason"], row["repairs"])
    assert found == ("Björk", None, [ENCODING])


@pytest.mark.parametrize(
    "text", [r"a\777b", r"a\303", r"\8", r"C:\100", r"C:\123\040", "a\\b", r"\101\000"]
)
def test_a_backslash_that_is_no_octal_text_stays(text: str) -> None:
    row = judge_values(SONGS, title=text)
    assert (row["title"], row["reason"], row["repairs"]) == (text, None, None)


def test_an_escape_that_json_lacks_is_read_only_if_it_is_octal() -> None:
    row = judge_with(SONGS, r'"artist_location": "C:\100"')
    assert (row["artist_location"], row["reason"]) == (r"C:\100", None)
    for escape in (r"\x41", r"\8", r"\12", r"\400", r"\'"):
        row = judge_with(SONGS, f'"artist_location": "a{escape}b"')
        assert row["rule"] == "broken JSON"


FAULTS: dict[str, dict[str, object]] = {
    NUMBER_AS_TEXT: {"sessionId": "38"},
    NOT_A_NUMBER: {"length": float("nan")},
    WHOLE_AS_FRACTION: {"itemInSession": 0.0},
    BLANKS: {"auth": "Logged In "},
    LEVEL_CASE: {"level": "FREE"},
    ENCODING: {"song": "BjÃ¶rk"},
    KEY_CASE: {"METHOD": "PUT"},
}


@pytest.mark.parametrize("kinds", [*combinations(FAULTS, 2)])
def test_a_record_counts_each_kind_of_repair_once(kinds: tuple[str, str]) -> None:
    values = {key: value for kind in kinds for key, value in FAULTS[kind].items()}
    row = judge_values(EVENTS, **values)
    assert (row["reason"], sorted(row["repairs"])) == (None, sorted(kinds))
    again = judge_values(EVENTS, **values, gender="F ", firstName="BjÃ¶rk")
    assert sorted(again["repairs"]) == sorted({*kinds, BLANKS, ENCODING})
