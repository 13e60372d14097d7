"""What a browser lays out: nothing is cut, all can be read, everything has a name."""

import re
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from tests.support.browser import (
    DRAWN,
    MAIN,
    NEEDS_CHROMIUM,
    PHONE,
    settle,
    visit,
)
from tests.support.dashboards import EVERY_PAGE, link_to
from tests.support.layout import (
    CELLS,
    COLOURS,
    COVERED,
    EMPTY,
    FAULTS,
    LOW,
    TEXTS,
    contrast,
)

if TYPE_CHECKING:
    from playwright.sync_api import Browser, Page, ViewportSize

sync_api = pytest.importorskip("playwright.sync_api", reason="needs playwright")
pytestmark = [pytest.mark.xdist_group("browser"), NEEDS_CHROMIUM]

every_page = pytest.mark.parametrize("page", EVERY_PAGE)
Opened = Callable[..., "Page"]
SIZE: "ViewportSize" = {"width": 1280, "height": 720}  # unless a test has another
MOST_LETTERS = 120  # of the name of a control
LEAST_HEIGHT = 40  # pixels of a control that a finger hits
LOOKS = 25  # before a fault is one that stays
ONE_DAY = "period=Custom&days=2018-11-15&days=2018-11-15"
RULES = (FAULTS, TEXTS, EMPTY, COVERED)
DARK, FAINT = "rgb(18, 20, 23)", 1.5  # the ground, and what hardly differs from it
TEXT, MARK = 4.5, 3.0  # the least contrast, as WCAG 2.2 has it at level AA
# Above the fold of a screen of 1440 by 900 pixels.
FOLD = {
    "overview": ["How much is played each day?", "What changed?"],
    "songs": ["The most played songs", "How do they rank each week?"],
    "artists": ["The most played artists", "How do they rank each week?"],
    "when": ["At which hours of the day?", "At which hours of the week?"],
    "listeners": [
        "How many are new each week?",
        "Do they come back in the weeks after?",
    ],
    "sessions": ["How many songs does a visit take?", "How many minutes?"],
    "places": ["In which states?", "In which metropolitan areas?"],
    "health": ["Which part of the plays does the catalogue hold?"],
}


@pytest.fixture(scope="module")
def opened(chromium: "Browser") -> Opened:
    """Open an address; those with equal options in one tab, which keeps its scripts."""
    tabs: dict[str, Page] = {}

    def open_address(address: str, **options: Any) -> "Page":
        name = repr(options)
        if name not in tabs:
            tabs[name] = chromium.new_context(**options).new_page()
        tab = tabs[name]
        tab.set_viewport_size(options.get("viewport", SIZE))
        tab.emulate_media(color_scheme=options.get("color_scheme", "light"))
        visit(tab, address)
        return tab

    return open_address


def faults(tab: "Page") -> list[str]:
    """Return what is wrong when all charts are drawn, which come after the texts."""
    tab.locator(DRAWN).first.wait_for()
    found = [""]
    for _ in range(LOOKS):
        found = [fault for rule in RULES for fault in tab.evaluate(rule)]
        if not found:
            break
        tab.wait_for_timeout(400)
    return found


@every_page
@pytest.mark.parametrize("width", [1440, 390])
def test_nothing_is_cut_or_empty_and_cards_of_a_row_are_equally_high(
    opened: Opened, served_demo: str, demo_workspace: Path, page: str, width: int
) -> None:
    size = {"width": width, "height": 900}
    tab = opened(link_to(page, served_demo, demo_workspace), viewport=size)
    assert faults(tab) == []


