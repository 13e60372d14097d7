"""Who listens, and do they come back?"""

from functools import partial

import pandas as pd
import streamlit as st

from dashboard.cards import (
    card,
    chart,
    draw,
    figures_row,
    in_words,
    is_empty,
    place_pair,
)
from dashboard.clicks import PICKED, chart_key, level_clicked, week_clicked
from dashboard.filters import title
from dashboard.star import report
from dashboard.text import caption
from dashboard.view import View
from sparkify import charts
from sparkify.reports import numbers
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

view: View = st.session_state["view"]
title(view, "Who listens, and do they come back?")
now = report("overview", view.filters).rows.iloc[0]
if is_empty(view, now["plays"]):
    st.stop()
listeners, plays = f"{now['listeners']:,} listeners", f"{now['plays']:,} plays"

moved = report("conversion", view.filters)
with card("How many change their level?", moved, view):
    counts = moved.rows.iloc[0]
    figures_row(
        (label, numbers.count(counts[name]), None) for name, label in MOVES.items()
    )
    caption(f"listeners, each in one of them · n = {listeners}")

left, right = st.columns(2)
with left:
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
with right:
    cohorts = report("retention", view.filters)
    if cohorts.rows.empty:
        st.info("Nobody who listened in this period began within its weeks.")
    else:
        began = pd.to_datetime(cohorts.rows["cohort_week"])
        rows = cohorts.rows.assign(is_early=began.dt.date <= view.data.start)
        sizes = rows.drop_duplicates("cohort_week")["cohort_size"].sum()
        chart(
            draw(charts.retention, rows, "Do they come back in the weeks after?"),
            view,
            cohorts,
            unit="share of those who began in a week",
            n=f"{sizes:,} listeners",
            note="Weeks count as a whole; the last may not be over.",
        )
changes = report("level_changes", view.filters)
by_week = changes_by_week(changes.rows, view.period, view.data)
days = changes.rows.assign(change_date=pd.to_datetime(changes.rows["change_date"]))
question = "When do they change their level?"
if days.empty:
    with card(question, changes, view):
        caption("Nobody changed the level on these days.")
else:
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
            n=number,
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
left, right = st.columns(2)
with left:
    spread = report("plays_per_listener", view.filters)
    question = "How much does one listen?"
    drawn = draw(charts.bins, spread.rows, "listeners", question, unit="plays")
    chart(drawn, view, spread, unit="listeners", n=listeners)
with right:
    genders = report("gender_by_level", view.filters)
    both = genders.rows.drop_duplicates("gender")["both_levels"].sum()
    key = chart_key("genders", view)
    question = "Who listens at which level?"
    chart(
        draw(charts.genders, genders.rows, question, selection=PICKED),
        view,
        genders,
        unit="listeners",
        n=listeners,
        note=f"{both:,} played at both levels and count twice." if both else "",
        on_select=partial(level_clicked, key),
        key=key,
    )
answer = report("levels_by_week", view.filters)
levels = mark_weeks(answer.rows, view.period, view.data)
names = {"paid_plays": "paid", "free_plays": "free"}
question = "How much is played paid, how much free?"
drawn = draw(charts.stacked_weeks, levels, names, question, unit="plays")
chart(drawn, view, answer, unit="plays a week", n=plays, note=cut_weeks(levels))
