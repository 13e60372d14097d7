"""What a browser lays out: nothing is cut, all can be read, everything has a name."""

import re
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from tests.support.browser import DRAWN, MAIN, NEEDS_CHROMIUM, settle, visit
from tests.support.dashboards import EVERY_PAGE, link_to

if TYPE_CHECKING:
    from playwright.sync_api import Browser, Page

pytest.importorskip("playwright.sync_api", reason="needs playwright")
pytestmark = [pytest.mark.xdist_group("browser"), NEEDS_CHROMIUM]

every_page = pytest.mark.parametrize("page", EVERY_PAGE)
MOST_LETTERS = 120  # of the name of a control
PHONE = (
    "Mozilla/5.0 (Linux; Android 14; Pixel 8) AppleWebKit/537.36 (KHTML, like Gecko) "
    "Chrome/130.0 Mobile Safari/537.36"
)
ONE_DAY = "period=Custom&days=2018-11-15&days=2018-11-15"
DARK, FAINT = "rgb(18, 20, 23)", 1.5  # the ground, and what hardly differs from it
CELLS = """all => all.map(each => [
    each.getAttribute("aria-label"), getComputedStyle(each).fill])"""
TEXT, MARK = 4.5, 3.0  # the least contrast, as WCAG 2.2 has it at level AA
# What lies outside its chart, what is cut off, and which cards of a row differ.
FAULTS = """() => {
    const found = [];
    const main = document.querySelector("[data-testid=stMain]");
    for (const svg of main.querySelectorAll("[data-testid=stVegaLiteChart] svg")) {
        const frame = svg.getBoundingClientRect();
        for (const text of svg.querySelectorAll("text")) {
            const box = text.getBoundingClientRect();
            const style = getComputedStyle(text);
            if (!text.textContent || !box.width || style.opacity === "0") continue;
            // The box of a text is a little larger than its letters.
            if (box.left < frame.left - 4 || box.right > frame.right + 4
                || box.top < frame.top - 4 || box.bottom > frame.bottom + 4)
                found.push(`outside its chart: ${text.textContent}`);
        }
    }
    const words = "h1, h3, [data-testid=stMetricValue], [data-testid=stMetricLabel] p, "
        + "[data-testid=stMarkdownContainer] p, button p";
    for (const element of main.querySelectorAll(words)) {
        const box = element.getBoundingClientRect();
        if (!box.width) continue;
        if (element.scrollWidth > element.clientWidth + 1
            && getComputedStyle(element).display !== "inline")
            found.push(`cut: ${element.textContent}`);
        if (/\\d (%|pp|min)/.test(element.textContent))
            found.push(`a unit can leave its number: ${element.textContent}`);
    }
    for (const row of main.querySelectorAll("[data-testid=stHorizontalBlock]")) {
        const columns = [...row.children].filter(
            each => each.dataset.testid === "stColumn"
        );
        const cards = columns.map(each => [
            each.getBoundingClientRect().top,
            each.querySelector("[data-testid=stVegaLiteChart]")
                && each.firstElementChild.getBoundingClientRect().height,
        ]).filter(each => each[1]);
        for (const [top, height] of cards)
            for (const [other, its] of cards)
                if (Math.abs(top - other) < 1 && Math.abs(height - its) > 1)
                    found.push(`cards of ${height} and ${its} px`);
    }
    return [...new Set(found)];
}"""
# What of a chart's texts cannot be read, and which grid lines have no label.
TEXTS = """() => {
    const found = [];
    const main = document.querySelector("[data-testid=stMain]");
    const inner = box => ({left: box.left + 2, right: box.right - 2,
        top: box.top + 3, bottom: box.bottom - 3});
    const meets = (a, b) => a.left < b.right && b.left < a.right
        && a.top < b.bottom && b.top < a.bottom;
    for (const svg of main.querySelectorAll("[data-testid=stVegaLiteChart] svg")) {
        const shown = [...svg.querySelectorAll("text")].filter(each =>
            each.textContent.trim() && getComputedStyle(each).opacity !== "0");
        const boxes = shown.map(each => [
            each.textContent, inner(each.getBoundingClientRect()),
        ]);
        boxes.forEach(([words, box], i) => {
            for (const [others, other] of boxes.slice(i + 1))
                if (meets(box, other)) found.push(`"${words}" is on "${others}"`);
        });
        for (const path of svg.querySelectorAll(".mark-line.role-mark path")) {
            const at = path.getScreenCTM();
            const points = [];
            for (let way = 0; way < path.getTotalLength(); way += 2)
                points.push(path.getPointAtLength(way).matrixTransform(at));
            for (const text of svg.querySelectorAll(".mark-text.role-mark text")) {
                const box = inner(text.getBoundingClientRect());
                if (points.some(({x, y}) => meets(box,
                    {left: x, right: x, top: y, bottom: y})))
                    found.push(`a line is on "${text.textContent}"`);
            }
        }
        const labels = [...svg.querySelectorAll(".role-axis-label text")]
            .filter(each => getComputedStyle(each).opacity !== "0")
            .map(each => each.getBoundingClientRect());
        for (const line of svg.querySelectorAll(".role-axis-grid line")) {
            const {left, right, top, bottom} = line.getBoundingClientRect();
            const near = bottom - top < 2
                ? each => Math.abs((each.top + each.bottom - top - bottom) / 2) < 5
                : each => Math.abs((each.left + each.right - left - right) / 2) < 5;
            if (!labels.some(near)) found.push("a grid line has no label");
        }
        for (const [words] of boxes)
            if (/\\d%|NaN|[.]000|^0[.\\d]*k/.test(words))
                found.push(`a number as ${words}`);
    }
    return [...new Set(found)];
}"""
# What is empty: the end of a card, or of a row of figures.
EMPTY = """() => {
    const found = [];
    const main = document.querySelector("[data-testid=stMain]");
    const bottom = element => Math.max(...[...element.querySelectorAll(
        "p, canvas, svg, button, [data-testid=stMetric], [data-testid=stAlert]"
    )].map(each => each.getBoundingClientRect().bottom));
    for (const card of main.querySelectorAll("[data-testid=stVerticalBlock]")) {
        const heading = card.querySelector("h3");
        if (!heading || getComputedStyle(card).borderTopWidth === "0px") continue;
        const box = card.getBoundingClientRect();
        if (box.bottom - bottom(card) > box.height / 3)
            found.push(`a third of "${heading.textContent}" is empty`);
    }
    const figures = new Map();
    for (const each of main.querySelectorAll("[data-testid=stMetric]")) {
        const row = each.closest("[data-testid=stHorizontalBlock]");
        figures.set(row, [...(figures.get(row) ?? []), each.getBoundingClientRect()]);
    }
    for (const [row, boxes] of figures) {
        const rest = row.getBoundingClientRect().right
            - Math.max(...boxes.map(each => each.right));
        if (rest > 24) found.push(`${rest} px beside the figures`);
        for (const one of boxes)
            for (const other of boxes)
                if (one.top === other.top && Math.abs(one.height - other.height) > 1)
                    found.push(`figures of ${one.height} and ${other.height} px`);
        if (boxes.length > 1 && boxes.every(each => each.left === boxes[0].left))
            found.push("figures below each other");
    }
    return [...new Set(found)];
}"""
# Above the fold of a screen of 1440 by 900 pixels, and how many figures.
FOLD = {
    "overview": ["How much is played each day?", "What changed?"],
    "songs": ["The most played songs", "Do few songs have most plays?"],
    "artists": ["The most played artists", "Do few artists have most plays?"],
    "when": ["At which hours of the day?", "At which hours of the week?"],
    "listeners": ["How many are new each week?", "Do they come back in the weeks af"],
    "sessions": ["How many songs does a visit take?", "How many minutes?"],
    "places": ["In which states?", "In which metropolitan areas?"],
    "health": ["Which part of the plays does the catalogue hold?"],
}
# The colours of texts and marks, each with what is behind it.
COLOURS = """() => {
    const behind = element => {
        const layers = [];
        for (let each = element; each; each = each.parentElement) {
            const parts = getComputedStyle(each).backgroundColor.match(/[\\d.]+/g);
            layers.unshift((parts ?? [0, 0, 0, 0]).map(Number));
        }
        const mixed = layers.reduce((below, [r, g, b, alpha = 1]) =>
            [r, g, b].map((part, i) => part * alpha + below[i] * (1 - alpha)),
            [255, 255, 255]);
        return `rgb(${mixed.join(", ")})`;
    };
    const main = document.querySelector("[data-testid=stMain]");
    const found = new Map();
    const add = (kind, colour, ground, words) => {
        const key = [kind, colour, ground].join("|");
        if (!found.has(key)) found.set(key, [kind, colour, ground, words]);
    };
    const words = "h1, h3, [data-testid=stMetricValue], "
        + "[data-testid=stMarkdownContainer] p";
    for (const each of main.querySelectorAll(words))
        if (each.getBoundingClientRect().width && !each.closest("button:disabled"))
            for (const node of each.childNodes) {
                const part = node.nodeType === 3 ? each : node;
                if (!part.textContent.trim() || !(part instanceof Element)) continue;
                add("text", getComputedStyle(part).color, behind(part),
                    each.textContent.slice(0, 40));
            }
    for (const svg of main.querySelectorAll("[data-testid=stVegaLiteChart] svg")) {
        for (const each of svg.querySelectorAll(".role-axis-label text, "
            + ".role-axis-title text, .role-legend-label text"))
            if (each.textContent && getComputedStyle(each).opacity !== "0")
                add("text", getComputedStyle(each).fill, behind(svg), each.textContent);
        for (const each of svg.querySelectorAll(".mark-line.role-mark path"))
            add("mark", getComputedStyle(each).stroke, behind(svg), "line");
    }
    return [...found.values()];
}"""


