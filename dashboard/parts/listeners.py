"""Cards of Listeners: who is new, who comes back, and who changes the level."""

from dataclasses import replace
from functools import partial

import pandas as pd
import streamlit as st

from dashboard.cards import card, chart, draw, figures_row, in_words, place_pair
from dashboard.clicks import PICKED, chart_key, week_clicked
from dashboard.star import report
from dashboard.text import caption
from dashboard.view import View
from sparkify import charts
from sparkify.reports import numbers
from sparkify.reports.report import ALL
from sparkify.reports.trends import changes_by_week, cut_weeks, mark_weeks

MOST_DAYS_SHOWN = 7  # without scrolling
WEEKS_ROWS = 6  # of a table that is as high as a chart of weeks
MOVES = {
    "free_only": "Free only",
    "paid_only": "Paid only",
    "upgraded": "Upgraded",
    "downgraded": "Downgraded",
    "returned": "Changed and came back",
}
KINDS = {
    "returning_listeners": "returning",
    "new_listeners": "new",
    "early_listeners": "unknown",
}


def moves(view: View) -> None:
    """Show how many listeners change their level, whichever is chosen."""
    moved = report("conversion", replace(view.filters, level=ALL))
    with card("How many change their level?", moved, view):
        counts = moved.rows.iloc[0]
        figures_row(
            (label, numbers.count(counts[name]), None) for name, label in MOVES.items()
        )
        number = numbers.counted(counts["listeners"], "listener")
        caption(f"listeners, each in one of them · n = {number}{_whichever(view)}")


def new_listeners(view: View, listeners: str) -> None:
    """Show the new and the returning listeners of each week.

    Args:
        view: The chosen filters.
        listeners: The number of all listeners, in words.
    """
    answer = report("listeners_by_week", view.filters)
    weeks = mark_weeks(answer.rows, view.period, view.data)
    kinds = {name: KINDS[name] for name in KINDS if weeks[name].any()}
    question = "How many are new each week?"
    key = chart_key("new", view)
    drawn = draw(
        charts.stacked_weeks,
        weeks,
        kinds,
        question,
        unit="listeners",
        selection=PICKED,
    )
    note = f"Who listens in several weeks counts in each. {cut_weeks(weeks)}"
    if "early_listeners" in kinds:
        note += " In the first week of the data, nobody knows who is new."
    chart(
        drawn,
        view,
        answer,
        unit="listeners a week",
        n=listeners,
        note=f"{note} A click on a week zooms to it.",
        on_select=partial(week_clicked, key, view),
        key=key,
    )


def retention(view: View) -> None:
    """Show which part of those who began in a week comes back in the weeks after."""
    cohorts = report("retention", view.filters)
    if cohorts.rows.empty:
        st.info("Nobody who listened in this period began within its weeks.")
        return
    began = pd.to_datetime(cohorts.rows["cohort_week"])
    ends = began + pd.to_timedelta(7 * (cohorts.rows["week_number"] + 1), unit="D")
    is_over = ends <= pd.Timestamp(view.data.end)
    is_early = began.dt.date <= view.data.start
    rows = cohorts.rows.assign(is_early=is_early, is_over=is_over)
    open_weeks = "" if is_over.all() else " In brackets: weeks that are not over."
    sizes = rows.drop_duplicates("cohort_week")["cohort_size"].sum()
    chart(
        draw(charts.retention, rows, "Do they come back in the weeks after?"),
        view,
        cohorts,
        unit="share of those who began in a week",
        n=f"{sizes:,} listeners",
        note=f"Weeks count with their days outside the period.{open_weeks}",
    )


def level_changes(view: View) -> None:
    """Show when listeners change their level: by week, and the days."""
    changes = report("level_changes", replace(view.filters, level=ALL))
    by_week = changes_by_week(changes.rows, view.period, view.data)
    days = changes.rows.assign(change_date=pd.to_datetime(changes.rows["change_date"]))
    question = "When do they change their level?"
    if days.empty:
        with card(question, changes, view):
            caption("Nobody changed the level on these days.")
        return
    left, right = place_pair(WEEKS_ROWS, min(len(days), MOST_DAYS_SHOWN), widths=(2, 1))
    with left:
        kinds = {"upgrades": "upgrades", "downgrades": "downgrades"}
        drawn = draw(charts.stacked_weeks, by_week, kinds, question, unit="changes")
        number = " and ".join(
            numbers.counted(changes.rows[kind].sum(), kind[:-1]) for kind in kinds
        )
        chart(
            drawn,
            view,
            changes,
            unit="changes a week",
            n=f"{number}{_whichever(view)}",
            note=f"A listener can change more than once. {cut_weeks(by_week)}",
        )
    with right, card("On which days?", changes, view):
        st.dataframe(
            in_words(days),
            hide_index=True,
            height="content" if len(days) <= MOST_DAYS_SHOWN else 250,
            alt=changes.asked,
            column_config={
                "Change date": st.column_config.DateColumn("Day", format="D MMM YYYY")
            },
        )
        whole = numbers.counted(len(days), "day")
        caption(f"changes a day, UTC · n = {whole} with a change")


def _whichever(view: View) -> str:
    return "" if view.filters.level == ALL else ", whichever level is chosen"
