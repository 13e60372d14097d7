"""Which songs are played most?"""

from functools import partial

import streamlit as st

from dashboard import ranking
from dashboard.cards import chart, draw, is_empty
from dashboard.filters import title
from dashboard.star import ahead, report
from dashboard.view import View
from sparkify import charts

view: View = st.session_state["view"]
title(view, "Which songs are played most?")
if is_empty(view, report("overview", view.filters).rows["plays"].iloc[0]):
    st.stop()
concentration = partial(report, "song_concentration", view.filters)
decades_of = partial(report, "songs_by_decade", view.filters)
ahead(concentration, decades_of)
ranking.show("song", view, ["listeners", "is_in_catalogue"])
left, right = st.columns([2, 1])
decades = decades_of()
is_known = decades.rows["decade"].notna()
plays, unknown = (
    decades.rows.loc[rows, "plays"].sum() for rows in (is_known, ~is_known)
)
with left:
    chart(
        draw(charts.decades, decades.rows, "From which decades are the songs?"),
        view,
        decades,
        unit="plays",
        n=f"{plays:,} plays",
        note=f"The year of {unknown:,} more plays is unknown." if unknown else "",
    )
with right:
    ranking.concentration(concentration(), view, "songs")
