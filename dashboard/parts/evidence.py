"""The tabs of Data health: what was checked, read, counted and left out."""

import pandas as pd
import streamlit as st

from dashboard.cards import card, in_words
from dashboard.star import report
from dashboard.text import caption
from dashboard.view import View
from sparkify.reports import metrics, numbers
from sparkify.reports.report import Answer
from sparkify.warehouse import sql

RUNS = 5
RESULTS = {"error": "failed", "warn": "warning"}  # of a check that found a row


def checks_table(checks: Answer, view: View) -> None:
    """Show the checks, those that found something first."""
    with card("What did the checks find?", checks, view):
        order = checks.rows.sort_values(
            ["severity", "rows_found"], ascending=[True, False]
        )
        has_found = order["rows_found"] > 0
        result = order["severity"].map(RESULTS).where(has_found, "passed")
        order = order.assign(result=result)
        order = pd.concat([order[has_found], order[~has_found]])
        order = order[["result", "rows_found", "claim", "check_name"]]
        st.dataframe(
            in_words(order),
            hide_index=True,
            alt=checks.asked,
            column_config={
                "Rows found": st.column_config.NumberColumn(
                    width=80, format="localized"
                ),
                "Result": st.column_config.TextColumn(width=70),
                "Claim": st.column_config.TextColumn("What it looks for"),
            },
        )
        caption(f"checks of the last run · n = {numbers.counted(len(order), 'check')}")


def runs_table(view: View) -> None:
    """Show the last runs, with where each record ended."""
    ended = report("runs", top=RUNS)
    with card("Where did each record end?", ended, view):
        st.dataframe(in_words(ended.rows), hide_index=True, alt=ended.asked)


def sizes_table(view: View) -> None:
    """Show how many rows each table of the star has."""
    counts = report("star_rows")
    with card("How large is the star?", counts, view):
        st.dataframe(
            in_words(counts.rows),
            hide_index=True,
            alt=counts.asked,
            column_config={
                "Row count": st.column_config.NumberColumn(format="localized")
            },
        )


def quarantine_table(view: View) -> None:
    """Show which records are in quarantine, and why."""
    reasons = report("quarantine_by_reason")
    if reasons.rows.empty:
        st.success("No record is in quarantine.", icon=":material/check_circle:")
        return
    with card("Which records are in quarantine?", reasons, view):
        st.dataframe(in_words(reasons.rows), hide_index=True, alt=reasons.asked)


def meanings_table() -> None:
    """Show what each figure of the overview means, with its SQL."""
    table = pd.DataFrame(
        [
            (each.name, each.sentence, each.formula.strip("`"))
            for each in metrics.METRICS
        ],
        columns=["Figure", "Meaning", "Formula"],
    )
    st.dataframe(table, hide_index=True)
    st.code(sql.load("reports/overview").text, language="sql")
