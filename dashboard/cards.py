"""The card of an answer: its chart, caption, table, CSV and SQL."""

import atexit
import gc
from collections.abc import Callable
from operator import attrgetter
from types import FunctionType
from typing import Any

import pandas as pd
import streamlit as st
from altair.utils import schemapi

from dashboard.filters import View, reset
from dashboard.text import spreadsheet
from sparkify import charts
from sparkify.reports.report import Answer

CHARTS_KEPT = 1_000
Spec = dict[str, Any]

# The tests validate the charts against Vega-Lite's schema, so the dashboard does not.
schemapi.disable_debug_mode()

# After each script run, Streamlit collects the garbage of all generations, and all
# others wait. Most of that goes into the objects of imported modules, which live as
# long as the process; frozen, they are left out.
gc.collect()
gc.freeze()
atexit.register(gc.unfreeze)


def _content(rows: pd.DataFrame) -> str:
    """Return the columns as text: a key in a twentieth of the time of Streamlit's."""
    return repr([(name, column.tolist()) for name, column in rows.items()])


@st.cache_data(
    max_entries=CHARTS_KEPT,
    show_spinner=False,
    hash_funcs={
        FunctionType: attrgetter("__qualname__"),
        pd.DataFrame: _content,
    },
)
def draw(function: Callable[..., charts.Drawn], *parts: Any, **more: Any) -> Spec:
    """Draw a chart for all who see the same rows; the page's theme sets the style.

    Args:
        function: The function of `charts`.
        parts: Its arguments.
        more: Its arguments by name.

    Returns:
        The chart and its rows as Vega-Lite.
    """
    spec: Spec = function(*parts, **more).to_dict(validate=False)
    del spec["config"]
    return spec


def chart(drawn: Spec, view: View, answer: Answer, unit: str) -> None:
    """Show a chart, its caption and its evidence.

    Args:
        drawn: The chart, from `draw`; screen readers read its description.
        view: The chosen filters.
        answer: The answer that the chart shows.
        unit: The unit of the figures.
    """
    with st.container(border=True):
        st.vega_lite_chart(drawn, width="stretch")
        caption(view, answer, unit)
        evidence(answer, key=drawn["description"])


def caption(view: View, answer: Answer, unit: str) -> None:
    """Show the unit, the filters and the number of plays or other items."""
    rows = answer.rows
    if "item_count" in rows:  # a total, which each row repeats
        n = f"{rows['item_count'].max():,.0f} items"
    elif "plays" in rows:
        n = f"{rows['plays'].sum():,.0f} plays"
    elif "sessions" in rows:
        n = f"{rows['sessions'].sum():,.0f} sessions"
    else:
        n = f"{len(rows):,} rows"
    st.caption(f"{unit} · {view.label} · n = {n}")


@st.fragment  # opening it does not run the page again
def evidence(answer: Answer, *, key: str = "") -> None:
    """Show the table, its CSV, and the SQL with its values and time, in an expander.

    Args:
        answer: The answer.
        key: A unique key, for an answer that a page shows twice.
    """
    name = f"{answer.name}-{key}"
    with st.expander(
        "Table and SQL", on_change="rerun", key=f"{name}-evidence"
    ) as shown:
        if not shown.open:
            return
        st.dataframe(answer.rows, hide_index=True, alt=answer.question)
        st.download_button(
            "CSV",
            spreadsheet(answer.rows),
            f"{answer.name}.csv",
            "text/csv",
            key=f"{name}-csv",
            on_click="ignore",
            icon=":material/download:",
        )
        st.caption(answer.question)
        st.code(answer.text, language="sql")
        values = pd.DataFrame(
            {"value": [str(value) for value in answer.values.values()]},
            index=list(answer.values),
        )
        st.dataframe(values)
        st.caption(f"{answer.seconds * 1000:,.0f} ms in the warehouse")


def is_empty(view: View, plays: int) -> bool:
    """Return whether there are no plays; if so, show a note and a reset button."""
    if plays:
        return False
    if not view.data.days:
        st.info("There is no play yet: the star is empty.", icon=":material/inbox:")
        return True
    st.info(
        f"No song was played: {view.label}. The data goes from {view.data}.",
        icon=":material/filter_alt_off:",
    )
    st.button("Reset filters", key="reset-empty", on_click=reset)
    return True
