"""Which artists are played most?"""

from functools import partial

import streamlit as st

from dashboard import distribution, ranking
from dashboard.cards import is_empty
from dashboard.filters import title
from dashboard.star import ahead, report
from dashboard.view import View

view: View = st.session_state["view"]
title(view, "Which artists are played most?")
if is_empty(view, report("overview", view.filters).rows["plays"].iloc[0]):
    st.stop()
curve = partial(report, "artist_concentration", view.filters)
decades = partial(report, "songs_by_decade", view.filters)
ahead(curve, decades)
columns = ["share", "listeners", "songs", "is_in_catalogue"]
ranking.show("artist", view, columns, curve)
distribution.show(curve(), decades(), view, "artists")
