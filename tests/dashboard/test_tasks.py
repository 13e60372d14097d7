"""Ten everyday tasks, each done at a browser as a person does, in four clicks at most.

The pages are those of the demo's star; what they must show is counted by pandas.
"""

import re
import unicodedata
from datetime import date, timedelta
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

import pandas as pd
import pytest

from tests.support.browser import (
    LOS_ANGELES,
    MAIN,
    NEEDS_CHROMIUM,
    VALUES,
    settle,
    values,
    visit,
)
from tests.support.dashboards import Shown
from tests.support.person import Person, answer, card

if TYPE_CHECKING:
    from playwright.sync_api import Browser, Page

sync_api = pytest.importorskip("playwright.sync_api", reason="needs playwright")
pytestmark = [pytest.mark.xdist_group("browser"), NEEDS_CHROMIUM]

DAY = timedelta(days=1)
LAST = date(2018, 11, 30)


def shown_again(chromium: "Browser", tab: "Page") -> None:
    """Make sure that a browser that opens the link sees the same figures."""
    elsewhere = chromium.new_context(timezone_id=LOS_ANGELES).new_page()
    visit(elsewhere, tab.url)
    sync_api.expect(elsewhere.locator(VALUES)).to_have_text(values(tab))
    elsewhere.context.close()


def between(plays: pd.DataFrame, first: date, last: date) -> pd.DataFrame:
    return plays[(plays["play_date"] >= first) & (plays["play_date"] <= last)]


def test_which_artist_gained_most_this_week(
    tab: "Page", served_demo: str, demo: Shown
) -> None:
    plays = demo.star.all_plays
    now = between(plays, LAST - 6 * DAY, LAST)["artist"].value_counts()
    before = between(plays, LAST - 13 * DAY, LAST - 7 * DAY)["artist"].value_counts()
    change = now.sub(before, fill_value=0).astype(int)
    best = min(change.index, key=lambda name: (-change[name], name))
    losers = sorted(change.index, key=lambda name: (change[name], name))[:5]
    worst = max(losers, key=lambda name: (-change[name], name))
    visit(tab, served_demo)
    person = Person(tab)
    person.click(tab.get_by_role("button", name="Last 28 days"))
    person.click(tab.get_by_role("radio", name="Last 7 days", exact=True))
    words = answer(tab, "What changed?")
    assert f"Gained most: {best}, {change[best]:+,}." in words
    assert f"Lost most: {worst}, {change[worst]:+,}." in words


def test_the_songs_of_paid_users_in_a_metro_last_week_by_a_link(
    chromium: "Browser", tab: "Page", served_demo: str, demo: Shown
) -> None:
    plays = demo.star.all_plays
    monday = LAST - (LAST.weekday() + 7) * DAY
    week = between(plays, monday, monday + 6 * DAY)
    metro = str(plays.groupby("location")["user_id"].nunique().idxmax())
    own = week[(week["location"] == metro) & (week["level"] == "paid")]
    counts = own.groupby(["title", "artist"]).size()
    visit(tab, f"{served_demo}/songs")
    person = Person(tab)
    person.click(tab.get_by_role("button", name="Last 28 days"))
    person.click(tab.get_by_role("radio", name="Previous week", exact=True))
    tab.keyboard.press("Escape")
    person.click(tab.get_by_role("radio", name="Paid", exact=True))
    person.click(tab.get_by_role("combobox", name="Metropolitan area"))
    person.type(metro)
    tab.wait_for_url("**metro=**")
    settle(tab)
    n = counts.nlargest(10).sum()
    sync_api.expect(tab.get_by_text(f"n = {n:,} plays of")).to_be_visible()
    elsewhere = chromium.new_context().new_page()
    visit(elsewhere, tab.url)
    sync_api.expect(elsewhere.get_by_text(f"n = {n:,} plays of")).to_be_visible()
    chip = elsewhere.get_by_test_id("stButton").filter(has_text="Paid")
    sync_api.expect(chip).to_be_visible()
    elsewhere.context.close()


