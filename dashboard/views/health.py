"""Can I trust the answer?"""

import pandas as pd
import streamlit as st

from dashboard.cards import card, chart, draw, figures_row, in_words
from dashboard.filters import title
from dashboard.star import report
from dashboard.text import caption
from dashboard.view import View
from sparkify import charts
from sparkify.charts.heat import HEAT_HEIGHT
from sparkify.reports import metrics, numbers
from sparkify.reports.checks import verdict
from sparkify.reports.trends import fill_days, missing_days
from sparkify.warehouse import sql

RUNS = 5
TOP = 10

view: View = st.session_state["view"]
title(view, "Can I trust the answer?")
checks = report("check_results")
failed, words = verdict(checks.rows)
(st.error if failed else st.success)(words)
missing = missing_days(report("rows_by_day").rows, view.period, view.data)
if missing:
    st.warning(missing, icon=":material/event_busy:")
everything = report("star_rows")
counts = everything.rows.itertuples(index=False)
figures_row(
    (str(name).capitalize(), numbers.count(count), None) for name, count in counts
)
covered = f"plays from {view.data}" if view.data.days else "there is no play yet"
caption(f"rows of the star · {covered}")

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

tests, runs, quarantine, meanings = st.tabs(
    ["Checks", "Runs", "Quarantine", "What each figure means"]
)
with tests, card("What did the checks find?", checks, view):
    order = checks.rows.sort_values(["severity", "rows_found"], ascending=[True, False])
    has_found = order["rows_found"] > 0
    order = pd.concat([order[has_found], order[~has_found]])
    st.dataframe(in_words(order), hide_index=True, alt=checks.asked)
with runs:
    ended = report("runs", top=RUNS)
    with card("Where did each record end?", ended, view):
        st.dataframe(in_words(ended.rows), hide_index=True, alt=ended.asked)
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
