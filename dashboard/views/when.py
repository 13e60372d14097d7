"""When is music played?"""

import streamlit as st

from dashboard.cards import chart, draw, is_empty
from dashboard.filters import title
from dashboard.star import report
from dashboard.steps import of_hours, of_week, songs_of_hour
from dashboard.view import View
from sparkify import charts
from sparkify.reports.report import WEEKDAYS
from sparkify.reports.trends import fill_days, weekday_profile

TOP = 8


def choose_cell() -> None:
    """Take the clicked cell for the weekday and the hour that stand in the link."""
    cells = st.session_state["week"]["selection"].get("cell")
    if cells:
        st.session_state["weekday"] = cells[0]["weekday"]
        st.session_state["hour"] = int(cells[0]["hour"])


view: View = st.session_state["view"]
title(view, "When is music played?")
if is_empty(view, report("overview", view.filters).rows["plays"].iloc[0]):
    st.stop()
answer, grid = of_week(view)
busiest = grid.loc[grid["plays"].idxmax()]
n = f"{grid['plays'].sum():,} plays"
picked_day, picked_hour = st.columns(2)
weekday = picked_day.selectbox(
    "Weekday",
    WEEKDAYS,
    index=None,
    placeholder=f"{busiest['weekday']}, the busiest",
    key="weekday",
    bind="query-params",
)
hour = picked_hour.selectbox(
    f"Hour, {view.zone}",
    range(24),
    index=None,
    placeholder=f"{busiest['hour']}, the busiest",
    key="hour",
    bind="query-params",
)
cell = (
    weekday or str(busiest["weekday"]),
    int(busiest["hour"]) if hour is None else hour,
)
clock, map_of_week = st.columns([1, 2])
with map_of_week:
    drawn = draw(
        charts.week,
        grid,
        "At which hours of the week?",
        selection="cell",
        chosen=cell,
        zone=view.zone,
    )
    chart(
        drawn,
        view,
        answer,
        unit="plays in an average such hour",
        n=n,
        note="A click on a cell shows its songs.",
        on_select=choose_cell,
        key="week",
    )
with clock:
    answer_of_day, hours = of_hours(view)
    drawn = draw(charts.hours, hours, "At which hours of the day?", zone=view.zone)
    chart(drawn, view, answer_of_day, unit="plays in an hour of the day", n=n)

songs = songs_of_hour(view, *cell, TOP)
left, right = st.columns(2)
with left:
    if songs.rows.empty:
        st.info(f"Nothing was played on a {cell[0]} at {cell[1]} o'clock.")
    else:
        question = f"What is played on {cell[0]} at {cell[1]} o'clock?"
        drawn = draw(charts.top_songs, songs.rows, question)
        of_cell = grid[(grid["weekday"] == cell[0]) & (grid["hour"] == cell[1])]
        shown = f"{songs.rows['plays'].sum():,} of {of_cell['plays'].sum():,} plays"
        chart(drawn, view, songs, unit="plays", n=shown)
with right:
    profile = weekday_profile(grid)
    drawn = draw(charts.profiles, profile, "Is the weekend different?", zone=view.zone)
    chart(drawn, view, answer, unit="plays in an hour of an average day", n=n)
days = report("overview_by_day", view.filters)
by_day = fill_days(days.rows, view.filters, view.data)
drawn = draw(charts.calendar, by_day, "On which days?")
chart(drawn, view, days, unit="plays a day, UTC", n=n)
