"""The card of an answer: its chart, caption, table, CSV and SQL."""

import atexit
import gc
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from datetime import timedelta
from operator import attrgetter
from types import FunctionType, MappingProxyType
from typing import Any

import pandas as pd
import streamlit as st
from altair.utils import schemapi
from streamlit.delta_generator import DeltaGenerator

from dashboard.filters import reset
from dashboard.links import show_links
from dashboard.text import caption, literal, spreadsheet, sql_items
from dashboard.view import View
from sparkify import charts
from sparkify.reports.report import Answer

CHARTS_KEPT = 1_000
CARD_ROWS = 3  # rows of bars or of a table that are as high as a card without any
Spec = dict[str, Any]
# Streamlit's theme pushes the first and last labels off their rows and lines, leaves
# texts of a chart black in the dark, and its gray labels have too little contrast.
WORDS = {"labelColor": "currentColor", "titleColor": "currentColor"}
CONFIG = {
    "axis": {"labelFlush": False, "labelPadding": 6, "titlePadding": 8} | WORDS,
    "legend": WORDS | {"offset": 6},
    "text": {"color": "currentColor"},
}

# The tests validate the charts against Vega-Lite's schema, so the dashboard does not.
schemapi.disable_debug_mode()

# After each script run, Streamlit collects the garbage of all generations, and all
# others wait. Most of that goes into the objects of imported modules, which live as
# long as the process; frozen, they are left out.
gc.collect()
gc.freeze()
atexit.register(gc.unfreeze)


def _content(rows: pd.DataFrame) -> str:
    """Return the columns as text: a key in a twentieth of the time of Streamlit's."""
    return repr([(name, column.tolist()) for name, column in rows.items()])


@st.cache_data(
    max_entries=CHARTS_KEPT,
    show_spinner=False,
    hash_funcs={
        FunctionType: attrgetter("__qualname__"),
        pd.DataFrame: _content,
    },
)
def draw(function: Callable[..., charts.Drawn], *parts: Any, **more: Any) -> Spec:
    """Draw a chart for all who see the same rows; the page's theme sets the style.

    Args:
        function: The function of `charts`.
        parts: Its arguments.
        more: Its arguments by name.

    Returns:
        The chart and its rows as Vega-Lite.
    """
    spec: Spec = function(*parts, **more).to_dict(validate=False)
    return spec | {"config": CONFIG, "padding": {"bottom": 4}}


def chart(
    drawn: Spec,
    view: View,
    answer: Answer,
    *,
    unit: str,
    n: str,
    note: str = "",
    on_select: Callable[[], None] | None = None,
    key: str | None = None,
) -> None:
    """Show a chart in a card: its question, its evidence, what it counts and of what.

    Args:
        drawn: The chart, from `draw`; screen readers read its description.
        view: The chosen filters.
        answer: The answer that the chart shows.
        unit: The unit of the figures.
        n: How many there are of what is counted, such as "6,654 plays".
        note: What else must be known to read it, in sentences.
        on_select: What a click on the chart calls.
        key: The chart's key, with `on_select`.
    """
    with card(drawn["title"]["text"], answer, view):
        shown = {name: drawn[name] for name in drawn if name != "title"}
        if on_select is None:
            st.vega_lite_chart(shown, width="stretch")
        else:
            st.vega_lite_chart(shown, width="stretch", on_select=on_select, key=key)
        caption(literal(f"{unit} · n = {n}. {note}"))


@contextmanager
def card(question: str, answer: Answer, view: View) -> Iterator[None]:
    """Show a card with a question and the menu of its evidence; fill it in a block."""
    with st.container(border=True, height="stretch"):
        with st.container(
            horizontal=True,
            wrap=False,
            horizontal_alignment="distribute",
            vertical_alignment="center",
        ):
            st.subheader(literal(question), anchor=False)
            with st.container(width="content"):
                evidence(answer, view, key=question)
        yield


