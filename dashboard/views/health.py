"""Can I trust the answer?"""

from datetime import UTC, datetime

import pandas as pd
import streamlit as st

from dashboard.cards import card, chart, draw, in_words
from dashboard.filters import title
from dashboard.star import report
from dashboard.view import View
from sparkify import charts
from sparkify.charts.heat import HEAT_HEIGHT
from sparkify.reports import metrics, numbers
from sparkify.reports.checks import verdict
from sparkify.reports.trends import fill_days, missing_days
from sparkify.warehouse import sql

RUNS = 5
TOP = 10
TIMESTAMP = "%-d %b %Y, %H:%M UTC"


def match_rate(view: View) -> None:
    """Show which part of the plays the catalogue holds, and its change."""
    metric = metrics.MATCH_RATE
    value, before = (
        None if filters is None else metric.of(report("overview", filters).rows.iloc[0])
        for filters in (view.filters, view.before)
    )
    st.metric(
        metric.name,
        metric.written(value),
        metric.change(value, before),
        help=f"{metric.sentence} {metric.formula}",
        border=True,
        height="stretch",
    )


def latest_play(view: View) -> None:
    """Show the day of the last play, of all days, levels, places and devices."""
    last = report("data_range").rows["last_play"].iloc[0]
    st.metric(
        "Latest play",
        f"{last:%-d %b %Y}" if view.data.days else "none",
        help=f"{last:{TIMESTAMP}}; the data has plays from {view.data}."
        if view.data.days
        else None,
        border=True,
        height="stretch",
    )


def last_load() -> None:
    """Show when the star was built, and how many records are in quarantine."""
    rows = report("last_load").rows
    if rows.empty:
        st.metric("Loaded", "never", border=True, height="stretch")
        return
    load = rows.iloc[0]
    st.metric(
        "Loaded",
        numbers.age(load["ended_at"], datetime.now(UTC).replace(tzinfo=None)),
        help=f"{load['ended_at']:{TIMESTAMP}}, by the run {load['run_id']}.",
        border=True,
        height="stretch",
    )
    st.metric(
        "In quarantine",
        numbers.count(load["records_quarantined"]),
        f"of {numbers.counted(load['records_read'], 'record')} read",
        delta_color="off",
        delta_arrow="off",
        help="Raw records that break a rule, such as a line that is no JSON.",
        border=True,
        height="stretch",
    )


view: View = st.session_state["view"]
title(view, "Can I trust the answer?")
checks = report("check_results")
failed, words = verdict(checks.rows)
(st.error if failed else st.success)(words)
missing = missing_days(report("rows_by_day").rows, view.period, view.data)
if missing:
    st.warning(missing, icon=":material/event_busy:")
with st.container(horizontal=True, gap="small", key="figures"):
    match_rate(view)
    latest_play(view)
    last_load()

days = report("overview_by_day", view.filters)
by_day = fill_days(days.rows, view.filters, view.data)
plays = f"{days.rows['plays'].sum():,} plays"
rate = by_day.assign(
    match_rate=by_day["matched_plays"] / by_day["plays"].where(by_day["plays"] > 0)
)
left, right = st.columns(2)
with left:
    question = "Which part of the plays does the catalogue hold?"
    drawn = draw(
        charts.trend,
        rate,
        rate.head(0),
        question,
        figure="match_rate",
        height=HEAT_HEIGHT,
    )
    note = "A day without plays is a gap."
    chart(drawn, view, days, unit="share of plays", n=plays, note=note)
with right:
    drawn = draw(charts.calendar, by_day, "How many plays has each day?")
    chart(drawn, view, days, unit="plays a day", n=plays)
unmatched = report("unmatched_songs", view.filters, top=500)
rows = unmatched.rows.head(TOP)
if not rows.empty:
    shown = f"{rows['plays'].sum():,} of {plays}"
    note = "The table has the first 500."
    drawn = draw(charts.top_songs, rows, "Which songs does the catalogue lack most?")
    chart(drawn, view, unmatched, unit="plays", n=shown, note=note)

tests, runs, tables, quarantine, meanings = st.tabs(
    ["Checks", "Runs", "Tables", "Quarantine", "Metrics"]
)
with tests, card("What did the checks find?", checks, view):
    order = checks.rows.sort_values(["severity", "rows_found"], ascending=[True, False])
    has_found = order["rows_found"] > 0
    order = pd.concat([order[has_found], order[~has_found]])
    order = order[["rows_found", "severity", "claim", "check_name"]]
    st.dataframe(
        in_words(order),
        hide_index=True,
        alt=checks.asked,
        column_config={
            "Rows found": st.column_config.NumberColumn(width=80, format="localized"),
            "Severity": st.column_config.TextColumn(width=70),
        },
    )
with runs:
    ended = report("runs", top=RUNS)
    with card("Where did each record end?", ended, view):
        st.dataframe(in_words(ended.rows), hide_index=True, alt=ended.asked)
with tables:
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
with quarantine:
    reasons = report("quarantine_by_reason")
    if reasons.rows.empty:
        st.success("No record is in quarantine.", icon=":material/check_circle:")
    else:
        with card("Which records are in quarantine?", reasons, view):
            table = in_words(reasons.rows)
            st.dataframe(table, hide_index=True, alt=reasons.asked)
with meanings:
    table = pd.DataFrame(
        [
            (each.name, each.sentence, each.formula.strip("`"))
            for each in metrics.METRICS
        ],
        columns=["Figure", "Meaning", "Formula"],
    )
    st.dataframe(table, hide_index=True)
    st.code(sql.load("reports/overview").text, language="sql")
