"""What the pages of a song and of an artist share: they are opened by their link."""

import streamlit as st

from dashboard.cards import chart, draw
from dashboard.ranking import figures
from dashboard.star import report
from dashboard.text import literal
from dashboard.view import UTC, View
from sparkify import charts
from sparkify.reports import zones
from sparkify.reports.trends import fill_days


def named(*keys: str) -> dict[str, str] | None:
    """Return the names in the link; show a note and return None if one is missing."""
    names = {key: st.query_params.get(key, "") for key in keys}
    if all(names.values()):
        return names
    st.info("The link names nothing; click a name in a ranking.")
    return None


def listening(view: View, kind: str, names: dict[str, str]) -> bool:
    """Show the figures, the days and the hours of a song or an artist.

    Args:
        view: The chosen filters.
        kind: `song` or `artist`.
        names: The names in the link.

    Returns:
        Whether the star holds it; else a note is shown.
    """
    detail = report(f"{kind}_detail", view.filters, **names).rows
    if detail.empty:
        words = " · ".join(names.values())
        st.info(f"The star holds no {kind} of this name: {literal(words)}.")
        return False
    figures(detail.iloc[0])
    n = f"{detail['plays'].iloc[0]:,} plays"
    days = report(f"{kind}_by_day", view.filters, **names)
    rows = fill_days(days.rows, view.filters, view.data)
    before = rows.head(0)
    if view.before:
        earlier = report(f"{kind}_by_day", view.before, **names).rows
        before = fill_days(earlier, view.before, view.data)
    left, right = st.columns([2, 1])
    with left:
        drawn = draw(charts.trend, rows, before, "How much is played each day?")
        chart(drawn, view, days, unit="plays a day", n=n)
    with right:
        hours = report(f"{kind}_by_slot", view.filters, **names)
        clock = zones.by_hour(hours.rows, view.zone or UTC)
        drawn = draw(charts.hours, clock, "At which hours?", zone=view.zone)
        chart(drawn, view, hours, unit="plays in an hour of the day", n=n)
    return True
