"""Charts of the listeners, their sessions and their places."""

from collections.abc import Mapping

import altair as alt
import pandas as pd

from sparkify.charts.style import (
    BELOW,
    GRAY,
    HEIGHT,
    LEVELS,
    PALE,
    SCALE_BELOW,
    Drawn,
    axis_of,
    clickable,
    extremes,
    on_cell,
    ranked,
    tips,
    titled,
)
from sparkify.reports import numbers

# The row and column of each state's tile, roughly as on a map. All tiles have the same
# size, so that small states with many listeners are visible.
TILES = {
    state: (row, column)
    for row, line in enumerate(
        (
            "AK .. .. .. .. .. .. .. .. .. .. ME",
            ".. .. .. .. .. .. .. .. .. .. VT NH",
            "WA ID MT ND MN IL WI MI NY RI MA ..",
            "OR NV WY SD IA IN OH PA NJ CT .. ..",
            "CA UT CO NE MO KY WV VA MD DE DC ..",
            ".. AZ NM KS AR TN NC SC .. .. .. ..",
            ".. .. .. OK LA MS AL GA .. .. .. ..",
            "HI .. .. TX .. .. .. .. FL .. .. PR",
        )
    )
    for column, state in enumerate(line.split())
    if state != ".."
}
GENDERS = {"F": "women", "M": "men"}  # as the logs name them
TILES_HEIGHT = 300  # pixels, at which the tiles are squares on a phone


def stacked_weeks(
    rows: pd.DataFrame,
    columns: Mapping[str, str],
    title: str,
    *,
    unit: str,
    selection: str = "",
    height: int = HEIGHT,
) -> Drawn:
    """Draw several figures of each week, as stacked bars.

    Args:
        rows: `week_start` and the columns. `is_whole`, where there is one, tells which
            weeks have all their days; the others are pale.
        columns: The columns to draw with their labels, the lowest first.
        title: The question that the chart answers.
        unit: The unit of the figures.
        selection: The name of the selection that a click on a week makes, which holds
            its `monday` as `2018-11-05`; empty for none.
        height: The height of the plot in pixels.
    """
    mondays = pd.to_datetime(rows["week_start"]).dt.strftime("%Y-%m-%d")
    rows = rows.assign(monday=mondays)
    kept = [name for name in ("is_whole", "week_days", "monday") if name in rows]
    drawn_columns = rows[["week_start", *kept, *columns]]
    tall = drawn_columns.rename(columns=dict(columns)).melt(
        ["week_start", *kept], list(columns.values()), "kind", unit
    )
    totals = rows[list(columns)].sum(axis=1)
    colour = alt.Scale(domain=list(columns.values()))
    drawn: alt.Chart = (
        alt.Chart(tall.assign(week_start=pd.to_datetime(tall["week_start"])))
        .mark_bar()
        .encode(
            x=alt.X(
                "yearmonthdate(week_start):O",
                title="week from",
                axis=alt.Axis(format="%-d %b", labelAngle=0, labelOverlap=True),
            ),
            y=alt.Y(f"{unit}:Q", title=unit, axis=axis_of(totals)),
            color=alt.Color(
                "kind:N",
                scale=colour,
                title=None,
                legend=BELOW if len(columns) > 1 else None,
            ),
            tooltip=tips(
                alt.Tooltip("week_start:T", title="week from", format="%-d %b %Y"),
                *(f"{name}:Q" for name in kept if name == "week_days"),
                "kind:N",
                f"{unit}:Q",
            ),
        )
    )
    if "is_whole" in rows:
        drawn = drawn.encode(opacity=PALE)
    drawn = clickable(drawn, selection, "monday")
    weeks = [
        f"week from {numbers.day(day)}" for day in pd.to_datetime(rows["week_start"])
    ]
    return titled(drawn, title, extremes(weeks, totals, unit), height=height)


