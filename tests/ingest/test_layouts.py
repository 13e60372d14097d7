"""The other topics of eventsim, whose records have another layout."""

import json

import pytest

from sparkify.ingest.record_schema import EVENTS
from tests.support.judged import judge, judge_values

LAYOUT = "a layout of eventsim"

LISTEN = {
    "artist": "Queen",
    "song": "Under Pressure",
    "duration": 248.5,
    "ts": 1541105830796,
    "sessionId": 38,
    "itemInSession": 3,
    "userId": 26,
    "level": "paid",
    "city": "San Jose",
    "state": "CA",
    "zip": "95101",
    "lon": -121.9,
    "lat": 37.3,
}


def test_an_event_of_listen_events_is_a_play() -> None:
    (row,) = judge(EVENTS, json.dumps(LISTEN))
    assert (row["page"], row["length"], row["location"]) == (
        "NextSong",
        248.5,
        "San Jose, CA",
    )
    assert (row["reason"], row["repairs"]) == (None, [LAYOUT])
    assert row["extra_keys"] == ["lat", "lon", "zip"]


def test_an_event_of_listen_events_may_lack_its_duration() -> None:
    play = {key: value for key, value in LISTEN.items() if key != "duration"}
    (row,) = judge(EVENTS, json.dumps(play))
    assert (row["page"], row["length"]) == ("NextSong", None)
    assert (row["reason"], row["repairs"]) == (None, [LAYOUT])


@pytest.mark.parametrize("key", ["length", "method", "status"])
def test_an_event_that_lost_its_page_is_no_event_of_listen_events(key: str) -> None:
    play = {name: value for name, value in LISTEN.items() if name != "duration"}
    (row,) = judge(EVENTS, json.dumps(play | {key: 200}))
    assert row["rule"] == "page is missing"


def test_an_event_of_page_view_events_keeps_its_page() -> None:
    view = LISTEN | {"page": "Home", "song": None, "artist": None, "duration": None}
    (row,) = judge(EVENTS, json.dumps(view))
    assert (row["page"], row["length"]) == ("Home", None)
    assert (row["location"], row["repairs"]) == ("San Jose, CA", [LAYOUT])


def test_an_event_of_another_topic_is_no_play() -> None:
    (auth,) = judge(
        EVENTS,
        json.dumps({k: v for k, v in LISTEN.items() if k not in ("song", "duration")}),
    )
    assert auth["rule"] == "page is missing"
    (unsung,) = judge(EVENTS, json.dumps(LISTEN | {"song": None}))
    assert unsung["rule"] == "page is missing"


def test_a_location_is_not_replaced_by_a_city() -> None:
    row = judge_values(EVENTS, location="Here", city="There", state="CA")
    assert (row["location"], row["extra_keys"]) == ("Here", ["city", "state"])
