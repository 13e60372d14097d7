"""The controls of the page of times: the cell, the day, and what the week shows."""

from datetime import date

import pandas as pd
import streamlit as st
from streamlit.delta_generator import DeltaGenerator

from dashboard.clicks import choose_day, picked
from dashboard.star import report
from dashboard.steps import of_week
from dashboard.view import View
from sparkify.reports.report import WEEKDAYS, Answer
from sparkify.reports.trends import week_difference, whole_days

WEEKS = {"now": "Now", "before": "Before", "difference": "Difference"}
DAY = "zoom"


def choose_cell(
    grid: pd.DataFrame, view: View, left: DeltaGenerator, right: DeltaGenerator
) -> tuple[tuple[str, int], str | None]:
    """Show the boxes of the weekday and the hour.

    Args:
        grid: The plays of each hour of the week.
        view: The chosen filters.
        left: Where the weekday's box stands.
        right: Where the hour's box stands.

    Returns:
        The chosen cell, or the busiest of the chosen weekday or hour, and the weekday,
        or None if there is none.
    """
    weekday = left.selectbox(
        "Weekday",
        WEEKDAYS,
        index=None,
        placeholder="the busiest",
        key="weekday",
        bind="query-params",
    )
    hour = right.selectbox(
        f"Hour, {view.zone}",
        range(24),
        index=None,
        placeholder="the busiest",
        key="hour",
        bind="query-params",
    )
    cells = grid
    if weekday is not None:
        cells = cells[cells["weekday"] == weekday]
    if hour is not None:
        cells = cells[cells["hour"] == hour]
    busiest = cells.loc[cells["plays"].idxmax()]
    return (str(busiest["weekday"]), int(busiest["hour"])), weekday


def cell_clicked(key: str) -> None:
    """Take the clicked cell for the weekday and the hour that stand in the link."""
    weekday = picked(key, "weekday")
    if weekday:
        st.session_state["weekday"] = weekday
        st.session_state["hour"] = int(picked(key, "hour"))


def day_box(days: pd.DataFrame) -> str:
    """Show the box that zooms to a day; return in words which full day is quietest.

    Args:
        days: `play_date` and `plays`, with every day of the period.
    """
    bounds = report("data_range").rows.iloc[0]
    full = whole_days(days, bounds["first_play"], bounds["last_play"])
    known = days[days["plays"].notna()]
    counts = {
        pd.Timestamp(day).date(): int(plays)
        for day, plays in zip(known["play_date"], known["plays"], strict=True)
    }
    lowest = min(full, key=lambda day: (counts[day], day), default=None)
    st.selectbox(
        "Zoom to a day",
        sorted(counts, key=lambda day: (counts[day], day)),
        index=None,
        format_func=lambda day: f"{day:%a %-d %b %Y}, {counts[day]:,} plays",
        placeholder="the quietest first",
        key=DAY,
        on_change=_zoom,
    )
    if lowest is None:
        return ""
    plays = f"{counts[lowest]:,} plays"
    return f"The quietest full day is {lowest:%-d %b %Y}, with {plays}."


def choose_week(
    view: View, answer: Answer, grid: pd.DataFrame
) -> tuple[str, Answer, pd.DataFrame]:
    """Show whether the week is that of now, of before, or the difference.

    Args:
        view: The chosen filters.
        answer: The answer of now.
        grid: Its plays of each hour of the week.

    Returns:
        One of `WEEKS`, its answer and its rows; a difference has the answer of now.
    """
    shown = (
        st.segmented_control(
            "Week",
            list(WEEKS),
            default=next(iter(WEEKS)),
            required=True,
            format_func=WEEKS.__getitem__,
            key="week",
            bind="query-params",
            disabled=view.before is None,
            help=view.obstacle or "The period, the one before, or what differs",
        )
        or "now"
    )
    if view.before is None or shown == "now":
        return "now", answer, grid
    earlier, before = of_week(view, view.before)
    if shown == "before":
        return shown, earlier, before
    return shown, answer, week_difference(grid, before)


def _zoom() -> None:
    day: date | None = st.session_state[DAY]
    if day:
        st.session_state[DAY] = None
        choose_day(day)