@pytest.mark.parametrize(
    "page",
    [
        f"listeners?{ONE_DAY}",
        f"?{ONE_DAY}",
        f"?{ONE_DAY}&grain=By+hour",
        "?grain=By+week",
        f"places?{ONE_DAY}&level=Paid",
        "places?period=All&device=Firefox",
        "?period=All&device=Firefox",
        f"sessions?{ONE_DAY}",
        "songs?search=no+name+has+this",
        "songs?top=Top+100",
        "songs?period=All",
        f"artists?{ONE_DAY}",
        f"when?{ONE_DAY}",
        "when?week=Difference",
    ],
)
@pytest.mark.parametrize("width", [1440, 390])
def test_few_rows_many_and_none_are_laid_out_as_well(
    opened: Opened, served_demo: str, page: str, width: int
) -> None:
    size = {"width": width, "height": 900}
    tab = opened(f"{served_demo}/{page}", viewport=size)
    assert faults(tab) == []


def test_the_filters_and_their_reset_stand_in_one_row_of_a_wide_screen(
    opened: Opened, served_demo: str
) -> None:
    size = {"width": 1440, "height": 900}
    tab = opened(f"{served_demo}?grain=By+week", viewport=size)
    bar = tab.locator(".st-key-filters")
    assert bar.get_by_role("combobox", name="Device").is_visible()
    assert bar.get_by_role("button", name="Reset").is_visible()
    controls = bar.locator("> *")
    middles = controls.evaluate_all(
        "all => all.map(each => each.getBoundingClientRect())"
        ".map(box => box.top + box.height / 2)"
    )
    assert max(middles) - min(middles) < 1


def test_a_heat_map_does_not_glow_where_nothing_happens(
    opened: Opened, served_demo: str
) -> None:
    size = {"width": 1440, "height": 900}
    for query in ("", "?week=Difference"):
        tab = opened(f"{served_demo}/when{query}", viewport=size, color_scheme="dark")
        cells = tab.locator(f"{MAIN} .mark-rect.role-mark path[aria-label]")
        cells.first.wait_for()
        colours = {
            abs(float(plays[1].replace("\N{MINUS SIGN}", "-"))): fill
            for words, fill in cells.evaluate_all(CELLS)
            if fill != "none" and (plays := re.search(r"plays a day: ([^;]+)", words))
        }
        assert contrast(colours[min(colours)], DARK) < FAINT
        assert contrast(colours[max(colours)], DARK) > MARK


@pytest.mark.parametrize("page", FOLD)
def test_what_matters_most_is_above_the_fold(
    opened: Opened, served_demo: str, demo_workspace: Path, page: str
) -> None:
    size = {"width": 1440, "height": 900}
    tab = opened(link_to(page, served_demo, demo_workspace), viewport=size)
    for question in FOLD[page]:
        card = tab.locator(f"{MAIN} [data-testid=stVerticalBlock]").filter(
            has=tab.get_by_role("heading", name=question)
        )
        box = card.last.bounding_box()
        assert box
        assert box["y"] + box["height"] <= size["height"], question


@every_page
def test_texts_and_lines_have_enough_contrast(
    opened: Opened, served_demo: str, demo_workspace: Path, page: str
) -> None:
    tab = opened(link_to(page, served_demo, demo_workspace))
    for scheme in ("light", "dark"):
        tab.emulate_media(color_scheme=scheme)
        settle(tab)
        found = tab.evaluate(COLOURS)
        assert found
        low = [
            (scheme, kind, colour, ground, words)
            for kind, colour, ground, words in found
            if contrast(colour, ground) < (TEXT if kind == "text" else MARK)
        ]
        assert low == []


@every_page
def test_each_control_has_a_short_name_and_each_chart_an_answer(
    opened: Opened, served_demo: str, demo_workspace: Path, page: str
) -> None:
    tab = opened(link_to(page, served_demo, demo_workspace))
    charts = tab.locator(f"{MAIN} [data-testid=stVegaLiteChart]")
    charts.first.wait_for()  # charts are drawn after the texts
    tree = tab.locator(MAIN).aria_snapshot()
    roles = "button|combobox|textbox|radio|switch|link|spinbutton"
    controls = re.findall(rf"^\s*- '?({roles})\b(.*)$", tree, re.M)
    assert controls
    for role, rest in controls:
        name = re.search(r'"(.*?)"', rest)
        assert name, f"a {role} has no name: {rest}"
        assert len(name[1]) <= MOST_LETTERS, name[1]
    labelled = charts.evaluate_all(
        "all => all.map(each => each.closest('[aria-label]')"
        "?.getAttribute('aria-label') ?? '')"
    )
    assert len(labelled) > 0
    for words in labelled:
        question, _, answer = words.partition("? ")
        assert question
        assert answer, words


