"""The page of one artist or one song: each figure is what pandas counts."""

from datetime import date
from typing import Any

import pandas as pd
import pytest

from sparkify.reports.milestones import best_week, day_of_play
from sparkify.reports.report import Filters
from tests.support.report_stars import CASES, ReportStar, assert_same

every_case = pytest.mark.parametrize("case", CASES)
LEAST = 3


@pytest.fixture(scope="module")
def members(star: ReportStar) -> list[dict[str, str]]:
    """Pick the artist and the song that are played most, and one played once."""
    plays = star.all_plays
    counts = plays.groupby(["title", "artist"]).size().sort_values(kind="stable")
    songs = [counts.index[0], counts.index[-1]]
    top = plays["artist"].value_counts().index[0]
    return [
        {"artist": top, "title": ""},
        *({"artist": artist, "title": title} for title, artist in songs),
    ]


def own(plays: pd.DataFrame, member: dict[str, str]) -> pd.DataFrame:
    is_own = plays["artist"] == member["artist"]
    if member["title"]:
        is_own &= plays["title"] == member["title"]
    return plays[is_own]


def test_milestones_are_the_days_of_the_nth_plays_of_all(
    star: ReportStar, members: list[dict[str, str]]
) -> None:
    for member in members:
        names = {"titles": (member["title"],), "artists": (member["artist"],)}
        days = star.report(
            "members_by_day", star.filters("everything"), catalogue="all", **names
        )
        times = sorted(own(star.all_plays, member)["start_time"])
        for number in (1, 10, 25):
            nth = times[number - 1].date() if number <= len(times) else None
            assert day_of_play(days, number) == nth


def test_the_best_week_is_the_first_of_equals() -> None:
    rows = pd.DataFrame(
        {
            "play_date": [date(2018, 11, 4), date(2018, 11, 5), date(2018, 11, 11)],
            "plays": [7, 3, 4],
        }
    )
    assert best_week(rows) == (date(2018, 10, 29), 7)
    assert best_week(rows.head(0)) is None


def counted(
    plays: pd.DataFrame, names: list[dict[str, str]], step: str, days: "pd.Series[Any]"
) -> tuple[pd.DataFrame, "pd.Series[bool]"]:
    """Count the plays of all names at each step, and tell which are asked for."""
    keys = ["title", "artist"]
    named = plays if names[0]["title"] else plays.assign(title="")
    rows = named.assign(**{step: days}).groupby([*keys, step]).size()
    counts = rows.reset_index(name="plays")
    asked = [
        counts[key].isin([name[key] for name in names]).astype(bool) for key in keys
    ]
    return counts, asked[0] & asked[1]


def plays_of(star: ReportStar, filters: Filters, catalogue: str) -> pd.DataFrame:
    """Return the plays, all of them or those of the catalogue's songs."""
    plays = star.plays(filters)
    is_kept = ~plays["is_inferred"].astype(bool) | (catalogue == "all")
    return plays[is_kept]


def values(names: list[dict[str, str]]) -> dict[str, tuple[str, ...]]:
    return {f"{key}s": tuple(name[key] for name in names) for key in names[0]}


def groups(members: list[dict[str, str]]) -> list[list[dict[str, str]]]:
    """Return an artist, a song, and several of each."""
    artist, *songs = members
    artists = [{"artist": song["artist"], "title": ""} for song in songs]
    return [[artist], [songs[0]], songs, [artist, *artists]]


@pytest.mark.parametrize("catalogue", ["all", "catalogue"])
@every_case
def test_the_rank_of_each_week_is_among_all_that_were_played(
    star: ReportStar, members: list[dict[str, str]], case: str, catalogue: str
) -> None:
    filters = star.filters(case)
    plays = plays_of(star, filters, catalogue)
    mondays = plays["start_time"].dt.to_period("W-SUN").dt.start_time.dt.date
    for names in groups(members):
        counts, is_asked = counted(plays, names, "week_start", mondays)
        ranks = counts.groupby("week_start")["plays"].rank("min", ascending=False)
        expected = counts.assign(play_rank=ranks.astype("int64"))[is_asked].sort_values(
            ["week_start", "play_rank", "title", "artist"]
        )
        answer = star.report(
            "member_ranks", filters, catalogue=catalogue, **values(names)
        )
        assert_same(answer, expected[answer.columns.tolist()])
        assert {*answer.columns} == {*expected.columns}


@pytest.mark.parametrize("catalogue", ["all", "catalogue"])
@every_case
def test_the_days_of_a_name_are_those_with_plays_of_it(
    star: ReportStar, members: list[dict[str, str]], case: str, catalogue: str
) -> None:
    filters = star.filters(case)
    plays = plays_of(star, filters, catalogue)
    for names in groups(members):
        counts, is_asked = counted(plays, names, "play_date", plays["play_date"])
        expected = counts[is_asked].sort_values(["play_date", "title", "artist"])
        answer = star.report(
            "members_by_day", filters, catalogue=catalogue, **values(names)
        )
        assert_same(answer, expected)


@every_case
def test_places_need_enough_listeners(
    star: ReportStar, members: list[dict[str, str]], case: str
) -> None:
    filters = star.filters(case)
    for member in members:
        rows = own(star.plays(filters), member).groupby("location")
        counted = rows.agg(
            plays=("user_id", "size"), listeners=("user_id", "nunique")
        ).reset_index()
        expected = counted[counted["listeners"] >= LEAST].sort_values(
            ["plays", "location"], ascending=[False, True]
        )
        answer = star.report("member_places", filters, least_listeners=LEAST, **member)
        assert_same(answer, expected)


@every_case
def test_neighbours_are_what_the_same_listeners_play(
    star: ReportStar, members: list[dict[str, str]], case: str
) -> None:
    filters = star.filters(case)
    plays = star.plays(filters)
    for member in members:
        fans = set(own(plays, member)["user_id"])
        others = plays[
            plays["user_id"].isin(fans) & (plays["artist"] != member["artist"])
        ]
        counted = others.groupby("artist").agg(
            listeners=("user_id", "nunique"), plays=("user_id", "size")
        )
        enough = counted[counted["listeners"] >= LEAST].reset_index()
        expected = enough.sort_values(
            ["listeners", "plays", "artist"], ascending=[False, False, True]
        )
        answer = star.report(
            "member_neighbours", filters, top=8, least_listeners=LEAST, **member
        )
        assert_same(answer, expected.head(8))
