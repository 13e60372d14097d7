"""Charts of the listeners, their sessions and their places."""

from collections.abc import Mapping

import altair as alt
import pandas as pd

from sparkify.charts.style import BELOW, BLUE, GREEN, HEAT, ORANGE, Drawn, tips, titled

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


def stacked_weeks(
    rows: pd.DataFrame, columns: Mapping[str, str], title: str, *, unit: str
) -> Drawn:
    """Draw several figures of each week, as stacked bars.

    Args:
        rows: `week_start` and the columns.
        columns: The columns to draw with their labels, the lowest first.
        title: The question that the chart answers.
        unit: The unit of the figures.
    """
    tall = rows.rename(columns=dict(columns)).melt(
        "week_start", list(columns.values()), "kind", unit
    )
    colour = alt.Scale(domain=list(columns.values()), range=[BLUE, ORANGE, GREEN])
    drawn: alt.Chart = (
        alt.Chart(tall.assign(week_start=pd.to_datetime(tall["week_start"])))
        .mark_bar()
        .encode(
            x=alt.X(
                "yearmonthdate(week_start):O",
                title="week from",
                axis=alt.Axis(format="%-d %b", labelAngle=0, labelOverlap=True),
            ),
            y=alt.Y(f"{unit}:Q", title=unit),
            color=alt.Color("kind:N", scale=colour, title=None, legend=BELOW),
            tooltip=tips(alt.Tooltip("week_start:T", format="%-d %b %Y"), "kind", unit),
        )
    )
    return titled(drawn, title)


def retention(rows: pd.DataFrame, title: str) -> Drawn:
    """Draw the share of each week's new listeners who came back in later weeks.

    Args:
        rows: `cohort_week`, `week_number`, `listeners` and `cohort_size`.
        title: The question that the chart answers.
    """
    weeks = pd.to_datetime(rows["cohort_week"]).dt.strftime("%Y-%m-%d")
    share = rows["listeners"] / rows["cohort_size"]
    base = alt.Chart().encode(
        x=alt.X("week_number:O", title="weeks later", axis=alt.Axis(labelAngle=0)),
        y=alt.Y("cohort_week:O", title="began in the week from"),
        tooltip=tips(
            "cohort_week:O",
            "week_number:O",
            "listeners:Q",
            "cohort_size:Q",
            alt.Tooltip("share:Q", format=".0%"),
        ),
    )
    cells = base.mark_rect().encode(
        color=alt.Color("share:Q", title="came back", scale=HEAT, legend=None)
    )
    figures = base.mark_text(fontSize=10).encode(
        text=alt.Text("share:Q", format=".0%"),
        color=alt.condition(
            "datum.share > 0.6", alt.value("white"), alt.value("black")
        ),
    )
    cohorts = rows.assign(cohort_week=weeks, share=share)
    layers = alt.LayerChart(data=cohorts, layer=[cells, figures])
    return titled(layers, title)


def bins(rows: pd.DataFrame, figure: str, title: str, *, unit: str) -> Drawn:
    """Draw a figure of each bin.

    Args:
        rows: `bin_start`, `bin_end` (missing for an open bin) and the figure.
        figure: The column to draw.
        title: The question that the chart answers.
        unit: The unit of the bins.
    """
    names = [
        f"{start:,.0f}+"
        if pd.isna(end)
        else f"{start:,.0f}"
        if start == end
        else f"{start:,.0f}-{end:,.0f}"
        for start, end in zip(rows["bin_start"], rows["bin_end"], strict=True)
    ]
    drawn: alt.Chart = (
        alt.Chart(rows.assign(size=names))
        .mark_bar(color=BLUE)
        .encode(
            x=alt.X("size:N", sort=None, title=unit, axis=alt.Axis(labelAngle=0)),
            y=alt.Y(f"{figure}:Q", title=figure),
            tooltip=tips("size", figure),
        )
    )
    return titled(drawn, title)


def genders(rows: pd.DataFrame, title: str) -> Drawn:
    """Draw the listeners of each gender, by the level at which they listened.

    Args:
        rows: `gender`, `level`, `listeners`, `plays`.
        title: The question that the chart answers.
    """
    colour = alt.Scale(domain=["paid", "free"], range=[BLUE, ORANGE])
    drawn: alt.Chart = (
        alt.Chart(rows)
        .mark_bar()
        .encode(
            y=alt.Y("gender:N", title=None),
            yOffset=alt.YOffset("level:N"),
            x=alt.X("listeners:Q", title="listeners"),
            color=alt.Color("level:N", scale=colour, title=None, legend=BELOW),
            tooltip=tips("gender", "level", "listeners", "plays"),
        )
    )
    return titled(drawn, title)


def states(rows: pd.DataFrame, title: str) -> Drawn:
    """Draw the plays of each state as a tile map.

    Args:
        rows: `state` (two letters) and `plays`; states without plays may be missing.
        title: The question that the chart answers.
    """
    tiles = pd.DataFrame(
        [(state, row, column) for state, (row, column) in TILES.items()],
        columns=["state", "row", "column"],
    )
    plays = rows.groupby("state")["plays"].sum()
    drawn = tiles.assign(plays=tiles["state"].map(plays).fillna(0).astype(int))
    base = alt.Chart().encode(
        x=alt.X("column:O", axis=None),
        y=alt.Y("row:O", axis=None),
        tooltip=tips("state:N", "plays:Q"),
    )
    squares = base.mark_rect(cornerRadius=3).encode(
        color=alt.condition(
            "datum.plays > 0",
            alt.Color(
                "plays:Q",
                title="plays",
                scale=alt.Scale(scheme="blues", type="sqrt"),
                legend=BELOW,
            ),
            alt.value("#DDDDDD"),
        )
    )
    most = max(1, int(drawn["plays"].max()))
    names = base.mark_text(fontSize=11).encode(
        text=alt.Text("state:N"),
        color=alt.condition(
            f"datum.plays > {most // 4}", alt.value("white"), alt.value("#333333")
        ),
    )
    layers = alt.LayerChart(data=drawn, layer=[squares, names])
    return titled(layers, title, height=300)
