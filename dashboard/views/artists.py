"""Which artists are played most?"""

import streamlit as st

from dashboard import ranking
from dashboard.cards import is_empty
from dashboard.filters import title
from dashboard.star import report
from dashboard.view import View

view: View = st.session_state["view"]
title(view, "Which artists are played most?")
if is_empty(view, report("overview", view.filters).rows["plays"].iloc[0]):
    st.stop()
answer = ranking.rank_members("top_artists", view, ranking.controls())
left, right = ranking.side_by_side(answer)
with left:
    ranking.table(answer, view, ["share", "listeners", "songs"], "artist")
with right:
    ranking.concentration(report("artist_concentration", view.filters), view, "artists")
