"""The filter bar. The URL holds it, so that a link shows the same answer."""

from dataclasses import replace
from datetime import date, time, timedelta

import pandas as pd
import streamlit as st

from dashboard.links import (
    COMPARE,
    COMPARE_DAYS,
    DAYS,
    PERIOD,
    chosen,
    chosen_days,
    link,
)
from dashboard.star import report
from dashboard.text import caption, literal
from dashboard.view import UTC, View
from sparkify.reports.periods import (
    COMPARISONS,
    NO_DAYS,
    ONE_DAY,
    PRESETS,
    Period,
    comparison,
    obstacle,
    preset,
)
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
    "grain": next(iter(GRAINS)),
    "zone": UTC,
}
DAY_IS_OVER, DAY_BEGINS = time(23), time(1)  # a day that lacks more is incomplete
FIRST_DAY, LAST_DAY = date(1970, 1, 1), date(2099, 12, 31)
MOST_DAYS_BY_HOUR = 62
MOST_DAYS = 2_000  # a chart can show this many, and those of the earlier period
# Streamlit has no bar that stays in view; on a phone, it would take too much of it.
STICKY = """<style>@media (min-width: 640px) { .st-key-filters {
    position: sticky; top: 3.75rem; z-index: 99; padding: 0.5rem 0;
    background: var(--st-background-color); } }</style>"""


def choose() -> View:
    """Show the filter bar, and return the chosen view."""
    data = data_period(report("data_range"))
    st.html(STICKY)
    with st.container(
        horizontal=True, key="filters", gap="small", vertical_alignment="center"
    ):
        period, earlier = _periods(data)
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
        grain = _choice("Grain", "grain", GRAINS, width=120)
        metro = _metro()
        zone = _choice("Time zone", "zone", ZONES, width=130)
        _links(period, earlier)
        st.button(
            "Reset",
            icon=":material/restart_alt:",
            on_click=reset,
            type="tertiary",
            help="Reset every filter",
        )
    filters = Filters(period.start, period.end, level or ALL, metro)
    before = replace(filters, start=earlier.start, end=earlier.end)
    why_not = obstacle(period, earlier, data)
    return View(
        data,
        period,
        earlier,
        filters,
        None if why_not else before,
        why_not,
        "day" if grain == "hour" and period.days > MOST_DAYS_BY_HOUR else grain,
        UTC if zone == UTC else st.context.timezone or UTC,
    )


def reset() -> None:
    """Reset every filter to its default."""
    for key, value in DEFAULTS.items():
        st.session_state[key] = value


def title(view: View, question: str) -> None:
    """Show a page's question, and in one line what the figures are of."""
    st.title(question)
    words = f"{view.label}. {literal(f'{view.against} {incomplete(view)}')}"
    caption(words if view.data.days else "There is no play yet.")


def incomplete(view: View) -> str:
    """Return in words which days the data covers in part; empty if it is none."""
    row = report("data_range").rows.iloc[0]
    first, last = row["first_play"], row["last_play"]
    if pd.isna(last):
        return ""
    days = [view.period] if view.before is None else [view.period, view.earlier]
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


def _metro() -> str:
    places = report("metros").rows
    # A place with few listeners could identify a person.
    is_crowd = places["listeners"] >= LEAST_LISTENERS
    metro: str = st.selectbox(
        "Metropolitan area",
        [ALL, *places[is_crowd]["location"].tolist()],
        format_func=lambda name: "All places" if name == ALL else name,
        key="metro",
        bind="query-params",
        label_visibility="collapsed",
        width=205,
    )
    return metro


def _periods(data: Period) -> tuple[Period, Period]:
    """Show the period and the comparison in a popover that names the days."""
    name, against = chosen(PERIOD, PRESETS), chosen(COMPARE, COMPARISONS)
    period = _shortened(_days(DAYS, data) if name == "custom" else preset(name, data))
    earlier = (
        _days(COMPARE_DAYS, NO_DAYS)
        if against == "custom"
        else comparison(against, period)
    )
    days = str(period) if data.days else "no play yet"
    with st.popover(
        days if name == "custom" else f"{PRESETS[name]}: {days}",
        icon=":material/date_range:",
        key="period-menu",
    ):
        st.selectbox(
            "Period",
            list(PRESETS),
            format_func=PRESETS.__getitem__,
            key=PERIOD,
            bind="query-params",
            on_change=_forget_days,
            args=(PERIOD, DAYS),
        )
        _range("Days", DAYS, PERIOD, data)
        _step_buttons(period, data)
        st.selectbox(
            "Compare with",
            list(COMPARISONS),
            format_func=COMPARISONS.__getitem__,
            key=COMPARE,
            bind="query-params",
            on_change=_forget_days,
            args=(COMPARE, COMPARE_DAYS),
        )
        _range("Days to compare with", COMPARE_DAYS, COMPARE, data)
    return period, earlier


def _range(label: str, key: str, of: str, data: Period) -> None:
    """Show a picker of days within the data, or within the days of the link."""
    held = [day for day in chosen_days(key) if FIRST_DAY <= day <= LAST_DAY]
    bounds = [*held, *((data.start, data.last) if data.days else ())] or [FIRST_DAY]
    st.date_input(
        label,
        [],
        key=key,
        bind="query-params",
        min_value=min(bounds),
        max_value=max(bounds),
        on_change=_use_days,
        args=(of, key),
    )


def _days(key: str, default: Period) -> Period:
    held = sorted(day for day in chosen_days(key) if FIRST_DAY <= day <= LAST_DAY)
    return Period(held[0], held[-1] + ONE_DAY) if held else default


def _use_days(of: str, key: str) -> None:
    if st.session_state[key]:
        st.session_state[of] = "custom"


def _forget_days(of: str, key: str) -> None:
    if st.session_state[of] != "custom":
        st.session_state[key] = ()


def _shortened(period: Period) -> Period:
    if period.days <= MOST_DAYS:
        return period
    st.warning(f"The charts show the last {MOST_DAYS:,} of these days, and no more.")
    return Period(period.end - timedelta(days=MOST_DAYS), period.end)


def _step_buttons(period: Period, data: Period) -> None:
    with st.container(horizontal=True):
        for label, icon, days, is_over, help_text in (
            (
                "Earlier",
                "chevron_left",
                -period.days,
                period.start <= data.start,
                "before",
            ),
            ("Later", "chevron_right", period.days, period.end >= data.end, "after"),
        ):
            st.button(
                label,
                icon=f":material/{icon}:",
                icon_position="left" if days < 0 else "right",
                on_click=_move,
                args=(period.shifted(days),),
                width="stretch",
                disabled=is_over,
                help=f"The days just {help_text}",
            )


def _move(period: Period) -> None:
    st.session_state[PERIOD] = "custom"
    st.session_state[DAYS] = (period.start, period.last)


def _links(period: Period, earlier: Period) -> None:
    with st.popover(
        "Link", icon=":material/link:", type="tertiary", on_change="rerun", key="link"
    ) as shown:
        if shown.open:
            show_links(period, earlier)


def show_links(period: Period, earlier: Period) -> None:
    """Show the link to this page: as chosen, and with the days that it means now."""
    caption("As chosen; relative days move with the data")
    st.code(link(), language=None, wrap_lines=True)
    caption(f"Always {period}")
    st.code(link(period, earlier), language=None, wrap_lines=True)
