"""The star holds each play once, as a second implementation in plain Python has it."""

from collections.abc import Iterator
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from sparkify.reports.report import everything, run_ranking
from sparkify.warehouse import Session, open_star
from sparkify.warehouse.duckdb import DuckDBSession
from sparkify.warehouse.tables import STAR
from tests.support import reference
from tests.support.records import play, song, write_source
from tests.support.stars import build, expected, read, star_of


@pytest.fixture(scope="module")
def real_star(real_workspace: Path) -> Iterator[Session]:
    with open_star(str(real_workspace)) as session:
        yield session


def test_each_real_row_equals_the_reference(
    real_star: Session, real_source: Path
) -> None:
    ours, theirs = read(real_star), expected(real_source)
    for table in STAR:
        assert ours[table] == theirs[table], table


def test_the_real_star_has_the_known_figures(
    real_star: Session, real_source: Path
) -> None:
    events = reference.read_events(real_source)
    songs = reference.read_songs(real_source)
    figures = reference.figures(events, songs, reference.star(events, songs))
    assert figures == {
        "events": 8056,
        "plays": 6820,
        "events_without_user": 286,
        "users": 97,
        "users_with_play": 96,
        "distinct_play_times": 6813,
        "distinct_event_times": 8023,
        "sessions_with_play": 776,
        "paid_plays": 5591,
        "free_plays": 1229,
        "paid_users": 22,
        "catalogue_songs": 14896,
        "catalogue_artists": 9553,
        "artist_rows_as_written": 10025,
        "plays_matched_as_written": 333,
        "plays_matched_as_written_with_length": 319,
        "plays_matched": 340,
        "inferred_songs": 5071,
        # One less than where 311, a number in the catalogue, and "311", the same
        # artist's name in the logs, are taken for two.
        "inferred_artists": 1366,
    }
    rows = {table: len(found) for table, found in read(real_star).items()}
    assert rows == {
        "songplays": figures["plays"],
        "users": figures["users"],
        "songs": figures["catalogue_songs"] + figures["inferred_songs"],
        "artists": figures["catalogue_artists"] + figures["inferred_artists"],
        "time": figures["distinct_play_times"],
    }


def test_the_real_star_matches_the_known_number_of_plays(real_star: Session) -> None:
    matched = real_star.query(
        "select count(*) from songplays join songs using (song_id) "
        "where not is_inferred",
        {},
    )
    assert matched.to_pylist()[0]["count_star()"] == 340


def test_the_most_played_are_known_and_spelled_right(real_star: Session) -> None:
    period = everything(real_star)
    songs = run_ranking(real_star, "top_songs", period, top=3).rows
    found = songs[["title", "artist", "plays"]].itertuples(index=False, name=None)
    assert list(found) == [
        ("You're The One", "Dwight Yoakam", 37),
        ("Undo", "Björk", 28),
        ("Revelry", "Kings Of Leon", 27),
    ]
    artists = run_ranking(real_star, "top_artists", period, top=3).rows
    found = artists[["artist", "plays"]].itertuples(index=False, name=None)
    assert list(found) == [
        ("Coldplay", 58),
        ("Kings Of Leon", 55),
        ("Dwight Yoakam", 38),
    ]


def test_a_second_run_on_the_same_input_changes_no_row(
    real_source: Path, tmp_path: Path
) -> None:
    first = star_of(real_source, tmp_path)
    assert star_of(real_source, tmp_path) == first


@pytest.fixture
def spans(monkeypatch: pytest.MonkeyPatch) -> list[tuple[int, int]]:
    """Record the first and last timestamp of each span of plays that a star gets."""
    found = list[tuple[int, int]]()
    run_file = DuckDBSession.run_file

    def record(session: DuckDBSession, name: str, **values: Any) -> int:
        if name == "transform/songplays":
            found.append((values["first_ts"], values["last_ts"]))
        return run_file(session, name, **values)

    monkeypatch.setattr(DuckDBSession, "run_file", record)
    return found


def stored_times(workspace: Path) -> list[datetime]:
    """Return the timestamps of plays in the order in which they are stored."""
    with open_star(str(workspace)) as session:
        stored = session.query("select start_time from songplays order by rowid", {})
    times: list[datetime] = stored["start_time"].to_pylist()
    return times


def test_real_plays_that_are_sorted_span_by_span_are_the_same_and_in_order(
    real_source: Path,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    spans: list[tuple[int, int]],
) -> None:
    monkeypatch.setattr(DuckDBSession, "most_rows_sorted", 1000)
    ours, theirs = star_of(real_source, tmp_path), expected(real_source)
    for table in STAR:
        assert ours[table] == theirs[table], table
    times = stored_times(tmp_path)
    assert times == sorted(times)
    assert 7 <= len(spans) <= 13  # of 6,820 plays; two that follow have over 1,000
    assert spans == sorted(spans)


