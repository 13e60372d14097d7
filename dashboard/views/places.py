"""Where and on what is music played?"""

import streamlit as st

from dashboard.cards import chart, draw, is_empty
from dashboard.filters import LEAST_LISTENERS, View
from dashboard.star import report
from sparkify import charts
from sparkify.reports.devices import by_browser, by_platform
from sparkify.reports.places import by_state

TOP = 25

view: View = st.session_state["view"]
st.title("Where and on what is music played?")
if is_empty(view, report("overview", view.filters).rows["plays"].iloc[0]):
    st.stop()
is_unfolded = st.toggle(
    f"Show places with fewer than {LEAST_LISTENERS} listeners",
    key="places-unfolded",
    help="They are folded together, so that nobody is recognised by where they live",
    persist_state="session",
)
places = report(
    "places", view.filters, least_listeners=1 if is_unfolded else LEAST_LISTENERS
)
drawn = draw(
    charts.bars, places.rows.head(TOP), "location", "In which metropolitan areas?"
)
chart(drawn, view, places, "plays")
drawn = draw(charts.states, by_state(places.rows), "In which states?")
chart(drawn, view, places, "plays, by the first state of a metropolitan area")
agents = report("user_agents", view.filters)
left, right = st.columns(2)
with left:
    drawn = draw(
        charts.shares, by_platform(agents.rows), "platform", "On which platforms?"
    )
    chart(drawn, view, agents, "share of plays")
with right:
    drawn = draw(
        charts.shares, by_browser(agents.rows), "browser", "In which browsers?"
    )
    chart(drawn, view, agents, "share of plays")
