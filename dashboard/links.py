"""Reads and writes the links that hold the chosen filters."""

from collections.abc import Iterable, Mapping
from datetime import date
from urllib.parse import urlencode, urlsplit, urlunsplit

import streamlit as st
from streamlit.runtime.scriptrunner import get_script_run_ctx

from dashboard.text import caption
from sparkify.reports.periods import Period

PERIOD, DAYS = "period", "days"
COMPARE, COMPARE_DAYS = "compare", "compare-days"
MEMBER = ("title", "artist")  # what the link of a song or an artist names
PAGE = "page-shown"


def _is_held(key: str) -> bool:
    """Tell whether the session has a value; after "back" the address has another."""
    run = get_script_run_ctx()
    return key in st.session_state and not (run and run.is_history_navigation)


def keep_in_link(page: str, keys: Iterable[str]) -> None:
    """After a turn to another page, put back what the address has lost.

    A browser takes along only what the controls hold that it shows, so not those of a
    closed menu. A value that is assigned stands in the address again. After "back",
    the address has the values, also those of a control that was never touched there,
    which Streamlit has taken out of it.

    Args:
        page: The page that is shown.
        keys: The keys of the bound widgets.
    """
    shown = (page, *map(st.query_params.get, MEMBER))
    is_turned = st.session_state.get(PAGE, shown) != shown
    st.session_state[PAGE] = shown
    run = get_script_run_ctx()
    if is_turned and run and run.is_history_navigation:
        with run.session_state.query_params() as address:
            address.set_initial_query_params(run.query_string)
            address.populate_from_query_string(run.query_string)
        st.query_params.update()  # tells the browser
        return
    for key in keys if is_turned else ():
        if _is_held(key) and key not in st.query_params:
            st.session_state[key] = st.session_state[key]


def chosen(key: str, labels: Mapping[str, str]) -> str:
    """Return what a bound widget holds, before the widget is shown in this run.

    Args:
        key: The widget's key, which is also its name in the link.
        labels: The label of each option; the first is the default.
    """
    if _is_held(key) and st.session_state[key] in labels:
        return str(st.session_state[key])
    label = st.query_params.get(key)
    return next(
        (name for name, text in labels.items() if text == label), next(iter(labels))
    )


def chosen_days(key: str) -> tuple[date, ...]:
    """Return the days that a bound range picker holds, before it is shown."""
    if _is_held(key):
        return tuple(st.session_state[key] or ())
    try:
        return tuple(map(date.fromisoformat, st.query_params.get_all(key)))
    except ValueError:
        return ()


def link(period: Period | None = None, earlier: Period | None = None) -> str:
    """Return the address of this page with its filters.

    Args:
        period: Days to write instead of a relative period.
        earlier: Days to write instead of a relative comparison.
    """
    query = {
        key: st.query_params.get_all(key) for key in sorted(st.query_params.keys())
    }
    for each, name, days in (
        (period, PERIOD, DAYS),
        (earlier, COMPARE, COMPARE_DAYS),
    ):
        if each is not None and each.days:
            label = "Custom" if name == PERIOD else "Custom days"
            query |= {name: [label], days: [str(each.start), str(each.last)]}
    parts = urlsplit(st.context.url or "")
    return urlunsplit(parts._replace(query=urlencode(query, doseq=True), fragment=""))


def links_menu(period: Period, earlier: Period) -> None:
    """Show the menu with the links to this page."""
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
