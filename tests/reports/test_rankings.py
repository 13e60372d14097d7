"""What is played most: ranks, shares and searches are as pandas has them."""

import unicodedata
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from typing import Any

import pandas as pd
import pytest

from sparkify.reports.report import (
    ACCENTED,
    PLAIN,
    Filters,
    everything,
    run_ranking,
)
from sparkify.warehouse import open_star, sql
from tests.support.report_stars import CASES, ReportStar, assert_same

every_case = pytest.mark.parametrize("case", CASES)

KEYS = {"top_songs": ["title", "artist"], "top_artists": ["artist"]}
COLUMNS = {
    "top_songs": [
        "play_rank",
        "before_rank",
        "title",
        "artist",
        "plays",
        "before_plays",
        "share",
        "listeners",
        "is_in_catalogue",
    ],
    "top_artists": [
        "play_rank",
        "before_rank",
        "artist",
        "plays",
        "before_plays",
        "share",
        "listeners",
        "songs",
        "is_in_catalogue",
    ],
}
every_ranking = pytest.mark.parametrize("name", KEYS)


def period_before(filters: Filters) -> Filters:
    """Return the period of the same length that ends where this one begins."""
    start = filters.start - timedelta(days=filters.days)
    return replace(filters, start=start, end=filters.start)


def nothing(filters: Filters) -> Filters:
    """Return a comparison with no day."""
    return replace(filters, end=filters.start)


def report(
    star: ReportStar, name: str, filters: Filters, before: Filters, **more: Any
) -> pd.DataFrame:
    values = {
        "top": 1_000,
        "pattern": "%%",
        "catalogue": "all",
        "accented": ACCENTED,
        "plain": PLAIN,
    } | more
    span = before.values()
    return star.report(
        name,
        filters,
        before_start_time=span["start_time"],
        before_end_time=span["end_time"],
        **values,
    )


def places(counts: pd.Series) -> pd.Series:
    """Return each count the place after all that are larger."""
    larger = counts.value_counts().sort_index(ascending=False).cumsum().shift(1)
    return counts.map(larger.fillna(0) + 1)


def ranked(
    star: ReportStar,
    name: str,
    filters: Filters,
    before: Filters,
    *,
    is_catalogue_only: bool = False,
) -> pd.DataFrame:
    """Rank all that was played, without a limit."""
    plays, earlier = star.plays(filters), star.plays(before)
    if is_catalogue_only:
        plays, earlier = plays[~plays["is_inferred"]], earlier[~earlier["is_inferred"]]
    keys = KEYS[name]
    is_inferred = plays["is_inferred"]
    if name == "top_artists":
        artists = star.tables["artists"].set_index("artist_id")
        is_inferred = plays["artist_id"].map(artists["is_inferred"])
    rows = (
        plays.assign(is_matched=~is_inferred.astype(bool))
        .groupby(keys)
        .agg(
            plays=("user_id", "size"),
            listeners=("user_id", "nunique"),
            songs=("title", "nunique"),
            is_in_catalogue=("is_matched", "max"),
        )
        .reset_index()
    )
    rows["share"] = rows["plays"] / len(plays)
    rows["play_rank"] = places(rows["plays"])
    counts = earlier.groupby(keys).size()
    ranks = places(counts).rename("before_rank").reset_index()
    rows = rows.merge(ranks, on=keys, how="left")
    theirs = counts.rename("before_plays").reset_index()
    rows = rows.merge(theirs, on=keys, how="left").fillna({"before_plays": 0})
    order = [False] + [True] * len(keys)
    return rows.sort_values(["plays", *keys], ascending=order)[COLUMNS[name]]


@every_case
@every_ranking
def test_a_ranking_counts_the_plays_that_pass_the_filters(
    star: ReportStar, name: str, case: str
) -> None:
    filters = star.filters(case)
    before = period_before(filters)
    expected = ranked(star, name, filters, before)
    assert_same(report(star, name, filters, before), expected.head(1_000))
    assert_same(report(star, name, filters, before, top=3), expected.head(3))


@every_case
@every_ranking
def test_all_rows_of_a_ranking_add_up_to_all_plays(
    star: ReportStar, name: str, case: str
) -> None:
    filters = star.filters(case)
    answer = report(star, name, filters, nothing(filters), top=100_000)
    assert answer["plays"].sum() == len(star.plays(filters))
    assert answer["share"].sum() == pytest.approx(1 if len(answer) else 0)


@every_ranking
def test_a_ranking_without_a_comparison_has_no_earlier_rank(
    star: ReportStar, name: str
) -> None:
    filters = star.filters("week")
    for day in (filters.start, filters.end, filters.start + timedelta(days=2)):
        none = replace(filters, start=day, end=day)
        answer = report(star, name, filters, none)
        assert answer["before_rank"].isna().all()
        assert_same(answer, ranked(star, name, filters, none).head(1_000))
    alone = run_ranking(star.session, name, filters, top=3).rows
    unknown = ("before_rank", "before_plays")
    assert list(alone) == [each for each in COLUMNS[name] if each not in unknown]


