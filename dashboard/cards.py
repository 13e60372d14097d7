"""A card for an answer: chart, what it is of, its table, its CSV and its SQL."""

from typing import Any

import pandas as pd
import streamlit as st
from altair.utils import schemapi

from dashboard.filters import View, reset
from sparkify import charts
from sparkify.reports.report import Answer

# Tests hold the charts against Vega-Lite's schema; a viewer need not wait for it.
schemapi.disable_debug_mode()


def chart(drawn: charts.Drawn, view: View, answer: Answer, unit: str) -> None:
    """Shows a chart with what it is of, and its evidence below.

    Args:
        drawn: The chart; its description is read to those who do not see it.
        view: What the page is about.
        answer: Where the chart's figures come from.
        unit: What is counted.
    """
    with st.container(border=True):
        st.vega_lite_chart(specification(drawn), width="stretch")
        caption(view, answer, unit)
        evidence(answer, key=drawn.description)


def specification(drawn: charts.Drawn) -> dict[str, Any]:
    """Gives a chart as Vega-Lite, its rows within; the page's theme sets its style."""
    spec: dict[str, Any] = drawn.to_dict(validate=False)
    del spec["config"]
    return spec


def caption(view: View, answer: Answer, unit: str) -> None:
    """Says in a line the unit, the period, and of how many plays or what else."""
    rows = answer.rows
    if "item_count" in rows:  # totals, repeated on each row
        n = f"{rows['item_count'].max():,.0f} items"
    elif "plays" in rows:
        n = f"{rows['plays'].sum():,.0f} plays"
    elif "sessions" in rows:
        n = f"{rows['sessions'].sum():,.0f} sessions"
    else:
        n = f"{len(rows):,} rows"
    st.caption(f"{unit} · {view.label} · n = {n}")


@st.fragment  # so that a look at it does not run the page again
def evidence(answer: Answer, *, key: str = "") -> None:
    """Offers the table, its CSV, and the SQL with its values and its time, once opened.

    Args:
        answer: What is shown.
        key: What sets it apart where one answer is shown twice on a page.
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
    """Says so where no play passes the filters, and offers the way back."""
    if plays:
        return False
    st.info(
        f"No song was played: {view.label}. The data goes from {view.data}.",
        icon=":material/filter_alt_off:",
    )
    st.button("Reset filters", key="reset-empty", on_click=reset)
    return True