def test_the_quietest_full_day_and_what_differs_from_the_weekday_before(
    tab: "Page", served_demo: str, demo: Shown
) -> None:
    counts = between(demo.star.all_plays, LAST - 27 * DAY, LAST - DAY).groupby(
        "play_date"
    )
    days = counts.size()
    quietest = min(days.index, key=lambda day: (days[day], day))
    visit(tab, f"{served_demo}/when")
    person = Person(tab)
    sync_api.expect(
        tab.get_by_text(f"full day is {quietest:%-d %b %Y}")
    ).to_be_visible()
    person.click(tab.get_by_role("combobox", name="Zoom to a day"))
    person.click(tab.get_by_role("option", name=f"{quietest:%-d %b %Y}"))
    before = quietest - 7 * DAY
    sync_api.expect(tab.get_by_text(f"with {before:%-d %b %Y}")).to_be_visible()
    person.click(tab.get_by_role("radio", name="Difference", exact=True))
    plays = demo.star.all_plays
    by_hour = [
        plays[plays["play_date"] == day]["hour"]
        .value_counts()
        .reindex(range(24), fill_value=0)
        for day in (quietest, before)
    ]
    change = by_hour[0] - by_hour[1]
    words = answer(tab, "At which hours of the week?")
    figure = f"{change.max():,}"
    assert re.search(rf"Highest: {quietest:%A}, \d+ o'clock, {figure} ", words)


def test_the_top_hundred_artists_as_csv(
    tab: "Page", served_demo: str, demo: Shown
) -> None:
    counts = between(demo.star.all_plays, LAST - 27 * DAY, LAST)
    artists = counts["artist"].value_counts()
    visit(tab, served_demo)
    person = Person(tab)
    person.turn_to("Artists")
    person.click(tab.get_by_role("radio", name="Top 100", exact=True))
    person.click(
        card(tab, "The most played artists").get_by_role(
            "button", name="Data", exact=True
        )
    )
    rows = person.download(tab.get_by_role("button", name="CSV", exact=True))
    assert list(rows["Plays"]) == sorted(artists, reverse=True)[:100]
    assert rows["Play rank"].iloc[0] == 1
    assert (
        dict(zip(rows["Artist"], rows["Plays"], strict=True)).items()
        <= dict(artists).items()
    )


def test_the_songs_that_the_catalogue_lacks_as_csv(
    tab: "Page", served_demo: str, demo: Shown
) -> None:
    plays = between(demo.star.all_plays, LAST - 27 * DAY, LAST)
    unknown = plays[plays["is_inferred"].astype(bool)].groupby(["title", "artist"])
    visit(tab, served_demo)
    person = Person(tab)
    person.turn_to("Data health")
    asked = card(tab, "Which songs does the catalogue lack most?")
    person.click(asked.get_by_role("button", name="Data", exact=True))
    rows = person.download(tab.get_by_role("button", name="CSV", exact=True))
    assert list(rows["Plays"]) == sorted(unknown.size(), reverse=True)[:500]


def test_how_many_upgraded_and_when(tab: "Page", served_demo: str, demo: Shown) -> None:
    plays = demo.star.all_plays.sort_values(["start_time", "songplay_id"])
    before = plays.groupby("user_id")["level"].shift()
    is_up = (before == "free") & (plays["level"] == "paid")
    is_down = (before == "paid") & (plays["level"] == "free")
    ups, downs = (
        between(plays[kind], LAST - 27 * DAY, LAST) for kind in (is_up, is_down)
    )
    visit(tab, served_demo)
    person = Person(tab)
    person.turn_to("Listeners")
    ends = ["" if len(each) == 1 else "s" for each in (ups, downs)]
    words = f"n = {len(ups):,} upgrade{ends[0]} and {len(downs):,} downgrade{ends[1]}."
    sync_api.expect(tab.get_by_text(words)).to_be_visible()
    asked = card(tab, "On which days?")
    person.click(asked.get_by_role("button", name="Data", exact=True))
    rows = person.download(tab.get_by_role("button", name="CSV", exact=True))
    days = ups["play_date"].value_counts()
    by_day = dict(zip(rows["Change date"], rows["Upgrades"], strict=True))
    assert {day: n for day, n in by_day.items() if n} == {
        str(day): n for day, n in days.items()
    }


def test_two_custom_months_against_each_other(
    chromium: "Browser", tab: "Page", served_demo: str, demo: Shown
) -> None:
    plays = demo.star.all_plays
    october = between(plays, date(2018, 10, 1), date(2018, 10, 31))
    september = between(plays, date(2018, 9, 1), date(2018, 9, 30))
    visit(tab, served_demo)
    person = Person(tab)
    person.click(tab.get_by_role("button", name="Last 28 days"))
    for name, first, last in (
        ("Days", "20181001", "20181031"),
        ("Days to compare with", "20180901", "20180930"),
    ):
        year = f"year, {name} start date"
        person.click(tab.get_by_role("spinbutton", name=year, exact=True))
        tab.keyboard.type(first, delay=40)
        tab.keyboard.press("Tab")
        tab.keyboard.type(last, delay=40)
        tab.keyboard.press("Tab")
        tab.keyboard.press("Tab")  # out of the days, which are then chosen
        settle(tab)
    assert values(tab)[0] == f"{len(october):,}"
    change = 100 * (len(october) / len(september) - 1)
    words = f"{change:+.1f}\N{NO-BREAK SPACE}%"
    delta = tab.locator(f"{MAIN} [data-testid=stMetricDelta]").first
    sync_api.expect(delta).to_contain_text(words)
    shown_again(chromium, tab)


