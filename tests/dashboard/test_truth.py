"""What the pages say is so: each figure and each caption is counted again."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from math import isnan
from pathlib import Path
from typing import Any

import pandas as pd
import pytest
from streamlit.testing.v1 import AppTest

from sparkify.charts.people import TILES
from sparkify.reports.numbers import SPACE, age
from sparkify.reports.report import Filters
from sparkify.warehouse import open_star
from tests.support.bad_data import BadSource
from tests.support.dashboards import (
    Shown,
    assert_sound,
    days,
    figures,
    open_page,
    text,
)
from tests.support.report_stars import states_of
from tests.support.stars import build

pytestmark = [pytest.mark.app, pytest.mark.usefixtures("fresh")]

LEAST = 3
DAY = timedelta(days=1)


def last_days(shown: Shown) -> Filters:
    """Return the filters that a page has at first: the last 28 days."""
    end = shown.star.all_plays["play_date"].max() + DAY
    return Filters(end - 28 * DAY, end)


def test_the_states_are_folded_by_state_and_say_what_is_not_shown(
    either: Shown,
) -> None:
    plays = either.star.plays(last_days(either))
    state = states_of(plays["location"])
    assert state.dropna().isin(TILES).all()
    crowd = plays.groupby(state)["user_id"].transform("nunique")
    seen, few = int((crowd >= LEAST).sum()), int((crowd < LEAST).sum())
    words = text(open_page(either.workspace, "places"))
    assert f"n = {seen:,} of {len(plays):,} plays." in words
    if few:
        assert f"{few:,} plays where fewer than {LEAST} listeners live" in words
    unknown = int(state.isna().sum())
    assert (f"{unknown:,} plays from an unknown place" in words) == (unknown > 0)


def test_the_note_of_small_places_says_which_a_click_filters_by(demo: Shown) -> None:
    dashboard = open_page(demo.workspace, "places")
    crowd = f"of {LEAST} listeners or more filters by it."
    assert crowd not in text(dashboard)
    words = text(dashboard.toggle(key="unfolded").set_value(True).run())
    assert f"A click on a state {crowd}" in words
    assert f"A click on a bar {crowd}" in words


def test_the_listeners_are_counted_once_and_their_overlap_is_named(
    either: Shown,
) -> None:
    plays = either.star.plays(last_days(either))
    levels = plays.groupby("user_id")["level"].nunique()
    both = int((levels == 2).sum())
    words = text(open_page(either.workspace, "listeners"))
    assert f"listeners · n = {len(levels):,} listeners." in words
    assert (f"{both:,} played at both levels and count twice." in words) == (both > 0)


def test_the_weeks_that_are_cut_are_named(either: Shown) -> None:
    filters = last_days(either)
    first, last = filters.start, filters.end - DAY
    first_of_data = either.star.all_plays["play_date"].min()
    cut = []
    for monday in pd.date_range(first - 6 * DAY, last, freq="W-MON"):
        week = [monday.date() + number * DAY for number in range(7)]
        inside = sum(max(first, first_of_data) <= day <= last for day in week)
        if 0 < inside < 7:
            cut.append(f"{monday:%-d %b} ({inside} of 7 days)")
    words = text(open_page(either.workspace, "listeners"))
    assert f"Pale: weeks that are cut, from {', '.join(cut)}." in words


@pytest.mark.parametrize("length", [14, 12, 9])
def test_weeks_are_called_pale_only_where_evenings_are_cut(
    either: Shown, length: int
) -> None:
    first = either.star.all_plays["play_date"].min()
    monday = first + (7 - first.weekday()) % 7 * DAY
    period = days(monday, monday + (length - 1) * DAY)
    words = text(open_page(either.workspace, "when", **period))
    assert "Choose a weekday above." in words
    are_cut = length % 7 not in (0, 5, 6)  # of Monday to Friday
    assert ("Pale: weeks that are cut" in words) == are_cut


def test_nobody_is_new_in_the_first_week_of_the_data(either: Shown) -> None:
    dates = either.star.all_plays["play_date"]
    first = dates.min()
    week = open_page(either.workspace, "listeners", **days(first, first + 6 * DAY))
    assert "nobody knows who is new" in text(week)
    later = first + (14 - first.weekday()) * DAY
    week = open_page(either.workspace, "listeners", **days(later, later + 6 * DAY))
    assert "nobody knows" not in text(week)


def test_days_outside_the_data_and_shares_of_nothing_are_gaps(either: Shown) -> None:
    everything = either.star.all_plays
    first = everything["play_date"].min()
    crowds = everything.groupby("location")["user_id"].nunique()
    metro = str(crowds[crowds >= LEAST].idxmin())  # so that some days are without plays
    start, end = first - 3 * DAY, first + 14 * DAY
    dashboard = open_page(either.workspace, metro=metro, **days(start, end - DAY))
    assert_sound(dashboard)
    plays = either.star.plays(Filters(start, end, metro=metro))
    counts, paid = (
        each["play_date"].value_counts()
        for each in (plays, plays[plays["level"] == "paid"])
    )
    drawn = {each.label: list(each.proto.chart_data) for each in dashboard.metric}
    silent = 0
    for number in range((end - start).days):
        day = start + number * DAY
        count, share = drawn["Plays"][number], drawn["Paid share"][number]
        assert isnan(count) if day < first else count == counts.get(day, 0)
        if day in counts:
            assert share == pytest.approx(paid.get(day, 0) / counts[day])
        else:
            assert isnan(share)
            silent += day >= first
    assert silent


def test_a_period_that_the_data_does_not_cover_shows_no_change(either: Shown) -> None:
    first = either.star.all_plays["play_date"].min()
    covered = open_page(either.workspace, **days(first + 7 * DAY, first + 13 * DAY))
    assert "Compared with" in text(covered)
    assert all(each.delta for each in covered.metric)
    beyond = open_page(either.workspace, **days(first + 6 * DAY, first + 12 * DAY))
    assert "of the 7 days of the earlier period" in text(beyond)
    assert not any(each.delta for each in beyond.metric)


def test_two_custom_periods_are_compared(either: Shown) -> None:
    plays = either.star.all_plays
    first = plays["play_date"].min()
    now = Filters(first + 10 * DAY, first + 15 * DAY)
    then = replace(now, start=first + 2 * DAY, end=first + 5 * DAY)
    against = [str(then.start), str(then.end - DAY)]
    query = days(now.start, now.end - DAY) | {"compare-days": against}
    dashboard = open_page(either.workspace, compare="Custom days", **query)
    assert_sound(dashboard)
    ours, theirs = (len(either.star.plays(each)) for each in (now, then))
    assert figures(dashboard)["Plays"] == f"{ours:,}"
    (change,) = (each.delta for each in dashboard.metric if each.label == "Plays")
    percent = 100 * (ours / theirs - 1)
    expected = f"×{ours / theirs:,.0f}" if percent > 999 else f"{percent:+.1f}"
    assert change.startswith(expected)
    assert "5 days with 3" in text(dashboard)


def test_the_first_play_of_an_artist_is_that_of_all_days(either: Shown) -> None:
    plays = either.star.all_plays
    filters = last_days(either)
    first = plays.groupby("artist")["start_time"].min()
    within = either.star.plays(filters)["artist"].value_counts()
    early = first[first < pd.Timestamp(filters.start)].index.intersection(within.index)
    artist = str(within[early].sort_index().idxmax())
    shown = figures(open_page(either.workspace, "artist", artist=artist))
    assert shown["First play"] == f"{first[artist]:%-d %b %Y}"
    assert shown["Plays"] == f"{within[artist]:,}"


@pytest.mark.parametrize("grain", ["By hour", "By day", "By week"])
def test_each_grain_adds_up_to_all_plays(either: Shown, grain: str) -> None:
    plays = either.star.plays(last_days(either))
    dashboard = open_page(either.workspace, grain=grain)
    assert_sound(dashboard)
    (steps,) = (
        list(each.proto.chart_data)
        for each in dashboard.metric
        if each.label == "Plays"
    )
    last = either.star.all_plays["play_date"].max()
    mondays = {day - day.weekday() * DAY for day in (last - n * DAY for n in range(28))}
    lengths = {"By hour": 28 * 24, "By day": 28, "By week": len(mondays)}
    assert len(steps) == lengths[grain]
    assert sum(steps) == len(plays)


def test_a_warning_of_the_checks_is_no_failure(either: Shown) -> None:
    checks = either.star.report("check_results")
    found = checks[checks["rows_found"] > 0]
    assert set(found["severity"]) <= {"warn"}
    dashboard = open_page(either.workspace, "health")
    assert_sound(dashboard)
    (verdict,) = (str(e.value) for e in dashboard.success if "checks" in e.value)
    passed = f"{len(checks) - len(found)} of {len(checks)} checks passed"
    warned = f", {len(found)} warned" if len(found) else ""
    assert verdict.startswith(f"{passed}{warned}.")


def test_the_health_page_shows_the_match_rate_and_its_change(either: Shown) -> None:
    period = last_days(either)
    before = replace(period, start=period.start - 28 * DAY, end=period.start)
    rates = [
        100 * (1 - either.star.plays(each)["is_inferred"].astype(bool).mean())
        for each in (period, before)
    ]
    shown = figure(open_page(either.workspace, "health"), "Match rate")
    assert shown.value == f"{rates[0]:.1f}{SPACE}%"
    first = either.star.all_plays["play_date"].min()
    is_covered = before.start >= first
    change = f"{rates[0] - rates[1]:+.1f}{SPACE}pp" if is_covered else ""
    assert shown.delta == change
    week = days(first + 7 * DAY, first + 13 * DAY)
    assert figure(open_page(either.workspace, "health", **week), "Match rate").delta


def test_the_health_page_says_how_fresh_the_star_is(either: Shown) -> None:
    last = either.star.all_plays["start_time"].max()
    with open_star(str(either.workspace)) as session:
        rows = session.query("select * from etl_runs", {}).to_pandas()
    built = rows[rows["step"] == "transform"].sort_values("started_at").iloc[-1]
    ended = built["started_at"] + timedelta(seconds=built["seconds"])
    earliest = now()  # of the clock when the page is drawn
    dashboard = open_page(either.workspace, "health")
    assert_sound(dashboard)
    latest, loaded = (figure(dashboard, name) for name in ("Latest play", "Loaded"))
    assert latest.value == f"{last:%-d %b %Y}"
    assert f"{last:%-d %b %Y, %H:%M UTC}" in latest.help
    assert loaded.value in {age(ended, clock) for clock in (earliest, now())}
    assert f"{ended:%-d %b %Y, %H:%M UTC}" in loaded.help
    assert built["run_id"] in loaded.help


def test_the_health_page_counts_the_records_in_quarantine(
    bad_source: BadSource, tmp_path: Path
) -> None:
    build(bad_source.folder, tmp_path, accept=True)
    shown = figure(open_page(tmp_path, "health"), "In quarantine")
    assert shown.value == f"{len(bad_source.quarantine):,}" != "0"
    read = bad_source.events.records + bad_source.songs.records
    assert shown.delta == f"of {read:,} records read"


def figure(dashboard: AppTest, label: str) -> Any:
    (found,) = (each for each in dashboard.metric if each.label == label)
    return found


def now() -> datetime:
    return datetime.now(UTC).replace(tzinfo=None)


def test_a_rank_is_called_new_where_it_is_compared(
    either: Shown,
) -> None:
    first = either.star.all_plays["play_date"].min()
    week = days(first + 7 * DAY, first + 13 * DAY)
    compared = open_page(either.workspace, "songs", **week)
    assert "+ is up, new was not played then" in text(compared)
    assert compared.dataframe[0].proto.placeholder == "new"
    alone = open_page(either.workspace, "songs", compare="Nothing", **week)
    assert "Ranks: + is up" not in text(alone)
    assert not {"rank_change", "before_plays"} & set(alone.dataframe[0].value)


@pytest.mark.parametrize(("length", "is_cut"), [(2_000, False), (2_001, True)])
def test_only_a_period_that_is_cut_is_told_as_cut(
    demo: Shown, length: int, is_cut: bool
) -> None:
    last = demo.star.all_plays["play_date"].max()
    shown = open_page(demo.workspace, **days(last - (length - 1) * DAY, last))
    warnings = [str(each.value) for each in shown.warning]
    assert any("last 2,000 of these days" in text for text in warnings) is is_cut
