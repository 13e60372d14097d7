"""What a click on a mark of a chart does to the filters, and how to take it off again.

A mark that is clicked again, when it is what is chosen, takes its filter off. The same
can be done by the select boxes of the filter bar.
"""

from collections.abc import Mapping
from datetime import UTC, date, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import streamlit as st

from dashboard.links import COMPARE, COMPARE_DAYS, DAYS, PERIOD
from dashboard.text import literal
from dashboard.view import View
from sparkify.reports.report import ALL

PICKED = "picked"  # the selection of every chart that can be clicked
ONE_DAY, WEEK = timedelta(days=1), timedelta(days=7)
MOST_WORDS = 28  # letters on a chip


def chart_key(name: str, view: View) -> str:
    """Return the key of a chart, with which a changed filter forgets the last click."""
    chosen = view.filters
    return f"{name}-{view.period}-{chosen.level}-{chosen.metro}-{chosen.device}"


def picked(key: str, field: str) -> Any:
    """Return the field of the mark that was clicked; None if there is none."""
    marks = st.session_state[key]["selection"].get(PICKED)
    return marks[0][field] if marks else None


def choose_days(first: date, last: date) -> None:
    """Choose days as the period."""
    st.session_state[PERIOD] = "custom"
    st.session_state[DAYS] = (first, last)


def choose_day(day: date) -> None:
    """Choose a day, against the same weekday before."""
    choose_days(day, day)
    st.session_state[COMPARE] = "weekdays"
    st.session_state[COMPARE_DAYS] = ()


def day_clicked(key: str) -> None:
    """Choose the day that was clicked in a calendar."""
    if day := picked(key, "day"):
        choose_day(date.fromisoformat(day))


def week_clicked(key: str, view: View) -> None:
    """Choose the days of the period in the week that was clicked."""
    if monday := picked(key, "monday"):
        first = date.fromisoformat(monday)
        days = view.period
        choose_days(max(first, days.start), min(first + WEEK - ONE_DAY, days.last))


def brushed(key: str, view: View) -> None:
    """Choose the days over which a trend was brushed, of those of the period."""
    ends = next(iter(st.session_state[key]["selection"].get(PICKED, {}).values()), None)
    if not ends:
        return
    zone = ZoneInfo(st.context.timezone or "UTC")  # a chart has the viewer's clock
    first, last = (
        datetime.fromtimestamp(each / 1000, UTC).astimezone(zone).date()
        for each in (min(ends), max(ends))
    )
    if view.grain == "week":
        last += WEEK - ONE_DAY
    first, last = max(first, view.period.start), min(last, view.period.last)
    if first <= last:
        choose_days(first, last)


def level_clicked(key: str) -> None:
    """Choose the level that was clicked, or all levels if it is chosen."""
    level = picked(key, "level")
    if level:
        st.session_state["level"] = ALL if st.session_state["level"] == level else level


def option_clicked(key: str, field: str, name: str, options: Mapping[str, str]) -> None:
    """Choose the option of a filter that was clicked, or all if it is chosen.

    Args:
        key: The chart's key.
        field: The field that holds what a mark stands for.
        name: The filter's key.
        options: The option of the filter, by what a mark stands for: of those that may
            be chosen.
    """
    if option := options.get(picked(key, field)):
        st.session_state[name] = ALL if st.session_state[name] == option else option


def chips(view: View, defaults: dict[str, Any]) -> None:
    """Show custom days, a level, a place and a device as chips, which take them off.

    Args:
        view: The chosen filters.
        defaults: What each filter is without a choice.
    """
    shown: dict[str, tuple[str, ...]] = {}
    if st.session_state.get(PERIOD) == "custom":
        shown[str(view.period)] = (PERIOD, DAYS)
    if view.filters.level != ALL:
        shown[view.filters.level.capitalize()] = ("level",)
    if view.filters.metro != ALL:
        shown[view.filters.metro] = ("metro",)
    if view.filters.device != ALL:
        shown[view.filters.device] = ("device",)
    for words, keys in shown.items():
        short = words if len(words) <= MOST_WORDS else f"{words[:MOST_WORDS]}…"
        st.button(
            literal(short),
            key=f"chip-{keys[0]}",
            icon=":material/close:",
            icon_position="right",
            help=literal(f"Take off: {words}"),
            on_click=_take_off,
            args=(keys, defaults),
        )


def _take_off(keys: tuple[str, ...], defaults: dict[str, Any]) -> None:
    for key in keys:
        st.session_state[key] = defaults[key]
