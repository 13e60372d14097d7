"""The controls, the table and the figures of the pages of songs and artists."""

from dataclasses import dataclass

import pandas as pd
import streamlit as st

from dashboard.cards import chart, draw, evidence
from dashboard.filters import View
from dashboard.star import rank
from sparkify import charts
from sparkify.reports.report import Answer
from sparkify.reports.trends import gini

SIZES = (10, 25, 50, 100)


@dataclass(frozen=True)
class Choice:
    """The chosen controls of a ranking.

    Attributes:
        top: The number of rows.
        search: Text that a name must contain.
        is_catalogue_only: Whether to count only the plays of catalogue songs.
    """

    top: int
    search: str
    is_catalogue_only: bool


def controls(page: str) -> Choice:
    """Show the controls of a ranking: search, length and catalogue only."""
    search, size, catalogue = st.columns([3, 4, 2], vertical_alignment="bottom")
    return Choice(
        search=search.text_input(
            "Search",
            key=f"{page}-search",
            placeholder="a title or a name",
            icon=":material/search:",
            persist_state="session",
        )
        or "",
        top=size.segmented_control(
            "Show",
            SIZES,
            default=SIZES[0],
            required=True,
            format_func=lambda size: f"Top {size}",
            key=f"{page}-top",
            persist_state="session",
        )
        or SIZES[0],
        is_catalogue_only=catalogue.toggle(
            "Catalogue only",
            key=f"{page}-catalogue",
            help="Leave out songs that are known from plays alone",
            persist_state="session",
        ),
    )


def rank_members(name: str, view: View, choice: Choice) -> Answer:
    """Run a ranking with the chosen controls."""
    return rank(
        name,
        view.filters,
        top=choice.top,
        before=view.before,
        search=choice.search,
        is_catalogue_only=choice.is_catalogue_only,
    )


def table(answer: Answer, view: View, columns: list[str], key: str) -> pd.Series | None:
    """Show a ranking, and return the row that was clicked.

    Args:
        answer: The ranking.
        view: The chosen filters.
        columns: The columns to show after the rank and its change.
        key: The widget's key.
    """
    rows = answer.rows
    if rows.empty:
        st.info(
            "No name here contains that; try a part of it.",
            icon=":material/search_off:",
        )
        return None
    with st.container(border=True):
        shown = rows.assign(change=[_change(row) for _, row in rows.iterrows()])
        event = st.dataframe(
            shown,
            column_order=["play_rank", "change", *columns],
            column_config={
                "play_rank": st.column_config.NumberColumn("Rank", width="small"),
                "change": st.column_config.TextColumn(
                    "Change", width="small", help="Ranks won since the period before"
                ),
                "title": "Song",
                "artist": "Artist",
                "plays": st.column_config.NumberColumn("Plays", format="localized"),
                "share": st.column_config.ProgressColumn(
                    "Share",
                    format="percent",
                    min_value=0.0,
                    max_value=float(rows["share"].max()),
                ),
                "listeners": st.column_config.NumberColumn(
                    "Listeners", format="localized"
                ),
                "songs": st.column_config.NumberColumn("Songs", format="localized"),
                "is_in_catalogue": st.column_config.CheckboxColumn("Catalogue"),
            },
            hide_index=True,
            height="content" if len(rows) <= SIZES[0] else 500,
            on_select="rerun",
            selection_mode="single-row",
            key=key,
            alt=answer.question,
        )
        st.caption(f"plays · {view.label} · click a row for its detail")
        evidence(answer)
    chosen = event["selection"]["rows"]
    return rows.iloc[chosen[0]] if chosen and chosen[0] < len(rows) else None


def figures(detail: pd.Series) -> None:
    """Show the first and last play, the plays and the listeners of a song or artist."""
    first, last, plays, listeners = st.columns(4)
    first.metric("First play", f"{detail['first_play']:%-d %b %Y}")
    last.metric("Last play", f"{detail['last_play']:%-d %b %Y}")
    plays.metric("Plays", f"{detail['plays']:,}")
    listeners.metric("Listeners", f"{detail['listeners']:,}")


def concentration(curve: Answer, view: View) -> None:
    """Show the distribution of plays, with the share of the top ten."""
    total = curve.rows.iloc[0]
    share = total["top_ten_plays"] / total["plays"]
    title = f"The top ten have {share:.1%} (Gini {gini(curve.rows):.2f})"
    chart(draw(charts.lorenz, curve.rows, title), view, curve, "share of plays")


def _change(row: pd.Series) -> str:
    if pd.isna(row["before_rank"]):
        return "NEW"
    won = int(row["before_rank"] - row["play_rank"])
    return f"▲ {won}" if won > 0 else f"▼ {-won}" if won < 0 else "="
