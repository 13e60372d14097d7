"""The style of all charts: colours, size, titles, tooltips and the answer in words.

No chart names a colour. Each takes the colours of the page that shows it, light or
dark, or else these, which have enough contrast on white. People who cannot tell red
from green can tell them apart.
"""

from collections.abc import Iterable, Sequence

import altair as alt

from sparkify.reports import numbers

CATEGORIES = ["#0072B2", "#B84A00", "#007A5A", "#9C4A7B"]
GRAY = "#888888"  # enough contrast for a mark on white and on black, not for a text
CONFIG = alt.Config(
    mark=alt.MarkConfig(color=CATEGORIES[0]),
    range={
        "category": CATEGORIES,
        "heatmap": {"scheme": "blues"},
        "ramp": {"scheme": "blues"},
    },
)
WIDTH = 560
HEIGHT = 220
LEVELS = alt.Scale(domain=["paid", "free"])
# A legend below the chart, because a phone has no room at the side.
BELOW = alt.Legend(orient="bottom", titleOrient="left")
# A single value, and thousands, are written without zeros after the point.
SCALE_BELOW = alt.Legend(
    orient="bottom", titleOrient="left", labelExpr="format(datum.value, ',~r')"
)
DAY = "%a %-d %b %Y"
# Vega halves the steps of a lower count, whatever the least step.
MOST_HALVED = 3
# As 12.3k, 0.5 and 82 %. A format by itself would write 500 as 0.5k beside 1k, and `~s`
# alone 0.5 as 500m.
COUNTS = alt.Axis(
    labelExpr="format(datum.value, datum.value < 1 ? '~r' : '~s')",
    tickMinStep=1,
    tickCount=4,
)
PERCENT = alt.Axis(
    labelExpr=f"format(datum.value * 100, '.0f') + '{numbers.SPACE}%'", tickCount=4
)
PALE = alt.Opacity(
    "is_whole:N", scale=alt.Scale(domain=[True, False], range=[1, 0.4]), legend=None
)
# Black on a light cell and white on a dark one: at this luminance both are as legible.
DARK_CELL = "luminance(scale('color', datum['{field}'])) < 0.18"

Drawn = alt.Chart | alt.LayerChart


def on_cell(field: str) -> alt.Color:
    """Return the colour of a text on a cell whose colour is that of a field."""
    dark = DARK_CELL.format(field=field)
    return alt.Color(
        condition=alt.condition(dark, alt.value("white"), alt.value("black"))[
            "condition"
        ],
        value="black",
    )


def axis_of(values: Iterable[float]) -> alt.Axis:
    """Return the axis of a figure, with numbers that the figure can have.

    Counts have whole numbers. Averages may be less than one, where steps of one would
    leave the zero alone.

    Args:
        values: The values, or their sums where they are stacked; those that are missing
            do not count.
    """
    known = [value for value in values if value is not None and value == value]
    axis: alt.Axis = COUNTS.copy()
    if any(value != int(value) for value in known):
        axis.tickMinStep = alt.Undefined
    elif max(known, default=0) < MOST_HALVED:
        axis.tickCount = 1
    return axis


def clickable(marks: alt.Chart, selection: str, *fields: str) -> alt.Chart:
    """Let a click on a mark select its fields.

    Args:
        marks: The marks.
        selection: The selection's name; without a name, nothing can be clicked.
        fields: The fields that a selection holds.
    """
    if not selection:
        return marks
    click = alt.selection_point(
        name=selection, fields=list(fields), on="click", toggle=False
    )
    return marks.add_params(click)


def tips(*fields: str | alt.Tooltip) -> list[alt.Tooltip]:
    """Return the tooltips of fields; this is faster than plain names in Altair.

    A field's name is shown in words: `week_start` as "week start".
    """
    return [
        alt.Tooltip(field, title=field.partition(":")[0].replace("_", " "))
        if isinstance(field, str)
        else field
        for field in fields
    ]


def extremes(labels: Iterable[object], values: Iterable[float], unit: str) -> str:
    """Return where a figure is highest and where lowest, in words; empty for no value.

    Args:
        labels: The name of each value.
        values: The values; those that are missing do not count.
        unit: What they count.
    """
    pairs = [
        (label, value)
        for label, value in zip(labels, values, strict=True)
        if value is not None and value == value
    ]
    if not pairs:
        return "No data."
    high = max(pairs, key=lambda pair: pair[1])
    low = min(pairs, key=lambda pair: pair[1])
    text = f"Highest: {high[0]}, {numbers.short(high[1])} {unit}"
    return f"{text}." if high == low else f"{text}; lowest: {low[0]}, {_of(low)}."


def ranked(labels: Sequence[object], values: Sequence[float], unit: str) -> str:
    """Return the first three of a ranking in words; "No data." for no value."""
    pairs = list(zip(labels, values, strict=True))[:3]
    if not pairs:
        return "No data."
    first, *others = pairs
    words = [f"{first[0]}, {_of(first)} {unit}"]
    return (
        f"Most: {'; '.join([*words, *(f'{each[0]}, {_of(each)}' for each in others)])}."
    )


def titled(
    chart: Drawn, title: str, answer: str = "", *, height: int = HEIGHT
) -> Drawn:
    """Add the title, the size, the colours and what screen readers read.

    Args:
        chart: The chart, which is changed.
        title: The question that the chart answers.
        answer: The answer in words.
        height: The height of the plot in pixels.
    """
    # Set in place: `properties` would copy the chart and all its rows.
    chart.title = alt.Title(title, anchor="start")
    chart.description = f"{title} {answer}".strip()
    chart.width = WIDTH
    chart.height = height
    chart.config = CONFIG
    return chart


def _of(pair: tuple[object, float]) -> str:
    return numbers.short(pair[1])
