"""A person at a browser, wherever they live, sees each page whole and gets around."""

from codecs import BOM_UTF8
from io import StringIO
from pathlib import Path
from typing import TYPE_CHECKING, Literal
from urllib.parse import parse_qs, urlsplit

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
from tests.support.dashboards import EVERY_PAGE, Shown, link_to, served

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
    chromium: "Browser", served_demo: str, demo_workspace: Path, width: int
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
    for page in EVERY_PAGE:
        visit(tab, link_to(page, served_demo, demo_workspace))
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
    return any(f"/{page}/_stcore/" in url for page in EVERY_PAGE)


def test_a_filter_changes_the_numbers_and_its_link_shows_the_same(
    chromium: "Browser", tab: "Page", served_demo: str
) -> None:
    visit(tab, served_demo)
    before = values(tab)
    tab.get_by_role("radio", name="Paid", exact=True).click()
    tab.wait_for_url("**level=Paid**")
    settle(tab)
    tab.get_by_role("button", name="Last 28 days").click()
    tab.get_by_role("radio", name="Last 91 days").click()
    tab.wait_for_url("**period=Last**")
    settle(tab)
    now = values(tab)
    assert now != before
    assert "100.0\N{NO-BREAK SPACE}%" in now  # the paid share of paid plays
    elsewhere = chromium.new_context(timezone_id="Asia/Tokyo").new_page()
    visit(elsewhere, tab.url)
    sync_api.expect(elsewhere.locator(VALUES)).to_have_text(now)
    elsewhere.context.close()


def test_a_click_on_a_song_opens_its_page_and_its_link_does_too(
    chromium: "Browser", tab: "Page", served_demo: str, demo: Shown
) -> None:
    visit(tab, f"{served_demo}/songs?level=Free&period=All")
    table = tab.get_by_test_id("stDataFrame").first
    table.click(position={"x": 150, "y": 52})
    tab.wait_for_url("**/song?**")
    settle(tab)
    sync_api.expect(tab.get_by_text("First play", exact=True)).to_be_visible()
    plays = demo.star.all_plays
    counts = plays[plays["level"] == "free"].groupby(["title", "artist"]).size()
    title, artist = min(counts.index, key=lambda song: (-counts[song], song))
    query = {key: value[0] for key, value in parse_qs(urlsplit(tab.url).query).items()}
    assert (query["title"], query["artist"]) == (title, artist)
    assert (query["level"], query["period"]) == ("Free", "All")
    now = values(tab)
    own = plays[(plays["title"] == title) & (plays["artist"] == artist)]
    assert now[0] == f"{counts[title, artist]:,}"
    assert f"{own['start_time'].min():%-d %b %Y}" in now
    elsewhere = chromium.new_context().new_page()
    visit(elsewhere, tab.url)
    sync_api.expect(elsewhere.locator(VALUES)).to_have_text(now)
    elsewhere.get_by_role("radio", name="All", exact=True).click()
    settle(elsewhere)
    assert values(elsewhere)[0] == f"{len(own):,}"
    assert "title=" in elsewhere.url
    elsewhere.context.close()


def test_the_link_of_days_keeps_the_days_that_are_chosen_by_a_name(
    chromium: "Browser", tab: "Page", served_demo: str
) -> None:
    visit(tab, f"{served_demo}/?period=Last+7+days&compare=Four+weeks+before")
    now = values(tab)
    tab.get_by_role("button", name="Link").click()
    links = tab.get_by_test_id("stPopoverBody").get_by_test_id("stCode")
    sync_api.expect(links).to_have_count(2)
    relative, absolute = (text.strip() for text in links.all_inner_texts())
    assert "period=Last+7+days" in relative
    assert "days=2018-11-24&days=2018-11-30" in absolute
    assert "compare-days=2018-10-27&compare-days=2018-11-02" in absolute
    for link in (relative, absolute):
        elsewhere = chromium.new_context().new_page()
        visit(elsewhere, link)
        sync_api.expect(elsewhere.locator(VALUES)).to_have_text(now)
        elsewhere.context.close()


