"""The demo data: what it promises, counted with plain `json` from its files."""

import json
from collections import Counter, defaultdict
from datetime import UTC, datetime
from itertools import pairwise
from pathlib import Path
from typing import Any

import ftfy
import pytest

from sparkify.demo import DemoSummary, generate
from sparkify.errors import DemoError

EVENTS = 12_000
SONGS = 1_000

Record = dict[str, Any]

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

SONG_TYPES: dict[str, set[type]] = {
    "artist_id": {str},
    "artist_latitude": {float, type(None)},
    "artist_location": {str},
    "artist_longitude": {float, type(None)},
    "artist_name": {str, int},
    "duration": {float},
    "num_songs": {int},
    "song_id": {str},
    "title": {str, int},
    "year": {int},
}


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("demo") / "data"
    generate(folder, events=EVENTS, songs=SONGS, seed=1)
    return folder


@pytest.fixture(scope="module")
def events(folder: Path) -> list[Record]:
    return [
        json.loads(line)
        for path in sorted(folder.glob("log_data/*/*/*-events.json"))
        for line in path.read_text(encoding="utf-8").split("\n")
    ]


@pytest.fixture(scope="module")
def plays(events: list[Record]) -> list[Record]:
    return [event for event in events if event["page"] == "NextSong"]


@pytest.fixture(scope="module")
def songs(folder: Path) -> list[Record]:
    return [
        json.loads(path.read_text(encoding="utf-8"))
        for path in sorted(folder.glob("song_data/?/?/?/TR*.json"))
    ]


@pytest.fixture(scope="module")
def sessions(events: list[Record]) -> list[list[Record]]:
    sessions = defaultdict(list)
    for event in events:
        sessions[event["sessionId"]].append(event)
    return list(sessions.values())


def contents(folder: Path) -> dict[str, bytes]:
    return {
        str(path.relative_to(folder)): path.read_bytes()
        for path in folder.rglob("*")
        if path.is_file()
    }


def share(cases: list[bool]) -> float:
    return sum(cases) / len(cases)


def moment(event: Record) -> datetime:
    return datetime.fromtimestamp(event["ts"] / 1000, tz=UTC)


def test_same_arguments_give_the_same_bytes(tmp_path: Path) -> None:
    for name in ("one", "two"):
        generate(tmp_path / name, events=2_000, songs=200, seed=7)
    assert contents(tmp_path / "one") == contents(tmp_path / "two")


def test_another_seed_gives_other_data(tmp_path: Path) -> None:
    for seed in (1, 2):
        generate(tmp_path / str(seed), events=300, songs=50, seed=seed)
    one, two = contents(tmp_path / "1"), contents(tmp_path / "2")
    assert not set(one.values()) & set(two.values())


@pytest.mark.parametrize(("count", "catalogue"), [(1, 1), (7, 2), (1_234, 57)])
def test_makes_exactly_as_many_events_and_songs(
    tmp_path: Path, count: int, catalogue: int
) -> None:
    summary = generate(tmp_path / "data", events=count, songs=catalogue, seed=3)
    logs = list(tmp_path.glob("data/log_data/2018/*/*.json"))
    files = list(tmp_path.glob("data/song_data/?/?/?/*.json"))
    lines = [line for log in logs for line in log.read_text("utf-8").splitlines()]
    users = {json.loads(line)["userId"] for line in lines} - {""}
    assert len(lines) == count
    assert len(files) == catalogue
    assert summary == DemoSummary(
        events=count,
        songs=catalogue,
        users=len(users),
        log_files=len(logs),
        song_files=catalogue,
    )


def test_events_have_the_keys_and_types_of_the_real_ones(events: list[Record]) -> None:
    for event in events:
        assert list(event) == list(EVENT_TYPES)
        assert all(type(event[key]) in EVENT_TYPES[key] for key in EVENT_TYPES)


