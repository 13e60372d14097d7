"""Which artists are played most?"""

from functools import partial

import streamlit as st

from dashboard import ranking
from dashboard.cards import is_empty
from dashboard.filters import title
from dashboard.star import ahead, report
from dashboard.view import View

CURVE_HEIGHT = 320  # pixels; a lower one of this width would hide how it bends

view: View = st.session_state["view"]
title(view, "Which artists are played most?")
if is_empty(view, report("overview", view.filters).rows["plays"].iloc[0]):
    st.stop()
concentration = partial(report, "artist_concentration", view.filters)
ahead(concentration)
ranking.show("artist", view, ["share", "listeners", "songs"])
ranking.concentration(concentration(), view, "artists", height=CURVE_HEIGHT)