def test_a_click_on_a_cell_stands_in_the_link(
    chromium: "Browser", tab: "Page", served_demo: str
) -> None:
    visit(tab, f"{served_demo}/when?period=All")
    heat = tab.locator(f"{MAIN} [data-testid=stVegaLiteChart]").nth(1)
    heat.locator(".mark-rect.role-mark path").nth(30).click()
    tab.wait_for_url("**hour=**")
    settle(tab)
    asked = tab.locator(f"{MAIN} h3").filter(has_text="What is played on")
    words = asked.inner_text()
    elsewhere = chromium.new_context().new_page()
    visit(elsewhere, tab.url)
    shown = elsewhere.locator(f"{MAIN} h3").filter(has_text=words)
    sync_api.expect(shown).to_be_visible()
    elsewhere.context.close()


def test_hours_are_those_of_the_viewer(
    chromium: "Browser", served_demo: str, demo: Shown
) -> None:
    zone = "Asia/Kolkata"
    context = chromium.new_context(timezone_id=zone)
    tab = context.new_page()
    visit(tab, f"{served_demo}/when?period=All&zone=Your+time")
    plays = demo.star.all_plays["start_time"].dt.tz_localize("UTC").dt.tz_convert(zone)
    hours = plays.dt.hour.value_counts()
    words = f"Highest: {hours.idxmax()} o'clock, {hours.max():,} plays"
    chart = tab.locator(f'{MAIN} [aria-label*="hours of the day? {words}"]')
    sync_api.expect(chart).to_have_count(1)
    context.close()


def test_the_filters_stay_in_view_when_a_page_is_scrolled(
    tab: "Page", served_demo: str
) -> None:
    visit(tab, f"{served_demo}/when")
    question = tab.get_by_text("On which days?")
    question.wait_for()
    tab.mouse.move(500, 500)
    tab.mouse.wheel(0, 2_000)
    sync_api.expect(question).to_be_in_viewport()
    bar = tab.locator(".st-key-filters")
    sync_api.expect(bar).to_be_in_viewport(ratio=1)
    colour = "each => getComputedStyle(each).backgroundColor"
    ground = tab.get_by_test_id("stApp").evaluate(colour)
    assert bar.locator("xpath=..").evaluate(colour) == ground  # nothing shines through
    box = bar.get_by_placeholder("artist or song")
    box.fill("a")
    box.press("Enter")
    found = tab.locator(".st-key-results").get_by_role("button").first
    sync_api.expect(found).to_be_in_viewport(ratio=1)
    bar.get_by_role("radio", name="Paid").click()  # nothing covers it
    tab.wait_for_url(lambda url: "level=Paid" in url)


def test_the_csv_has_the_rows_of_the_table(
    tab: "Page", served_demo: str, demo_workspace: Path
) -> None:
    visit(tab, f"{served_demo}/songs?period=All")
    tab.get_by_role("button", name="Data", exact=True).first.click()
    with tab.expect_download() as started:
        tab.get_by_test_id("stDownloadButton").first.get_by_role("button").click()
    download = started.value
    assert download.suggested_filename == "top_songs_2018-09-01_2018-11-30.csv"
    content = Path(download.path()).read_bytes()
    assert content.startswith(BOM_UTF8)
    rows = pd.read_csv(StringIO(content.decode("utf-8-sig")))
    # The data has no earlier days, so that nothing is known of a rank before.
    assert list(rows) == [
        "Play rank",
        "Title",
        "Artist",
        "Plays",
        "Share",
        "Listeners",
        "Is in catalogue",
    ]
    assert rows["Play rank"].iloc[0] == 1
    assert set(rows["Is in catalogue"]) == {"yes", "no"}
    with open_star(str(demo_workspace)) as session:
        expected = session.query(
            "select songs.title, count(*) as plays from songplays join songs "
            "using (song_id) join artists on songs.artist_id = artists.artist_id "
            "group by songs.title, artists.name order by plays desc limit 10",
            {},
        ).to_pandas()
    assert list(rows["Plays"]) == list(expected["plays"])
    assert len(rows) == 10


def test_a_browser_in_another_time_zone_shows_days_in_utc(
    tab: "Page", served_demo: str
) -> None:
    visit(tab, served_demo)
    visit(tab, f"{served_demo}/when?period=Custom&days=2018-11-05&days=2018-11-18")
    calendar = tab.locator(DRAWN).last
    words = calendar.locator("text").all_text_contents()
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
