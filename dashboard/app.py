"""The entry point of the dashboard: navigation and global filters.

streamlit run dashboard/app.py [PARAMS] [KEY=VALUE ...]
"""

import sys
from pathlib import Path

import streamlit as st

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

from dashboard import filters, star

PAGES = {
    "overview": ("Overview", ":material/insights:"),
    "songs": ("Songs", ":material/music_note:"),
    "artists": ("Artists", ":material/artist:"),
    "when": ("When", ":material/schedule:"),
    "listeners": ("Listeners", ":material/group:"),
    "sessions": ("Sessions", ":material/timer:"),
    "places": ("Places and devices", ":material/map:"),
    "health": ("Data health", ":material/verified:"),
}

ICON = Path(__file__).with_name("icon.png")

st.set_page_config("Sparkify", ICON, layout="wide")
page = st.navigation(
    [
        st.Page(
            Path(__file__).parent / "views" / f"{name}.py",
            title=title,
            icon=icon,
            url_path=name,
            default=name == "overview",
        )
        for name, (title, icon) in PAGES.items()
    ]
)
with star.explained(), star.one_version():
    st.session_state["view"] = view = filters.choose()
    filters.note_partial_day(view)
    page.run()
