"""Is listening up?"""

import pandas as pd
import streamlit as st

from dashboard.cards import chart, draw, is_empty
from dashboard.filters import View
from dashboard.star import rank, report
from sparkify import charts
from sparkify.reports import metrics
from sparkify.reports.trends import fill_days

TOP = 5

view: View = st.session_state["view"]
st.title("Is listening up?")
now = report("overview", view.filters)
days = report("overview_by_day", view.filters)
if is_empty(view, now.rows["plays"].iloc[0]):
    st.stop()
before = report("overview", view.before).rows.iloc[0] if view.before else None
by_day = fill_days(days.rows, view.filters)
each_day = by_day.to_dict("records")

for row in (metrics.COUNTS, metrics.RATIOS):
    for column, metric in zip(st.columns(len(row)), row, strict=True):
        value = metric.of(now.rows.iloc[0])
        column.metric(
            metric.name,
            metric.written(value),
            metric.change(value, None if before is None else metric.of(before)),
            help=f"{metric.sentence} {metric.formula}",
            border=True,
            chart_data=[metric.of(day) or 0 for day in each_day],
            chart_type="area",
        )
st.caption(
    f"{view.label}, against {view.earlier if view.before else 'nothing'}; "
    "each line goes day by day."
)

earlier = (
    fill_days(report("overview_by_day", view.before).rows, view.before)
    if view.before
    else pd.DataFrame(columns=by_day.columns)
)
chart(
    draw(charts.trend, by_day, earlier, "How much is played each day?"),
    view,
    days,
    "plays a day",
)
songs, artists = st.columns(2)
with songs:
    answer = rank("top_songs", view.filters, top=TOP, before=view.before)
    chart(
        draw(charts.top_songs, answer.rows, "Which songs are played most?"),
        view,
        answer,
        "plays",
    )
with artists:
    answer = rank("top_artists", view.filters, top=TOP, before=view.before)
    chart(
        draw(charts.top_artists, answer.rows, "Which artists are played most?"),
        view,
        answer,
        "plays",
    )
answer = report("plays_by_hour_of_day", view.filters)
chart(
    draw(charts.hours, answer.rows, "At which hours of the day?"),
    view,
    answer,
    "plays an hour",
)
