"""Heat maps of the hours of the week and of the days of a period."""

import altair as alt
import pandas as pd

from sparkify.charts.style import (
    DAY,
    SCALE_BELOW,
    Drawn,
    clickable,
    extremes,
    tips,
    titled,
)
from sparkify.charts.times import UTC, hour_axis
from sparkify.reports import numbers
from sparkify.reports.report import WEEKDAYS

# Or the hour or the day of the fewest plays would look like one without any.
FROM_ZERO = alt.Scale(domainMin=0)
HEAT_HEIGHT = 280  # pixels, with room for seven labels above a legend


def week(
    rows: pd.DataFrame,
    title: str,
    *,
    selection: str = "",
    chosen: tuple[str, int] | None = None,
    zone: str = UTC,
    is_difference: bool = False,
) -> Drawn:
    """Draw the average plays in each hour of the week, as a heat map.

    Args:
        rows: `weekday` by name, `hour` and `plays_per_day`, with all 168 hours.
        title: The question that the chart answers.
        selection: The name of the selection that a click on a cell makes; empty for
            none.
        chosen: The weekday and hour of the cell to outline.
        zone: The time zone of the hours, to be named.
        is_difference: Whether the figures are differences, with a colour of their own
            below zero.
    """
    text = "+,.1f" if is_difference else ",.1f"
    base = alt.Chart().encode(
        x=hour_axis(zone),
        y=alt.Y("weekday:N", sort=list(WEEKDAYS), title=None),
        tooltip=tips(
            "weekday:N",
            "hour:O",
            alt.Tooltip("plays_per_day:Q", title="plays a day", format=text),
        ),
    )
    cells = base.mark_rect().encode(
        color=alt.Color(
            "plays_per_day:Q",
            title="plays",
            scale=alt.Scale(domainMid=0) if is_difference else FROM_ZERO,
            legend=SCALE_BELOW,
        )
    )
    layers = [clickable(cells, selection, "weekday", "hour")]
    if chosen is not None:
        day, hour = chosen
        outline = base.mark_rect(filled=False, strokeWidth=3).transform_filter(
            {
                "and": [
                    {"field": "weekday", "equal": day},
                    {"field": "hour", "equal": hour},
                ]
            }
        )
        layers.append(
            outline.encode(
                stroke=alt.StrokeDatum(
                    "chosen",
                    # The second colour is that of a difference below zero.
                    scale=alt.Scale(
                        domain=["", "below", "chosen"]
                        if is_difference
                        else ["", "chosen"]
                    ),
                    legend=None,
                )
            )
        )
    names = rows["weekday"] + ", " + rows["hour"].astype(str) + " o'clock"
    answer = extremes(names, rows["plays_per_day"], "plays a day")
    drawn = alt.LayerChart(data=rows, layer=layers)
    return titled(drawn, title, answer, height=HEAT_HEIGHT)


def calendar(rows: pd.DataFrame, title: str, *, selection: str = "") -> Drawn:
    """Draw the plays of each day as a calendar, with a column for each week.

    Args:
        rows: `play_date` and `plays`, with every day of the period; a day without a
            figure is left blank.
        title: The question that the chart answers.
        selection: The name of the selection that a click on a day makes, which holds
            its `day` as `2018-11-05`; empty for none.
    """
    known = rows[rows["plays"].notna()]
    days = pd.to_datetime(known["play_date"])
    monday = days - pd.to_timedelta(days.dt.weekday, unit="D")
    weekdays = days.dt.day_name()
    gap = alt.Scale(paddingInner=0.06)
    cells: alt.Chart = (
        alt.Chart(
            known.assign(
                play_date=days,
                monday=monday,
                weekday=weekdays,
                day=days.dt.strftime("%Y-%m-%d"),
            )
        )
        .mark_rect()
        .encode(
            x=alt.X(
                "yearmonthdate(monday):O",
                title="week from",
                axis=alt.Axis(format="%-d %b", labelAngle=0, labelOverlap=True),
                scale=gap,
            ),
            y=alt.Y(
                "weekday:N",
                sort=list(WEEKDAYS),
                title=None,
                scale=alt.Scale(domain=list(WEEKDAYS), paddingInner=0.06),
            ),
            color=alt.Color(
                "plays:Q",
                title="plays",
                scale=FROM_ZERO,
                legend=SCALE_BELOW,
            ),
            tooltip=tips(
                alt.Tooltip("play_date:T", title="day", format=DAY), "plays:Q"
            ),
        )
    )
    answer = extremes(map(numbers.day, days), known["plays"], "plays")
    marks = clickable(cells, selection, "day")
    return titled(marks, title, answer, height=HEAT_HEIGHT)
