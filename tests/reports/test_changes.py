"""What changed: artists that gained or lost, listeners who changed their level."""

import unicodedata
from dataclasses import replace
from datetime import timedelta

import pandas as pd
import pytest

from sparkify.reports.report import (
    ACCENTED,
    ALL,
    ESCAPES,
    PLAIN,
    Filters,
    fold,
)
from tests.support.report_stars import CASES, ReportStar, assert_same

every_case = pytest.mark.parametrize("case", CASES)
TOP = 5


@every_case
def test_what_changed_is_the_difference_of_two_counts(
    star: ReportStar, case: str
) -> None:
    now = star.filters(case)
    before = replace(
        now,
        start=now.start - timedelta(now.days),
        end=now.end - timedelta(now.days),
    )
    counts = pd.DataFrame(
        {
            "plays": star.plays(now)["artist"].value_counts(),
            "before_plays": star.plays(before)["artist"].value_counts(),
        }
    )
    rows = counts.fillna(0).astype("int64").rename_axis("artist").reset_index()
    rows = rows.assign(plays_change=rows["plays"] - rows["before_plays"])
    rows = rows.sort_values(["plays_change", "artist"], ascending=[False, True])
    gained = rows[rows["plays_change"] > 0].head(TOP)
    fallen = rows.sort_values(["plays_change", "artist"])
    lost = fallen[fallen["plays_change"] < 0].head(TOP)
    expected = pd.concat([gained, lost]).sort_values(
        ["plays_change", "artist"], ascending=[False, True]
    )
    values = before.values()
    answer = star.report(
        "artist_changes",
        now,
        top=TOP,
        before_start_time=values["start_time"],
        before_end_time=values["end_time"],
    )
    assert_same(answer, expected)


def changes(star: ReportStar, filters: Filters) -> pd.DataFrame:
    """Compare each play with the listener's play before, of all plays."""
    plays = star.all_plays.sort_values(["start_time", "songplay_id"])
    before = plays.groupby("user_id")["level"].shift()
    changed = plays[before.notna() & (before != plays["level"])]
    is_of = (changed["play_date"] >= filters.start) & (
        changed["play_date"] < filters.end
    )
    if filters.level != ALL:
        is_of &= changed["level"] == filters.level
    if filters.metro != ALL:
        is_of &= changed["location"].isin(filters.metros or [filters.metro])
    if filters.device != ALL:
        is_of &= changed["user_agent"].isin(filters.user_agents)
    days = changed[is_of].groupby("play_date")["level"]
    return pd.DataFrame(
        {
            "upgrades": days.agg(lambda level: (level == "paid").sum()),
            "downgrades": days.agg(lambda level: (level == "free").sum()),
        }
    )


@every_case
def test_levels_change_on_the_day_of_the_first_play_at_the_other(
    star: ReportStar, case: str
) -> None:
    filters = star.filters(case)
    expected = changes(star, filters).rename_axis("change_date").reset_index()
    assert_same(star.report("level_changes", filters), expected)


def bare(text: str) -> str:
    plain = text.casefold().translate(str.maketrans("øłđı", "oldi"))
    parts = unicodedata.normalize("NFD", plain)
    return "".join(part for part in parts if not unicodedata.combining(part))


@pytest.mark.parametrize("text", ["bjork", "BJÖRK", "sigur ros", "the ", "100%", "zzz"])
def test_a_search_finds_artists_and_songs_without_their_accents(
    star: ReportStar, text: str
) -> None:
    songs = star.tables["songs"].merge(
        star.tables["artists"][["artist_id", "name"]], on="artist_id"
    )
    pattern = f"%{fold(text).translate(ESCAPES)}%"
    answer = star.report(
        "search", top=100_000, pattern=pattern, accented=ACCENTED, plain=PLAIN
    )
    artists = {("", name) for name in songs["name"] if bare(text) in bare(name)}
    titles = {
        (title, name)
        for title, name in zip(songs["title"], songs["name"], strict=True)
        if bare(text) in bare(title)
    }
    found = list(zip(answer["title"], answer["artist"], strict=True))
    assert set(found) == artists | titles
    assert len(found) == len(set(found))
    plays = star.all_plays
    of_artist = plays["artist"].value_counts()
    of_song = plays.groupby(["title", "artist"]).size()
    for title, artist, count in answer.itertuples(index=False):
        own = of_song.get((title, artist), 0) if title else of_artist.get(artist, 0)
        assert count == own
    few = star.report("search", top=2, pattern=pattern, accented=ACCENTED, plain=PLAIN)
    is_artist = answer["title"] == ""
    assert_same(few, pd.concat([answer[is_artist].head(2), answer[~is_artist].head(2)]))
