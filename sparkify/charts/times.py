"""Charts of the days and hours at which music is played."""

import altair as alt
import pandas as pd

from sparkify.charts.style import (
    BELOW,
    BLUE,
    DAY,
    GRAY,
    HEAT,
    LEVELS,
    ORANGE,
    Drawn,
    tips,
    titled,
)
from sparkify.reports.report import WEEKDAYS

DAYS_NAMED = 12  # the most labels along an axis that fit on a phone
HOUR = alt.X("hour:O", title="hour, UTC", axis=alt.Axis(labelAngle=0))


def plays_over_days(rows: pd.DataFrame, title: str) -> Drawn:
    """Draw the plays of each day, by level, as stacked areas.

    Args:
        rows: `play_date`, `level` and `plays`; days without plays may be missing.
        title: The question that the chart answers.
    """
    days = rows.assign(play_date=pd.to_datetime(rows["play_date"]))
    areas: alt.Chart = (
        alt.Chart(days)
        .mark_area()
        .encode(
            x=_days("play_date"),
            y=alt.Y("plays:Q", title="plays"),
            color=alt.Color("level:N", scale=LEVELS, title=None, legend=BELOW),
            order=alt.Order("level:N"),
            tooltip=tips(alt.Tooltip("play_date:T", format=DAY), "level", "plays"),
        )
        .transform_impute(impute="plays", key="play_date", value=0, groupby=["level"])
    )
    return titled(areas, title)


def trend(
    rows: pd.DataFrame, before: pd.DataFrame, title: str, *, figure: str = "plays"
) -> Drawn:
    """Draw a figure of each day, and below it the figure of an earlier period.

    Args:
        rows: `play_date` and the figure, with every day of the period.
        before: The same columns for the earlier period; may be empty.
        title: The question that the chart answers.
        figure: The column to draw.
    """
    days = pd.to_datetime(rows["play_date"])
    current = rows.assign(day=days, play_date=days, period="this period")
    earlier = before.head(len(rows))
    compared = earlier.assign(
        day=days.head(len(earlier)).to_numpy(),
        play_date=pd.to_datetime(earlier["play_date"]),
        period="period before",
    )
    colour = alt.Scale(domain=["this period", "period before"], range=[BLUE, GRAY])
    lines = alt.Chart().encode(
        x=alt.X("day:T", title="day, UTC", axis=_whole_days(len(rows))),
        y=alt.Y(f"{figure}:Q", title=figure),
        color=alt.Color(
            "period:N", scale=colour, title=None, legend=alt.Legend(orient="top")
        ),
        tooltip=tips("period:N", alt.Tooltip("play_date:T", format=DAY), f"{figure}:Q"),
    )
    # A period of one day has no line, but it has a point.
    layers = alt.LayerChart(
        data=pd.concat([compared, current]),
        layer=[lines.mark_line(), lines.mark_circle(size=24)],
    )
    return titled(layers, title)


def hours(rows: pd.DataFrame, title: str, *, figure: str = "plays") -> Drawn:
    """Draw a figure of each hour of the day.

    Args:
        rows: `hour` and the figure; empty hours may be missing.
        title: The question that the chart answers.
        figure: The column to draw; its name is the unit.
    """
    counts = rows.set_index("hour")[figure].reindex(range(24), fill_value=0)
    columns: alt.Chart = (
        alt.Chart(counts.rename_axis("hour").reset_index())
        .mark_bar(color=BLUE)
        .encode(
            x=HOUR, y=alt.Y(f"{figure}:Q", title=figure), tooltip=tips("hour", figure)
        )
    )
    return titled(columns, title)


def profiles(rows: pd.DataFrame, title: str) -> Drawn:
    """Draw the hours of an average weekday and of an average weekend day.

    Args:
        rows: `part_of_week` (weekday or weekend), `hour` and `plays_per_day`.
        title: The question that the chart answers.
    """
    colour = alt.Scale(domain=["weekday", "weekend"], range=[BLUE, ORANGE])
    lines: alt.Chart = (
        alt.Chart(rows)
        .mark_line(point=True)
        .encode(
            x=HOUR,
            y=alt.Y("plays_per_day:Q", title="plays in an hour of an average day"),
            color=alt.Color("part_of_week:N", scale=colour, title=None, legend=BELOW),
            tooltip=tips(
                "part_of_week",
                "hour",
                alt.Tooltip("plays_per_day:Q", format=",.1f"),
            ),
        )
    )
    return titled(lines, title)


def week(rows: pd.DataFrame, title: str, *, selection: str = "") -> Drawn:
    """Draw the average plays in each hour of the week, as a heat map.

    Args:
        rows: `weekday` by name, `hour` and `plays_per_day`, with all 168 hours.
        title: The question that the chart answers.
        selection: The name of the selection that a click on a cell makes; empty for
            none.
    """
    cells: alt.Chart = (
        alt.Chart(rows)
        .mark_rect()
        .encode(
            x=HOUR,
            y=alt.Y("weekday:N", sort=list(WEEKDAYS), title=None),
            color=alt.Color(
                "plays_per_day:Q", title="plays in an hour", scale=HEAT, legend=BELOW
            ),
            tooltip=tips(
                "weekday", "hour", alt.Tooltip("plays_per_day:Q", format=",.1f")
            ),
        )
    )
    if selection:
        fields = ["weekday", "hour"]
        cells = cells.add_params(
            alt.selection_point(name=selection, fields=fields, on="click")
        )
    return titled(cells, title)


def calendar(rows: pd.DataFrame, title: str) -> Drawn:
    """Draw the plays of each day as a calendar, with a column for each week.

    Args:
        rows: `play_date` and `plays`, with every day of the period.
        title: The question that the chart answers.
    """
    days = pd.to_datetime(rows["play_date"])
    monday = days - pd.to_timedelta(days.dt.weekday, unit="D")
    weekdays = days.dt.day_name()
    cells: alt.Chart = (
        alt.Chart(rows.assign(play_date=days, monday=monday, weekday=weekdays))
        .mark_rect(stroke="white", strokeWidth=1)
        .encode(
            x=alt.X(
                "yearmonthdate(monday):O",
                title="week from",
                axis=alt.Axis(format="%-d %b", labelAngle=0, labelOverlap=True),
            ),
            y=alt.Y("weekday:N", sort=list(WEEKDAYS), title=None),
            color=alt.Color("plays:Q", title="plays", scale=HEAT, legend=BELOW),
            tooltip=tips(alt.Tooltip("play_date:T", format=DAY), "plays"),
        )
    )
    return titled(cells, title)


def _whole_days(count: int) -> alt.Axis:
    """Return an axis that labels each day only once, even if there are few days."""
    step = 1 + count // DAYS_NAMED
    return alt.Axis(format="%-d %b", tickCount=alt.TimeIntervalStep("day", step))


def _days(column: str) -> alt.X:
    return alt.X(f"{column}:T", title="day, UTC", axis=alt.Axis(format="%-d %b"))
