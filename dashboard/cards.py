"""The card of an answer: its chart, caption, table, CSV and SQL."""

from typing import Any

import pandas as pd
import streamlit as st
from altair.utils import schemapi

from dashboard.filters import View, reset
from sparkify import charts
from sparkify.reports.report import Answer

# The tests validate the charts against Vega-Lite's schema, so the dashboard does not.
schemapi.disable_debug_mode()


def chart(drawn: charts.Drawn, view: View, answer: Answer, unit: str) -> None:
    """Show a chart, its caption and its evidence.

    Args:
        drawn: The chart; screen readers read its description.
        view: The chosen filters.
        answer: The answer that the chart shows.
        unit: The unit of the figures.
    """
    with st.container(border=True):
        st.vega_lite_chart(specification(drawn), width="stretch")
        caption(view, answer, unit)
        evidence(answer, key=drawn.description)


def specification(drawn: charts.Drawn) -> dict[str, Any]:
    """Return a chart and its rows as Vega-Lite; the page's theme sets the style."""
    spec: dict[str, Any] = drawn.to_dict(validate=False)
    del spec["config"]
    return spec


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
            answer.rows.to_csv(index=False),
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
