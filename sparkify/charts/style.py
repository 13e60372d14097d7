"""The style of all charts: colours, size and titles.

The colours have enough contrast on a light and on a dark background. People who cannot
tell red from green can tell them apart.
"""

import altair as alt

BLUE, ORANGE, GREEN, PINK = "#0072B2", "#D55E00", "#009E73", "#CC79A7"
GRAY = "#888888"
WIDTH = 560
LEVELS = alt.Scale(domain=["paid", "free"], range=[BLUE, ORANGE])
HEAT = alt.Scale(scheme="blues")
# A legend below the chart, because a phone has no room at the side.
BELOW = alt.Legend(orient="bottom", titleOrient="left")
DAY = "%a %-d %b %Y"

Drawn = alt.Chart | alt.LayerChart


def tips(*fields: str | alt.Tooltip) -> list[alt.Tooltip]:
    """Return the tooltips of fields; this is faster than plain names in Altair."""
    return [alt.Tooltip(field) if isinstance(field, str) else field for field in fields]


def titled(chart: Drawn, title: str, *, height: int | None = None) -> Drawn:
    """Add the title, the size, and the description that screen readers read."""
    # Set in place: `properties` would copy the chart and all its rows.
    chart.title = alt.Title(title, anchor="start")
    chart.description = title
    chart.width = WIDTH
    if height is not None:
        chart.height = height
    return chart
