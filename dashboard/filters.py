"""The global filters. The URL holds them, so that a link shows the same answer."""

from dataclasses import dataclass, replace
from datetime import date, time, timedelta

import pandas as pd
import streamlit as st

from dashboard.star import report
from dashboard.text import literal
from sparkify.reports.periods import COMPARISONS, PRESETS, Period, comparison, preset
from sparkify.reports.report import ALL, Filters, data_period

FIRST_PRESET = next(iter(PRESETS))
LEAST_LISTENERS = 3
LEVELS = {ALL: "All", "paid": "Paid", "free": "Free"}
DAY_IS_OVER = time(23)  # after this time, a day counts as complete
FIRST_DAY, LAST_DAY = date(1970, 1, 1), date(2099, 12, 31)
MOST_DAYS = 2_000  # a chart can show this many, and those of the earlier period


@dataclass(frozen=True)
class View:
    """The chosen filters, which every page uses.

    Attributes:
        data: The days that the data covers.
        period: The chosen period.
        earlier: The period to compare with; without days if there is none.
        filters: The filters for the period.
        before: The filters for the earlier period; None if there is none.
    """

    data: Period
    period: Period
    earlier: Period
    filters: Filters
    before: Filters | None

    @property
    def label(self) -> str:
        """The filters, in one line of Markdown."""
        level = "" if self.filters.level == ALL else f", {self.filters.level} plays"
        metro = "" if self.filters.metro == ALL else f", {literal(self.filters.metro)}"
        return f"{self.period}{level}{metro}"


def choose() -> View:
    """Show the filters in the sidebar, and return the chosen view."""
    data = data_period(report("data_range"))
    with st.sidebar:
        name = st.selectbox(
            "Period",
            list(PRESETS),
            format_func=PRESETS.__getitem__,
            key="period",
            bind="query-params",
        )
        custom = _custom(data, is_disabled=name != "custom")
        period = _shortened(custom if name == "custom" else preset(name, data))
        _step_buttons(period)
        against = st.selectbox(
            "Compare with",
            list(COMPARISONS),
            format_func=COMPARISONS.__getitem__,
            key="compare",
            bind="query-params",
        )
        level = st.segmented_control(
            "Level",
            list(LEVELS),
            default=ALL,
            required=True,
            format_func=LEVELS.__getitem__,
            key="level",
            bind="query-params",
        )
        places = report("metros").rows
        # A place with few listeners could identify a person.
        is_crowd = places["listeners"] >= LEAST_LISTENERS
        metros = places[is_crowd]["location"].tolist()
        metro = st.selectbox(
            "Metropolitan area",
            [ALL, *metros],
            format_func=lambda name: "All" if name == ALL else name,
            key="metro",
            bind="query-params",
        )
        st.button("Reset filters", on_click=reset, width="stretch")
        st.caption(f"Data until {_until()} UTC")
    earlier = comparison(against, period)
    filters = Filters(period.start, period.end, level or ALL, metro)
    before = replace(filters, start=earlier.start, end=earlier.end)
    return View(data, period, earlier, filters, before if earlier.days else None)


def reset() -> None:
    """Reset every filter to its default."""
    st.session_state["period"] = FIRST_PRESET
    st.session_state["compare"] = next(iter(COMPARISONS))
    st.session_state["level"] = ALL
    st.session_state["metro"] = ALL
    st.session_state["from"] = st.session_state["to"] = None


def note_partial_day(view: View) -> None:
    """Show a note if the period ends with a day that the data covers only in part."""
    last = _last_play()
    if view.period.last != view.data.last or pd.isna(last):
        return
    if last.time() < DAY_IS_OVER:
        st.info(
            f"The data ends on {last:%-d %b %Y} at {last:%H:%M} UTC, so the figures of "
            "that day are incomplete. The next run adds the rest; a period that ends "
            "earlier leaves the day out.",
            icon=":material/timelapse:",
        )


def _last_play() -> pd.Timestamp:
    last: pd.Timestamp = report("data_range").rows.iloc[0]["last_play"]
    return last


def _until() -> str:
    last = _last_play()
    return f"{last:%-d %b %Y, %H:%M}" if pd.notna(last) else "nothing yet,"


def _custom(data: Period, *, is_disabled: bool) -> Period:
    """Show the days of a custom period, always: the URL binds only shown widgets."""
    from_, to = st.columns(2)
    first, last = (
        column.date_input(
            label,
            None,
            key=label.lower(),
            bind="query-params",
            disabled=is_disabled,
            min_value=FIRST_DAY,
            max_value=LAST_DAY,
        )
        for column, label in ((from_, "From"), (to, "To"))
    )
    first, last = first or data.start, last or data.last
    if last < first:
        st.warning("The last day is before the first, so the two are swapped.")
        first, last = last, first
    return Period(first, last + timedelta(days=1))


def _shortened(period: Period) -> Period:
    if period.days <= MOST_DAYS:
        return period
    st.warning(f"The charts show the last {MOST_DAYS:,} of these days, and no more.")
    return Period(period.end - timedelta(days=MOST_DAYS), period.end)


def _step_buttons(period: Period) -> None:
    back, forward = st.columns(2)
    back.button(
        "Earlier",
        icon=":material/chevron_left:",
        on_click=_move,
        args=(period.shifted(-period.days),),
        width="stretch",
        help="The days just before",
    )
    forward.button(
        "Later",
        icon=":material/chevron_right:",
        icon_position="right",
        on_click=_move,
        args=(period.shifted(period.days),),
        width="stretch",
        help="The days just after",
    )


def _move(period: Period) -> None:
    st.session_state["period"] = "custom"
    st.session_state["from"] = period.start
    st.session_state["to"] = period.last