@every_ranking
@pytest.mark.parametrize("days", [3, -3, 0])
def test_a_comparison_may_overlap_the_period(
    star: ReportStar, name: str, days: int
) -> None:
    filters, shift = star.filters("week"), timedelta(days=days)
    before = replace(filters, start=filters.start - shift, end=filters.end - shift)
    expected = ranked(star, name, filters, before)
    assert_same(report(star, name, filters, before), expected.head(1_000))


@every_case
@every_ranking
def test_the_catalogue_can_be_ranked_alone(
    star: ReportStar, name: str, case: str
) -> None:
    filters = star.filters(case)
    before = period_before(filters)
    answer = report(star, name, filters, before, catalogue="catalogue")
    expected = ranked(star, name, filters, before, is_catalogue_only=True)
    assert_same(answer, expected.head(1_000))
    total = star.report("overview", filters)["matched_plays"].iloc[0]
    assert len(expected) > 1_000 or answer["plays"].sum() == total


@every_ranking
@pytest.mark.parametrize("text", ["the", "LoVe", "(", "'", "zzzz"])
def test_a_search_keeps_ranks_and_shares(
    star: ReportStar, name: str, text: str
) -> None:
    filters = star.filters("everything")
    pattern = f"%{text.lower()}%"
    answer = report(star, name, filters, nothing(filters), pattern=pattern)
    rows = ranked(star, name, filters, nothing(filters))
    found = rows[KEYS[name]].map(lambda value: text.lower() in value.lower())
    assert_same(answer, rows[found.any(axis=1)].head(1_000))


def bare(text: str) -> str:
    """Take the accents and the case away, by the marks of Unicode."""
    parts = unicodedata.normalize("NFD", text.casefold())
    return "".join(part for part in parts if not unicodedata.combining(part))


@every_ranking
@pytest.mark.parametrize("text", ["bjork", "BJÖRK", "e", "sigur ros"])
def test_a_search_sees_neither_accents_nor_case(
    star: ReportStar, name: str, text: str
) -> None:
    filters = star.filters("everything")
    answer = run_ranking(star.session, name, filters, top=100_000, search=text).rows
    plays = star.plays(filters)
    rows = plays[KEYS[name]].drop_duplicates()
    found = rows.map(lambda value: bare(text) in bare(value)).any(axis=1)
    key = KEYS[name]
    assert sorted(answer[key].itertuples(index=False, name=None)) == sorted(
        rows[found].itertuples(index=False, name=None)
    )


@every_ranking
@pytest.mark.parametrize("text", ["", "e"])
def test_names_are_folded_for_a_search_alone(
    demo_workspace: Path, name: str, text: str
) -> None:
    (statement,) = sql.render(sql.load(f"reports/{name}").text, "duckdb")
    with open_star(str(demo_workspace)) as session:
        days = everything(session)
        values = run_ranking(session, name, days, top=5, search=text).values
        bound = {key: values[key] for key in statement.names}
        plan = session.query(f"explain {statement.text}", bound)
    assert ("translate" in str(plan.to_pylist())) == bool(text)


@every_ranking
def test_a_search_can_escape_wildcards(star: ReportStar, name: str) -> None:
    filters = star.filters("everything")
    rows = ranked(star, name, filters, nothing(filters))
    for sign in "%_^":
        answer = report(star, name, filters, nothing(filters), pattern=f"%^{sign}%")
        found = rows[KEYS[name]].map(lambda value, sign=sign: sign in value)
        assert_same(answer, rows[found.any(axis=1)])


@every_ranking
def test_ties_share_a_rank_and_are_ordered_by_name(star: ReportStar, name: str) -> None:
    filters = star.filters("everything")
    answer = report(star, name, filters, nothing(filters), top=100_000)
    assert answer["plays"].duplicated().any()
    for _, tied in answer.groupby("plays"):
        names = list(tied[KEYS[name]].itertuples(index=False, name=None))
        assert tied["play_rank"].nunique() == 1
        assert names == sorted(names)


@every_case
def test_the_songs_of_an_hour_include_all_weeks(star: ReportStar, case: str) -> None:
    filters = star.filters(case)
    plays = star.plays(filters)
    hours = plays.groupby(["weekday", "hour"]).size().sort_values()
    busiest = hours.index[-1] if len(hours) else (1, 12)
    for weekday, hour in {busiest, (0, 0), (6, 23)}:
        heard = plays[(plays["weekday"] == weekday) & (plays["hour"] == hour)]
        songs = heard.groupby(["title", "artist"]).size().reset_index(name="plays")
        expected = songs.sort_values(
            ["plays", "title", "artist"], ascending=[False, True, True]
        )
        span = {"weekday": int(weekday), "hour": int(hour), "shift_minutes": 0}
        answer = star.report("songs_of_hour", filters, top=5_000, **span)
        assert_same(answer, expected)
        assert answer["plays"].sum() == len(heard)
        assert_same(
            star.report("songs_of_hour", filters, top=3, **span), expected.head(3)
        )
