"""What all charts share: colours, size and a title that says what is answered.

The colours keep their contrast on a light and on a dark ground, and apart for eyes that
do not tell red from green.
"""

import altair as alt

BLUE, ORANGE, GREEN, PINK = "#0072B2", "#D55E00", "#009E73", "#CC79A7"
GRAY = "#888888"
WIDTH = 560
LEVELS = alt.Scale(domain=["paid", "free"], range=[BLUE, ORANGE])
HEAT = alt.Scale(scheme="blues")
BELOW = alt.Legend(orient="bottom", titleOrient="left")  # a phone has no room beside
DAY = "%a %-d %b %Y"

Drawn = alt.Chart | alt.LayerChart


def tips(*fields: str | alt.Tooltip) -> list[alt.Tooltip]:
    """Gives what a pointed mark shows; Altair is slow to make that of plain names."""
    return [alt.Tooltip(field) if isinstance(field, str) else field for field in fields]


def titled(chart: Drawn, title: str, *, height: int | None = None) -> Drawn:
    """Gives a chart its title, its width and its text for those who do not see it."""
    size = {} if height is None else {"height": height}
    drawn: Drawn = chart.properties(
        title=alt.Title(title, anchor="start"), width=WIDTH, description=title, **size
    )
    return drawn
