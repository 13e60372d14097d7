"""Is listening up?"""

from functools import partial

import streamlit as st

from dashboard.cards import chart, draw, is_empty
from dashboard.clicks import PICKED, brushed, chart_key
from dashboard.filters import title
from dashboard.ranking import name_clicked, open_named
from dashboard.star import ahead, rank, report
from dashboard.steps import cut, of_hours, steps
from dashboard.view import View
from sparkify import charts
from sparkify.charts.style import HEIGHT
from sparkify.reports import metrics
from sparkify.reports.report import Answer, Filters

TOP = 5
RANKINGS = {"songs": charts.top_songs, "artists": charts.top_artists}
FIGURE_HEIGHT, TREND_HEIGHT = 176, 330  # pixels; both stand above the fold
CHANGE_HEIGHT = 26  # pixels of the change in a figure
GAP = float("nan")  # a step outside the data, or a share of no plays, is no zero


def changes_of(view: View, before: Filters) -> Answer:
    """Return the artists that gained most plays and those that lost most."""
    values = before.values()
    return report(
        "artist_changes",
        view.filters,
        top=TOP,
        before_start_time=values["start_time"],
        before_end_time=values["end_time"],
    )


def what_changed(view: View, changes: Answer) -> None:
    """Show the artists that gained most plays and those that lost most."""
    key = chart_key("changes", view)
    question = "What changed?"
    drawn = draw(charts.changes, changes.rows, "artist", question, selection=PICKED)
    chart(
        drawn,
        view,
        changes,
        unit="plays more or less than before",
        n=f"{len(changes.rows)} artists",
        on_select=partial(name_clicked, key, "artist"),
        key=key,
    )


def clock(view: View, plays: str) -> None:
    """Show the plays of each hour of the day."""
    answer, hours = of_hours(view)
    question = "At which hours of the day?"
    height = HEIGHT if view.before else TREND_HEIGHT
    drawn = draw(charts.hours, hours, question, zone=view.zone, height=height)
    chart(drawn, view, answer, unit="plays in an hour of the day", n=plays)


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
each = rows.to_dict("records")
with st.container(horizontal=True, gap="small", key="figures"):
    for metric in metrics.METRICS:
        value = metric.of(now)
        st.metric(
            metric.name,
            metric.written(value),
            metric.change(value, None if before is None else metric.of(before)),
            help=f"{metric.sentence} {metric.formula}",
            border=True,
            width=169,
            height=FIGURE_HEIGHT if view.before else FIGURE_HEIGHT - CHANGE_HEIGHT,
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
for column, (name, function) in zip(columns, RANKINGS.items(), strict=False):
    with column:
        answer = top[name]()
        shown = answer.rows["plays"].sum()
        key = chart_key(name, view)
        chart(
            draw(
                function,
                answer.rows,
                f"Which {name} are played most?",
                selection=PICKED,
            ),
            view,
            answer,
            unit="plays",
            n=f"{shown:,} of {plays}",
            note="A click on a bar opens it.",
            on_select=partial(name_clicked, key, name.removesuffix("s")),
            key=key,
        )
