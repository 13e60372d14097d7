"""Names that are Markdown, HTML, formulas or addresses are shown as they are."""

from collections.abc import Iterator
from io import StringIO
from typing import TYPE_CHECKING
from urllib.parse import quote

import pandas as pd
import pytest

from dashboard.text import JOINER, spreadsheet, sql_items
from sparkify.warehouse.query import run_query
from tests.support.browser import MAIN, NEEDS_CHROMIUM, settle, visit
from tests.support.dashboards import Shown, build_of, served
from tests.support.records import play

if TYPE_CHECKING:
    from playwright.sync_api import Page

pytestmark = [pytest.mark.xdist_group("browser"), NEEDS_CHROMIUM]

NAMES = (
    "![a](http://host.invalid/x.png)",
    "[x](javascript:alert(1)) [y](http://host.invalid)",
    ":material/home: :smile: :red[red] :streamlit:",
    "$x^2$ and $$y$$",
    "<img src=x onerror=alert(1)> &amp;",
    "**b** _i_ `c` ~~s~~ # 1. -> >= --",
    "http://host.invalid/y www.host.invalid me@host.invalid",
    "1. one",
)
PLACE = "![m](http://host.invalid/m.png) :material/home: $z$, CA"
ROW, FIRST_ROW = 35, 52  # pixels of the table
DRAWN_FROM_TEXT = ":is(img, em, strong, del, code, .katex, [data-testid^=stIcon])"
LINKS = "a:is([href*='host.invalid'], [href^='javascript'])"


@pytest.fixture(scope="module")
def address(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """Serve a star whose titles, artists and place are hostile."""
    plays = [
        play(
            number * 10 + item,
            name,
            f"{name} too",
            location=PLACE,
            userId=str(number + 1),
            sessionId=number + 1,
        )
        for number, name in enumerate(NAMES)
        for item in range(len(NAMES) - number)  # so their ranks are known
    ]
    with served(build_of(tmp_path_factory.mktemp("hostile"), *plays)) as address:
        yield address


@pytest.mark.server
@pytest.mark.parametrize("page", ["songs", "artists"])
def test_hostile_names_are_shown_as_text(tab: "Page", address: str, page: str) -> None:
    asked: list[str] = []
    tab.on("request", lambda request: asked.append(request.url))
    for number, name in enumerate(NAMES):
        visit(tab, f"{address}/{page}?metro={quote(PLACE)}")
        table = tab.get_by_test_id("stDataFrame").first
        table.click(position={"x": 150, "y": FIRST_ROW + number * ROW})
        tab.wait_for_url(f"**/{page[:-1]}?**")
        settle(tab)
        heading = tab.locator(f"{MAIN} h1").first
        shown = heading.inner_text().replace(JOINER, "").strip()
        expected = f"{name} · {name} too" if page == "songs" else f"{name} too"
        assert shown == expected
        words = tab.locator(f"{MAIN} [data-testid=stMarkdown]")
        assert PLACE in words.first.inner_text().replace(JOINER, "")
        for part in ("h1", "h3", "[data-testid=stMarkdown]"):
            assert tab.locator(f"{MAIN} {part} {DRAWN_FROM_TEXT}").count() == 0, name
        assert tab.locator(LINKS).count() == 0, name
    tab.get_by_role("combobox", name="Metropolitan area").click()
    option = tab.get_by_role("option").last
    assert PLACE in option.inner_text()
    assert option.locator(DRAWN_FROM_TEXT).count() == 0
    assert asked
    assert all(url.startswith((address, "data:", "blob:")) for url in asked)


def test_the_csv_holds_no_formula() -> None:
    texts = ["=cmd|'/c calc'!A1", "@SUM(1)", "+1", "-1", "\t=1", "Björk", "a=b", None]
    rows = pd.DataFrame({"name": texts, "change": range(-4, 4)})
    rows["rank"] = [3.0, None, *range(6)]
    rows["share"] = 0.5
    text = spreadsheet(rows).decode("utf-8-sig")
    read = pd.read_csv(StringIO(text), keep_default_na=False)
    guarded = [f"'{text}" for text in texts[:5]]
    assert list(read["name"]) == [*guarded, "Björk", "a=b", ""]
    assert list(read["change"]) == list(range(-4, 4))
    # A whole number with gaps has no decimal point.
    assert list(read["rank"]) == ["3", "", *map(str, range(6))]
    assert list(read["share"]) == [0.5] * 8


def test_texts_that_are_pasted_into_a_query_stay_the_same(demo: Shown) -> None:
    texts = ["AC\\DC", "it's", "\\", "\\'", "a\\nb", "100%", "plain"]
    query = f"select {sql_items(texts[:1])} as text"
    for text in texts[1:]:
        query += f" union all select {sql_items([text])}"
    assert run_query(demo.star.session, query)["text"].to_pylist() == texts
