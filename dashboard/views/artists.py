"""Which artists are played most?"""

import streamlit as st

from dashboard import ranking
from dashboard.cards import chart, draw, is_empty
from dashboard.filters import View
from dashboard.star import report
from dashboard.text import literal
from sparkify import charts
from sparkify.reports.trends import fill_days

view: View = st.session_state["view"]
st.title("Which artists are played most?")
if is_empty(view, report("overview", view.filters).rows["plays"].iloc[0]):
    st.stop()
answer = ranking.rank_members("top_artists", view, ranking.controls("artists"))
artist = ranking.table(
    answer, view, ["artist", "plays", "share", "listeners", "songs"], "artists-table"
)

if artist is not None:
    named = {"artist": artist["artist"]}
    st.subheader(literal(artist["artist"]))
    detail = report("artist_detail", view.filters, **named).rows.iloc[0]
    ranking.figures(detail)
    days = report("artist_by_day", view.filters, **named)
    drawn = draw(
        charts.trend,
        fill_days(days.rows, view.filters),
        days.rows.head(0),
        "How much each day?",
    )
    chart(drawn, view, days, "plays a day")
    songs = report("artist_songs", view.filters, top=10, **named)
    drawn = draw(charts.bars, songs.rows, "title", "Which of their songs?")
    chart(drawn, view, songs, "plays")
    hours = report("artist_by_hour", view.filters, **named)
    drawn = draw(charts.hours, hours.rows, "At which hours of the day?")
    chart(drawn, view, hours, "plays an hour")

ranking.concentration(report("artist_concentration", view.filters), view)
