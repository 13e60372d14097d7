"""The counts of each hour, day or week, as the chosen grain has it."""

from dataclasses import replace
from datetime import datetime

import pandas as pd

from dashboard.star import report
from dashboard.view import UTC, View
from sparkify.reports import zones
from sparkify.reports.evenings import WORKDAYS, by_week
from sparkify.reports.periods import Period, covered_span
from sparkify.reports.report import WEEKDAYS, Answer, Filters, week_grid
from sparkify.reports.trends import cut_weeks, fill_steps

MOST_SONGS = 100_000  # of a part of the period


def steps(view: View, filters: Filters) -> tuple[Answer, pd.DataFrame]:
    """Return the answer and its rows, with those of hours, days or weeks without plays.

    Args:
        view: The chosen filters.
        filters: Those of the period or of the earlier one.
    """
    answer = report(f"overview_by_{view.grain}", filters)
    return answer, fill_steps(answer.rows, filters, view.data, view.grain)


def cut(view: View, rows: pd.DataFrame) -> str:
    """Return in words which weeks are not whole; empty if the steps are no weeks."""
    return cut_weeks(rows, "play_date") if view.grain == "week" else ""


def of_hours(view: View) -> tuple[Answer, pd.DataFrame]:
    """Return the answer and the plays of each hour of the day, in the chosen zone."""
    if view.zone == UTC:
        answer = report("plays_by_hour_of_day", view.filters)
        return answer, answer.rows
    answer = report("plays_by_slot", view.filters)
    return answer, zones.by_hour(answer.rows, view.zone)


def of_week(view: View, filters: Filters) -> tuple[Answer, pd.DataFrame]:
    """Return the answer and the plays of each hour of the week, in the chosen zone.

    Args:
        view: The chosen filters.
        filters: Those of the period or of the earlier one.
    """
    span = _covered(view, Period(filters.start, filters.end))
    if view.zone == UTC:
        answer = report("plays_by_weekday_and_hour", filters)
        return answer, week_grid(answer.rows, filters, span)
    answer = report("plays_by_slot", filters)
    return answer, zones.grid(answer.rows, filters, view.zone, span)


def evenings(view: View, weekday: str | None) -> tuple[Answer, pd.DataFrame]:
    """Return the answer and the evenings of each week, in the chosen zone.

    Args:
        view: The chosen filters.
        weekday: The weekday to count; Monday to Friday if None.
    """
    answer = report("plays_by_slot", view.filters)
    span = _covered(view, view.period)
    weekdays = (weekday,) if weekday else WORKDAYS
    return answer, by_week(answer.rows, *span, view.zone, weekdays)


def _covered(view: View, period: Period) -> tuple[datetime, datetime]:
    """Return the moments between which the data covers a period."""
    bounds = report("data_range").rows.iloc[0]
    days = period.overlap(view.data)
    moments = bounds["first_play"], bounds["last_play"]
    return covered_span(days.start, days.end, *moments)


def songs_of_hour(view: View, weekday: str, hour: int, top: int) -> Answer:
    """Return the most played songs of an hour of the week, in the chosen zone.

    Where the clock is put forward or back within the period, the sums of its parts.
    """
    stretches = zones.stretches(view.filters, view.zone)
    parts = [
        report(
            "songs_of_hour",
            view.filters,
            weekday=(WEEKDAYS.index(weekday) + 1) % 7,
            hour=hour,
            shift_minutes=minutes,
            start_time=start,
            end_time=end,
            top=top if len(stretches) == 1 else MOST_SONGS,
        )
        for start, end, minutes in stretches
    ]
    if len(parts) == 1:
        return parts[0]
    sums = pd.concat([part.rows for part in parts]).groupby(["title", "artist"])
    rows = (
        sums["plays"]
        .sum()
        .reset_index()
        .sort_values(["plays", "title", "artist"], ascending=[False, True, True])
    )
    return replace(parts[0], rows=rows.head(top).reset_index(drop=True))
