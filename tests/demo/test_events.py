"""The events of the demo data are like those of a real service."""

import json
from collections import Counter, defaultdict
from itertools import pairwise
from pathlib import Path

import ftfy

from tests.support.demo import Record, contents, share, timestamp

EVENT_TYPES: dict[str, set[type]] = {
    "artist": {str, type(None)},
    "auth": {str},
    "firstName": {str, type(None)},
    "gender": {str, type(None)},
    "itemInSession": {int},
    "lastName": {str, type(None)},
    "length": {float, type(None)},
    "level": {str},
    "location": {str, type(None)},
    "method": {str},
    "page": {str},
    "registration": {float, type(None)},
    "sessionId": {int},
    "song": {str, type(None)},
    "status": {int},
    "ts": {int},
    "userAgent": {str, type(None)},
    "userId": {str},
}


def test_events_have_the_keys_and_types_of_the_real_ones(events: list[Record]) -> None:
    for event in events:
        assert list(event) == list(EVENT_TYPES)
        assert all(type(event[key]) in EVENT_TYPES[key] for key in EVENT_TYPES)


def test_each_day_of_the_period_has_its_own_events(folder: Path) -> None:
    logs = sorted(folder.glob("log_data/*/*/*.json"))
    assert len(logs) == 91
    for log in logs:
        text = log.read_text(encoding="utf-8")
        times = [timestamp(json.loads(line)) for line in text.split("\n")]
        assert {f"{time:%Y-%m-%d}-events.json" for time in times} == {log.name}
        assert log.parent.parts[-2:] == (f"{times[0]:%Y}", f"{times[0]:%m}")
        assert times == sorted(times)


def test_no_log_file_ends_in_a_newline(folder: Path) -> None:
    for log in folder.glob("log_data/*/*/*.json"):
        assert log.read_bytes().endswith(b"}")


def test_user_session_and_item_identify_an_event(events: list[Record]) -> None:
    keys = {(e["userId"], e["sessionId"], e["itemInSession"]) for e in events}
    assert len(keys) == len(events)


def test_items_count_up_through_each_session(sessions: list[list[Record]]) -> None:
    for session in sessions:
        assert [e["itemInSession"] for e in session] == list(range(len(session)))


def test_a_song_plays_to_its_end_before_the_next(sessions: list[list[Record]]) -> None:
    for session in sessions:
        played = [event for event in session if event["page"] == "NextSong"]
        for this, following in pairwise(played):
            pages = session[this["itemInSession"] : following["itemInSession"]]
            if all(event["page"] != "Logout" for event in pages):
                gap = (following["ts"] - this["ts"]) // 1000
                assert gap >= int(this["length"])
                assert len(pages) > 1 or gap == int(this["length"])


def test_no_user_has_two_sessions_at_a_time(sessions: list[list[Record]]) -> None:
    spans = defaultdict(list)
    for session in sessions:
        for user in {event["userId"] for event in session} - {""}:
            spans[user].append((session[0]["ts"], session[-1]["ts"]))
    for user_spans in spans.values():
        user_spans.sort()
        for (_, end), (begin, _) in pairwise(user_spans):
            assert end < begin


def test_no_user_listens_before_registering(events: list[Record]) -> None:
    assert all(e["ts"] > e["registration"] for e in events if e["userId"])


def test_logged_out_events_tell_nothing_about_the_visitor(events: list[Record]) -> None:
    private = ("firstName", "gender", "lastName", "location", "registration")
    logged_out = [event for event in events if event["auth"] == "Logged Out"]
    assert {event["page"] for event in logged_out} >= {"Home", "Login"}
    for event in logged_out:
        assert event["userId"] == ""
        assert all(event[key] is None for key in (*private, "userAgent", "song"))
    assert all(event["userId"] for event in events if event["auth"] == "Logged In")


def test_most_events_are_plays_and_most_plays_are_paid(
    events: list[Record], plays: list[Record]
) -> None:
    assert 0.8 < len(plays) / len(events) < 0.9
    assert 0.6 < share([play["level"] == "paid" for play in plays]) < 0.9


def test_submitting_an_upgrade_or_downgrade_changes_the_level_from_then_on(
    events: list[Record],
) -> None:
    by_user = defaultdict(list)
    for event in events:
        if event["userId"]:
            by_user[event["userId"]].append(event)
    changes: Counter[str] = Counter()
    for history in by_user.values():
        for this, following in pairwise(history):
            has_changed = this["level"] != following["level"]
            assert has_changed == this["page"].startswith("Submit")
            changes[this["page"]] += has_changed
    assert changes["Submit Upgrade"] > 0


def test_some_text_in_the_logs_is_encoded_twice(
    folder: Path, plays: list[Record], songs: list[Record]
) -> None:
    garbled = [play for play in plays if not (play["song"] + play["artist"]).isascii()]
    assert 0.02 < len(garbled) / len(plays) < 0.09
    for play in garbled:
        for text in (play["song"], play["artist"]):
            clean = ftfy.fix_encoding(text)
            bytes_read_twice = clean.encode().decode("latin-1").encode()
            assert text == bytes_read_twice.decode("latin-1")
    for song in songs:
        for text in (str(song["title"]), str(song["artist_name"])):
            assert ftfy.fix_encoding(text) == text
    assert any(not str(song["title"]).isascii() for song in songs)
    assert all(data.isascii() for data in contents(folder).values())


def test_a_few_songs_are_played_often_and_most_rarely(plays: list[Record]) -> None:
    ranked = Counter((play["song"], play["artist"]) for play in plays).most_common()
    top = sum(count for _, count in ranked[:10])
    assert 0.03 < top / len(plays) < 0.25
    assert share([count <= 5 for _, count in ranked]) > 0.5


def test_listening_has_a_daily_and_a_weekly_rhythm_and_grows(
    plays: list[Record],
) -> None:
    hours = Counter(timestamp(play).hour for play in plays)
    weekdays = Counter(timestamp(play).weekday() for play in plays)
    months = Counter(timestamp(play).month for play in plays)
    assert min(hours[hour] for hour in range(15, 21)) > max(
        hours[hour] for hour in range(3, 8)
    )
    assert min(weekdays[day] for day in range(5)) > max(weekdays[5], weekdays[6])
    assert months[9] < months[10] < months[11]
