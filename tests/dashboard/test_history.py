"""The browser's "back" and "forward" lead to the pages of before, as they were."""

from typing import TYPE_CHECKING
from urllib.parse import parse_qs, urlencode, urlsplit

import pytest

from tests.support.browser import MAIN, NEEDS_CHROMIUM, settle, values, visit
from tests.support.dashboards import Shown

if TYPE_CHECKING:
    from collections.abc import Callable

    from playwright.sync_api import Page

pytestmark = [pytest.mark.xdist_group("browser"), NEEDS_CHROMIUM]


def to_menu(tab: "Page") -> None:
    tab.get_by_role("link", name="When").first.click()


def to_artists(tab: "Page") -> None:
    """Turn to a page that has the same controls of its own."""
    tab.get_by_role("link", name="Artists").first.click()


def to_song(tab: "Page") -> None:
    """Click the first title; the cells of the table are drawn on a canvas."""
    table = tab.get_by_test_id("stDataFrame").first
    table.click(position={"x": 120, "y": 52})


def to_found(tab: "Page") -> None:
    tab.get_by_placeholder("artist or song").fill("a")
    tab.keyboard.press("Enter")
    tab.locator(".st-key-result-0 button").click()


@pytest.mark.parametrize("turn", [to_menu, to_artists, to_song, to_found])
def test_one_step_back_leads_to_the_page_of_before(
    tab: "Page", served_demo: str, turn: "Callable[[Page], None]"
) -> None:
    query = (
        "period=Custom&days=2018-11-05&days=2018-11-11&compare=Custom+days"
        "&compare-days=2018-10-01&compare-days=2018-10-07&level=Paid&grain=By+week"
        "&top=Top+25&catalogue=true"
    )
    visit(tab, f"{served_demo}/songs?{query}")
    steps, before = tab.evaluate("history.length"), tab.inner_text(MAIN)
    turn(tab)
    tab.wait_for_function("location.pathname !== '/songs'")
    settle(tab)
    there, address = tab.inner_text(MAIN), tab.url
    assert "5 Nov to 11 Nov 2018, paid plays. Compared with 1 Oct" in there
    assert tab.evaluate("history.length") == steps + 1
    moves = (
        (tab.go_back, before, f"{served_demo}/songs?{query}"),
        (tab.go_forward, there, address),
    )
    for move, page, link in 2 * moves:
        move()
        settle(tab)
        assert tab.inner_text(MAIN) == page
        assert parse_qs(urlsplit(tab.url).query) == parse_qs(urlsplit(link).query)
        assert urlsplit(tab.url).path == urlsplit(link).path


def test_a_step_back_on_a_page_leads_to_the_figures_of_before(
    tab: "Page", served_demo: str
) -> None:
    visit(tab, f"{served_demo}/?period=Custom&days=2018-11-05&days=2018-11-11")
    before = values(tab)
    tab.evaluate(
        "History.prototype.pushState.call(history, {}, '', "
        "'?period=Custom&days=2018-11-12&days=2018-11-18')"
    )
    tab.evaluate("window.dispatchEvent(new PopStateEvent('popstate'))")
    settle(tab)
    later = values(tab)
    assert later != before
    tab.go_back()
    settle(tab)
    assert values(tab) == before


def test_turning_from_one_artist_to_another_keeps_the_filters_in_the_link(
    tab: "Page", served_demo: str, demo: Shown
) -> None:
    artist, other = demo.star.all_plays["artist"].value_counts().index[:2]
    query = urlencode({"artist": artist, "level": "Paid", "period": "Last 7 days"})
    visit(tab, f"{served_demo}/artist?{query}")
    tab.get_by_placeholder("artist or song").fill(other)
    tab.keyboard.press("Enter")
    tab.locator(".st-key-results").get_by_text(other, exact=True).click()
    tab.wait_for_function(f"location.search.includes('{urlencode({'artist': other})}')")
    settle(tab)
    now = values(tab)
    assert parse_qs(urlsplit(tab.url).query)["level"] == ["Paid"]
    tab.reload()
    settle(tab)
    assert values(tab) == now
