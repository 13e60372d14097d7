"""Cards of the overview: its figures, what changed, the hours and the rankings."""

from functools import partial

import pandas as pd
import streamlit as st

from dashboard.cards import chart, draw
from dashboard.clicks import PICKED, chart_key
from dashboard.ranking import name_clicked
from dashboard.star import report
from dashboard.steps import of_hours
from dashboard.view import View
from sparkify import charts
from sparkify.charts.style import HEIGHT
from sparkify.reports import metrics
from sparkify.reports.report import Answer, Filters

TOP = 5
RANKINGS = {"songs": charts.top_songs, "artists": charts.top_artists}
FIGURE_HEIGHT, TREND_HEIGHT = 176, 330  # pixels; both stand above the fold
CHANGE_HEIGHT = 26  # pixels of the change in a figure
GAP = float("nan")  # a step outside the data, or a share of no plays, is no zero


def figures(now: pd.Series, before: pd.Series | None, rows: pd.DataFrame) -> None:
    """Show the figures, each with its change and its course.

    Args:
        now: The row of `overview`.
        before: That of the earlier period; None if it cannot be compared.
        rows: The rows of `overview` by day, hour or week.
    """
    each = rows.to_dict("records")
    height = FIGURE_HEIGHT - (CHANGE_HEIGHT if before is None else 0)
    with st.container(horizontal=True, gap="small", key="figures"):
        for metric in metrics.METRICS:
            value = metric.of(now)
            st.metric(
                metric.name,
                metric.written(value),
                metric.change(value, None if before is None else metric.of(before)),
                help=f"{metric.sentence} {metric.formula}",
                border=True,
                width=169,
                height=height,
                chart_data=[
                    GAP if (of := metric.of(step)) is None else of for step in each
                ],
                chart_type="area",
            )


def changes_of(view: View, before: Filters) -> Answer:
    """Return the artists that gained most plays and those that lost most."""
    values = before.values()
    return report(
        "artist_changes",
        view.filters,
        top=TOP,
        before_start_time=values["start_time"],
        before_end_time=values["end_time"],
    )


def what_changed(view: View, changes: Answer) -> None:
    """Show the artists that gained most plays and those that lost most."""
    key = chart_key("changes", view)
    question = "What changed?"
    drawn = draw(charts.changes, changes.rows, "artist", question, selection=PICKED)
    chart(
        drawn,
        view,
        changes,
        unit="plays more or less than before",
        n=f"{len(changes.rows)} artists",
        on_select=partial(name_clicked, key, "artist"),
        key=key,
    )


def clock(view: View, plays: str) -> None:
    """Show the plays of each hour of the day."""
    answer, hours = of_hours(view)
    question = "At which hours of the day?"
    height = HEIGHT if view.before else TREND_HEIGHT
    drawn = draw(charts.hours, hours, question, zone=view.zone, height=height)
    chart(drawn, view, answer, unit="plays in an hour of the day", n=plays)


def ranking(name: str, answer: Answer, view: View, plays: str) -> None:
    """Show the songs or the artists that are played most.

    Args:
        name: `songs` or `artists`.
        answer: The ranking.
        view: The chosen filters.
        plays: The number of all plays, in words.
    """
    key = chart_key(name, view)
    question = f"Which {name} are played most?"
    chart(
        draw(RANKINGS[name], answer.rows, question, selection=PICKED),
        view,
        answer,
        unit="plays",
        n=f"{answer.rows['plays'].sum():,} of {plays}",
        note="A click on a bar opens it.",
        on_select=partial(name_clicked, key, name.removesuffix("s")),
        key=key,
    )
