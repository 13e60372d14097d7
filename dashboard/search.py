"""The search for any artist or song, on every page; it sees no accents and no case."""

import streamlit as st

from dashboard.period_menu import is_phone
from dashboard.star import report
from dashboard.text import literal
from sparkify.reports.report import ACCENTED, ESCAPES, PLAIN, fold

TOP = 5
KEY, FOUND = "find", "found"


def box() -> str:
    """Show the box to type into, and return the text in it."""
    return (
        st.text_input(
            "Search for an artist or a song",
            key=KEY,
            placeholder="artist or song",
            icon=":material/search:",
            label_visibility="collapsed",
            width="stretch" if is_phone() else 140,
        )
        or ""
    ).strip()


def results(text: str) -> None:
    """Show what a search found, each as a button that opens its page.

    Args:
        text: The text to search for; nothing is shown for an empty one.
    """
    if names := st.session_state.pop(FOUND, None):
        page = "song" if names["title"] else "artist"
        query = {key: name for key, name in names.items() if name}
        st.switch_page(f"views/{page}.py", query_params=query)
    if not text:
        return
    rows = report(
        "search",
        top=TOP,
        pattern=f"%{fold(text).translate(ESCAPES)}%",
        accented=ACCENTED,
        plain=PLAIN,
    ).rows
    if rows.empty:
        st.info(f"No artist and no song has a name with: {literal(text)}.")
    with st.container(horizontal=True, gap="small", key="results"):
        for number, (title, artist) in enumerate(
            zip(rows["title"], rows["artist"], strict=True)
        ):
            words = f"{title} · {artist}" if title else artist
            icon = "music_note" if title else "artist"
            st.button(
                literal(words),
                key=f"result-{number}",
                icon=f":material/{icon}:",
                on_click=_open,
                args=({"title": title, "artist": artist},),
            )


def _open(names: dict[str, str]) -> None:
    st.session_state[KEY] = ""
    st.session_state[FOUND] = names
