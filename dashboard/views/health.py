"""Can I trust the answer?"""

import streamlit as st

from dashboard.cards import chart, draw
from dashboard.filters import title
from dashboard.parts.evidence import (
    checks_table,
    meanings_table,
    quarantine_table,
    runs_table,
    sizes_table,
)
from dashboard.parts.freshness import last_load, latest_play, match_rate
from dashboard.star import report
from dashboard.view import View
from sparkify import charts
from sparkify.charts.heat import HEAT_HEIGHT
from sparkify.reports.checks import verdict
from sparkify.reports.trends import fill_days, missing_days

TOP = 10

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
    chart(drawn, view, days, unit="plays a day, UTC", n=plays)
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
with tests:
    checks_table(checks, view)
with runs:
    runs_table(view)
with tables:
    sizes_table(view)
with quarantine:
    quarantine_table(view)
with meanings:
    meanings_table()
