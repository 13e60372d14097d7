"""How the plays are distributed over songs or artists, and over decades."""

import streamlit as st

from dashboard.cards import chart, draw
from dashboard.view import View
from sparkify import charts
from sparkify.reports import numbers
from sparkify.reports.report import Answer
from sparkify.reports.trends import gini

TOP_TEN, GINI = "Top ten have", "Gini"


def concentration(curve: Answer) -> dict[str, str]:
    """Return the share of the first ten and the Gini coefficient, by their labels.

    Args:
        curve: The answer of `song_concentration` or `artist_concentration`.
    """
    total = curve.rows.iloc[0]
    share = numbers.share(total["top_ten_plays"] / total["plays"])
    return {TOP_TEN: share, GINI: f"{gini(curve.rows):.2f}"}


def meanings(curve: Answer, of: str) -> dict[str, str]:
    """Return what the figures of `concentration` mean, and of what they are.

    Args:
        curve: As of `concentration`.
        of: What the plays are distributed over: `songs` or `artists`.
    """
    total = curve.rows.iloc[0]
    number = numbers.counted(total["item_count"], of[:-1])
    plays = numbers.counted(total["plays"], "play")
    n = f"Of {plays} of {number}. The search does not change it."
    scale = f"0 if all {of} have equally many plays, nearly 1 if one has all."
    return {TOP_TEN: n, GINI: f"{scale} {n}"}


def show(curve: Answer, decades: Answer, view: View, of: str) -> None:
    """Show from which decades the songs are, and the curve of the concentration.

    Args:
        curve: As of `concentration`.
        decades: The answer of `songs_by_decade`.
        view: The chosen filters.
        of: What the plays are distributed over: `songs` or `artists`.
    """
    left, right = st.columns([2, 1])
    with left:
        _decades(decades, view)
    with right:
        _curve(curve, view, of)


def _decades(answer: Answer, view: View) -> None:
    is_known = answer.rows["decade"].notna()
    plays, unknown = (
        answer.rows.loc[rows, "plays"].sum() for rows in (is_known, ~is_known)
    )
    chart(
        draw(charts.decades, answer.rows, "From which decades are the songs?"),
        view,
        answer,
        unit="plays",
        n=f"{plays:,} plays",
        note=f"The year of {unknown:,} more plays is unknown." if unknown else "",
    )


def _curve(answer: Answer, view: View, of: str) -> None:
    total = answer.rows.iloc[0]
    figures = concentration(answer)
    question = f"Do few {of} have most plays?"
    chart(
        draw(charts.lorenz, answer.rows, question, items=of),
        view,
        answer,
        unit="share of plays",
        n=f"{total['item_count']:,.0f} {of}, {total['plays']:,.0f} plays",
        note=f"The top ten have {figures[TOP_TEN]} (Gini {figures[GINI]}).",
    )
