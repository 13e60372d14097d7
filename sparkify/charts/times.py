"""Charts of the days and hours at which music is played."""

from collections.abc import Mapping
from itertools import pairwise

import altair as alt
import pandas as pd
from altair.utils.schemapi import UndefinedType

from sparkify.charts.style import (
    BELOW,
    DAY,
    HEIGHT,
    LEVELS,
    PALE,
    PERCENT,
    Drawn,
    axis_of,
    extremes,
    tips,
    titled,
)
from sparkify.reports import numbers

STEPS_NAMED = 12  # the most labels along an axis that fit on a phone
UTC = "UTC"
MOMENT = f"{DAY} %H:%M"
NOW, BEFORE = "this period", "before"
LINE_NAMES = {NOW: "now", BEFORE: "before"}
PARTS = ("weekday", "weekend")
NAME_HEIGHT, NAME_WIDTH = 22, 56  # pixels beside a plot for the name of a line
BESIDE = alt.Scale(range=[0, alt.ExprRef(f"width - {NAME_WIDTH}")])


def plays_over_days(rows: pd.DataFrame, title: str) -> Drawn:
    """Draw the plays of each day, by level, as stacked areas.

    Args:
        rows: `play_date`, `level` and `plays`; days without plays may be missing.
        title: The question that the chart answers.
    """
    days = rows.assign(play_date=pd.to_datetime(rows["play_date"]))
    by_day = days.groupby("play_date")["plays"].sum()
    areas: alt.Chart = (
        alt.Chart(days)
        .mark_area()
        .encode(
            x=alt.X("play_date:T", title="day, UTC", axis=alt.Axis(format="%-d %b")),
            y=alt.Y("plays:Q", title="plays", axis=axis_of(by_day)),
            color=alt.Color("level:N", scale=LEVELS, title=None, legend=BELOW),
            order=alt.Order("level:N"),
            tooltip=tips(
                alt.Tooltip("play_date:T", title="day", format=DAY),
                "level:N",
                "plays:Q",
            ),
        )
        .transform_impute(impute="plays", key="play_date", value=0, groupby=["level"])
    )
    answer = extremes(map(numbers.day, by_day.index), by_day, "plays")
    return titled(areas, title, answer)


def trend(
    rows: pd.DataFrame,
    before: pd.DataFrame,
    title: str,
    *,
    figure: str = "plays",
    grain: str = "day",
    selection: str = "",
    height: int = HEIGHT,
) -> Drawn:
    """Draw a figure of each hour, day or week, and dashed that of an earlier period.

    Args:
        rows: `play_date` and the figure, with every hour, day or week of the period;
            a missing figure is a gap. `is_whole`, where there is one, tells which rows
            have all their days; the others are pale.
        before: The same columns for the earlier period; may be empty.
        title: The question that the chart answers.
        figure: The column to draw; one that ends in `rate` or `share` is a share.
        grain: `hour`, `day` or `week`.
        selection: The name of the selection that a brush makes; empty for none.
        height: The height of the plot in pixels.
    """
    days = pd.to_datetime(rows["play_date"])
    current = rows.assign(day=days, play_date=days, period=NOW)
    earlier = before.head(len(rows))
    compared = earlier.assign(
        day=days.head(len(earlier)).to_numpy(),
        play_date=pd.to_datetime(earlier["play_date"]),
        period=BEFORE,
    )
    is_share = figure.endswith(("rate", "share"))
    y = alt.Y(
        f"{figure}:Q",
        title=figure.replace("_", " "),
        axis=PERCENT if is_share else axis_of([*rows[figure], *before[figure]]),
        scale=alt.Scale(domain=[0, 1]) if is_share else alt.Undefined,
    )
    lines = alt.Chart().encode(
        x=alt.X(
            "day:T",
            title=f"{grain}, UTC",
            axis=_steps(days, grain),
            scale=BESIDE if len(before) else alt.Undefined,
        ),
        y=y,
        color=alt.Color("period:N", scale=alt.Scale(domain=[NOW, BEFORE]), legend=None),
        tooltip=tips(
            "period:N",
            alt.Tooltip(
                "play_date:T",
                title="week from" if grain == "week" else grain,
                format=MOMENT if grain == "hour" else DAY,
            ),
            alt.Tooltip(
                f"{figure}:Q",
                title=figure.replace("_", " "),
                format=".1%" if is_share else ",",
            ),
        ),
    )
    dashes = alt.Scale(domain=[NOW, BEFORE], range=[[1, 0], [5, 4]])
    stroke = alt.StrokeDash("period:N", scale=dashes, legend=None)
    # A period of one day has no line, but it has a point.
    points = lines.mark_circle(size=24 if len(rows) > 1 else 120)
    if "is_whole" in rows:
        points = points.encode(opacity=PALE)
    if selection:
        points = points.add_params(
            alt.selection_interval(name=selection, encodings=["x"])
        )
    layers = alt.LayerChart(
        data=pd.concat(
            [each for each in (compared, current) if len(each)] or [current]
        ),
        layer=[lines.mark_line().encode(strokeDash=stroke), points],
    )
    if len(before):
        series = {NOW: current[figure], BEFORE: compared[figure]}
        top = 1.0 if is_share else _highest(series)
        layers.layer.append(_names(series, figure, "period", height, top))
    answer = extremes(
        map(numbers.day, days),
        (rows[figure] * 100).round(1) if is_share else rows[figure],
        "%" if is_share else figure,
    )
    return titled(layers, title, answer, height=height)


