"""The pages of the service, and the phrases in which listeners visit them.

A session consists of songs, single pages between them and up to three phrases: an
opening, an interlude and a closing. A phrase is a sequence of pages.
"""

from enum import IntEnum

import numpy as np
from numpy.random import Generator
from numpy.typing import NDArray

from sparkify.demo.chance import Booleans, Integers, draw, happens


class Page(IntEnum):
    """A page, in the state (logged in or out) in which it is visited."""

    NEXT_SONG = 0
    HOME = 1
    LOGOUT = 2
    SETTINGS = 3
    SAVE_SETTINGS = 4
    HELP = 5
    ABOUT = 6
    ERROR = 7
    UPGRADE = 8
    SUBMIT_UPGRADE = 9
    DOWNGRADE = 10
    SUBMIT_DOWNGRADE = 11
    OUT_HOME = 12
    OUT_LOGIN = 13
    OUT_HELP = 14
    OUT_ABOUT = 15


# The page as logged: its name, HTTP method and status.
REQUESTS = {
    Page.NEXT_SONG: ("NextSong", "PUT", 200),
    Page.HOME: ("Home", "GET", 200),
    Page.LOGOUT: ("Logout", "PUT", 307),
    Page.SETTINGS: ("Settings", "GET", 200),
    Page.SAVE_SETTINGS: ("Save Settings", "PUT", 307),
    Page.HELP: ("Help", "GET", 200),
    Page.ABOUT: ("About", "GET", 200),
    Page.ERROR: ("Error", "GET", 404),
    Page.UPGRADE: ("Upgrade", "GET", 200),
    Page.SUBMIT_UPGRADE: ("Submit Upgrade", "PUT", 307),
    Page.DOWNGRADE: ("Downgrade", "GET", 200),
    Page.SUBMIT_DOWNGRADE: ("Submit Downgrade", "PUT", 307),
    Page.OUT_HOME: ("Home", "GET", 200),
    Page.OUT_LOGIN: ("Login", "PUT", 307),
    Page.OUT_HELP: ("Help", "GET", 200),
    Page.OUT_ABOUT: ("About", "GET", 200),
}

FIRST_LOGGED_OUT = Page.OUT_HOME
"""From this page on, the visitor is logged out."""

# Chances in a thousand, for each event of a session that no phrase claims.
_SINGLES = {
    Page.NEXT_SONG: 935,
    Page.HOME: 42,
    Page.SETTINGS: 6,
    Page.HELP: 5,
    Page.ABOUT: 3,
    Page.ERROR: 1,
    Page.UPGRADE: 8,  # for those who pay: the downgrade page
}

Phrases = tuple[tuple[Page, ...], ...]

# Phrases and, below each table, their chances in a thousand sessions.
_OPENINGS: Phrases = (
    (),
    (Page.HOME,),
    (Page.OUT_HOME, Page.OUT_LOGIN, Page.HOME),
    (Page.OUT_LOGIN, Page.HOME),
    (Page.OUT_HOME, Page.OUT_ABOUT, Page.OUT_HOME, Page.OUT_LOGIN, Page.HOME),
)
_OPENING_WEIGHTS = (260, 580, 90, 50, 20)

_CLOSINGS: Phrases = (
    (),
    (Page.LOGOUT,),
    (Page.LOGOUT, Page.OUT_HOME),
    (Page.LOGOUT, Page.OUT_HOME, Page.OUT_HELP),
)
_CLOSING_WEIGHTS = (840, 50, 90, 20)

_INTERLUDES: Phrases = (
    (),
    (Page.LOGOUT, Page.OUT_HOME, Page.OUT_LOGIN, Page.HOME),
    (Page.SETTINGS, Page.SAVE_SETTINGS, Page.HOME),
    (Page.UPGRADE, Page.SUBMIT_UPGRADE, Page.HOME),
    (Page.DOWNGRADE, Page.SUBMIT_DOWNGRADE, Page.HOME),
)
_INTERLUDE_WEIGHTS_FREE = (910, 48, 18, 24, 0)
_INTERLUDE_WEIGHTS_PAID = (930, 48, 18, 0, 4)
_FIRST_CHANGE_OF_PLAN = 3

_CHANCE_OF_PASSER_BY = 0.3
"""The chance that the visitor of a session of one event does not log in."""


def lay_out(
    random: Generator, lengths: Integers, is_paid: Booleans
) -> tuple[NDArray[np.int8], Integers]:
    """Choose the page of every event of some sessions.

    Args:
        random: The random generator.
        lengths: The number of events of each session.
        is_paid: Whether each session's listener pays when it begins.

    Returns:
        The `Page` of each event, session after session; and for each session the item
        after which the listener has the other level, or -1.
    """
    count = len(lengths)
    firsts = np.cumsum(lengths) - lengths
    pages = _singles(random, lengths, is_paid)

    is_passer_by = (lengths == 1) & happens(random, _CHANCE_OF_PASSER_BY, count)
    pages[firsts[is_passer_by]] = Page.OUT_HOME

    opening = draw(random, _OPENING_WEIGHTS, count)
    opening[is_passer_by] = 0
    opening_sizes = _keep_fitting(_OPENINGS, opening, lengths)
    closing = draw(random, _CLOSING_WEIGHTS, count)
    closing_sizes = _keep_fitting(_CLOSINGS, closing, lengths - opening_sizes - 1)
    interlude = np.where(
        is_paid,
        draw(random, _INTERLUDE_WEIGHTS_PAID, count),
        draw(random, _INTERLUDE_WEIGHTS_FREE, count),
    )
    room = lengths - opening_sizes - closing_sizes
    interlude_sizes = _keep_fitting(_INTERLUDES, interlude, room)
    slack = room - interlude_sizes + 1
    items = opening_sizes + random.integers(0, slack, dtype=np.int64)

    _write(pages, firsts, _OPENINGS, opening)
    _write(pages, firsts + items, _INTERLUDES, interlude)
    _write(pages, firsts + lengths - closing_sizes, _CLOSINGS, closing)
    changed_after = np.where(interlude >= _FIRST_CHANGE_OF_PLAN, items + 1, -1)
    return pages, changed_after


def _singles(
    random: Generator, lengths: Integers, is_paid: Booleans
) -> NDArray[np.int8]:
    """Fill all sessions with songs and single pages."""
    codes = np.array(list(_SINGLES), dtype=np.int8)
    drawn = draw(random, list(_SINGLES.values()), int(lengths.sum()))
    pages = codes[drawn]
    pages[(pages == Page.UPGRADE) & np.repeat(is_paid, lengths)] = Page.DOWNGRADE
    return pages


def _keep_fitting(phrases: Phrases, chosen: Integers, room: Integers) -> Integers:
    """Replace phrases that do not fit by the empty phrase; return the sizes."""
    sizes = np.array([len(phrase) for phrase in phrases], dtype=np.int64)
    chosen[sizes[chosen] > room] = 0
    return sizes[chosen]


def _write(
    pages: NDArray[np.int8], starts: Integers, phrases: Phrases, chosen: Integers
) -> None:
    """Write each session's chosen phrase over its pages, from `starts` on."""
    for number, phrase in enumerate(phrases):
        begins = starts[chosen == number]
        for offset, page in enumerate(phrase):
            pages[begins + offset] = page