def luminance(colour: str) -> float:
    """Return the relative luminance of `rgb(…)`, as WCAG defines it."""
    parts = [float(part) / 255 for part in re.findall(r"[\d.]+", colour)[:3]]
    linear = [
        part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4
        for part in parts
    ]
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]


def contrast(colour: str, ground: str) -> float:
    light, dark = sorted((luminance(colour), luminance(ground)), reverse=True)
    return (light + 0.05) / (dark + 0.05)


def opened(browser: "Browser", address: str, **more: Any) -> "Page":
    tab = browser.new_context(**more).new_page()
    visit(tab, address)
    return tab


@every_page
@pytest.mark.parametrize("width", [1440, 390])
def test_nothing_is_cut_or_empty_and_cards_of_a_row_are_equally_high(
    chromium: "Browser", served_demo: str, demo_workspace: Path, page: str, width: int
) -> None:
    size = {"width": width, "height": 900}
    tab = opened(chromium, link_to(page, served_demo, demo_workspace), viewport=size)
    tab.locator(DRAWN).first.wait_for()
    for rule in (FAULTS, TEXTS, EMPTY):
        assert tab.evaluate(rule) == []
    tab.context.close()


@pytest.mark.parametrize(
    "page",
    [
        f"listeners?{ONE_DAY}",
        f"?{ONE_DAY}",
        f"?{ONE_DAY}&grain=By+hour",
        "?grain=By+week",
        f"places?{ONE_DAY}&level=Paid",
        f"sessions?{ONE_DAY}",
        "songs?search=no+name+has+this",
        "songs?top=Top+100",
        f"when?{ONE_DAY}",
        "when?week=Difference",
    ],
)
@pytest.mark.parametrize("width", [1440, 390])
def test_few_rows_many_and_none_are_laid_out_as_well(
    chromium: "Browser", served_demo: str, page: str, width: int
) -> None:
    size = {"width": width, "height": 900}
    tab = opened(chromium, f"{served_demo}/{page}", viewport=size)
    tab.locator(DRAWN).first.wait_for()
    for rule in (FAULTS, TEXTS, EMPTY):
        assert tab.evaluate(rule) == []
    tab.context.close()


