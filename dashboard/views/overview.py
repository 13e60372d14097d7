"""Is listening up?"""

from functools import partial

import streamlit as st

from dashboard.cards import chart, draw, is_empty
from dashboard.clicks import PICKED, brushed, chart_key
from dashboard.filters import title
from dashboard.parts.overview import (
    RANKINGS,
    TOP,
    TREND_HEIGHT,
    changes_of,
    clock,
    figures,
    ranking,
    what_changed,
)
from dashboard.ranking import open_named
from dashboard.star import ahead, rank, report
from dashboard.steps import cut, steps
from dashboard.view import View
from sparkify import charts

view: View = st.session_state["view"]
open_named()
title(view, "Is listening up?")
top = {name: partial(rank, f"top_{name}", view.filters, top=TOP) for name in RANKINGS}
changes = [partial(changes_of, view, view.before)] if view.before else []
ahead(*top.values(), *changes)
now = report("overview", view.filters).rows.iloc[0]
if is_empty(view, now["plays"]):
    st.stop()
before = report("overview", view.before).rows.iloc[0] if view.before else None
answer, rows = steps(view, view.filters)
figures(now, before, rows)

earlier = steps(view, view.before)[1] if view.before else rows.head(0)
question = f"How much is played each {view.grain}?"
plays = f"{now['plays']:,} plays"
left, right = st.columns([2, 1])
with left:
    key = chart_key("trend", view)
    chart(
        draw(
            charts.trend,
            rows,
            earlier,
            question,
            grain=view.grain,
            selection=PICKED,
            height=TREND_HEIGHT,
        ),
        view,
        answer,
        unit=f"plays {'an' if view.grain == 'hour' else 'a'} {view.grain}",
        n=plays,
        note=f"Drag over days to choose them. {cut(view, rows)}",
        on_select=partial(brushed, key, view),
        key=key,
    )
with right:
    if changes:
        what_changed(view, changes[0]())
    else:
        clock(view, plays)
columns = st.columns(3 if view.before else 2)
if view.before:
    with columns[-1]:
        clock(view, plays)
for column, name in zip(columns, RANKINGS, strict=False):
    with column:
        ranking(name, top[name](), view, plays)
