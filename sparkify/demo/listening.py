"""The events of the period, day by day: who listens to what, and when.

A listener has at most one session a day. A session that runs past midnight goes on in
the next day's events; on the last day every session ends in time.
"""

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
from numpy.random import Generator
from numpy.typing import NDArray

from sparkify.demo.audience import Audience
from sparkify.demo.chance import Booleans, Integers, draw, happens, long_tailed
from sparkify.demo.pages import FIRST_LOGGED_OUT, Page, lay_out
from sparkify.demo.period import (
    DAY,
    DAYS,
    FIRST_TIMESTAMP,
    MINUTE,
    SECOND,
    daily_quotas,
    starting_times,
)
from sparkify.demo.world import LENGTH_UNIT, World

NOBODY = -1
"""The user of an event whose visitor is logged out."""

NO_SONG = -1
"""The song of an event that is not a play."""

EVENT = np.dtype(
    [
        ("ts", np.int64),  # epoch milliseconds
        ("session", np.int64),
        ("user", np.int64),  # position in the audience, or NOBODY
        ("item", np.int64),
        ("song", np.int64),  # position in the world, or NO_SONG
        ("length", np.int64),  # in 1/100,000 s
        ("page", np.int8),
        ("is_paid", np.bool_),
    ]
)

Events = NDArray[np.void]

_EVENTS_A_SESSION_FREE = 9.0
_EVENTS_A_SESSION_PAID = 24.0
_LONGEST_SESSION = 150
_EAGERNESS_PAID = 2.0
_OTHER_RECORDING = 0.05
_LONGEST_LOOK = 45  # seconds on a page that plays nothing
_BREAK = 5 * MINUTE


@dataclass(frozen=True)
class Sessions:
    """The sessions that begin on one day: listener and number of events of each."""

    users: Integers
    lengths: Integers


