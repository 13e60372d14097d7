"""When is music played?"""

import streamlit as st

from dashboard.cards import chart, draw, evidence, is_empty
from dashboard.filters import View
from dashboard.star import report
from sparkify import charts
from sparkify.reports.report import WEEKDAYS, week_grid
from sparkify.reports.trends import fill_days, weekday_profile

TOP = 10

view: View = st.session_state["view"]
st.title("When is music played?")
st.caption("All times are UTC.")
if is_empty(view, report("overview", view.filters).rows["plays"].iloc[0]):
    st.stop()
hours = report("plays_by_weekday_and_hour", view.filters)
grid = week_grid(hours.rows, view.filters)
with st.container(border=True):
    heat = draw(charts.week, grid, "At which hours of the week?", selection="cell")
    event = st.vega_lite_chart(heat, width="stretch", on_select="rerun", key="week")
    st.caption(
        f"plays in an average such hour · {view.label} · click a cell for its songs"
    )
    evidence(hours)

busiest = grid.loc[grid["plays"].idxmax()]
chosen = (event["selection"].get("cell") or [busiest])[0]
picked_day, picked_hour = st.columns(2)
weekday = picked_day.selectbox(
    "Weekday",
    WEEKDAYS,
    index=WEEKDAYS.index(chosen["weekday"]),
)
hour = picked_hour.selectbox("Hour, UTC", range(24), index=int(chosen["hour"]))
songs = report(
    "songs_of_hour",
    view.filters,
    weekday=(WEEKDAYS.index(weekday) + 1) % 7,
    hour=hour,
    top=TOP,
)
if songs.rows.empty:
    st.info(f"Nothing was played on a {weekday} at {hour} o'clock.")
else:
    title = f"What is played on {weekday} at {hour} o'clock?"
    chart(draw(charts.top_songs, songs.rows, title), view, songs, "plays")

kinds = draw(charts.profiles, weekday_profile(grid), "Is the weekend another day?")
chart(kinds, view, hours, "plays in an hour of an average day")
days = report("overview_by_day", view.filters)
drawn = draw(charts.calendar, fill_days(days.rows, view.filters), "On which days?")
chart(drawn, view, days, "plays a day")