def test_all_about_an_artist_typed_without_accents(
    chromium: "Browser", tab: "Page", served_demo: str, demo: Shown
) -> None:
    names = demo.star.all_plays["artist"].value_counts()
    name = next(each for each in names.index if is_accented(each))
    parts = unicodedata.normalize("NFD", name)
    bare = "".join(part for part in parts if not unicodedata.combining(part))
    assert bare.isascii()
    visit(tab, f"{served_demo}/sessions")
    person = Person(tab)
    person.click(tab.get_by_role("textbox", name="Search for an artist or a song"))
    person.type(bare.upper())
    person.click(tab.get_by_role("button", name=name, exact=True))
    tab.wait_for_url("**/artist?**")
    settle(tab)
    sync_api.expect(tab.locator(f"{MAIN} h1")).to_have_text(name)
    own = demo.star.all_plays[demo.star.all_plays["artist"] == name]
    days = sorted(own["start_time"])
    assert values(tab)[0] == f"{len(between(own, LAST - 27 * DAY, LAST)):,}"
    assert values(tab)[2] == f"{days[0]:%-d %b %Y}"
    assert values(tab)[4] == f"{days[9]:%-d %b %Y}"
    shown_again(chromium, tab)


def test_whether_weekday_evenings_grow(
    tab: "Page", served_demo: str, demo: Shown
) -> None:
    plays = demo.star.all_plays
    monday = LAST - (LAST.weekday() + 21) * DAY
    week = between(plays, monday, monday + 4 * DAY)
    total_before = len(week[week["hour"] >= 18])
    visit(tab, served_demo)
    person = Person(tab)
    person.turn_to("When")
    note = card(tab, "Do the evenings of Monday to Friday grow?")
    first = f"{total_before / 5:,.1f} in the week from {monday:%-d %b}"
    sync_api.expect(note).to_contain_text(first)
    assert plays["start_time"].max().hour < 23  # on a Friday, whose evening is cut
    sync_api.expect(note).to_contain_text("cut, from 26 Nov (4 evenings).")
    last = LAST - (LAST.weekday() + 7) * DAY  # so the week before is the last whole one
    week = between(plays, last, last + 4 * DAY)
    total = len(week[week["hour"] >= 18])
    change = 100 * (total / total_before - 1)
    words = f"{total / 5:,.1f} in the week from {last:%-d %b}: {change:+.1f}"
    sync_api.expect(note).to_contain_text(words)


def test_at_which_hour_an_artist_is_played_in_both_zones(
    tab: "Page", served_demo: str, demo: Shown
) -> None:
    plays = demo.star.all_plays
    name = str(plays["artist"].value_counts().index[0])
    own = between(plays[plays["artist"] == name], LAST - 27 * DAY, LAST)
    visit(tab, served_demo)
    person = Person(tab)
    person.click(tab.get_by_role("textbox", name="Search for an artist or a song"))
    person.type(name)
    person.click(tab.get_by_role("button", name=name, exact=True))
    tab.wait_for_url("**/artist?**")
    settle(tab)
    times = own["start_time"].dt.tz_localize("UTC")
    assert busiest(times) in answer(tab, "At which hours?")
    person.click(tab.get_by_role("combobox", name="Time zone"))
    person.click(tab.get_by_role("option", name="Your time"))
    here = times.dt.tz_convert(ZoneInfo(LOS_ANGELES))
    assert busiest(here) in answer(tab, "At which hours?")


def is_accented(name: str) -> bool:
    parts = unicodedata.normalize("NFD", name)
    return not name.isascii() and any(map(unicodedata.combining, parts))


def busiest(times: "pd.Series[pd.Timestamp]") -> str:
    hours = times.dt.hour.value_counts()
    best = min(hours.index, key=lambda hour: (-hours[hour], hour))
    return f"Highest: {best} o'clock, {hours[best]:,} plays"
