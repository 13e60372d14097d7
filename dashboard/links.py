"""Reads and writes the links that hold the chosen filters."""

from collections.abc import Iterable, Mapping
from datetime import date
from urllib.parse import parse_qs, urlencode, urlsplit, urlunsplit

import streamlit as st
from streamlit.runtime.scriptrunner import get_script_run_ctx

from dashboard.text import caption
from sparkify.reports.periods import Period

PERIOD, DAYS = "period", "days"
COMPARE, COMPARE_DAYS = "compare", "compare-days"
PAGE = "page-shown"


def _restored() -> dict[str, list[str]] | None:
    """Return what the address holds after the browser's "back"; None if it was not.

    After a turn to another page, `st.query_params` lacks what was never chosen on that
    page, but stood in its link.
    """
    run = get_script_run_ctx()
    return parse_qs(run.query_string) if run and run.is_history_navigation else None


def _linked(key: str) -> list[str]:
    """Return the values of a key in the address."""
    restored = _restored()
    return st.query_params.get_all(key) if restored is None else restored.get(key, [])


def _is_held(key: str) -> bool:
    """Tell whether the session has a value; after "back" the address has another."""
    return key in st.session_state and _restored() is None


def keep_in_link(page: str, keys: Iterable[str]) -> None:
    """After a turn to another page, put back what the address has lost.

    A browser takes along only what the controls hold that it shows, so not those of a
    closed menu. A value that is assigned stands in the address again. After "back", it
    is the address that has the values.

    Args:
        page: The page that is shown.
        keys: The keys of the bound widgets.
    """
    is_turned = st.session_state.get(PAGE, page) != page
    st.session_state[PAGE] = page
    for key in keys if is_turned else ():
        if key in st.query_params:
            continue
        if _is_held(key):
            st.session_state[key] = st.session_state[key]
        elif _linked(key):
            st.query_params[key] = _linked(key)


def chosen(key: str, labels: Mapping[str, str]) -> str:
    """Return what a bound widget holds, before the widget is shown in this run.

    Args:
        key: The widget's key, which is also its name in the link.
        labels: The label of each option; the first is the default.
    """
    if _is_held(key) and st.session_state[key] in labels:
        return str(st.session_state[key])
    return next(
        (name for name, text in labels.items() if [text] == _linked(key)[-1:]),
        next(iter(labels)),
    )


def chosen_days(key: str) -> tuple[date, ...]:
    """Return the days that a bound range picker holds, before it is shown."""
    if _is_held(key):
        return tuple(st.session_state[key] or ())
    try:
        return tuple(map(date.fromisoformat, _linked(key)))
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
