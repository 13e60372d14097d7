"""The controls, the table and the figures of the pages of songs and artists."""

from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from typing import Any

import pandas as pd
import streamlit as st

from dashboard import distribution
from dashboard.cards import card, figures_row, place_pair
from dashboard.clicks import picked
from dashboard.period_menu import is_phone
from dashboard.ranks import NAMES, bump, days_and_weeks, steps
from dashboard.star import ahead, rank, report
from dashboard.text import caption
from dashboard.view import View
from sparkify.reports import numbers
from sparkify.reports.report import ALL, Answer

CLICKED = "clicked-name"
ROWS_SHOWN = 13  # of a long table, which scrolls
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

    @property
    def catalogue(self) -> str:
        """What a report binds: `catalogue` for its songs only, else `all`."""
        return "catalogue" if self.is_catalogue_only else ALL


def controls(page: str) -> Choice:
    """Show the controls of a ranking: search, length and catalogue only."""
    search, size, catalogue = st.columns([3, 4, 2], vertical_alignment="center")
    return Choice(
        search=search.text_input(
            "Search",
            key="search",
            placeholder="a title or a name" if page == "song" else "a name",
            icon=":material/search:",
            bind="query-params",
            label_visibility="collapsed",
        )
        or "",
        top=size.segmented_control(
            "Show",
            SIZES,
            default=SIZES[0],
            required=True,
            format_func=lambda size: f"Top {size}",
            key="top",
            bind="query-params",
            label_visibility="collapsed",
        )
        or SIZES[0],
        is_catalogue_only=catalogue.toggle(
            "Catalogue songs only",
            key="catalogue",
            help="Leave out the plays of songs that are known from plays alone",
            bind="query-params",
        ),
    )


def show(page: str, view: View, columns: list[str]) -> None:
    """Show the controls, the ranking and how the plays are distributed.

    Beside the ranking stand the concentration in figures and the ranks of the weeks,
    below it the decades and the curve of the concentration.

    Args:
        page: The page of a name: `song` or `artist`.
        view: The chosen filters.
        columns: The columns to show after the rank, the names and the plays.
    """
    choice = controls(page)
    of_choice = partial(report, filters=view.filters, catalogue=choice.catalogue)
    curve = partial(of_choice, f"{page}_concentration")
    decades = partial(of_choice, "songs_by_decade")
    ahead(curve, decades)
    answer = rank(
        f"top_{page}s",
        view.filters,
        top=choice.top,
        before=view.before,
        search=choice.search,
        is_catalogue_only=choice.is_catalogue_only,
    )
    if not answer.rows.empty:
        _ranked(page, answer, view, columns, choice.catalogue, curve)
    elif curve().rows.empty:
        st.info("No song of the catalogue was played.", icon=":material/search_off:")
        return
    else:
        st.info(
            "No name here contains that; try a part of it.",
            icon=":material/search_off:",
        )
    distribution.show(curve(), decades(), view, f"{page}s")


def _ranked(
    page: str,
    answer: Answer,
    view: View,
    columns: list[str],
    catalogue: str,
    curve: Callable[[], Answer],
) -> None:
    rows = answer.rows
    days, weeks = days_and_weeks(rows, view, page, catalogue)
    left, right = place_pair(min(len(rows), ROWS_SHOWN), SIZES[0], widths=(2, 1))
    with left:
        table(answer, days, view, columns, page)
    with right:
        shares = distribution.concentration(curve())
        meanings = distribution.meanings(curve(), f"{page}s")
        figures_row(((*each, None) for each in shares.items()), meanings)
        bump(rows, weeks(), view, page)


