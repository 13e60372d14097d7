"""A person at a browser, wherever they live, sees each page whole and gets around."""

from io import StringIO
from pathlib import Path
from typing import TYPE_CHECKING, Literal

import pandas as pd
import pytest

from sparkify.warehouse import open_star
from tests.support.browser import (
    DRAWN,
    LOS_ANGELES,
    MAIN,
    NEEDS_CHROMIUM,
    VALUES,
    settle,
    values,
    visit,
)
from tests.support.dashboards import PAGES, served

if TYPE_CHECKING:
    from playwright.sync_api import Browser, Page

sync_api = pytest.importorskip("playwright.sync_api", reason="needs playwright")
pytestmark = [
    pytest.mark.xdist_group("browser"),
    NEEDS_CHROMIUM,
]

SECONDS_TO_COME = 10
MEASURES = """() => {
    const main = document.querySelector("[data-testid=stMain]");
    const ground = getComputedStyle(document.querySelector("[data-testid=stApp]"));
    return [main.scrollWidth, main.clientWidth, ground.backgroundColor];
}"""
SCHEMES: tuple[Literal["light", "dark"], ...] = ("light", "dark")


@pytest.mark.parametrize("width", [1440, 390])
def test_each_page_fits_without_errors_or_outside_requests(
    chromium: "Browser", served_demo: str, width: int
) -> None:
    context = chromium.new_context(
        viewport={"width": width, "height": 900},
        timezone_id=LOS_ANGELES,
    )
    tab = context.new_page()
    outside, complaints = [], []
    tab.on(
        "request",
        lambda request: (
            None
            if request.url.startswith((served_demo, "data:", "blob:"))
            else outside.append(request.url)
        ),
    )
    tab.on("pageerror", lambda error: complaints.append(str(error)))
    tab.on(
        "console",
        lambda message: (
            complaints.append(f"{message.text} {message.location['url']}")
            if message.type == "error" and not is_probe(message.location["url"])
            else None
        ),
    )
    for page in PAGES:
        visit(tab, f"{served_demo}/{page}" if page != PAGES[0] else served_demo)
        grounds = []
        for scheme in SCHEMES:
            tab.emulate_media(color_scheme=scheme)
            settle(tab)
            tab.wait_for_selector(DRAWN)
            assert tab.get_by_test_id("stException").count() == 0, page
            scroll, client, ground = tab.evaluate(MEASURES)
            assert scroll <= client, f"{page} is cut off"
            grounds.append(ground)
        assert grounds[0] != grounds[1]
    assert outside == []
    assert complaints == []
    context.close()


def test_the_first_visitor_can_open_a_page_by_its_link(
    tab: "Page", demo_workspace: Path
) -> None:
    with served(demo_workspace) as address:
        tab.goto(f"{address}/songs?level=Free")
        tab.get_by_text("free plays").first.wait_for(timeout=SECONDS_TO_COME * 1_000)


def is_probe(url: str) -> bool:
    """Tell whether Streamlit looked below a page for what is at the root."""
    return any(f"/{page}/_stcore/" in url for page in PAGES)


def test_a_filter_changes_the_numbers_and_its_link_shows_the_same(
    chromium: "Browser", tab: "Page", served_demo: str
) -> None:
    visit(tab, served_demo)
    before = values(tab)
    tab.get_by_test_id("stSidebar").get_by_text("Paid", exact=True).click()
    tab.wait_for_url("**level=Paid**")
    settle(tab)
    tab.get_by_role("combobox", name="Period").click()
    tab.get_by_role("option", name="Last 91 days").click()
    tab.wait_for_url("**period=Last**")
    settle(tab)
    now = values(tab)
    assert now != before
    assert "100.0%" in now  # the paid share of paid plays
    elsewhere = chromium.new_context(timezone_id="Asia/Tokyo").new_page()
    visit(elsewhere, tab.url)
    sync_api.expect(elsewhere.locator(VALUES)).to_have_text(now)
    elsewhere.context.close()


def test_the_filters_stay_in_the_link_from_page_to_page(
    chromium: "Browser", tab: "Page", served_demo: str
) -> None:
    visit(tab, served_demo)
    tab.get_by_test_id("stSidebar").get_by_text("Free", exact=True).click()
    tab.wait_for_url("**level=Free**")
    settle(tab)
    tab.get_by_test_id("stSidebarNav").get_by_text("Sessions").click()
    sync_api.expect(tab.locator(f"{MAIN} h1")).to_have_text("How long are the visits?")
    settle(tab)
    now = values(tab)
    assert "level=Free" in tab.url
    elsewhere = chromium.new_context().new_page()
    visit(elsewhere, tab.url)
    sync_api.expect(elsewhere.locator(VALUES)).to_have_text(now)
    elsewhere.context.close()


def test_a_click_on_a_song_shows_its_detail(tab: "Page", served_demo: str) -> None:
    visit(tab, served_demo)
    tab.get_by_test_id("stSidebarNav").get_by_text("Songs").click()
    tab.get_by_test_id("stDataFrame").first.wait_for()
    settle(tab)
    table = tab.get_by_test_id("stDataFrame").first
    table.click(position={"x": 15, "y": 52})
    settle(tab)
    tab.get_by_text("First play", exact=True).wait_for()
    assert tab.get_by_text("Other songs of").count() == 1


def test_the_csv_has_the_rows_of_the_table(
    tab: "Page", served_demo: str, demo_workspace: Path
) -> None:
    visit(tab, f"{served_demo}/songs?period=All")
    tab.get_by_text("Table and SQL").first.click()
    with tab.expect_download() as started:
        tab.get_by_test_id("stDownloadButton").first.get_by_role("button").click()
    download = started.value
    assert download.suggested_filename == "top_songs.csv"
    rows = pd.read_csv(StringIO(Path(download.path()).read_text(encoding="utf-8")))
    with open_star(str(demo_workspace)) as session:
        expected = session.query(
            "select songs.title, count(*) as plays from songplays join songs "
            "using (song_id) join artists on songs.artist_id = artists.artist_id "
            "group by songs.title, artists.name order by plays desc limit 10",
            {},
        ).to_pandas()
    assert list(rows["plays"]) == list(expected["plays"])
    assert len(rows) == 10


def test_a_browser_in_another_time_zone_shows_days_in_utc(
    tab: "Page", served_demo: str
) -> None:
    visit(tab, served_demo)
    visit(tab, f"{served_demo}/when?period=Custom&from=2018-11-05&to=2018-11-18")
    calendar = tab.locator(DRAWN).last
    words = calendar.locator("text").all_text_contents()
    assert "On which days?" in words
    # Both begin on a Monday; a zone would make it three weeks from Sundays.
    assert [word for word in words if word.endswith(" Nov")] == ["5 Nov", "12 Nov"]


def test_the_keyboard_changes_the_level(tab: "Page", served_demo: str) -> None:
    visit(tab, served_demo)
    before = values(tab)
    level = "document.activeElement?.closest('[data-testid=stButtonGroup]')?.innerText"
    for _ in range(60):
        tab.keyboard.press("Tab")
        if "Paid" in (tab.evaluate(level) or ""):
            break
    else:
        pytest.fail("the Tab key does not reach the level")
    tab.keyboard.press("ArrowRight")
    tab.keyboard.press("Enter")
    tab.wait_for_url("**level=Paid**")
    settle(tab)
    assert values(tab) != before
