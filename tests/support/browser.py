"""A browser, as the tests of the dashboard drive it."""

from collections.abc import Iterator
from pathlib import Path
from shutil import which
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from playwright.sync_api import Browser, BrowserContext, Page

CHROMIUM = which("chromium") or "/usr/bin/chromium"
NEEDS_CHROMIUM = pytest.mark.skipif(
    not Path(CHROMIUM).is_file(), reason="needs chromium, /usr/bin/chromium"
)

QUIET = (
    "--no-sandbox",
    "--disable-gpu",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
)
READY = "[data-testid=stApp][data-test-script-state=notRunning]"
MAIN = "[data-testid=stMain]"
DRAWN = f"{MAIN} [data-testid=stVegaLiteChart] :is(svg, canvas)"
VALUES = f"{MAIN} [data-testid=stMetricValue]"
LOS_ANGELES = "America/Los_Angeles"
PHONE = (
    "Mozilla/5.0 (Linux; Android 14; Pixel 8) AppleWebKit/537.36 (KHTML, like Gecko) "
    "Chrome/130.0 Mobile Safari/537.36"
)


@pytest.fixture(scope="module")
def chromium() -> "Iterator[Browser]":
    sync_api = pytest.importorskip("playwright.sync_api", reason="needs playwright")
    with sync_api.sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=QUIET)
        yield browser
        browser.close()


@pytest.fixture(scope="module")
def viewer(chromium: "Browser") -> "Iterator[BrowserContext]":
    """Keep the scripts of a page, which a new viewer would load and parse each time."""
    context = chromium.new_context(
        viewport={"width": 1440, "height": 900}, timezone_id=LOS_ANGELES
    )
    yield context
    context.close()


@pytest.fixture
def tab(viewer: "BrowserContext") -> "Iterator[Page]":
    page = viewer.new_page()
    yield page
    page.close()


def settle(tab: "Page") -> None:
    """Wait until the page is done: its parts come one after the other."""
    tab.wait_for_selector(f"{MAIN} h1")
    before = None
    while before != (before := (tab.locator(READY).count(), tab.inner_text(MAIN))):
        tab.wait_for_timeout(400)
        tab.wait_for_selector(READY)


def visit(tab: "Page", link: str) -> None:
    tab.goto(link)
    settle(tab)


def values(tab: "Page") -> list[str]:
    found: list[str] = tab.locator(VALUES).all_inner_texts()
    return found