def test_a_heat_map_does_not_glow_where_nothing_happens(
    chromium: "Browser", served_demo: str
) -> None:
    size = {"width": 1440, "height": 900}
    for query in ("", "?week=Difference"):
        tab = opened(
            chromium, f"{served_demo}/when{query}", viewport=size, color_scheme="dark"
        )
        cells = tab.locator(f"{MAIN} .mark-rect.role-mark path[aria-label]")
        cells.first.wait_for()
        colours = {
            abs(float(plays[1].replace("\N{MINUS SIGN}", "-"))): fill
            for words, fill in cells.evaluate_all(CELLS)
            if fill != "none" and (plays := re.search(r"plays a day: ([^;]+)", words))
        }
        assert contrast(colours[min(colours)], DARK) < FAINT
        assert contrast(colours[max(colours)], DARK) > MARK
        tab.context.close()


@pytest.mark.parametrize("page", FOLD)
def test_what_matters_most_is_above_the_fold(
    chromium: "Browser", served_demo: str, demo_workspace: Path, page: str
) -> None:
    size = {"width": 1440, "height": 900}
    tab = opened(chromium, link_to(page, served_demo, demo_workspace), viewport=size)
    for question in FOLD[page]:
        card = tab.locator(f"{MAIN} [data-testid=stVerticalBlock]").filter(
            has=tab.get_by_role("heading", name=question)
        )
        box = card.last.bounding_box()
        assert box
        assert box["y"] + box["height"] <= size["height"], question
    tab.context.close()


@every_page
def test_texts_and_lines_have_enough_contrast(
    chromium: "Browser", served_demo: str, demo_workspace: Path, page: str
) -> None:
    tab = opened(chromium, link_to(page, served_demo, demo_workspace))
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
    tab.context.close()


@every_page
def test_each_control_has_a_short_name_and_each_chart_an_answer(
    chromium: "Browser", served_demo: str, demo_workspace: Path, page: str
) -> None:
    tab = opened(chromium, link_to(page, served_demo, demo_workspace))
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
    tab.context.close()


def test_on_a_phone_the_filters_are_one_menu_that_names_the_days(
    chromium: "Browser", served_demo: str
) -> None:
    size = {"width": 390, "height": 844}
    tab = opened(chromium, served_demo, viewport=size, user_agent=PHONE)
    assert tab.get_by_role("radio", name="Paid").count() == 0
    tab.get_by_role("button", name="3 Nov to 30 Nov 2018").click()
    tab.get_by_role("radio", name="Paid", exact=True).click()
    tab.wait_for_url("**level=Paid**")
    settle(tab)
    tab.keyboard.press("Escape")
    tab.get_by_role("button", name="Paid", exact=True).click()  # the chip
    tab.wait_for_url(lambda url: "level=" not in url)
    tab.context.close()