@st.fragment  # opening it does not run the page again
def evidence(answer: Answer, view: View, *, key: str = "") -> None:
    """Show the menu of an answer: its table, CSV, SQL with values and time, and link.

    Args:
        answer: The answer.
        view: The chosen filters.
        key: A unique key, for an answer that a page shows twice.
    """
    name = f"{answer.name}-{key}"
    with st.popover(
        "Data", type="tertiary", on_change="rerun", key=f"{name}-evidence"
    ) as shown:
        if not shown.open:
            return
        table, text, address = st.tabs(["Table", "SQL", "Link"])
        with table:
            st.dataframe(
                in_words(answer.rows),
                hide_index=True,
                alt=answer.asked,
                placeholder="–",
            )
            st.download_button(
                "CSV",
                spreadsheet(in_words(answer.rows)),
                csv_name(answer),
                "text/csv",
                key=f"{name}-csv",
                on_click="ignore",
                icon=":material/download:",
            )
        with text:
            caption(literal(answer.question))
            st.code(answer.text, language="sql")
            values = [
                sql_items(value) if isinstance(value, tuple) else str(value)
                for value in answer.values.values()
            ]
            st.dataframe(pd.DataFrame({"value": values}, index=list(answer.values)))
            caption(f"{answer.seconds * 1000:,.0f} ms in the warehouse")
        with address:
            show_links(view.period, view.earlier)


def figures_row(
    figures: Iterable[tuple[str, str, str | None]],
    meanings: Mapping[str, str] = MappingProxyType({}),
) -> None:
    """Show figures side by side, equally high, which together fill the row.

    Args:
        figures: The label, the figure and its change, or None, of each.
        meanings: What some of them mean, by their labels.
    """
    with st.container(horizontal=True, gap="small"):
        for label, figure, change in figures:
            st.metric(
                label,
                figure,
                change,
                help=meanings.get(label),
                border=True,
                height="stretch",
            )


def place_pair(
    left_rows: int, right_rows: int, *, widths: tuple[int, int] = (1, 1)
) -> Sequence[DeltaGenerator]:
    """Return where two cards stand: side by side, if neither is then a third empty.

    Args:
        left_rows: The rows of the card at the left, or above.
        right_rows: The rows of the other card.
        widths: Their widths, if they stand side by side.

    Returns:
        Two columns, or else one place below the other.
    """
    least, most = sorted(CARD_ROWS + rows for rows in (left_rows, right_rows))
    if least > most * 2 / 3:
        return st.columns(widths)
    return st.container(), st.container()


def csv_name(answer: Answer) -> str:
    """Return the name of an answer's file, with its first and its last day."""
    if "start_time" not in answer.values:
        return f"{answer.name}.csv"
    last = answer.values["end_time"] - timedelta(days=1)
    return f"{answer.name}_{answer.values['start_time']:%Y-%m-%d}_{last:%Y-%m-%d}.csv"


def in_words(rows: pd.DataFrame) -> pd.DataFrame:
    """Return a table with words: heads such as "Play date", and yes and no."""
    named = rows.copy()
    for name in rows.select_dtypes(bool):
        named[name] = rows[name].map({True: "yes", False: "no"})
    return named.rename(columns=lambda name: str(name).replace("_", " ").capitalize())


def is_empty(view: View, plays: int, what: str = "No song was played") -> bool:
    """Return whether there are no plays; if so, show a note and a reset button.

    Args:
        view: The chosen filters.
        plays: The number of plays.
        what: What the note says of no plays.
    """
    if plays:
        return False
    if not view.data.days:
        st.info("There is no play yet: the star is empty.", icon=":material/inbox:")
        return True
    st.info(
        f"{what}: {view.label}. The data goes from {view.data}.",
        icon=":material/filter_alt_off:",
    )
    st.button("Reset filters", key="reset-empty", on_click=reset)
    return True
