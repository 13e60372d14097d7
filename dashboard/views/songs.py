"""Which songs are played most?"""

import streamlit as st

from dashboard import ranking
from dashboard.cards import is_empty
from dashboard.filters import title
from dashboard.star import report
from dashboard.view import View

view: View = st.session_state["view"]
title(view, "Which songs are played most?")
if is_empty(view, report("overview", view.filters).rows["plays"].iloc[0]):
    st.stop()
ranking.show("song", view, ["listeners", "is_in_catalogue"])
