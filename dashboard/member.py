"""What the pages of a song and of an artist share: they are opened by their link."""

from functools import partial

import pandas as pd
import streamlit as st
from streamlit.delta_generator import DeltaGenerator

from dashboard.cards import card, chart, draw, figures_row, is_empty, place_pair
from dashboard.clicks import PICKED, chart_key
from dashboard.filters import LEAST_LISTENERS
from dashboard.ranking import figures, name_clicked, open_named
from dashboard.ranks import by_day, values_of, weeks_note, without_titles
from dashboard.star import ahead, report
from dashboard.text import caption, literal
from dashboard.view import View
from sparkify import charts
from sparkify.charts.rankings import ROW
from sparkify.charts.style import HEIGHT
from sparkify.reports import numbers, zones
from sparkify.reports.milestones import best_week, day_of_play
from sparkify.reports.report import Answer, Filters
from sparkify.reports.trends import (
    cut_weeks,
    fill_days,
    last_weeks,
    mark_weeks,
)

TOP = 8


def named(*keys: str) -> dict[str, str] | None:
    """Return the names in the link; show a note and return None if one is missing."""
    open_named()
    names = {key: st.query_params.get(key, "") for key in keys}
    if all(names.values()):
        return names
    st.info("The link names nothing; click a name in a ranking.")
    return None


def listening(view: View, kind: str, names: dict[str, str]) -> int:
    """Show the figures, the days and the hours of a song or an artist.

    Args:
        view: The chosen filters.
        kind: `song` or `artist`.
        names: The names in the link.

    Returns:
        How often it was played; if never, a note is shown, also if the star does not
        hold it.
    """
    member = {"title": ""} | names
    values = {"least_listeners": LEAST_LISTENERS, "top": TOP} | member
    neighbours_of = partial(report, "member_neighbours", view.filters, **values)
    weeks = last_weeks(view.filters)
    ranks_of = partial(report, "member_ranks", weeks, **values_of([member]))
    ahead(neighbours_of, ranks_of)
    detail = report(f"{kind}_detail", view.filters, **names).rows
    if detail.empty:
        words = " · ".join(names.values())
        st.info(f"The star holds no {kind} of this name: {literal(words)}.")
        return 0
    before = None
    if view.before:
        before = report(f"{kind}_detail", view.before, **names).rows.iloc[0]
    ever = by_day(Filters(view.data.start, view.data.end), member).rows
    figures(detail.iloc[0], before, ever)
    milestones(ever, _facts(detail.iloc[0]) if kind == "song" else "")
    plays = int(detail["plays"].iloc[0])
    if is_empty(view, plays, f"The {kind} was not played"):
        return 0
    n = numbers.counted(plays, "play")
    days = by_day(view.filters, member)
    rows = fill_days(days.rows, view.filters, view.data)
    before_rows = rows.head(0)
    if view.before:
        earlier = by_day(view.before, member).rows
        before_rows = fill_days(earlier, view.before, view.data)
    left, right = st.columns([2, 1])
    with left:
        drawn = draw(charts.trend, rows, before_rows, "How much is played each day?")
        chart(drawn, view, days, unit="plays a day", n=n)
    with right:
        hours = report(f"{kind}_by_slot", view.filters, **names)
        clock = zones.by_hour(hours.rows, view.zone)
        drawn = draw(charts.hours, clock, "At which hours?", zone=view.zone)
        chart(drawn, view, hours, unit="plays in an hour of the day", n=n)
    neighbours = neighbours_of()
    left, right = place_pair(TOP, len(neighbours.rows))
    with left:
        ranks = without_titles(ranks_of(), kind)
        _ranks(view, kind, ranks, max(HEIGHT, len(neighbours.rows) * ROW))
    with right:
        _neighbours(view, kind, member, neighbours)
    return plays


