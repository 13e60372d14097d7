"""The card of the evenings: do they grow from week to week?"""

from dashboard.cards import card, chart, draw
from dashboard.steps import evenings
from dashboard.text import caption
from dashboard.view import View
from sparkify import charts
from sparkify.reports import numbers
from sparkify.reports.evenings import growth


def growth_of_evenings(view: View, weekday: str | None, height: int) -> None:
    """Show the plays of an average evening, week by week.

    Args:
        view: The chosen filters.
        weekday: The weekday to count; Monday to Friday if None.
        height: The height of the plot in pixels.
    """
    slots, weeks = evenings(view, weekday)
    whose = f"{weekday} evenings" if weekday else "the evenings of Monday to Friday"
    question = f"Do {whose} grow?"
    if weeks.empty:
        with card(question, slots, view):
            of = weekday or "Monday to Friday"
            caption(f"These days hold no whole evening of {of}.")
        return
    drawn = draw(
        charts.stacked_weeks,
        weeks,
        {"plays_per_evening": "evenings"},
        question,
        unit="plays an evening",
        height=height,
    )
    number = numbers.counted(weeks["evenings"].sum(), "evening")
    total = f"{numbers.counted(weeks['plays'].sum(), 'play')} of {number}"
    cut = weeks[~weeks["is_whole"]]
    named = [
        f"{numbers.day(monday)} ({numbers.counted(count, 'evening')})"
        for monday, count in zip(cut["week_start"], cut["evenings"], strict=True)
    ]
    pale = f"Pale: weeks that are cut, from {', '.join(named)}. " if named else ""
    note = f"{growth(weeks)} {pale}Choose a weekday above."
    unit = f"plays from 18 to 24 o'clock, {view.zone}"
    chart(drawn, view, slots, unit=unit, n=total, note=note)
