"""The entry point of the dashboard: logo, navigation and filter bar.

streamlit run dashboard/app.py [PARAMS] [KEY=VALUE ...]
"""

import sys
from pathlib import Path

import streamlit as st

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

from dashboard import filters, star
from dashboard.links import keep_in_link

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
BY_LINK = {
    "song": ("Song", ":material/music_note:"),
    "artist": ("Artist", ":material/artist:"),
}
ICON = Path(__file__).with_name("icon.png")
STYLE = Path(__file__).with_name("style.css")
HISTORY = Path(__file__).with_name("history.html")

# Before the navigation: or the page's icon would be fetched from elsewhere.
st.set_page_config("Sparkify", ICON, layout="wide")
page = st.navigation(
    [
        st.Page(
            Path(__file__).parent / "views" / f"{name}.py",
            title=title,
            icon=icon,
            url_path=name,
            default=name == "overview",
            visibility="hidden" if name in BY_LINK else "visible",
        )
        for name, (title, icon) in (PAGES | BY_LINK).items()
    ],
    position="top",
)
st.set_page_config(f"{page.title} · Sparkify")
st.logo(ICON, size="large")
st.html(STYLE)
st.html(HISTORY, unsafe_allow_javascript=True)
with star.explained(), star.one_version():
    keep_in_link(page.url_path, filters.DEFAULTS)
    st.session_state["view"] = filters.choose()
    page.run()
