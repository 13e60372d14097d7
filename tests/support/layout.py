"""What to look for in a page that a browser has laid out."""

import re

# The words of each cell of a heat map, and its colour.
CELLS = """all => all.map(each => [
    each.getAttribute("aria-label"), getComputedStyle(each).fill])"""
# What lies outside its chart, what is cut off, and what of a row is of another height.
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
        const heights = name => [...row.querySelectorAll(name)].map(
            each => Math.round(each.getBoundingClientRect().height));
        const boxes = new Set([...heights("[role=radio]"),
            ...heights("[data-testid=stPopoverButton]")]);
        if (boxes.size > 1) found.push(`boxes of ${[...boxes].join(" and ")} px`);
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
        for (const {top} of boxes) {
            const rest = row.getBoundingClientRect().right - Math.max(
                ...boxes.filter(each => each.top === top).map(each => each.right));
            if (rest > 2) found.push(`${rest} px beside figures`);
        }
        for (const one of boxes)
            for (const other of boxes)
                if (one.top === other.top && Math.abs(one.height - other.height) > 1)
                    found.push(`figures of ${one.height} and ${other.height} px`);
        if (boxes.length > 1 && boxes.every(each => each.left === boxes[0].left))
            found.push("figures below each other");
    }
    return [...new Set(found)];
}"""
# Which controls lie below something else, and which do not fit in their row.
COVERED = """() => {
    const found = [];
    const main = document.querySelector("[data-testid=stMain]");
    const name = each => each.textContent.trim() || each.getAttribute("aria-label");
    for (const each of main.querySelectorAll("button, a, [role=tab], label")) {
        if (each.closest("[data-testid=stElementToolbar]")) continue;
        const {left, top, width, height} = each.getBoundingClientRect();
        for (const part of [0.25, 0.5, 0.75]) {
            const above = document.elementFromPoint(
                left + width / 2, top + height * part);
            if (above && main.contains(above) && !each.contains(above)
                && !above.contains(each))
                found.push(`something is on "${name(each)}"`);
        }
    }
    if (main.querySelector("[data-testid^=stTabsScroll]"))
        found.push("tabs are cut");
    return [...new Set(found)];
}"""
# Which controls are too low for a finger, inside the main part and around it.
LOW = """least => {
    const found = [];
    const fields = "[data-testid=stSelectbox], [data-testid=stTextInput], "
        + "[data-testid=stDateInput], [data-testid=stDateTimeInput]";
    const controls = "button, a:not([data-testid=stSkipToContent]), [role=tab], "
        + "label:has([role=switch])";
    for (const each of document.querySelectorAll(controls)) {
        const {height, width} = (each.closest(fields) ?? each).getBoundingClientRect();
        if (width && height && Math.round(height) < least)
            found.push(`${height} px: ${each.textContent}`);
    }
    return [...new Set(found)];
}"""
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
