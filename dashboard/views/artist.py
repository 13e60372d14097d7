"""All about one artist, by its link."""

import streamlit as st

from dashboard.cards import chart, draw
from dashboard.filters import title
from dashboard.member import count_songs, listening, named, places
from dashboard.star import report
from dashboard.text import literal
from dashboard.view import View
from sparkify import charts

TOP = 10

view: View = st.session_state["view"]
names = named("artist") or {}
title(view, literal(names.get("artist", "")) or "Which artist?")
if names and (plays := listening(view, "artist", names)):
    songs = report("artist_songs", view.filters, top=TOP, **names)
    with places(view, names, len(songs.rows), plays):
        chart(
            draw(charts.bars, songs.rows, "title", "Which of the songs?"),
            view,
            songs,
            unit="plays",
            n=count_songs(songs),
        )
