"""All about one song, by its link."""

import streamlit as st

from dashboard.cards import card, in_words
from dashboard.filters import title
from dashboard.member import count_songs, listening, named, places
from dashboard.ranking import open_page
from dashboard.star import report
from dashboard.text import caption, literal
from dashboard.view import View

view: View = st.session_state["view"]
names = named("title", "artist") or {}
title(view, literal(" · ".join(names.values())) or "Which song?")
if names and (plays := listening(view, "song", names)):
    artist = {"artist": names["artist"]}
    others = report("artist_songs", view.filters, top=10, **artist)
    beside = places(view, names, len(others.rows) + 2, plays)
    with beside, card(f"The songs of {names['artist']}", others, view):
        rows = in_words(others.rows)
        st.dataframe(rows, hide_index=True, height="content", alt=others.asked)
        caption(f"plays · n = {count_songs(others)}")
        if st.button("All about the artist", icon=":material/artist:"):
            open_page("artist", artist)
