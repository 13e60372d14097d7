"""The plays of songs and artists from day to day, and their ranks from week to week."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from functools import partial
from typing import Any

import pandas as pd

from dashboard.cards import chart, draw
from dashboard.star import ahead, report
from dashboard.view import View
from sparkify import charts
from sparkify.reports import numbers
from sparkify.reports.report import ALL, Answer, Filters
from sparkify.reports.trends import (
    MOST_WEEKS,
    cut_weeks,
    last_weeks,
    mark_weeks,
    member_steps,
)

BUMP_HEIGHT = 252  # pixels, with the figures above as high as ten rows of a table
BUMP_LINES = 8
NAMES = {"song": ["title", "artist"], "artist": ["artist"]}  # what names a row


def values_of(
    names: Sequence[Mapping[str, str]], catalogue: str = ALL
) -> dict[str, Any]:
    """Return the values that a report on some songs or artists binds.

    Args:
        names: The `title`, of a song only, and the `artist` of each; at least one.
        catalogue: `catalogue` to count only the plays of its songs.
    """
    return {
        "titles": tuple(name.get("title", "") for name in names),
        "artists": tuple(name["artist"] for name in names),
        "catalogue": catalogue,
    }


def by_day(filters: Filters, member: Mapping[str, str]) -> Answer:
    """Return the plays of one song or artist on each day that has some.

    Args:
        filters: The filters.
        member: The `title`, of a song only, and the `artist`.
    """
    answer = report("members_by_day", filters, **values_of([member]))
    return replace(answer, rows=answer.rows[["play_date", "plays"]])


def days_and_weeks(
    rows: pd.DataFrame, view: View, page: str, catalogue: str
) -> tuple[Answer, Callable[[], Answer]]:
    """Begin to ask for the weeks of a ranking's first rows, and ask for all its days.

    Args:
        rows: The rows of the ranking; at least one.
        view: The chosen filters.
        page: The page of a name: `song` or `artist`.
        catalogue: `catalogue` to count only the plays of its songs.
    """
    keys = NAMES[page]
    cells = rows[keys].itertuples(index=False, name=None)
    names = [dict(zip(keys, each, strict=True)) for each in cells]
    first = values_of(names[:BUMP_LINES], catalogue)
    weeks = partial(report, "member_ranks", last_weeks(view.filters), **first)
    ahead(weeks)
    days = report("members_by_day", view.filters, **values_of(names, catalogue))
    return days, weeks


def steps(rows: pd.DataFrame, days: Answer, view: View) -> tuple[str, pd.Series]:
    """Return the plays of each row of a ranking, by days or by weeks.

    Args:
        rows: The rows of the ranking.
        days: The days of these rows, from `members_by_day`.
        view: The chosen filters.

    Returns:
        What a step is, `day` or `week`, and for each row the list of its plays.
    """
    grain, found = member_steps(days.rows, view.period, view.data)
    titles = rows["title"] if "title" in rows else [""] * len(rows)
    drawn = [found[names] for names in zip(titles, rows["artist"], strict=True)]
    return grain, pd.Series(drawn, rows.index)


def without_titles(answer: Answer, page: str) -> Answer:
    """Return an answer on artists without its titles, which are empty.

    Args:
        answer: The answer of `member_ranks`.
        page: The page of a name: `song` or `artist`.
    """
    if page == "song":
        return answer
    return replace(answer, rows=answer.rows.drop(columns="title"))


def weeks_note(view: View) -> str:
    """Return what is to be said of ranks by week, with a space at the end."""
    is_cut = last_weeks(view.filters) != view.filters
    last = f"The last {MOST_WEEKS} weeks. " if is_cut else ""
    return f"{last}A week without a play has no rank. "


def bump(rows: pd.DataFrame, weeks: Answer, view: View, page: str) -> None:
    """Show the ranks that the first rows of a ranking have in each week.

    Args:
        rows: The rows of the ranking.
        weeks: The weeks of its first rows, from `member_ranks`.
        view: The chosen filters.
        page: The page of a name: `song` or `artist`.
    """
    shown = rows.head(BUMP_LINES)[NAMES[page]]
    if page == "song":
        is_repeated = shown["title"].duplicated(keep=False)
        songs = shown["title"] + " · " + shown["artist"]
        shown = shown.assign(song=shown["title"].where(~is_repeated, songs))
    answer = without_titles(weeks, page)
    # Without the songs of one's title and another's artist.
    answer = replace(answer, rows=answer.rows.merge(shown[NAMES[page]]))
    found = answer.rows.merge(shown, how="left")
    marked = mark_weeks(found, view.period, view.data)
    count = numbers.counted(marked["week_start"].nunique(), "week")
    chart(
        draw(
            charts.bump, marked, page, "How do they rank each week?", height=BUMP_HEIGHT
        ),
        view,
        answer,
        unit=f"rank among the {page}s of a week",
        n=f"{numbers.counted(len(shown), page)}, {count}",
        note=f"{weeks_note(view)}{cut_weeks(marked)}",
    )
