"""Where and on what is music played?"""

from dataclasses import replace
from functools import partial

import streamlit as st

from dashboard.cards import chart, draw, is_empty
from dashboard.clicks import PICKED, chart_key, option_clicked
from dashboard.filters import LEAST_LISTENERS, title
from dashboard.period_menu import is_phone
from dashboard.star import report
from dashboard.view import View
from sparkify import charts
from sparkify.charts.people import TILES_HEIGHT
from sparkify.reports import numbers
from sparkify.reports.devices import UNKNOWN, by_browser, by_platform, device_label
from sparkify.reports.places import hidden, shown, state_label
from sparkify.reports.report import ALL, Answer, Filters

TOP, FEW = 10, 6  # areas; beside the map there is room below a few
TILES_HEIGHT_BESIDE = 400  # pixels, at which the tiles of half a row are squares
MOST_AGENTS = 500  # rows of the report `user_agents`


def user_agents(view: View) -> Answer:
    """Return the user agents of the plays, of those that the filter by device knows.

    If there are more than the report shows, those of the chosen days may be others
    than those of all days: a bar would promise other plays than its filter finds.
    """
    known = report("user_agents", Filters(view.data.start, view.data.end)).rows
    if len(known) < MOST_AGENTS or view.filters.device != ALL:
        return report("user_agents", view.filters)
    filters = replace(view.filters, device="known", user_agents=(*known["user_agent"],))
    return report("user_agents", filters)


view: View = st.session_state["view"]
title(view, "Where and on what is music played?")
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
    click = f"A click on a bar{crowd} filters by it." if offered else ""
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
rare = plays - agents.rows["plays"].sum()
hidden_agents = (
    f"Not shown: {rare:,} plays by rare or unknown user agents. " if rare else ""
)
kinds = {
    "platform": ("On which platforms?", by_platform),
    "browser": ("In which browsers?", by_browser),
}
columns = [right, st.container()] if are_few else st.columns(2)
for column, (kind, (question, sums)) in zip(columns, kinds.items(), strict=True):
    rows = sums(agents.rows)
    key = chart_key(kind, view)
    offered = {each: device_label(kind, each) for each in rows[kind] if each != UNKNOWN}
    is_other_kind = view.filters.device not in (ALL, *offered.values())
    instead = f" instead of {view.filters.device}" if is_other_kind else ""
    with column:
        chart(
            draw(charts.shares, rows, kind, question, selection=PICKED),
            view,
            agents,
            unit="share of plays",
            n=numbers.counted(plays - rare, "play"),
            note=f"{hidden_agents}A click on a {kind} filters by it{instead}.",
            on_select=partial(option_clicked, key, kind, "device", offered),
            key=key,
        )