def places(view: View, names: dict[str, str], rows: int, plays: int) -> DeltaGenerator:
    """Show where a song or an artist is played.

    Args:
        view: The chosen filters.
        names: The names in the link.
        rows: The rows of the card that comes next.
        plays: How often it was played.

    Returns:
        Where the next card stands: beside this one, or below it.
    """
    least = {"title": "", "least_listeners": LEAST_LISTENERS}
    answer = report("member_places", view.filters, **(least | names))
    left, right = place_pair(len(answer.rows.head(TOP)), rows)
    with left:
        _places(view, answer, plays)
    return right


def count_songs(songs: Answer) -> str:
    """Return how many plays of how many of an artist's songs there are, in words."""
    plays = numbers.counted(songs.rows["plays"].sum(), "play")
    return f"{plays} of {numbers.counted(len(songs.rows), 'song')}"


def milestones(ever: pd.DataFrame, facts: str) -> None:
    """Show the days of the 10th and the 25th play and the best week.

    Args:
        ever: The plays of each day that has some, of all days.
        facts: What else is known of it, in a sentence; may be empty.
    """
    weeks = best_week(ever)
    shown = {
        f"{number}th play": numbers.full_day(day_of_play(ever, number), "not yet")
        for number in (10, 25)
    }
    shown["Best week, from"] = numbers.full_day(weeks[0] if weeks else None, "none")
    shown["Plays in it"] = numbers.count(weeks[1]) if weeks else "0"
    figures_row((name, value, None) for name, value in shown.items())
    caption(
        f"{facts} The milestones, and the first and last play, are of all days, "
        "levels, places and devices."
    )


def _ranks(view: View, kind: str, answer: Answer, height: int) -> None:
    if answer.rows.empty:
        return
    weeks = mark_weeks(answer.rows, view.period, view.data)
    chart(
        draw(charts.ranks, weeks, "Which rank has it each week?", height=height),
        view,
        answer,
        unit=f"rank among the {kind}s of a week",
        n=numbers.counted(len(weeks), "week"),
        note=f"{weeks_note(view)}{cut_weeks(weeks)}",
    )


def _facts(song: pd.Series) -> str:
    """Return in words what the catalogue holds of a song.

    Args:
        song: The row of `song_detail`.
    """
    length = "" if pd.isna(song["duration"]) else numbers.length(song["duration"])
    if not song["is_in_catalogue"]:
        known = f", which its plays say is {length} long" if length else ""
        return f"The catalogue lacks this song{known}."
    year = "an unknown year" if pd.isna(song["year"]) else f"{song['year']:.0f}"
    known = f", {length} long" if length else ""
    return f"In the catalogue: from {year}{known}."


def _places(view: View, answer: Answer, plays: int) -> None:
    question = "Where is it played?"
    rows = answer.rows.head(TOP)
    first = f"The first {TOP}" if len(answer.rows) > TOP else "Only"
    if rows.empty:
        with card(question, answer, view):
            caption(f"No place has {LEAST_LISTENERS} listeners or more.")
        return
    chart(
        draw(charts.bars, rows, "location", question),
        view,
        answer,
        unit="plays",
        n=f"{rows['plays'].sum():,} of {numbers.counted(plays, 'play')}",
        note=f"{first} places with at least {LEAST_LISTENERS} listeners.",
    )


def _neighbours(view: View, kind: str, member: dict[str, str], answer: Answer) -> None:
    question = "What else do the same people play?"
    if answer.rows.empty:
        with card(question, answer, view):
            caption(f"No artist shares {LEAST_LISTENERS} listeners or more with it.")
        return
    key = f"{chart_key('neighbours', view)}-{kind}-{member['artist']}"
    chart(
        draw(
            charts.bars,
            answer.rows,
            "artist",
            question,
            figure="listeners",
            selection=PICKED,
        ),
        view,
        answer,
        unit="listeners whom it shares",
        n=numbers.counted(len(answer.rows), "artist"),
        note="A click on a bar opens the artist.",
        on_select=partial(name_clicked, key, "artist"),
        key=key,
    )
