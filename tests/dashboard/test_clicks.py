"""A click on a mark filters every page, a chip takes it off, and the link holds it."""

from datetime import date, timedelta
from typing import TYPE_CHECKING

import pytest

from tests.support.browser import (
    MAIN,
    NEEDS_CHROMIUM,
    VALUES,
    settle,
    values,
    visit,
)
from tests.support.dashboards import Shown
from tests.support.report_stars import FIREFOX, MACOS, states_of

if TYPE_CHECKING:
    from playwright.sync_api import Browser, Locator, Page

sync_api = pytest.importorskip("playwright.sync_api", reason="needs playwright")
pytestmark = [pytest.mark.xdist_group("browser"), NEEDS_CHROMIUM]

DAY = timedelta(days=1)
LAST = date(2018, 11, 30)


def turn_to_overview(tab: "Page") -> None:
    tab.get_by_role("link", name="Overview").click()
    sync_api.expect(tab.locator(f"{MAIN} h1")).to_have_text("Is listening up?")
    settle(tab)


def chart(tab: "Page", question: str) -> "Locator":
    named = f'[aria-label^="{question}"]'
    drawn = "[data-testid=stVegaLiteChart]"
    return tab.locator(f"{MAIN} :is({drawn}{named}, {named} {drawn})").first


def bar(tab: "Page", question: str, name: str) -> "Locator":
    marks = chart(tab, question).locator(".mark-rect.role-mark path")
    return marks.and_(tab.locator(f'[aria-label*=": {name}"]'))


def chip(tab: "Page", words: str) -> "Locator":
    return tab.locator(".st-key-filters").get_by_role("button", name=words)


def shown_again(chromium: "Browser", tab: "Page") -> None:
    elsewhere = chromium.new_context().new_page()
    visit(elsewhere, tab.url)
    sync_api.expect(elsewhere.locator(VALUES)).to_have_text(values(tab))
    elsewhere.context.close()


def test_a_brush_on_the_trend_chooses_its_days_and_a_chip_takes_them_off(
    chromium: "Browser", tab: "Page", served_demo: str, demo: Shown
) -> None:
    visit(tab, served_demo)
    before = values(tab)
    drawn = chart(tab, "How much is played each day?")
    drawn.scroll_into_view_if_needed()
    box = drawn.bounding_box()
    assert box is not None
    y = box["y"] + box["height"] / 2
    tab.mouse.move(box["x"] + box["width"] * 0.3, y)
    tab.mouse.down()
    tab.mouse.move(box["x"] + box["width"] * 0.5, y, steps=8)
    tab.mouse.up()
    tab.wait_for_url("**period=Custom**")
    settle(tab)
    found = [each.partition("=")[2] for each in tab.url.split("&") if "days=" in each]
    first, last = (date.fromisoformat(each) for each in found)
    assert LAST - 27 * DAY < first < last < LAST
    days = demo.star.all_plays["play_date"]
    own = demo.star.all_plays[(days >= first) & (days <= last)]
    assert values(tab)[0] == f"{len(own):,}"
    shown_again(chromium, tab)
    chip(tab, f"{first:%-d %b} to").last.click()
    settle(tab)
    assert values(tab) == before


def test_a_click_on_a_day_zooms_to_it_against_the_same_weekday(
    tab: "Page", served_demo: str, demo: Shown
) -> None:
    visit(tab, f"{served_demo}/when")
    marks = ".mark-rect.role-mark path"
    cells = chart(tab, "On which days?").locator(marks)
    words = cells.nth(9).get_attribute("aria-label") or ""
    cells.nth(9).click()
    tab.wait_for_url("**days=**")
    settle(tab)
    day = date.fromisoformat(tab.url.partition("days=")[2][:10])
    assert f"{day:%-d %b %Y}" in words
    assert "Same+weekdays+before" in tab.url
    count = int((demo.star.all_plays["play_date"] == day).sum())
    sync_api.expect(tab.get_by_text(f"n = {count:,} plays").first).to_be_visible()


def test_a_click_on_a_metro_filters_the_pages_after_it_too(
    chromium: "Browser", tab: "Page", served_demo: str, demo: Shown
) -> None:
    visit(tab, f"{served_demo}/places?period=All")
    plays = demo.star.all_plays
    crowds = plays.groupby("location")["user_id"].nunique()
    counts = plays.groupby("location").size()[crowds >= 3]
    metro = min(counts.index, key=lambda name: (-counts[name], name))
    bars = chart(tab, "In which metropolitan areas?")
    bars.locator(".mark-rect.role-mark path").first.click()
    tab.wait_for_url("**metro=**")
    settle(tab)
    turn_to_overview(tab)
    assert values(tab)[0] == f"{counts[metro]:,}"
    shown_again(chromium, tab)
    chip(tab, metro[:20]).last.click()
    settle(tab)
    assert values(tab)[0] == f"{len(plays):,}"


def test_a_click_on_a_state_filters_the_pages_after_it_too(
    chromium: "Browser", tab: "Page", served_demo: str, demo: Shown
) -> None:
    visit(tab, f"{served_demo}/places?period=All")
    plays = demo.star.all_plays
    state = states_of(plays["location"])
    counts = state.value_counts()
    most = str(counts.index[0])
    assert plays["location"][state == most].nunique() > 1
    tiles = chart(tab, "In which states?")
    tiles.locator(f'.mark-rect.role-mark path[aria-label*="state: {most}"]').click()
    tab.wait_for_url("**metro=All+of**")
    settle(tab)
    turn_to_overview(tab)
    assert values(tab)[0] == f"{counts[most]:,}"
    shown_again(chromium, tab)
    chip(tab, f"All of {most}").last.click()
    settle(tab)
    assert values(tab)[0] == f"{len(plays):,}"