def test_songs_have_the_keys_and_types_of_the_real_ones(songs: list[Record]) -> None:
    for song in songs:
        assert list(song) == list(SONG_TYPES)
        assert all(type(song[key]) in SONG_TYPES[key] for key in SONG_TYPES)


def test_song_files_are_nested_by_the_letters_of_their_names(folder: Path) -> None:
    for path in folder.glob("song_data/?/?/?/*.json"):
        assert path.parent.parts[-3:] == tuple(path.name[2:5])


def test_each_day_of_the_period_has_its_own_events(folder: Path) -> None:
    logs = sorted(folder.glob("log_data/*/*/*.json"))
    assert len(logs) == 91
    for log in logs:
        text = log.read_text(encoding="utf-8")
        times = [moment(json.loads(line)) for line in text.split("\n")]
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


def test_nobody_listens_twice_at_a_time(sessions: list[list[Record]]) -> None:
    spans = defaultdict(list)
    for session in sessions:
        for user in {event["userId"] for event in session} - {""}:
            spans[user].append((session[0]["ts"], session[-1]["ts"]))
    for user_spans in spans.values():
        user_spans.sort()
        for (_, end), (begin, _) in pairwise(user_spans):
            assert end < begin


def test_nobody_listens_before_registering(events: list[Record]) -> None:
    assert all(e["ts"] > e["registration"] for e in events if e["userId"])


def test_logged_out_events_tell_nothing_of_the_visitor(events: list[Record]) -> None:
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


def test_about_two_fifths_of_the_plays_are_of_catalogued_songs(
    plays: list[Record], songs: list[Record]
) -> None:
    lengths: dict[tuple[str, str], set[float]] = defaultdict(set)
    for song in songs:
        key = (str(song["title"]), str(song["artist_name"]))
        lengths[key].add(song["duration"])
    keys: list[tuple[str, str]] = [
        (ftfy.fix_encoding(play["song"]), ftfy.fix_encoding(play["artist"]))
        for play in plays
    ]
    matched = [key in lengths for key in keys]
    exact = [
        play["length"] in lengths.get(key, ())
        for play, key in zip(plays, keys, strict=True)
    ]
    assert 0.35 < share(matched) < 0.45
    assert 0.90 < sum(exact) / sum(matched) < 1


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


def test_the_catalogue_has_the_gaps_of_the_real_one(songs: list[Record]) -> None:
    assert 0.25 < share([song["year"] == 0 for song in songs]) < 0.4
    assert 0.55 < share([song["artist_latitude"] is None for song in songs]) < 0.8
    assert 0.3 < share([song["artist_location"] == "" for song in songs]) < 0.7
    assert any(type(song["title"]) is int for song in songs)
    assert any(type(song["artist_name"]) is int for song in songs)


def test_the_catalogue_has_the_doubles_of_the_real_one(songs: list[Record]) -> None:
    durations, names, ids = defaultdict(set), defaultdict(set), defaultdict(set)
    for song in songs:
        durations[song["title"], song["artist_name"]].add(song["duration"])
        names[song["artist_id"]].add(str(song["artist_name"]))
        ids[song["artist_name"]].add(song["artist_id"])
    assert len({song["song_id"] for song in songs}) == len(songs)
    assert any(len(found) == 2 for found in durations.values())
    assert any(len(found) == 2 for found in ids.values())
    doubly_named = [sorted(found) for found in names.values() if len(found) == 2]
    assert doubly_named
    assert all(long.startswith(f"{short} / ") for short, long in doubly_named)


def test_a_few_songs_are_played_much_and_most_seldom(plays: list[Record]) -> None:
    ranked = Counter((play["song"], play["artist"]) for play in plays).most_common()
    top = sum(count for _, count in ranked[:10])
    assert 0.03 < top / len(plays) < 0.25
    assert share([count <= 5 for _, count in ranked]) > 0.5