def test_a_span_has_the_plays_of_an_hour_or_as_many_as_are_sorted_at_once(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, spans: list[tuple[int, int]]
) -> None:
    hour = 3_600_000
    start = 1_541_030_400_000
    last = start + 700_000 * hour  # a clock that is wrong: in the year 2098
    times = [last, start, start + 1, start + 1, start + 2, start + hour]
    times += [start + 2 * hour + 5, start + 3 * hour, start + 4 * hour - 1]
    plays = [play(n, "Undo", "Björk", ts=ts) for n, ts in enumerate(times)]
    source = write_source(tmp_path / "source", plays, [])
    for most, wanted in (
        (0, [(start, last)]),
        (
            3,
            [
                (start, start + 2),
                (start + hour, start + 2 * hour + 5),
                (start + 3 * hour, last),
            ],
        ),
    ):
        spans.clear()
        monkeypatch.setattr(DuckDBSession, "most_rows_sorted", most)
        workspace = tmp_path / str(most)
        found = star_of(source, workspace)
        assert found["songplays"] == expected(source)["songplays"]
        assert stored_times(workspace) == sorted(stored_times(workspace))
        assert spans == wanted


def test_hard_cases_equal_the_reference(tmp_path: Path) -> None:
    source = write_source(
        tmp_path / "source",
        events=[
            play(0, "Undo", "Björk"),  # encoded once, as it should be
            play(1, "Undo", "BjÃ\x83Â¶rk"),  # encoded twice
            play(2, "Twin", "Known", length=100.0),  # two songs are equally close
            play(3, "Twin", "Known", length=302.0),  # the second one is closer
            play(4, "Twin", "Known", length=None),  # none is closer: the smallest id
            play(5, "No Length", "Known"),
            play(6, "Unheard", "Known"),  # a new song of an artist with two ids
            play(7, "Unheard", "Unknown", length=10.0),
            play(8, "Unheard", "Unknown", length=20.0),
            play(9, "Unheard", "Unknown", length=20.0),
            play(10, "Unheard", "Unknown", length=None),
            play(11, "Silent", "Unknown", length=None),
            play(12, "1999", "Known"),  # a number in the catalogue
            play(13, "undo", "Björk"),  # another song: case counts
            play(14, "Undo", "Björk", userId="", sessionId=8),  # nobody's play
            play(15, "Undo", "Björk", userId=26, level="paid", location="Paris"),
            play(16, "Undo", "Björk", userId="27", page="Home", ts=1_541_105_830_797),
            play(17, "Undo", "Björk", userId="27", page="About", level="paid"),
            play(18, "Undo ", "Björk", userId=26.0, level=" Paid"),  # as 15
            play(19, "Undo", "Björk  ", userId="26.0", length="200.5"),
            play(20, "Undo", "Björk", userId=" ", sessionId=8.0),  # nobody's play
            play(21, "Unheard", "Unknown", userId="nan", length=float("nan")),
        ],
        songs=[
            song("SO2", "Undo", "Björk", "AR1", year=2001, artist_location="Reykjavík"),
            song("SO4", "Twin", "Known", "AR9", duration=99.0),
            song("SO3", "Twin", "Known", "AR9", duration=101.0),
            song("SO5", "Twin", "Known", "AR8", duration=300.0),
            song("SO6", "No Length", "Known", "AR8", duration=None),
            song("SO7", 1999, "Known", "AR9"),
            song("SO1", "Other", "Björk & Friends", "AR1"),
        ],
    )
    ours, theirs = star_of(source, tmp_path / "workspace"), expected(source)
    for table in STAR:
        assert ours[table] == theirs[table], table
    assert len(ours["songplays"]) == 18
    assert [row[0] for row in ours["users"]] == ["26", "27", "nan"]


def test_no_length_that_was_logged_stops_a_run(tmp_path: Path) -> None:
    seconds = {1e308: 86_400, 86_401.0: 86_400, 200.5: 200.5, 0.0: 0, -1e308: 0}
    events = [
        play(item, f"Song {item}", "Björk", sessionId=item, length=length)
        for item, length in enumerate(seconds)
    ]
    source = write_source(tmp_path / "source", events, [])
    build(source, tmp_path / "workspace")
    with open_star(str(tmp_path / "workspace")) as session:
        found = session.query(
            "select last_start, last_end from session_days order by session_id", {}
        ).to_pylist()
    played = [row["last_end"] - row["last_start"] for row in found]
    assert played == [timedelta(seconds=each) for each in seconds.values()]


def test_plays_move_to_the_catalogue_once_it_has_their_song(tmp_path: Path) -> None:
    events = [play(0, "Undo", "Björk"), play(1, "Army Of Me", "Björk")]
    other = song("SO1", "Army Of Me", "Björk", "AR1")
    workspace = tmp_path / "workspace"
    before = star_of(write_source(tmp_path / "before", events, [other]), workspace)
    learnt = song("SO2", "Undo", "Björk", "AR1")
    after = star_of(
        write_source(tmp_path / "after", events, [other, learnt]), workspace
    )
    assert [row[4][:2] for row in before["songplays"]] == ["SI", "SO"]
    assert [row[4] for row in after["songplays"]] == ["SO2", "SO1"]
    assert [row[0] for row in after["songs"]] == ["SO1", "SO2"]


def test_a_source_without_an_event_gives_an_empty_fact(tmp_path: Path) -> None:
    source = write_source(
        tmp_path / "source", [], [song("SO1", "Undo", "Björk", "AR1")]
    )
    star = star_of(source, tmp_path / "workspace")
    assert {table: len(rows) for table, rows in star.items()} == {
        "songplays": 0,
        "users": 0,
        "songs": 1,
        "artists": 1,
        "time": 0,
    }
