"""Is listening up?"""

import streamlit as st

from dashboard.cards import chart, draw, is_empty
from dashboard.filters import title
from dashboard.star import rank, report
from dashboard.steps import cut, of_hours, steps
from dashboard.view import View
from sparkify import charts
from sparkify.reports import metrics

TOP = 5
GAP = float("nan")  # a step outside the data, or a share of no plays, is no zero

view: View = st.session_state["view"]
title(view, "Is listening up?")
now = report("overview", view.filters).rows.iloc[0]
if is_empty(view, now["plays"]):
    st.stop()
before = report("overview", view.before).rows.iloc[0] if view.before else None
answer, rows = steps(view, view.filters)
each = rows.to_dict("records")
with st.container(horizontal=True, gap="small"):
    for metric in metrics.METRICS:
        value = metric.of(now)
        st.metric(
            metric.name,
            metric.written(value),
            metric.change(value, None if before is None else metric.of(before)),
            help=f"{metric.sentence} {metric.formula}",
            border=True,
            width=166,
            chart_data=[
                GAP if (of := metric.of(step)) is None else of for step in each
            ],
            chart_type="area",
        )

earlier = steps(view, view.before)[1] if view.before else rows.head(0)
question = f"How much is played each {view.grain}?"
plays = f"{now['plays']:,} plays"
left, right = st.columns([2, 1])
with left:
    chart(
        draw(charts.trend, rows, earlier, question, grain=view.grain),
        view,
        answer,
        unit=f"plays a {view.grain}",
        n=plays,
        note=cut(view, rows),
    )
with right:
    answer, hours = of_hours(view)
    question = "At which hours of the day?"
    chart(
        draw(charts.hours, hours, question, zone=view.zone),
        view,
        answer,
        unit="plays in an hour of the day",
        n=plays,
    )
rankings = {"songs": charts.top_songs, "artists": charts.top_artists}
for column, (name, function) in zip(st.columns(2), rankings.items(), strict=True):
    with column:
        answer = rank(f"top_{name}", view.filters, top=TOP, before=view.before)
        shown = answer.rows["plays"].sum()
        chart(
            draw(function, answer.rows, f"Which {name} are played most?"),
            view,
            answer,
            unit="plays",
            n=f"{shown:,} of {plays}",
        )
