"""The listeners: who they are, when they join and leave, how much they listen."""

from dataclasses import dataclass

import numpy as np
from numpy.random import Generator
from numpy.typing import NDArray

from sparkify.demo import words
from sparkify.demo.chance import Booleans, Integers, draw, happens
from sparkify.demo.period import DAY, DAYS, FIRST_TIMESTAMP, HOUR, WEEKDAY_HOURS
from sparkify.demo.places import METROS, USER_AGENTS

EVENTS_A_USER = 250
"""The mean number of events of a listener, over the whole period."""

_FEWEST_USERS = 20
_SHARE_JOINED_BEFORE = 0.45
_DAYS_JOINED_BEFORE = 150
_SHARE_LEAVING = 0.25
_NEVER = 2**62


@dataclass(frozen=True)
class Audience:
    """The listeners, as columns in the order in which they registered.

    Attributes:
        first_names: Given names.
        last_names: Family names.
        genders: `F` or `M`.
        metros: The metropolitan area where the listener lives.
        user_agents: The browser, in quotation marks if it holds a comma.
        registered_at: Epoch milliseconds.
        leaves_at: Epoch milliseconds; past the period for those who stay.
        is_paid: Whether the listener pays when the period begins (or on joining).
        activity: How eager the listener is, from about 1 to 20.
    """

    first_names: list[str]
    last_names: list[str]
    genders: list[str]
    metros: list[str]
    user_agents: list[str]
    registered_at: Integers
    leaves_at: Integers
    is_paid: Booleans
    activity: NDArray[np.float64]

    def __len__(self) -> int:
        return len(self.genders)


def make_audience(random: Generator, events: int) -> Audience:
    """Invent the listeners that make about this many events."""
    count = max(_FEWEST_USERS, events // EVENTS_A_USER)
    is_woman = happens(random, 0.55, count).tolist()
    given = random.integers(0, 2**31, count, dtype=np.int64).tolist()
    activity = 1.0 / (0.05 + random.random(count))
    registered_at = _registrations(random, count)
    return Audience(
        first_names=[
            names[number % len(names)]
            for number, names in zip(
                given,
                (words.WOMEN if woman else words.MEN for woman in is_woman),
                strict=True,
            )
        ],
        last_names=[
            words.SURNAMES[number]
            for number in random.integers(0, len(words.SURNAMES), count).tolist()
        ],
        genders=["F" if woman else "M" for woman in is_woman],
        metros=_choices(random, METROS, count),
        user_agents=[
            f'"{agent}"' if "," in agent else agent
            for agent in _choices(random, USER_AGENTS, count)
        ],
        registered_at=registered_at,
        leaves_at=_departures(random, registered_at),
        is_paid=random.random(count) < 0.15 + activity / 25.0,
        activity=activity,
    )


def _registrations(random: Generator, count: int) -> Integers:
    """Draw when each registers: some before the period, the others day by day.

    Nobody joins on the last day, so that everybody has time to listen.
    """
    before = int(count * _SHARE_JOINED_BEFORE) + 1
    days = np.concatenate(
        [
            random.integers(-_DAYS_JOINED_BEFORE, 0, before, dtype=np.int64),
            random.integers(0, DAYS - 1, count - before, dtype=np.int64),
        ]
    )
    hours = draw(random, WEEKDAY_HOURS, count)
    offsets = random.integers(0, HOUR, count, dtype=np.int64)
    return np.sort(FIRST_TIMESTAMP + days * DAY + hours * HOUR + offsets)


def _departures(random: Generator, registered_at: Integers) -> Integers:
    """Let some leave, at any time between their joining and the period's end."""
    count = len(registered_at)
    leaving = random.permutation(count)[: int(count * _SHARE_LEAVING)]
    stays = random.integers(DAY, DAYS * DAY, len(leaving), dtype=np.int64)
    leaves_at = np.full(count, _NEVER, dtype=np.int64)
    leaves_at[leaving] = np.maximum(registered_at[leaving], FIRST_TIMESTAMP) + stays
    return leaves_at


def _choices(random: Generator, weights: dict[str, int], count: int) -> list[str]:
    """Draw texts, each as likely as its weight."""
    texts = list(weights)
    return [texts[index] for index in draw(random, list(weights.values()), count)]
