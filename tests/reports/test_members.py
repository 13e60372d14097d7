"""The page of one artist or one song: each figure is what pandas counts."""

import pandas as pd
import pytest

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


def test_milestones_are_the_nth_plays_of_all(
    star: ReportStar, members: list[dict[str, str]]
) -> None:
    for member in members:
        times = sorted(own(star.all_plays, member)["start_time"])
        reached = [number for number in (1, 10, 25) if number <= len(times)]
        expected = pd.DataFrame(
            {
                "play_number": reached,
                "start_time": [times[number - 1] for number in reached],
            }
        )
        assert_same(star.report("member_milestones", None, **member), expected)


@every_case
def test_the_rank_of_each_week_is_among_all_that_were_played(
    star: ReportStar, members: list[dict[str, str]], case: str
) -> None:
    filters = star.filters(case)
    plays = star.plays(filters)
    mondays = plays["start_time"].dt.to_period("W-SUN").dt.start_time.dt.date
    for member in members:
        keys = ["artist", "title"] if member["title"] else ["artist"]
        rows = plays.assign(week_start=mondays).groupby(["week_start", *keys]).size()
        counts = rows.reset_index(name="plays")
        ranks = counts.groupby("week_start")["plays"].rank("min", ascending=False)
        weeks = own(counts.assign(play_rank=ranks.astype("int64")), member)
        expected = weeks[["week_start", "plays", "play_rank"]]
        assert_same(star.report("member_ranks", filters, **member), expected)


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
