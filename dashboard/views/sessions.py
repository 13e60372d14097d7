"""How long are the visits?"""

import streamlit as st

from dashboard.cards import chart, draw, evidence, is_empty
from dashboard.filters import View
from dashboard.star import report
from sparkify import charts

TOP = 10

view: View = st.session_state["view"]
st.title("How long are the visits?")
summary = report("session_summary", view.filters)
row = summary.rows.iloc[0]
if is_empty(view, row["sessions"]):
    st.stop()
figures = {
    "Sessions": f"{row['sessions']:,.0f}",
    "Median plays": f"{row['median_plays']:,.0f}",
    "90 % have at most": f"{row['p90_plays']:,.0f} plays",
    "Median minutes": f"{row['median_minutes']:,.0f}",
    "90 % take at most": f"{row['p90_minutes']:,.0f} min",
}
for column, (name, value) in zip(
    st.columns(len(figures)), figures.items(), strict=True
):
    column.metric(name, value, border=True)
st.caption(
    f"{view.label} · a session is a user's visit, until all its songs have ended"
)
evidence(summary)
left, right = st.columns(2)
with left:
    plays = report("session_plays", view.filters)
    drawn = draw(
        charts.bins,
        plays.rows,
        "sessions",
        "How many songs does a visit take?",
        unit="plays",
    )
    chart(drawn, view, plays, "sessions")
with right:
    minutes = report("session_minutes", view.filters)
    drawn = draw(
        charts.bins, minutes.rows, "sessions", "How many minutes?", unit="minutes"
    )
    chart(drawn, view, minutes, "sessions")
starts = report("session_starts", view.filters)
drawn = draw(
    charts.hours, starts.rows, "At which hours do they begin?", figure="sessions"
)
chart(drawn, view, starts, "sessions")
st.subheader("The longest")
longest = report("longest_sessions", view.filters, top=TOP)
st.dataframe(longest.rows, hide_index=True, alt=longest.question)
evidence(longest)
