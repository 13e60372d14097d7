"""Who listens, and do they come back?"""

import streamlit as st

from dashboard.cards import chart, draw, evidence, is_empty
from dashboard.filters import View
from dashboard.star import report
from sparkify import charts

view: View = st.session_state["view"]
st.title("Who listens, and do they come back?")
if is_empty(view, report("overview", view.filters).rows["plays"].iloc[0]):
    st.stop()
weeks = report("listeners_by_week", view.filters)
names = {"returning_listeners": "returning", "new_listeners": "new"}
drawn = draw(
    charts.stacked_weeks,
    weeks.rows,
    names,
    "How many are new each week?",
    unit="listeners",
)
chart(drawn, view, weeks, "listeners a week")
cohorts = report("retention", view.filters)
if cohorts.rows.empty:
    st.info("Nobody who listened in this period began within its weeks.")
else:
    drawn = draw(
        charts.retention, cohorts.rows, "Do they come back in the weeks after?"
    )
    chart(drawn, view, cohorts, "share of those who began in a week")
sizes = report("plays_per_listener", view.filters)
drawn = draw(
    charts.bins, sizes.rows, "listeners", "How much does one listen?", unit="plays"
)
chart(drawn, view, sizes, "listeners")
levels = report("levels_by_week", view.filters)
names = {"paid_plays": "paid", "free_plays": "free"}
drawn = draw(
    charts.stacked_weeks,
    levels.rows,
    names,
    "How much is played paid, how much free?",
    unit="plays",
)
chart(drawn, view, levels, "plays a week")
genders = report("gender_by_level", view.filters)
drawn = draw(charts.genders, genders.rows, "Who listens at which level?")
chart(drawn, view, genders, "listeners")

st.subheader("How many change their level?")
moved = report("conversion", view.filters)
row = moved.rows.iloc[0]
labels = {
    "free_only": "Free only",
    "paid_only": "Paid only",
    "upgraded": "Upgraded",
    "downgraded": "Downgraded",
    "returned": "Changed and came back",
}
for column, (name, label) in zip(st.columns(len(labels)), labels.items(), strict=True):
    column.metric(label, f"{row[name]:,}", border=True)
st.caption(f"listeners · {view.label} · together {row['listeners']:,}")
evidence(moved)