def on_phone(opened: Opened, address: str) -> "Page":
    size = {"width": 390, "height": 844}
    return opened(
        address,
        viewport=size,
        user_agent=PHONE,
        has_touch=True,
        is_mobile=True,
    )


@every_page
def test_on_a_phone_a_finger_hits_each_control(
    opened: Opened, served_demo: str, demo_workspace: Path, page: str
) -> None:
    tab = on_phone(opened, link_to(page, served_demo, demo_workspace))
    height = tab.locator(MAIN).evaluate("main => main.scrollHeight")
    tab.set_viewport_size({"width": 390, "height": height})  # all of it is in view
    assert faults(tab) == []
    assert tab.evaluate(LOW, LEAST_HEIGHT) == []


def test_on_a_phone_a_finger_hits_each_filter_and_each_page(
    opened: Opened, served_demo: str
) -> None:
    tab = on_phone(opened, f"{served_demo}/?level=Paid&{ONE_DAY}")
    tab.get_by_test_id("stPopoverButton").first.tap()
    tab.get_by_role("button", name="Earlier").wait_for()
    assert tab.evaluate(LOW, LEAST_HEIGHT) == []
    tab.keyboard.press("Escape")
    tab.get_by_test_id("stExpandSidebarButton").tap()
    tab.get_by_role("link", name="Sessions").wait_for()
    assert tab.evaluate(LOW, LEAST_HEIGHT) == []


def test_the_tools_of_a_table_leave_the_menu_of_its_card_free(
    opened: Opened, served_demo: str
) -> None:
    size = {"width": 1440, "height": 900}
    tab = opened(f"{served_demo}/songs", viewport=size)
    tab.locator(DRAWN).first.wait_for()
    tab.get_by_test_id("stDataFrame").first.hover()
    tools = tab.get_by_test_id("stElementToolbar").first
    sync_api.expect(tools).to_have_css("opacity", "1")
    assert tab.evaluate(COVERED) == []


def test_on_a_phone_the_filters_are_one_menu_that_names_the_days(
    opened: Opened, served_demo: str
) -> None:
    size = {"width": 390, "height": 844}
    tab = opened(served_demo, viewport=size, user_agent=PHONE)
    assert tab.get_by_role("radio", name="Paid").count() == 0
    tab.get_by_role("button", name="3 Nov to 30 Nov 2018").click()
    tab.get_by_role("radio", name="Paid", exact=True).click()
    tab.wait_for_url("**level=Paid**")
    settle(tab)
    tab.keyboard.press("Escape")
    tab.get_by_role("button", name="Paid", exact=True).click()  # the chip
    tab.wait_for_url(lambda url: "level=" not in url)


def test_on_a_phone_a_device_is_chosen_in_the_menu_and_stands_below_it(
    opened: Opened, served_demo: str
) -> None:
    size = {"width": 390, "height": 844}
    tab = opened(served_demo, viewport=size, user_agent=PHONE, has_touch=True)
    tab.get_by_role("button", name="3 Nov to 30 Nov 2018").tap()
    device = tab.get_by_role("combobox", name="Device")
    device.scroll_into_view_if_needed()
    device.tap()
    tab.get_by_role("option", name="Firefox").tap()
    tab.wait_for_url("**device=Firefox**")
    settle(tab)
    tab.keyboard.press("Escape")
    tab.get_by_role("button", name="Firefox", exact=True).tap()  # the chip
    tab.wait_for_url(lambda url: "device=" not in url)