def test_listening_has_a_daily_and_a_weekly_rhythm_and_grows(
    plays: list[Record],
) -> None:
    hours = Counter(moment(play).hour for play in plays)
    weekdays = Counter(moment(play).weekday() for play in plays)
    months = Counter(moment(play).month for play in plays)
    assert min(hours[hour] for hour in range(15, 21)) > max(
        hours[hour] for hour in range(3, 8)
    )
    assert min(weekdays[day] for day in range(5)) > max(weekdays[5], weekdays[6])
    assert months[9] < months[10] < months[11]


def test_a_second_call_does_no_work(tmp_path: Path) -> None:
    data = tmp_path / "data"
    first = generate(data, events=500, songs=50, seed=1)
    steps: list[tuple[int, int]] = []
    again = generate(
        data,
        events=500,
        songs=50,
        seed=1,
        on_progress=lambda done, total: steps.append((done, total)),
    )
    assert again == first
    assert steps == []


def test_progress_rises_to_the_number_of_events(tmp_path: Path) -> None:
    steps: list[tuple[int, int]] = []
    generate(
        tmp_path / "data",
        events=500,
        songs=50,
        seed=1,
        on_progress=lambda done, total: steps.append((done, total)),
    )
    assert steps == sorted(steps)
    assert steps[-1] == (500, 500)


def test_refuses_a_folder_of_something_else(tmp_path: Path) -> None:
    (tmp_path / "thesis.txt").write_text("do not touch", encoding="utf-8")
    with pytest.raises(DemoError, match=f"{tmp_path.name}.*choose another folder"):
        generate(tmp_path, events=500, songs=50, seed=1)
    assert [path.name for path in tmp_path.iterdir()] == ["thesis.txt"]


def test_refuses_a_folder_of_other_demo_data(tmp_path: Path) -> None:
    data = tmp_path / "data"
    generate(data, events=500, songs=50, seed=1)
    before = contents(data)
    with pytest.raises(DemoError, match="choose another folder"):
        generate(data, events=500, songs=50, seed=2)
    assert contents(data) == before


def test_fills_an_empty_folder(tmp_path: Path) -> None:
    generate(tmp_path, events=100, songs=10, seed=1)
    assert (tmp_path / "demo.json").is_file()


def test_a_broken_run_leaves_nothing_and_the_next_one_succeeds(tmp_path: Path) -> None:
    def break_off(done: int, total: int) -> None:
        raise KeyboardInterrupt

    data = tmp_path / "data"
    with pytest.raises(KeyboardInterrupt):
        generate(data, events=500, songs=50, seed=1, on_progress=break_off)
    assert list(tmp_path.iterdir()) == []
    generate(data, events=500, songs=50, seed=1)
    assert list(tmp_path.iterdir()) == [data]


def test_cleans_up_after_a_killed_run(tmp_path: Path) -> None:
    leftover = tmp_path / ".data.partial"
    leftover.mkdir()
    (leftover / "half.json").write_text("{", encoding="utf-8")
    generate(tmp_path / "data", events=100, songs=10, seed=1)
    assert list(tmp_path.iterdir()) == [tmp_path / "data"]
    assert not (tmp_path / "data" / "half.json").exists()


@pytest.mark.parametrize(
    ("wrong", "message"),
    [
        ({"events": 0}, "events is 0; choose a whole number from 1 to"),
        ({"songs": -5}, "songs is -5; choose a whole number from 1 to"),
        ({"seed": -1}, "seed is -1; choose a whole number from 0 to"),
    ],
)
def test_refuses_wrong_numbers(
    tmp_path: Path, wrong: dict[str, int], message: str
) -> None:
    numbers = {"events": 100, "songs": 10, "seed": 1} | wrong
    events, songs, seed = numbers.values()
    with pytest.raises(DemoError, match=message):
        generate(tmp_path / "data", events=events, songs=songs, seed=seed)
    assert list(tmp_path.iterdir()) == []
