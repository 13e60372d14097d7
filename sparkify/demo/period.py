"""The period that the demo data covers, and its rhythm by day and by hour, in UTC."""

from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta

import numpy as np
from numpy.random import Generator

from sparkify.demo.chance import Integers, draw

SECOND = 1000
"""In milliseconds, like all durations here."""

MINUTE = 60 * SECOND
HOUR = 60 * MINUTE
DAY = 24 * HOUR

FIRST_DATE = date(2018, 9, 1)
DAYS = 91
FIRST_TIMESTAMP = (
    int(datetime(2018, 9, 1, tzinfo=UTC).timestamp()) * SECOND  # epoch milliseconds
)

# Sessions that begin in each hour of the day, from 0:00 to 23:00.
WEEKDAY_HOURS = (
    *(20, 17, 14, 12, 13, 16, 22, 30, 34, 36, 38, 42),
    *(44, 48, 54, 60, 66, 64, 58, 48, 42, 36, 30, 24),
)
WEEKEND_HOURS = (
    *(34, 30, 26, 20, 16, 13, 12, 13, 16, 22, 28, 36),
    *(42, 46, 48, 50, 52, 54, 56, 58, 58, 54, 48, 42),
)

# Events on each day of the week, from Monday to Sunday.
_WEEK = (96, 104, 114, 106, 112, 76, 62)
_SATURDAY = 5


def dates() -> Iterator[date]:
    """Yield the dates of the period in order."""
    return (FIRST_DATE + timedelta(days=day) for day in range(DAYS))


def daily_quotas(random: Generator, events: int) -> list[int]:
    """Share the events among the days: by weekday, growing, a little uneven.

    The quotas add up to exactly `events`.
    """
    week = np.array([_WEEK[day.weekday()] for day in dates()], dtype=np.int64)
    growth = 150 + np.arange(DAYS, dtype=np.int64)
    unevenness = random.integers(92, 109, DAYS, dtype=np.int64)
    edges = np.cumsum(week * growth * unevenness)
    shares = [events * edge // int(edges[-1]) for edge in edges.tolist()]
    return [after - before for before, after in zip([0, *shares], shares, strict=False)]


def starting_times(random: Generator, day: int, size: int) -> Integers:
    """Draw when sessions begin on the period's day number `day`, as epoch ms."""
    is_weekend = (FIRST_DATE + timedelta(days=day)).weekday() >= _SATURDAY
    hours = draw(random, WEEKEND_HOURS if is_weekend else WEEKDAY_HOURS, size)
    offsets = random.integers(0, HOUR, size, dtype=np.int64)
    return FIRST_TIMESTAMP + day * DAY + hours * HOUR + offsets
