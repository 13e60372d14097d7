"""The days and the weeks of a ranking are what pandas counts."""

from pathlib import Path
from typing import Any

import pandas as pd
import pytest
from streamlit.testing.v1 import AppTest

from tests.support.dashboards import (
    Shown,
    assert_sound,
    build_of,
    charted,
    days,
    menus,
    open_page,
    text,
)
from tests.support.records import play

pytestmark = [pytest.mark.app, pytest.mark.usefixtures("fresh")]

LINES = 8
DAY = pd.Timedelta(days=1)
KEYS = {"songs": ["title", "artist"], "artists": ["artist"]}
every_ranking = pytest.mark.parametrize("page", KEYS)


def ranked(plays: pd.DataFrame, keys: list[str]) -> pd.DataFrame:
    """Return all names with their plays, in the order of the ranking."""
    counts = plays.groupby(keys).size().rename("plays").reset_index()
    order = [False, *[True] * len(keys)]
    return counts.sort_values(["plays", *keys], ascending=order)


def drawn(dashboard: AppTest) -> tuple[str, pd.DataFrame]:
    """Return what the chart of the ranks says, and the rows of its lines."""
    words, rows = charted(dashboard, "How do they rank each week?")
    return words, rows.assign(week_start=pd.to_datetime(rows["week_start"]))


@pytest.mark.parametrize(
    ("chosen", "of"),
    [
        ({}, lambda plays: plays),
        ({"level": "Paid"}, lambda plays: plays[plays["level"] == "paid"]),
        ({"catalogue": "true"}, lambda plays: plays[~plays["is_inferred"]]),
    ],
    ids=["all", "paid", "catalogue"],
)
@every_ranking
def test_the_bars_and_the_ranks_of_a_page_are_counted_from_its_plays(
    either: Shown, page: str, chosen: dict[str, str], of: Any
) -> None:
    plays, keys = either.star.all_plays, KEYS[page]
    end = pd.Timestamp(plays["play_date"].max()) + DAY
    within = of(plays.astype({"is_inferred": bool}))
    within = within[within["start_time"] >= end - 28 * DAY]
    top = ranked(within, keys).head(10)

    dashboard = open_page(either.workspace, page, **chosen)
    assert_sound(dashboard)
    shown = dashboard.dataframe[0].value
    assert shown[keys].to_numpy().tolist() == top[keys].to_numpy().tolist()
    every = pd.date_range(end - 28 * DAY, periods=28).date
    for names, steps in zip(
        top[keys].itertuples(index=False), shown["steps"], strict=True
    ):
        own = within[(within[keys] == list(names)).all(axis=1)]
        counts = own["play_date"].value_counts().reindex(every, fill_value=0)
        assert list(steps) == counts.tolist()

    mondays = within["start_time"].dt.to_period("W-SUN").dt.start_time
    weekly = within.assign(week_start=mondays).groupby(["week_start", *keys]).size()
    weekly = weekly.rename("plays").reset_index()
    larger = weekly.groupby("week_start")["plays"]
    weekly["play_rank"] = larger.rank("min", ascending=False).astype(int)
    expected = weekly.merge(top.head(LINES)[keys], on=keys)
    words, rows = drawn(dashboard)
    figures = ["week_start", *keys, "plays", "play_rank"]
    assert as_set(rows[figures]) == as_set(expected[figures])
    whole = [end - 28 * DAY <= week <= end - 7 * DAY for week in rows["week_start"]]
    assert rows["is_whole"].tolist() == whole
    firsts = expected[expected["play_rank"] == 1].groupby(keys).size()
    weeks = expected["week_start"].nunique()
    assert f"in {firsts.max()} of {weeks} weeks." in words
    caption = f"{min(len(top), LINES)} {page}, {weeks} weeks."
    assert caption in text(dashboard)


def as_set(rows: pd.DataFrame) -> set[tuple[Any, ...]]:
    return set(rows.itertuples(index=False, name=None))


@pytest.mark.parametrize("page", ["artists", "artist"])
def test_the_table_of_the_ranks_of_artists_has_no_empty_titles(
    demo: Shown, page: str
) -> None:
    dashboard = open_page(demo.workspace, page)
    (menu,) = (key for key in menus(dashboard) if key.startswith("member_ranks"))
    dashboard.session_state[menu] = True
    dashboard.run()
    assert_sound(dashboard)
    tables = [each.value for each in dashboard.dataframe]
    (ranks,) = (each for each in tables if "Week start" in each)
    assert list(ranks.columns) == ["Artist", "Week start", "Plays", "Play rank"]


@every_ranking
def test_the_bars_of_a_long_period_are_whole_weeks(demo: Shown, page: str) -> None:
    plays, keys = demo.star.all_plays, KEYS[page]
    dates = plays["play_date"]
    first, last = (pd.Timestamp(day) for day in (dates.min(), dates.max()))
    dashboard = open_page(demo.workspace, page, period="All")
    names, steps = (
        dashboard.dataframe[0].value[each].iloc[0] for each in (keys, "steps")
    )
    own = plays[(plays[keys] == names).all(axis=1)]
    mondays = pd.date_range(first, last - 6 * DAY, freq="W-MON")
    assert len(mondays) > 8
    assert f"Bars: plays of {len(mondays)} weeks" in text(dashboard)
    assert "The last 13 weeks. A week without a play" in text(dashboard)
    counts = own["start_time"].dt.to_period("W-SUN").dt.start_time.value_counts()
    assert list(steps) == counts.reindex(mondays, fill_value=0).tolist()


def test_songs_of_one_title_are_told_apart_by_their_artists(tmp_path: Path) -> None:
    names = [("Undo", "Björk"), ("Undo", "Muse"), ("Hunter", "Dido")]
    plays = [play(item, *name) for item, name in enumerate(names)]
    dashboard = open_page(build_of(tmp_path, *plays), "songs")
    assert_sound(dashboard)
    words, rows = drawn(dashboard)
    assert sorted(rows["name"]) == ["Hunter", "Undo · Björk", "Undo · Muse"]
    assert "Hunter and Undo · Björk and Undo · Muse lead, each in 1 of 1 week" in words


def test_a_single_day_has_no_bars(demo: Shown) -> None:
    last = demo.star.all_plays["play_date"].max()
    dashboard = open_page(demo.workspace, "songs", **days(last, last))
    assert_sound(dashboard)
    assert "Bars:" not in text(dashboard)
