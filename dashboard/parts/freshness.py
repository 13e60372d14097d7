"""The figures of Data health: how much is matched, and how fresh the star is."""

from datetime import UTC, datetime
from functools import partial

import streamlit as st

from dashboard.star import report
from dashboard.view import View
from sparkify.reports import metrics, numbers

TIMESTAMP = "%-d %b %Y, %H:%M UTC"
figure = partial(st.metric, border=True, height="stretch")


def match_rate(view: View) -> None:
    """Show which part of the plays the catalogue holds, and its change."""
    metric = metrics.MATCH_RATE
    value, before = (
        None if filters is None else metric.of(report("overview", filters).rows.iloc[0])
        for filters in (view.filters, view.before)
    )
    figure(
        metric.name,
        metric.written(value),
        metric.change(value, before),
        help=f"{metric.sentence} {metric.formula}",
    )


def latest_play(view: View) -> None:
    """Show the day of the last play, of all days, levels, places and devices."""
    last = report("data_range").rows["last_play"].iloc[0]
    figure(
        "Latest play",
        f"{last:%-d %b %Y}" if view.data.days else "none",
        help=f"{last:{TIMESTAMP}}; the data has plays from {view.data}."
        if view.data.days
        else None,
    )


def last_load() -> None:
    """Show when the star was built, and how many records are in quarantine."""
    rows = report("last_load").rows
    if rows.empty:
        figure("Loaded", "never")
        return
    load = rows.iloc[0]
    figure(
        "Loaded",
        numbers.age(load["ended_at"], datetime.now(UTC).replace(tzinfo=None)),
        help=f"{load['ended_at']:{TIMESTAMP}}, by the run {load['run_id']}.",
    )
    figure(
        "In quarantine",
        numbers.count(load["records_quarantined"]),
        f"of {numbers.counted(load['records_read'], 'record')} read",
        delta_color="off",
        delta_arrow="off",
        help="Raw records that break a rule, such as a line that is no JSON.",
    )
