"""The menu in which the days are chosen, and those to compare with."""

from datetime import date, timedelta

import streamlit as st

from dashboard import clicks
from dashboard.links import (
    COMPARE,
    COMPARE_DAYS,
    DAYS,
    PERIOD,
    chosen,
    chosen_days,
)
from sparkify.reports.periods import (
    COMPARISONS,
    NO_DAYS,
    ONE_DAY,
    PRESETS,
    Period,
    comparison,
    preset,
)

FIRST_DAY, LAST_DAY = date(1970, 1, 1), date(2099, 12, 31)
MENU_WIDTH = 340  # pixels, which a phone has too
MOST_DAYS = 2_000  # a chart can show this many, and those of the earlier period


def is_phone() -> bool:
    """Tell whether the browser says that it is a phone's."""
    return "Mobi" in (st.context.headers.get("User-Agent") or "")


def choose_periods(data: Period) -> tuple[Period, Period]:
    """Show the period and the comparison in a popover that names the days."""
    name = chosen(PERIOD, PRESETS)
    period, earlier = chosen_periods(data)
    if _chosen(data) != period:
        st.warning(f"The charts show the last {MOST_DAYS:,} of these days at most.")
    days = str(period) if data.days else "no play yet"
    with (
        st.container()
        if is_phone()
        else st.popover(
            days if name == "custom" else f"{PRESETS[name]}: {days}",
            icon=":material/date_range:",
            key="period-menu",
        )
    ):
        st.pills(
            "Period",
            list(PRESETS),
            default=next(iter(PRESETS)),
            required=True,
            format_func=PRESETS.__getitem__,
            key=PERIOD,
            bind="query-params",
            on_change=_forget_days,
            args=(PERIOD, DAYS),
            width=MENU_WIDTH,
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


def chosen_periods(data: Period) -> tuple[Period, Period]:
    """Return the period and the one to compare with, as the link has them."""
    against = chosen(COMPARE, COMPARISONS)
    period = _shortened(_chosen(data))
    if against == "custom":
        return period, _days(COMPARE_DAYS, NO_DAYS)
    return period, comparison(against, period)


def _chosen(data: Period) -> Period:
    name = chosen(PERIOD, PRESETS)
    return _days(DAYS, data) if name == "custom" else preset(name, data)


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
    clicks.choose_days(period.start, period.last)
