"""When is music played?"""

from functools import partial

import streamlit as st

from dashboard.cards import chart, draw, is_empty
from dashboard.clicks import PICKED, chart_key, day_clicked
from dashboard.filters import title
from dashboard.parts.evenings import growth_of_evenings
from dashboard.star import report
from dashboard.steps import of_hours, of_week, songs_of_hour
from dashboard.view import View
from dashboard.week_menu import cell_clicked, choose_cell, choose_week, day_box
from sparkify import charts
from sparkify.charts.heat import HEAT_HEIGHT
from sparkify.charts.rankings import ROW
from sparkify.reports.trends import fill_days, weekday_profile

TOP = 8

view: View = st.session_state["view"]
title(view, "When is music played?")
if is_empty(view, report("overview", view.filters).rows["plays"].iloc[0]):
    st.stop()
answer, grid = of_week(view, view.filters)
days = report("overview_by_day", view.filters)
by_day = fill_days(days.rows, view.filters, view.data)
n = f"{grid['plays'].sum():,} plays"
weekday_box, hour_box, days_box, shown_box = st.columns(
    [2, 2, 3, 3], vertical_alignment="top"
)
cell, weekday = choose_cell(grid, view, weekday_box, hour_box)
with days_box:
    quietest = day_box(by_day)
with shown_box:
    shown, source, rows = choose_week(view, answer, grid)
clock, map_of_week = st.columns([1, 2])
with map_of_week:
    drawn = draw(
        charts.week,
        rows,
        "At which hours of the week?",
        selection=PICKED,
        chosen=cell,
        zone=view.zone,
        is_difference=shown == "difference",
    )
    key = chart_key("week", view)
    of = {"now": "", "before": f" {view.earlier}", "difference": ", now less before"}
    chart(
        drawn,
        view,
        source,
        unit=f"plays in an average such hour{of[shown]}",
        n=f"{rows['plays'].sum():,} plays",
        note="A click on a cell shows its songs.",
        on_select=partial(cell_clicked, key),
        key=key,
    )
with clock:
    answer_of_day, hours = of_hours(view)
    question = "At which hours of the day?"
    drawn = draw(charts.hours, hours, question, zone=view.zone, height=HEAT_HEIGHT)
    chart(drawn, view, answer_of_day, unit="plays in an hour of the day", n=n)

left, right = st.columns(2)
with left:
    songs = songs_of_hour(view, *cell, TOP)
    of_cell = grid[(grid["weekday"] == cell[0]) & (grid["hour"] == cell[1])]
    if not of_cell["calendar_days"].any():
        st.info(f"These days have no {cell[0]} at {cell[1]} o'clock.")
    elif songs.rows.empty:
        st.info(f"Nothing was played on a {cell[0]} at {cell[1]} o'clock.")
    else:
        question = f"What is played on {cell[0]} at {cell[1]} o'clock?"
        drawn = draw(charts.top_songs, songs.rows, question)
        share = f"{songs.rows['plays'].sum():,} of {of_cell['plays'].sum():,} plays"
        chart(drawn, view, songs, unit="plays", n=share)
with right:
    growth_of_evenings(view, weekday, TOP * ROW)
left, right = st.columns(2)
with left:
    profile = weekday_profile(grid)
    question = "Is the weekend different?"
    drawn = draw(charts.profiles, profile, question, zone=view.zone, height=HEAT_HEIGHT)
    chart(drawn, view, answer, unit="plays in an hour of an average day", n=n)
with right:
    drawn = draw(charts.calendar, by_day, "On which days?", selection=PICKED)
    note = f"{quietest} A click zooms to a day, against the same weekday before."
    key = chart_key("calendar", view)
    clicked = partial(day_clicked, key)
    unit = "plays a day, UTC"
    chart(drawn, view, days, unit=unit, n=n, note=note, on_select=clicked, key=key)