def table(
    answer: Answer, days: Answer, view: View, columns: list[str], page: str
) -> None:
    """Show a ranking; a click on a name opens its own page.

    Args:
        answer: The ranking.
        days: The days of its rows, from `members_by_day`.
        view: The chosen filters.
        columns: The columns to show after the rank and the names.
        page: The page of a name: `song` or `artist`.
    """
    rows = answer.rows
    names = NAMES[page]
    changes = (
        {
            "plays_change": rows["plays"] - rows["before_plays"],
            "rank_change": rows["before_rank"] - rows["play_rank"],
        }
        if view.before
        else {}
    )
    grain, drawn = steps(rows, days, view)
    steps_shown = ["steps"] if len(drawn.iloc[0]) > 1 else []
    with card(f"The most played {page}s", answer, view):
        event = st.dataframe(
            rows.assign(
                **changes,
                share=rows["share"] * 100,
                is_in_catalogue=rows["is_in_catalogue"].map({True: "yes", False: "no"}),
                steps=drawn,
            ),
            column_order=[*_first(names), *steps_shown, *changes, *columns],
            column_config=_config(page, is_narrow=bool(changes))
            | {"steps": _steps(grain, max(map(max, drawn)))},
            hide_index=True,
            height="content" if len(rows) <= SIZES[0] else 500,
            on_select="rerun",
            selection_mode="single-cell",
            key=f"{page}-table",
            alt=answer.asked,
            placeholder="new",
        )
        of = numbers.counted(len(drawn.iloc[0]), grain)
        bars = f"Bars: plays of {of}, all in one scale from 0. "
        new = " Ranks: + is up, new was not played then." if changes else ""
        caption(
            f"plays · n = {numbers.counted(rows['plays'].sum(), 'play')} of "
            f"{numbers.counted(len(rows), page)}. "
            f"{bars if steps_shown else ''}"
            f"Click a name to open it.{new}"
        )
    cells = event["selection"]["cells"]
    if cells:
        open_page(page, {name: str(rows.iloc[cells[0][0]][name]) for name in names})


def open_page(page: str, names: dict[str, str]) -> None:
    """Turn to the page of a song or an artist; the filters stay in its link."""
    st.switch_page(f"views/{page}.py", query_params=names)


def name_clicked(key: str, page: str) -> None:
    """Remember the bar that was clicked, to be opened by `open_named`.

    Args:
        key: The chart's key; its marks hold the `NAMES` of the page.
        page: The page of a bar: `song` or `artist`.
    """
    names = {name: picked(key, name) for name in NAMES[page]}
    if all(names.values()):
        st.session_state[CLICKED] = (page, names)


def open_named() -> None:
    """Turn to the page of the song or the artist whose bar was clicked."""
    if clicked := st.session_state.pop(CLICKED, None):
        open_page(*clicked)


def figures(detail: pd.Series, before: pd.Series | None, ever: pd.DataFrame) -> None:
    """Show the plays, the listeners and the true first and last play.

    Args:
        detail: The row of `song_detail` or `artist_detail`.
        before: That of the earlier period; None if it cannot be compared.
        ever: The plays of each day that has some, of all days.
    """
    days = list(ever["play_date"])
    shown = {
        "Plays": numbers.count(detail["plays"]),
        "Listeners": numbers.count(detail["listeners"]),
        "First play": numbers.full_day(days[0] if days else None, "never"),
        "Last play": numbers.full_day(days[-1] if days else None, "never"),
    }
    changes = {
        name: numbers.change(detail[name.lower()], before[name.lower()])
        for name in shown
        if before is not None and name.lower() in before
    }
    figures_row((name, value, changes.get(name)) for name, value in shown.items())


def _first(names: list[str]) -> list[str]:
    """Return the first columns; on a phone the plays stand beside the pinned name."""
    if is_phone():
        return [names[0], "plays", "play_rank", *names[1:]]
    return ["play_rank", *names, "plays"]


def _steps(grain: str, most: int) -> Any:
    return st.column_config.BarChartColumn(
        f"By {grain}",
        help=f"Plays of each {grain}, from 0 to {numbers.count(most)}",
        y_min=0,
        y_max=max(1, most),
        width=96,
    )


def _config(page: str, *, is_narrow: bool) -> dict[str, Any]:
    number, text = st.column_config.NumberColumn, st.column_config.TextColumn
    return {
        "play_rank": number("Rank", pinned=not is_phone(), width=46),
        "title": text(
            "Song", pinned=True, width=176 if is_narrow or is_phone() else 260
        ),
        "artist": text("Artist", pinned=page == "artist"),
        "plays": number("Plays", format="localized", width=52),
        "plays_change": number("Δ plays", format="%+d", width=60),
        "rank_change": number("Δ rank", format="%+d", width=58),
        "share": number("Share", format=f"%.1f{numbers.SPACE}%%", width=60),
        "listeners": number("Listeners", format="localized", width=72),
        "songs": number("Songs", format="localized", width=60),
        "is_in_catalogue": text(
            "Catalogue",
            help="Whether the catalogue knows the artist, though not each of the songs"
            if page == "artist"
            else "Whether the catalogue holds the song",
            width=76,
        ),
    }
