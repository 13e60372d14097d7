"""Draws small tables as Altair charts; the notebooks and the dashboard share them.

Each function is pure: a table in, a chart out, its title saying what it answers. The
colours keep their contrast on a light and on a dark ground.
"""

from typing import TypeVar

import altair as alt
import pandas as pd

from sparkify.reports import WEEKDAYS

BLUE, ORANGE, GREEN, PINK = "#0072B2", "#D55E00", "#009E73", "#CC79A7"
WIDTH = 560
AnyChart = TypeVar("AnyChart", alt.Chart, alt.LayerChart)

LEVELS = alt.Scale(domain=["paid", "free"], range=[BLUE, ORANGE])


def top_songs(rows: pd.DataFrame, title: str) -> alt.LayerChart:
    """Draws songs by their plays.

    Args:
        rows: `title`, `artist`, `plays`, `listeners`; the first row is the first.
        title: What the chart answers.
    """
    names = rows["title"] + " · " + rows["artist"]
    return _ranking(rows.assign(song=names), "song", title)


def top_artists(rows: pd.DataFrame, title: str) -> alt.LayerChart:
    """Draws artists by their plays.

    Args:
        rows: `artist`, `plays`, `listeners`; the first row is the first.
        title: What the chart answers.
    """
    return _ranking(rows, "artist", title)


def plays_over_days(rows: pd.DataFrame, title: str) -> alt.Chart:
    """Draws the plays of each day, by level, as stacked areas.

    Args:
        rows: `play_date`, `level`, `plays`, a row for each that has any.
        title: What the chart answers.
    """
    areas: alt.Chart = (
        alt.Chart(rows)
        .mark_area()
        .encode(
            x=alt.X("play_date:T", title="day, UTC", axis=alt.Axis(format="%-d %b")),
            y=alt.Y("plays:Q", title="plays"),
            color=alt.Color("level:N", scale=LEVELS, title="level"),
            order=alt.Order("level:N"),
            tooltip=[
                alt.Tooltip("play_date:T", format="%a %-d %b %Y"),
                "level",
                "plays",
            ],
        )
        .transform_impute(impute="plays", key="play_date", value=0, groupby=["level"])
    )
    return _titled(areas, title)


def week(rows: pd.DataFrame, title: str) -> alt.Chart:
    """Draws the hours of the week as a heat map of plays in an average such hour.

    Args:
        rows: `weekday` by name, `hour` and `plays_per_day`, all 168 of them.
        title: What the chart answers.
    """
    cells: alt.Chart = (
        alt.Chart(rows)
        .mark_rect()
        .encode(
            x=alt.X("hour:O", title="hour, UTC", axis=alt.Axis(labelAngle=0)),
            y=alt.Y("weekday:N", sort=list(WEEKDAYS), title=None),
            color=alt.Color(
                "plays_per_day:Q",
                title="plays in an hour",
                scale=alt.Scale(scheme="viridis"),
            ),
            tooltip=["weekday", "hour", alt.Tooltip("plays_per_day:Q", format=".1f")],
        )
    )
    return _titled(cells, title)


def _ranking(rows: pd.DataFrame, label: str, title: str) -> alt.LayerChart:
    """Draws bars with their figures, in the order of the rows."""
    ranked = alt.Chart(rows).encode(
        y=alt.Y(f"{label}:N", sort=None, title=None, axis=alt.Axis(labelLimit=300)),
        x=alt.X("plays:Q", title="plays", axis=alt.Axis(tickMinStep=1)),
        tooltip=[label, "plays", "listeners"],
    )
    bars = ranked.mark_bar(color=BLUE)
    figures = ranked.mark_text(align="left", dx=4, color="gray").encode(
        text=alt.Text("plays:Q", format=",")
    )
    layers: alt.LayerChart = bars + figures
    return _titled(layers, title)


def _titled(chart: AnyChart, title: str) -> AnyChart:
    return chart.properties(
        title=alt.Title(title, anchor="start"), width=WIDTH, description=title
    )
