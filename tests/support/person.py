"""A person at a page of the dashboard, who has few clicks."""

from codecs import BOM_UTF8
from io import StringIO
from pathlib import Path
from typing import TYPE_CHECKING

import pandas as pd

from tests.support.browser import MAIN, settle

if TYPE_CHECKING:
    from playwright.sync_api import Locator, Page

MOST_CLICKS = 4


class Person:
    """Clicks and types at a page, and counts the clicks."""

    def __init__(self, tab: "Page") -> None:
        self.tab = tab
        self.clicks = 0

    def click(self, target: "Locator") -> None:
        self.clicks += 1
        assert self.clicks <= MOST_CLICKS
        target.click()
        settle(self.tab)

    def type(self, text: str) -> None:
        self.tab.keyboard.type(text, delay=20)
        self.tab.wait_for_timeout(300)
        self.tab.keyboard.press("Enter")
        settle(self.tab)

    def turn_to(self, page: str) -> None:
        self.click(self.tab.get_by_role("link", name=page, exact=True))

    def download(self, target: "Locator") -> pd.DataFrame:
        with self.tab.expect_download() as started:
            self.clicks += 1
            assert self.clicks <= MOST_CLICKS
            target.click()
        content = Path(started.value.path()).read_bytes()
        assert content.startswith(BOM_UTF8)
        return pd.read_csv(StringIO(content.decode("utf-8-sig")))


def card(tab: "Page", question: str) -> "Locator":
    """Return the card that asks a question."""
    heading = tab.get_by_role("heading", name=question, exact=True)
    return tab.locator("[data-testid=stVerticalBlock]").filter(has=heading).last


def answer(tab: "Page", question: str) -> str:
    """Return what a screen reader says of the chart of a question."""
    chart = tab.locator(f'{MAIN} [aria-label^="{question} "]').first
    chart.wait_for(state="attached")
    return chart.get_attribute("aria-label") or ""
