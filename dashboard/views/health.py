"""Can I trust the answer?"""

import pandas as pd
import streamlit as st

from dashboard.cards import chart, draw, evidence
from dashboard.filters import View
from dashboard.star import report
from sparkify import charts
from sparkify.reports import metrics
from sparkify.reports.trends import fill_days
from sparkify.warehouse import sql

RUNS = 5
TOP = 10

view: View = st.session_state["view"]
st.title("Can I trust the answer?")
everything = report("star_rows")
rows: dict[str, int] = dict(everything.rows.itertuples(index=False))
for column, (name, count) in zip(st.columns(len(rows)), rows.items(), strict=True):
    column.metric(name, f"{count:,}", border=True)
covered = f"plays from {view.data}" if view.data.days else "there is no play yet"
st.caption(f"rows of the star · {covered}")

st.subheader("Did every check pass?")
checks = report("check_results")
failed = checks.rows[checks.rows["rows_found"] > 0]
st.dataframe(checks.rows.assign(passed=checks.rows["rows_found"] == 0), hide_index=True)
st.caption(f"{len(checks.rows) - len(failed)} of {len(checks.rows)} checks passed")

st.subheader("Where did each record end?")
runs = report("runs", top=RUNS)
st.dataframe(runs.rows, hide_index=True, alt=runs.question)
evidence(runs)
reasons = report("quarantine_by_reason")
if reasons.rows.empty:
    st.success("No record is in quarantine.", icon=":material/check_circle:")
else:
    st.dataframe(reasons.rows, hide_index=True, alt=reasons.question)
    evidence(reasons)

st.subheader("Is a day missing?")
days = report("overview_by_day", view.filters)
by_day = fill_days(days.rows, view.filters)
dates = by_day["play_date"].dt.date
is_within = (dates >= view.data.start) & (dates < view.data.end)
missing = dates[is_within & (by_day["plays"] == 0)]
if len(missing):
    st.warning(
        f"{len(missing)} days without a play: {', '.join(map(str, missing[:10]))}"
    )
drawn = draw(charts.calendar, by_day, "How many rows has each day?")
chart(drawn, view, days, "plays a day")
rate = by_day.assign(
    match_rate=by_day["matched_plays"] / by_day["plays"].where(by_day["plays"] > 0)
)
drawn = draw(
    charts.trend,
    rate,
    rate.head(0),
    "Which part of the plays does the catalogue hold?",
    figure="match_rate",
)
chart(drawn, view, days, "share of plays")
unmatched = report("unmatched_songs", view.filters, top=TOP)
if not unmatched.rows.empty:
    drawn = draw(charts.top_songs, unmatched.rows, "Which songs does it miss most?")
    chart(drawn, view, unmatched, "plays")

st.subheader("What does each figure mean?")
st.dataframe(
    pd.DataFrame(
        {
            "metric": [metric.name for metric in metrics.METRICS],
            "meaning": [metric.sentence for metric in metrics.METRICS],
            "formula": [metric.formula.strip("`") for metric in metrics.METRICS],
        }
    ),
    hide_index=True,
)
st.code(sql.load("reports/overview").text, language="sql")
