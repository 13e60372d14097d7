"""Who listens, and do they come back?"""

from functools import partial

import streamlit as st

from dashboard.cards import chart, draw, is_empty
from dashboard.clicks import PICKED, chart_key, level_clicked
from dashboard.filters import title
from dashboard.parts.listeners import level_changes, moves, new_listeners, retention
from dashboard.star import report
from dashboard.view import View
from sparkify import charts
from sparkify.reports.trends import cut_weeks, mark_weeks

view: View = st.session_state["view"]
title(view, "Who listens, and do they come back?", compares=False)
now = report("overview", view.filters).rows.iloc[0]
if is_empty(view, now["plays"]):
    st.stop()
listeners, plays = f"{now['listeners']:,} listeners", f"{now['plays']:,} plays"

moves(view)
left, right = st.columns(2)
with left:
    new_listeners(view, listeners)
with right:
    retention(view)
level_changes(view)
left, right = st.columns(2)
with left:
    spread = report("plays_per_listener", view.filters)
    question = "How much does one listen?"
    drawn = draw(charts.bins, spread.rows, "listeners", question, unit="plays")
    chart(drawn, view, spread, unit="listeners", n=listeners)
with right:
    genders = report("gender_by_level", view.filters)
    both = genders.rows.drop_duplicates("gender")["both_levels"].sum()
    key = chart_key("genders", view)
    question = "At which level do women and men listen?"
    chart(
        draw(charts.genders, genders.rows, question, selection=PICKED),
        view,
        genders,
        unit="listeners",
        n=listeners,
        note=f"{both:,} played at both levels and count twice." if both else "",
        on_select=partial(level_clicked, key),
        key=key,
    )
answer = report("levels_by_week", view.filters)
levels = mark_weeks(answer.rows, view.period, view.data)
names = {"paid_plays": "paid", "free_plays": "free"}
question = "How much is played paid, how much free?"
drawn = draw(charts.stacked_weeks, levels, names, question, unit="plays")
chart(drawn, view, answer, unit="plays a week", n=plays, note=cut_weeks(levels))
