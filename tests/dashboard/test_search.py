"""The search leads to the page of a name, from every place of a page."""

from typing import TYPE_CHECKING

import pytest

from tests.support.browser import MAIN, NEEDS_CHROMIUM, PHONE, settle, visit

if TYPE_CHECKING:
    from playwright.sync_api import Browser

sync_api = pytest.importorskip("playwright.sync_api", reason="needs playwright")
pytestmark = [pytest.mark.xdist_group("browser"), NEEDS_CHROMIUM]


def test_on_a_phone_what_is_found_stands_in_the_menu_that_covers_the_page(
    chromium: "Browser", served_demo: str
) -> None:
    context = chromium.new_context(
        viewport={"width": 390, "height": 844}, user_agent=PHONE, has_touch=True
    )
    tab = context.new_page()
    visit(tab, f"{served_demo}/songs")
    tab.get_by_test_id("stPopoverButton").first.tap()
    box = tab.get_by_placeholder("artist or song")
    box.fill("a")
    box.press("Enter")
    found = tab.locator(".st-key-results").get_by_role("button").first
    sync_api.expect(found).to_be_in_viewport(ratio=1)
    name = found.inner_text().splitlines()[-1]
    found.tap()  # nothing covers it
    tab.wait_for_url("**/artist?**")
    settle(tab)
    assert tab.locator(f"{MAIN} h1").inner_text() == name
    context.close()