def hours(
    rows: pd.DataFrame,
    title: str,
    *,
    figure: str = "plays",
    zone: str = UTC,
    height: int = HEIGHT,
) -> Drawn:
    """Draw a figure of each hour of the day.

    Args:
        rows: `hour` and the figure; empty hours may be missing.
        title: The question that the chart answers.
        figure: The column to draw; its name is the unit.
        zone: The time zone of the hours, to be named.
        height: The height of the plot in pixels.
    """
    counts = rows.set_index("hour")[figure].reindex(range(24), fill_value=0)
    columns: alt.Chart = (
        alt.Chart(counts.rename_axis("hour").reset_index())
        .mark_bar()
        .encode(
            x=hour_axis(zone),
            y=alt.Y(f"{figure}:Q", title=figure, axis=axis_of(counts)),
            tooltip=tips("hour:O", f"{figure}:Q"),
        )
    )
    answer = extremes([f"{hour} o'clock" for hour in counts.index], counts, figure)
    return titled(columns, title, answer, height=height)


def profiles(
    rows: pd.DataFrame, title: str, *, zone: str = UTC, height: int = HEIGHT
) -> Drawn:
    """Draw the hours of an average weekday and of an average weekend day.

    Args:
        rows: `part_of_week` (weekday or weekend), `hour` and `plays_per_day`.
        title: The question that the chart answers.
        zone: The time zone of the hours, to be named.
        height: The height of the plot in pixels.
    """
    dashes = alt.Scale(domain=PARTS, range=[[1, 0], [5, 4]])
    lines: alt.Chart = (
        alt.Chart(rows)
        .mark_line()
        .encode(
            x=hour_axis(zone, BESIDE),
            y=alt.Y(
                "plays_per_day:Q",
                title="plays in an hour",
                axis=axis_of(rows["plays_per_day"]),
            ),
            color=alt.Color(
                "part_of_week:N", scale=alt.Scale(domain=PARTS), legend=None
            ),
            strokeDash=alt.StrokeDash("part_of_week:N", scale=dashes, legend=None),
            tooltip=tips(
                "part_of_week:N",
                "hour:O",
                alt.Tooltip("plays_per_day:Q", title="plays a day", format=",.1f"),
            ),
        )
    )
    names = rows["part_of_week"] + ", " + rows["hour"].astype(str) + " o'clock"
    answer = extremes(names, rows["plays_per_day"], "plays")
    by_part = rows.set_index("part_of_week")["plays_per_day"]
    series = {part: by_part[by_part.index == part] for part in PARTS}
    top = _highest(series)
    labels = _names(series, "plays_per_day", "part_of_week", height, top)
    layers = alt.LayerChart(layer=[lines, labels])
    return titled(layers, title, answer, height=height)


def hour_axis(zone: str, scale: alt.Scale | UndefinedType = alt.Undefined) -> alt.X:
    """Return the axis of the hours of a day in a zone, which it names."""
    return alt.X(
        "hour:O",
        title=f"hour, {zone}",
        scale=scale,
        axis=alt.Axis(labelAngle=0, labelOverlap=True),
    )


def _highest(series: Mapping[str, pd.Series]) -> float:
    return max(float(values.max()) for values in series.values())


def _names(
    series: Mapping[str, pd.Series], figure: str, field: str, height: int, top: float
) -> alt.Chart:
    """Return the name of each line, beside its end and not on top of each other.

    Args:
        series: The values of each line, by its name.
        figure: The column to draw.
        field: The column that tells the lines apart.
        height: The height of the plot in pixels.
        top: The value at the top of the plot.
    """
    ends = {
        name: float(values.dropna().iloc[-1])
        for name, values in series.items()
        if values.notna().any()
    }
    least = (top or 1) * NAME_HEIGHT / height
    order = sorted(ends, key=lambda name: ends[name])
    for lower, upper in pairwise(order):
        lack = least - (ends[upper] - ends[lower])
        if lack > 0:
            down = min(max(lack / 2, ends[upper] + lack - top), ends[lower])
            ends[lower] -= down
            ends[upper] += lack - down
    rows = pd.DataFrame(
        {
            field: order,
            figure: [ends[name] for name in order],
            "name": [LINE_NAMES.get(name, name) for name in order],
        },
    )
    labels: alt.Chart = (
        alt.Chart(rows)
        .mark_text(align="left", dx=6, fontSize=12)
        .encode(
            x=alt.value(alt.ExprRef(f"width - {NAME_WIDTH}")),
            y=f"{figure}:Q",
            text="name:N",
            color=f"{field}:N",
        )
    )
    return labels


def _steps(days: pd.Series, grain: str) -> alt.Axis:
    """Return an axis that labels each step only once, even if there are few."""
    if grain == "hour":
        return alt.Axis(format="%-d %b %H:%M", labelOverlap=True, tickCount=6)
    if grain == "week":
        named = days.iloc[:: 1 + len(days) // STEPS_NAMED]
        mondays = [alt.DateTime(year=d.year, month=d.month, date=d.day) for d in named]
        return alt.Axis(format="%-d %b", values=mondays, labelOverlap=True)
    step = 1 + len(days) // STEPS_NAMED
    return alt.Axis(
        format="%-d %b",
        tickCount=alt.TimeIntervalStep("day", step),
        labelOverlap=True,
    )
