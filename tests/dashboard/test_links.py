"""The address holds what is chosen, from page to page, for a fresh browser too."""

from typing import TYPE_CHECKING
from urllib.parse import parse_qs, urlencode, urlsplit

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

if TYPE_CHECKING:
    from playwright.sync_api import Browser, Page

sync_api = pytest.importorskip("playwright.sync_api", reason="needs playwright")
pytestmark = [pytest.mark.xdist_group("browser"), NEEDS_CHROMIUM]


def test_the_filters_stay_in_the_link_from_page_to_page(
    chromium: "Browser", tab: "Page", served_demo: str
) -> None:
    visit(tab, served_demo)
    tab.get_by_role("radio", name="Free", exact=True).click()
    tab.wait_for_url("**level=Free**")
    settle(tab)
    tab.get_by_role("link", name="Sessions").click()
    sync_api.expect(tab.locator(f"{MAIN} h1")).to_have_text("How long are the visits?")
    settle(tab)
    now = values(tab)
    assert "level=Free" in tab.url
    elsewhere = chromium.new_context().new_page()
    visit(elsewhere, tab.url)
    sync_api.expect(elsewhere.locator(VALUES)).to_have_text(now)
    elsewhere.context.close()


def test_the_days_to_compare_stay_in_the_link_from_page_to_page(
    chromium: "Browser", tab: "Page", served_demo: str, demo: Shown
) -> None:
    days = ("2018-10-01", "2018-10-31"), ("2018-09-08", "2018-09-21")
    query = [("period", "Custom"), ("compare", "Custom days")]
    for name, each in zip(("days", "compare-days"), days, strict=True):
        query += [(name, day) for day in each]
    visit(tab, f"{served_demo}/songs?{urlencode(query)}")
    tab.get_by_role("link", name="Overview", exact=True).click()
    sync_api.expect(tab.locator(f"{MAIN} h1")).to_have_text("Is listening up?")
    settle(tab)
    assert parse_qs(urlsplit(tab.url).query) == parse_qs(urlencode(query))
    dates = demo.star.all_plays["play_date"].astype(str)
    october, september = (dates.between(*each).sum() for each in days)
    assert values(tab)[0] == f"{october:,}"
    change = f"{100 * (october / september - 1):+.1f}\N{NO-BREAK SPACE}%"
    deltas = f"{MAIN} [data-testid=stMetricDelta]"
    sync_api.expect(tab.locator(deltas).first).to_contain_text(change)
    elsewhere = chromium.new_context(timezone_id="Asia/Tokyo").new_page()
    visit(elsewhere, tab.url)
    sync_api.expect(elsewhere.locator(VALUES)).to_have_text(values(tab))
    changes = tab.locator(deltas).all_inner_texts()
    sync_api.expect(elsewhere.locator(deltas)).to_have_text(changes)
    elsewhere.context.close()
