"""All about one song, by its link."""

import streamlit as st

from dashboard.cards import card, in_words
from dashboard.filters import title
from dashboard.member import listening, named
from dashboard.ranking import open_page
from dashboard.star import report
from dashboard.text import literal
from dashboard.view import View

view: View = st.session_state["view"]
names = named("title", "artist") or {}
title(view, literal(" · ".join(names.values())) or "Which song?")
if names and listening(view, "song", names):
    artist = {"artist": names["artist"]}
    others = report("artist_songs", view.filters, top=10, **artist)
    with card(f"The songs of {names['artist']}", others, view):
        st.dataframe(in_words(others.rows), hide_index=True, alt=others.asked)
        if st.button("All about the artist", icon=":material/artist:"):
            open_page("artist", artist)
