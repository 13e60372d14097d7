"""The filter bar. The URL holds it, so that a link shows the same answer."""

from contextlib import nullcontext
from dataclasses import replace
from datetime import time
from typing import Literal

import pandas as pd
import streamlit as st
from streamlit.delta_generator import DeltaGenerator

from dashboard import clicks, search
from dashboard.links import COMPARE, COMPARE_DAYS, DAYS, PERIOD, links_menu
from dashboard.period_menu import choose_periods, chosen_periods, is_phone
from dashboard.star import report
from dashboard.text import caption, literal
from dashboard.view import UTC, View
from sparkify.reports.devices import devices
from sparkify.reports.periods import (
    COMPARISONS,
    PRESETS,
    Period,
    obstacle,
)
from sparkify.reports.places import metros_of, shown, state_label
from sparkify.reports.report import ALL, Filters, data_period

LEAST_LISTENERS = 3
LEVELS = {ALL: "All", "paid": "Paid", "free": "Free"}
GRAINS = {"day": "By day", "hour": "By hour", "week": "By week"}
ZONES = {UTC: UTC, "viewer": "Your time"}
DEFAULTS = {
    PERIOD: next(iter(PRESETS)),
    DAYS: (),
    COMPARE: next(iter(COMPARISONS)),
    COMPARE_DAYS: (),
    "level": ALL,
    "metro": ALL,
    "device": ALL,
    "grain": next(iter(GRAINS)),
    "zone": UTC,
}
DAY_IS_OVER, DAY_BEGINS = time(23), time(1)  # a day that lacks more is incomplete
MOST_DAYS_BY_HOUR = 62


def choose() -> View:
    """Show the filter bar, and return the chosen view."""
    data = data_period(report("data_range"))
    bar = _bar(data)
    with bar:
        text = search.box()
        if is_phone():  # where the menu covers the page
            search.results(text)
        period, earlier = choose_periods(data)
        level = st.segmented_control(
            "Level",
            list(LEVELS),
            default=ALL,
            required=True,
            format_func=LEVELS.__getitem__,
            key="level",
            bind="query-params",
            label_visibility="collapsed",
        )
        grain = _choice("Grain", "grain", GRAINS, width=105)
        everything = Filters(data.start, data.end)
        metro, metros = _place(everything)
        device, user_agents = _device(everything)
        zone = _choice("Time zone", "zone", ZONES, width=110)
        links_menu(period, earlier)
        if not is_phone():  # below the row of filters
            search.results(text)
    filters = Filters(
        period.start, period.end, level or ALL, metro, metros, device, user_agents
    )
    before = replace(filters, start=earlier.start, end=earlier.end)
    why_not = obstacle(period, earlier, data)
    view = View(
        data,
        period,
        earlier,
        filters,
        None if why_not else before,
        why_not,
        "day" if grain == "hour" and period.days > MOST_DAYS_BY_HOUR else grain,
        UTC if zone == UTC else st.context.timezone or UTC,
    )
    if is_filtered():
        with nullcontext() if is_phone() else bar:  # they wrap together
            chips = _row("chips", width="stretch" if is_phone() else "content")
        with chips:
            clicks.chips(view, DEFAULTS)
            st.button(
                "Reset",
                icon=":material/restart_alt:",
                on_click=reset,
                type="tertiary",
                help="Reset every filter",
            )
    return view


def _bar(data: Period) -> DeltaGenerator:
    """Return what holds the filters: a row, or on a phone a menu with the days."""
    if not is_phone():
        return _row("filters")
    period, _ = chosen_periods(data)
    return st.popover(
        str(period) if data.days else "No play yet",
        icon=":material/filter_list:",
        key="filters-menu",
        width="stretch",
    )


def _row(
    key: str, *, width: Literal["stretch", "content"] = "stretch"
) -> DeltaGenerator:
    return st.container(
        horizontal=True,
        key=key,
        gap="xsmall",
        vertical_alignment="center",
        width=width,
    )


def is_filtered() -> bool:
    """Tell whether any filter is not as it is at first."""
    return any(
        (st.session_state.get(key) or value or None) != (value or None)
        for key, value in DEFAULTS.items()
    )


def reset() -> None:
    """Reset every filter to its default."""
    for key, value in DEFAULTS.items():
        st.session_state[key] = value


def title(view: View, question: str, *, compares: bool = True) -> None:
    """Show a page's question, and in one line what the figures are of.

    Args:
        view: The chosen filters.
        question: The question that the page answers.
        compares: Whether the page compares the period with the earlier one.
    """
    against = view.against if compares else ""
    is_cut = incomplete(view, compares=compares)
    words = f"{view.label}. {literal(f'{against} {is_cut}')}"
    with st.container(gap=None):
        st.title(question, anchor=False)
        caption(words if view.data.days else "There is no play yet.")


def incomplete(view: View, *, compares: bool = True) -> str:
    """Return in words which days the data covers in part; empty if it is none.

    Args:
        view: The chosen filters.
        compares: Whether the days of the earlier period matter, too.
    """
    row = report("data_range").rows.iloc[0]
    first, last = row["first_play"], row["last_play"]
    if pd.isna(last):
        return ""
    days = [view.period, view.earlier] if compares and view.before else [view.period]
    words = []
    if first.time() > DAY_BEGINS and any(
        each.start <= view.data.start < each.end for each in days
    ):
        words.append(f"begins on {first:%-d %b %Y at %H:%M}")
    if (
        last.time() < DAY_IS_OVER
        and view.period.start <= view.data.last < view.period.end
    ):
        words.append(f"ends on {last:%-d %b %Y at %H:%M}")
    return f"Incomplete: the data {' and '.join(words)} UTC." if words else ""


def _choice(label: str, key: str, labels: dict[str, str], width: int) -> str:
    return st.selectbox(
        label,
        list(labels),
        format_func=labels.__getitem__,
        key=key,
        bind="query-params",
        label_visibility="collapsed",
        width=width,
    )


def _device(everything: Filters) -> tuple[str, tuple[str, ...]]:
    """Return the chosen platform or browser, and its user agents."""
    offered = devices(report("user_agents", everything).rows)
    device = _choice(
        "Device",
        "device",
        {ALL: "All devices"} | {name: name for name in offered},
        width=155,
    )
    return device, offered.get(device, ())


def _place(everything: Filters) -> tuple[str, tuple[str, ...]]:
    """Return the chosen state or metropolitan area, and the areas of a state."""
    metros = report("metros").rows
    # A place with few listeners could identify a person.
    is_crowd = metros["listeners"] >= LEAST_LISTENERS
    answer = report("states", everything, least_listeners=LEAST_LISTENERS)
    states = {state_label(state): state for state in shown(answer.rows)["state"]}
    place: str = st.selectbox(
        "State or metropolitan area",
        [ALL, *sorted(states), *metros[is_crowd]["location"]],
        format_func=lambda name: "All places" if name == ALL else name,
        key="metro",
        bind="query-params",
        label_visibility="collapsed",
        width=160,
    )
    if place not in states:
        return place, (place,)  # even if a place is named like a state
    return place, metros_of(states[place], metros["location"])