def test_a_click_on_the_name_of_a_chosen_state_takes_it_off(
    tab: "Page", served_demo: str, demo: Shown
) -> None:
    plays = demo.star.all_plays
    most = str(states_of(plays["location"]).value_counts().index[0])
    visit(tab, f"{served_demo}/places?period=All&metro=All+of+{most}")
    sync_api.expect(chip(tab, f"All of {most}").last).to_be_visible()
    chart(tab, "In which states?").locator("text", has_text=most).click(force=True)
    tab.wait_for_url(lambda url: "metro=" not in url)
    settle(tab)
    sync_api.expect(chip(tab, f"All of {most}")).to_have_count(0)
    turn_to_overview(tab)
    assert values(tab)[0] == f"{len(plays):,}"


DEVICES = pytest.mark.parametrize(
    ("question", "device", "pattern"),
    [
        ("On which platforms?", "macOS", MACOS),
        ("In which browsers?", "Firefox", FIREFOX),
    ],
)


@DEVICES
def test_a_click_on_a_device_filters_the_pages_after_it_too(
    chromium: "Browser",
    tab: "Page",
    served_demo: str,
    demo: Shown,
    question: str,
    device: str,
    pattern: str,
) -> None:
    visit(tab, f"{served_demo}/places?period=All")
    plays = demo.star.all_plays
    own = plays[plays["user_agent"].str.contains(pattern)]
    bar(tab, question, device).click()
    tab.wait_for_url(f"**device={device}**")
    settle(tab)
    assert "share: 1;" in str(bar(tab, question, device).get_attribute("aria-label"))
    turn_to_overview(tab)
    assert f"device={device}" in tab.url
    listeners = own["user_id"].nunique()
    assert values(tab)[:2] == [f"{len(own):,}", f"{listeners:,}"]
    shown_again(chromium, tab)
    chip(tab, device).last.click()
    settle(tab)
    assert values(tab)[0] == f"{len(plays):,}"
    assert "device=" not in tab.url


@DEVICES
def test_a_click_on_a_chosen_device_takes_it_off(
    tab: "Page", served_demo: str, question: str, device: str, pattern: str
) -> None:
    visit(tab, f"{served_demo}/places?period=All&device={device}")
    sync_api.expect(chip(tab, device)).to_be_visible()
    bar(tab, question, device).click()
    tab.wait_for_url(lambda url: "device=" not in url)
    settle(tab)
    sync_api.expect(chip(tab, device)).to_have_count(0)
    sync_api.expect(bar(tab, question, device)).to_be_visible()


def test_a_device_can_be_chosen_by_keyboard(tab: "Page", served_demo: str) -> None:
    visit(tab, served_demo)
    tab.get_by_role("combobox", name="Device").focus()
    tab.keyboard.type("Firefox")
    tab.keyboard.press("Enter")
    tab.wait_for_url("**device=Firefox**")
    settle(tab)
    sync_api.expect(chip(tab, "Firefox")).to_be_visible()


def test_a_click_on_a_level_filters_and_one_more_takes_it_off(
    tab: "Page", served_demo: str
) -> None:
    visit(tab, f"{served_demo}/listeners")
    bars = chart(tab, "At which level do women and men listen?")
    bars.locator(".mark-rect.role-mark path").first.click()
    tab.wait_for_url("**level=**")
    settle(tab)
    bars = chart(tab, "At which level do women and men listen?")
    bars.locator(".mark-rect.role-mark path").first.click()
    tab.wait_for_url(lambda url: "level=" not in url)


def test_a_click_on_a_week_zooms_to_its_days(tab: "Page", served_demo: str) -> None:
    visit(tab, f"{served_demo}/listeners")
    bars = chart(tab, "How many are new each week?")
    bars.locator(".mark-rect.role-mark path").nth(1).click()
    tab.wait_for_url("**days=**")
    found = [each.partition("=")[2] for each in tab.url.split("&") if "days=" in each]
    first, last = (date.fromisoformat(each) for each in found)
    assert first.weekday() == 0 or first == LAST - 27 * DAY
    assert last == min(first + (6 - first.weekday()) * DAY, LAST)


@pytest.mark.parametrize("page", ["song", "artist"])
def test_a_click_on_a_bar_of_what_is_played_most_opens_it(
    tab: "Page", served_demo: str, demo: Shown, page: str
) -> None:
    visit(tab, f"{served_demo}?period=All&level=Free")
    plays = demo.star.all_plays
    free = plays[plays["level"] == "free"]
    by = ["title", "artist"] if page == "song" else ["artist"]
    counts = free.groupby(by).size().reset_index(name="plays")
    first = counts.sort_values(["plays", *by], ascending=[False] + [True] * len(by))
    bars = chart(tab, f"Which {page}s are played most?")
    bars.locator(".mark-rect.role-mark path").first.click()
    tab.wait_for_url(f"**/{page}?**")
    settle(tab)
    words = " · ".join(first.iloc[0][by])
    sync_api.expect(tab.locator(f"{MAIN} h1")).to_have_text(words)
    assert values(tab)[0] == f"{first['plays'].iloc[0]:,}"


def test_a_click_on_an_artist_opens_its_page(tab: "Page", served_demo: str) -> None:
    visit(tab, served_demo)
    bars = chart(tab, "What changed?")
    bars.locator(".mark-rect.role-mark path").first.click()
    tab.wait_for_url("**/artist?**")
    settle(tab)
    words = chart(tab, "How much is played each day?")
    sync_api.expect(words).to_be_attached()
