"""Where and on what is music played?"""

from functools import partial

import streamlit as st

from dashboard.cards import chart, draw, is_empty
from dashboard.clicks import PICKED, chart_key, option_clicked
from dashboard.filters import LEAST_LISTENERS, title
from dashboard.parts.devices import KINDS, device_shares, user_agents
from dashboard.period_menu import is_phone
from dashboard.star import report
from dashboard.view import View
from sparkify import charts
from sparkify.charts.people import TILES_HEIGHT
from sparkify.reports.places import hidden, shown, state_label

TOP, FEW = 10, 6  # areas; beside the map there is room below a few
TILES_HEIGHT_BESIDE = 400  # pixels, at which the tiles of half a row are squares

view: View = st.session_state["view"]
title(view, "Where and on what is music played?", compares=False)
plays = report("overview", view.filters).rows["plays"].iloc[0]
if is_empty(view, plays):
    st.stop()
is_unfolded = st.toggle(
    f"Show places with fewer than {LEAST_LISTENERS} listeners",
    key="unfolded",
    help="They are left out, so that nobody is recognised by where they live",
    bind="query-params",
)
least = 1 if is_unfolded else LEAST_LISTENERS
are_few = len(shown(report("places", view.filters, least_listeners=least).rows)) < FEW
map_height = TILES_HEIGHT if is_phone() or are_few else TILES_HEIGHT_BESIDE
crowd = f" of {LEAST_LISTENERS} listeners or more" if is_unfolded else ""
left, right = st.columns(2)
with left:
    states = report("states", view.filters, least_listeners=least)
    rows = shown(states.rows)
    crowded = rows["listeners"] >= LEAST_LISTENERS
    offered = {each: state_label(each) for each in rows.loc[crowded, "state"]}
    key = chart_key("states", view)
    chart(
        draw(
            charts.states,
            rows,
            "In which states?",
            selection=PICKED,
            height=map_height,
        ),
        view,
        states,
        unit="plays, by the first state of a metropolitan area",
        n=f"{rows['plays'].sum():,} of {plays:,} plays",
        note=f"{hidden(states.rows, least)} A click on a state{crowd} filters by it.",
        on_select=partial(option_clicked, key, "state", "metro", offered),
        key=key,
    )
with right:
    places = report("places", view.filters, least_listeners=least)
    areas = shown(places.rows)
    rows = areas.head(TOP)
    others = len(areas) - len(rows)
    crowded = areas["listeners"] >= LEAST_LISTENERS
    offered = {each: each for each in areas.loc[crowded, "location"]}
    key = chart_key("metros", view)
    click = f"A click on a bar{crowd} filters by it." if len(rows) else ""
    more = f"{others} more areas are in the table." if others else ""
    chart(
        draw(
            charts.bars,
            rows,
            "location",
            "In which metropolitan areas?",
            selection=PICKED,
        ),
        view,
        places,
        unit="plays",
        n=f"{rows['plays'].sum():,} of {plays:,} plays",
        note=f"{hidden(places.rows, least)} {more} {click}",
        on_select=partial(option_clicked, key, "location", "metro", offered),
        key=key,
    )
agents = user_agents(view)
columns = [right, st.container()] if are_few else st.columns(2)
for column, kind in zip(columns, KINDS, strict=True):
    with column:
        device_shares(kind, agents, view, plays)