def retention(rows: pd.DataFrame, title: str) -> Drawn:
    """Draw the share of each week's new listeners who came back in later weeks.

    Args:
        rows: `cohort_week`, `week_number`, `listeners` and `cohort_size`. `is_early`,
            where there is one, tells whose true first week may be earlier, and
            `is_over` which weeks are over; the shares of the others are in brackets.
        title: The question that the chart answers.
    """
    weeks = pd.to_datetime(rows["cohort_week"])
    is_early = rows["is_early"] if "is_early" in rows else [False] * len(rows)
    names = [
        f"{numbers.day(day)}{' or before' if is_unknown else ''}"
        for day, is_unknown in zip(weeks, is_early, strict=True)
    ]
    share = rows["listeners"] / rows["cohort_size"]
    is_over = rows["is_over"] if "is_over" in rows else [True] * len(rows)
    text = [
        percent if is_whole else f"({percent})"
        for percent, is_whole in zip(
            (f"{value * 100:.0f}{numbers.SPACE}%" for value in share),
            is_over,
            strict=True,
        )
    ]
    base = alt.Chart().encode(
        x=alt.X("week_number:O", title="weeks later", axis=alt.Axis(labelAngle=0)),
        y=alt.Y(
            "began:N", title=None, sort=list(dict.fromkeys(names)), axis=alt.Axis()
        ),
        tooltip=tips(
            "began:N",
            alt.Tooltip("week_number:O", title="weeks later"),
            alt.Tooltip("listeners:Q", title="came back"),
            alt.Tooltip("cohort_size:Q", title="of"),
            alt.Tooltip("text:N", title="share"),
        ),
    )
    cells = base.mark_rect().encode(
        color=alt.Color(
            "share:Q", scale=alt.Scale(domain=[0, 1]), title="came back", legend=None
        )
    )
    figures = base.mark_text(fontSize=11).encode(
        text=alt.Text("text:N"), color=on_cell("share")
    )
    cohorts = rows.assign(cohort_week=weeks, began=names, share=share, text=text)
    layers = alt.LayerChart(data=cohorts, layer=[cells, figures])
    later = cohorts[cohorts["week_number"] > 0]
    labels = [
        f"{began}, {number} weeks later"
        for began, number in zip(later["began"], later["week_number"], strict=True)
    ]
    percent = (later["share"].astype(float) * 100).round()
    return titled(layers, title, extremes(labels, percent, "% came back"))


def genders(rows: pd.DataFrame, title: str, *, selection: str = "") -> Drawn:
    """Draw the listeners of each gender, by the level at which they listened.

    Args:
        rows: `gender`, `level`, `listeners`, `plays`.
        title: The question that the chart answers.
        selection: The name of the selection that a click on a bar makes, which holds
            its `level`; empty for none.
    """
    rows = rows.assign(gender=rows["gender"].replace(GENDERS))
    drawn: alt.Chart = (
        alt.Chart(rows)
        .mark_bar()
        .encode(
            y=alt.Y("gender:N", title=None),
            yOffset=alt.YOffset("level:N"),
            x=alt.X("listeners:Q", title="listeners", axis=axis_of(rows["listeners"])),
            color=alt.Color("level:N", scale=LEVELS, title=None, legend=BELOW),
            tooltip=tips("gender:N", "level:N", "listeners:Q", "plays:Q"),
        )
    )
    drawn = clickable(drawn, selection, "level")
    labels = rows["gender"] + ", " + rows["level"]
    return titled(drawn, title, extremes(labels, rows["listeners"], "listeners"))


def _apart(most: float) -> alt.Legend:
    """Return a legend whose numbers stand apart on a scale of square roots."""
    unit = 10 ** (len(f"{most:.0f}") - 1)
    highest = most // unit * unit
    values = sorted({0, highest // 4, highest})
    return alt.Legend(**SCALE_BELOW.to_dict(), values=values)


def states(
    rows: pd.DataFrame,
    title: str,
    *,
    selection: str = "",
    height: int = TILES_HEIGHT,
) -> Drawn:
    """Draw the plays of each state as a tile map.

    Args:
        rows: `state` (two letters) and `plays`; states without plays may be missing.
        title: The question that the chart answers.
        selection: The name of the selection that a click on a tile makes; empty for
            none.
        height: The height of the plot in pixels.
    """
    tiles = pd.DataFrame(
        [(state, row, column) for state, (row, column) in TILES.items()],
        columns=["state", "row", "column"],
    )
    known = rows[rows["state"].notna()]
    plays = known.groupby("state")["plays"].sum()
    drawn = tiles.assign(plays=tiles["state"].map(plays).astype(float))
    gap = alt.Scale(paddingInner=0.06)
    base = alt.Chart().encode(
        x=alt.X("column:O", axis=None, scale=gap),
        y=alt.Y("row:O", axis=None, scale=gap),
    )
    # On a tile alone: a name with a tooltip would take the click from its tile.
    tooltip = tips("state:N", "plays:Q")
    has_plays = "isValid(datum.plays)"
    squares = (
        base.mark_rect(cornerRadius=3)
        .transform_filter(has_plays)
        .encode(
            color=alt.Color(
                "plays:Q",
                title="plays",
                scale=alt.Scale(type="sqrt", domainMin=0),
                legend=_apart(max(plays)) if len(plays) else None,
            ),
            tooltip=tooltip,
        )
    )
    squares = clickable(squares, selection, "state")
    names = base.mark_text(fontSize=11)
    filled = names.transform_filter(has_plays).encode(
        text=alt.Text("state:N"), color=on_cell("plays")
    )
    empty = names.transform_filter(f"!{has_plays}").encode(text=alt.Text("state:N"))
    outlines = (
        base.mark_rect(cornerRadius=3, filled=False, stroke=GRAY, strokeOpacity=0.4)
        .transform_filter(f"!{has_plays}")
        .encode(tooltip=tooltip)
    )
    layers = alt.LayerChart(data=drawn, layer=[outlines, squares, filled, empty])
    answer = ranked(known["state"].tolist(), known["plays"].tolist(), "plays")
    return titled(layers, title, answer, height=height)