class Listening:
    """The events of the period. It remembers each listener from day to day."""

    def __init__(
        self, random: Generator, audience: Audience, world: World, events: int
    ) -> None:
        self._random = random
        self._audience = audience
        self._world = world
        self._quotas = daily_quotas(random, events)
        self._is_paid = audience.is_paid.copy()
        self._free_from = audience.registered_at + MINUTE
        self._sessions_so_far = 0

    def days(self) -> Iterator[Events]:
        """Yield the events of each day of the period, in the order of their times."""
        past_midnight = np.empty(0, dtype=EVENT)
        for day, quota in enumerate(self._quotas):
            begun = self._listen(day, quota)
            events = np.concatenate([past_midnight, begun])
            is_today = events["ts"] < FIRST_TIMESTAMP + (day + 1) * DAY
            today = events[is_today]
            past_midnight = events[~is_today]
            yield today[np.argsort(today["ts"], kind="stable")]

    def _listen(self, day: int, quota: int) -> Events:
        """Make the sessions that begin on a day, `quota` events in all."""
        if quota == 0:
            return np.empty(0, dtype=EVENT)
        sessions = self._choose_sessions(day, quota)
        users, lengths = sessions.users, sessions.lengths
        pages, changed_after = lay_out(self._random, lengths, self._is_paid[users])
        songs, recordings = self._choose_songs(pages)

        firsts = np.cumsum(lengths) - lengths
        session_of = np.repeat(np.arange(len(users)), lengths)
        items = np.arange(len(pages)) - firsts[session_of]
        elapsed, durations = _clock(self._random, pages, recordings, firsts, lengths)
        starts = self._starts(day, users, durations)

        has_changed = (changed_after >= 0)[session_of]
        has_changed &= items > changed_after[session_of]
        events = np.empty(len(pages), dtype=EVENT)
        events["ts"] = starts[session_of] + elapsed
        events["session"] = self._number(starts)[session_of]
        events["user"] = np.where(pages >= FIRST_LOGGED_OUT, NOBODY, users[session_of])
        events["item"] = items
        events["song"] = songs
        events["length"] = recordings
        events["page"] = pages
        events["is_paid"] = self._is_paid[users][session_of] ^ has_changed

        self._is_paid[users] ^= changed_after >= 0
        self._free_from[users] = starts + durations + _BREAK
        return events

    def _choose_sessions(self, day: int, quota: int) -> Sessions:
        """Choose who listens on a day until the quota is met, often the eager ones."""
        begin = FIRST_TIMESTAMP + day * DAY
        is_last_day = day == DAYS - 1
        users = np.flatnonzero(
            (self._free_from < (begin if is_last_day else begin + DAY))
            & (self._audience.leaves_at > begin)
        )
        is_paid = self._is_paid[users]
        eagerness = self._audience.activity[users]
        eagerness = eagerness * np.where(is_paid, _EAGERNESS_PAID, 1.0)
        order = np.argsort(self._random.random(len(users)) / eagerness, kind="stable")

        lengths = _session_lengths(self._random, is_paid)[order]
        if lengths.sum() < quota:  # there are few listeners; each stays longer
            lengths *= -(-quota // int(lengths.sum()))
        edges = np.cumsum(lengths)
        count = int(np.searchsorted(edges, quota)) + 1
        lengths = lengths[:count]
        lengths[-1] -= edges[count - 1] - quota
        return Sessions(users[order[:count]], lengths)

    def _choose_songs(self, pages: NDArray[np.int8]) -> tuple[Integers, Integers]:
        """Choose the song of each play, and the length of the recording played."""
        is_play = pages == Page.NEXT_SONG
        played = draw(self._random, self._world.popularity, int(is_play.sum()))
        songs = np.full(len(pages), NO_SONG, dtype=np.int64)
        songs[is_play] = played
        recordings = np.zeros(len(pages), dtype=np.int64)
        recordings[is_play] = np.where(
            happens(self._random, _OTHER_RECORDING, len(played)),
            self._world.other_lengths[played],
            self._world.lengths[played],
        )
        return songs, recordings

    def _starts(self, day: int, users: Integers, durations: Integers) -> Integers:
        """Draw when the sessions begin: not before their listeners are free."""
        starts = starting_times(self._random, day, len(users))
        if day == DAYS - 1:
            return np.minimum(starts, FIRST_TIMESTAMP + DAYS * DAY - 1 - durations)
        return np.maximum(starts, self._free_from[users])

    def _number(self, starts: Integers) -> Integers:
        """Give the sessions of a day numbers in the order in which they begin."""
        numbers = np.empty(len(starts), dtype=np.int64)
        numbers[np.argsort(starts, kind="stable")] = np.arange(
            self._sessions_so_far + 1, self._sessions_so_far + 1 + len(starts)
        )
        self._sessions_so_far += len(starts)
        return numbers


def _session_lengths(random: Generator, is_paid: Booleans) -> Integers:
    """Draw how many events each listener's session has."""
    typical = np.where(is_paid, _EVENTS_A_SESSION_PAID, _EVENTS_A_SESSION_FREE)
    lengths = 1 + (typical * long_tailed(random, len(is_paid))).astype(np.int64)
    return np.minimum(lengths, _LONGEST_SESSION)


def _clock(
    random: Generator,
    pages: NDArray[np.int8],
    recordings: Integers,
    firsts: Integers,
    lengths: Integers,
) -> tuple[Integers, Integers]:
    """Time the events of sessions from the beginning of each.

    A song plays to its end, to the full second, before the next event, unless the
    listener logs out in the middle. Any other page is looked at for some seconds.

    Returns:
        Milliseconds from the session's first event to each event, and to the last
        event of each session.
    """
    looks = random.integers(1, _LONGEST_LOOK, len(pages), dtype=np.int64)
    seconds = np.where(pages == Page.NEXT_SONG, recordings // LENGTH_UNIT, looks)
    is_left = np.append(pages[1:] == Page.LOGOUT, False)
    seconds[is_left] = np.minimum(seconds[is_left], looks[is_left])
    after = np.cumsum(seconds) * SECOND
    before = after - seconds * SECOND
    elapsed = before - np.repeat(before[firsts], lengths)
    return elapsed, elapsed[firsts + lengths - 1]
