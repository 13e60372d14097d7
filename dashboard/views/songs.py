"""Which songs are played most?"""

import streamlit as st

from dashboard import ranking
from dashboard.cards import chart, draw, is_empty
from dashboard.filters import View
from dashboard.star import report
from dashboard.text import literal
from sparkify import charts
from sparkify.reports.trends import fill_days

view: View = st.session_state["view"]
st.title("Which songs are played most?")
if is_empty(view, report("overview", view.filters).rows["plays"].iloc[0]):
    st.stop()
answer = ranking.rank_members("top_songs", view, ranking.controls("songs"))
song = ranking.table(
    answer,
    view,
    ["title", "artist", "plays", "share", "listeners", "is_in_catalogue"],
    "songs-table",
)

if song is not None:
    named = {"title": song["title"], "artist": song["artist"]}
    st.subheader(literal(f"{song['title']} · {song['artist']}"))
    detail = report("song_detail", view.filters, **named).rows.iloc[0]
    ranking.figures(detail)
    days = report("song_by_day", view.filters, **named)
    drawn = draw(
        charts.trend,
        fill_days(days.rows, view.filters),
        days.rows.head(0),
        "How is it played each day?",
    )
    chart(drawn, view, days, "plays a day")
    hours = report("song_by_hour", view.filters, **named)
    drawn = draw(charts.hours, hours.rows, "At which hours of the day?")
    chart(drawn, view, hours, "plays an hour")
    st.subheader(f"Other songs of {literal(song['artist'])}")
    others = report("artist_songs", view.filters, artist=song["artist"], top=10)
    st.dataframe(others.rows, hide_index=True, alt=others.question)

spread, released = st.columns(2)
with spread:
    ranking.concentration(report("song_concentration", view.filters), view)
with released:
    decades = report("songs_by_decade", view.filters)
    drawn = draw(charts.decades, decades.rows, "From which decades are the songs?")
    chart(drawn, view, decades, "plays")
