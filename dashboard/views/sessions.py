"""How long are the visits?"""

from math import ceil

import streamlit as st

from dashboard.cards import card, chart, draw, figures_row, in_words, is_empty
from dashboard.filters import title
from dashboard.star import report
from dashboard.text import caption
from dashboard.view import View
from sparkify import charts
from sparkify.charts.heat import HEAT_HEIGHT
from sparkify.reports import numbers

TOP = 7
FIGURES = {
    "sessions": ("Sessions", numbers.count),
    "median_plays": ("Median plays", numbers.short),
    "p90_plays": (
        f"90{numbers.SPACE}% play at most",
        lambda plays: numbers.count(ceil(plays)),
    ),
    "median_minutes": ("Median length", numbers.minutes),
    "p90_minutes": (f"90{numbers.SPACE}% last at most", numbers.minutes),
}

view: View = st.session_state["view"]
title(view, "How long are the visits?")
summary = report("session_summary", view.filters)
now = summary.rows.iloc[0]
if is_empty(view, now["sessions"]):
    st.stop()
before = report("session_summary", view.before).rows.iloc[0] if view.before else None
n = f"{now['sessions']:,.0f} sessions"
with card("How long is a session?", summary, view):
    earlier = dict(before) if before is not None and before["sessions"] else {}
    figures_row(
        (
            label,
            written(now[name]),
            numbers.change(now[name], earlier[name]) if name in earlier else None,
        )
        for name, (label, written) in FIGURES.items()
    )
    caption(f"a session is a user's visit, until all its songs have ended · n = {n}")
left, right = st.columns(2)
with left:
    plays = report("session_plays", view.filters)
    question = "How many songs does a visit take?"
    drawn = draw(charts.bins, plays.rows, "sessions", question, unit="plays")
    chart(drawn, view, plays, unit="sessions", n=n)
with right:
    minutes = report("session_minutes", view.filters)
    question = "How many minutes?"
    drawn = draw(charts.bins, minutes.rows, "sessions", question, unit="minutes")
    chart(drawn, view, minutes, unit="sessions", n=n)
left, right = st.columns(2)
with left:
    starts = report("session_starts", view.filters)
    question = "At which hours do they begin?"
    drawn = draw(
        charts.hours, starts.rows, question, figure="sessions", height=HEAT_HEIGHT
    )
    chart(drawn, view, starts, unit="sessions", n=n)
with right:
    longest = report("longest_sessions", view.filters, top=TOP)
    with card("Which are the longest?", longest, view):
        rows = longest.rows.assign(
            length=[numbers.minutes(value) for value in longest.rows["minutes"]]
        )
        st.dataframe(
            in_words(rows[["started_at", "length", "plays", "level"]]),
            hide_index=True,
            height="content",
            alt=longest.asked,
            column_config={
                "Started at": st.column_config.DatetimeColumn(
                    "Began, UTC", format="D MMM YYYY, HH:mm"
                )
            },
        )
        caption(f"the {len(rows)} longest · n = {n}")
