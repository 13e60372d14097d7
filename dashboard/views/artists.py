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
ranking.show("artist", view, ["share", "listeners", "songs", "is_in_catalogue"])
