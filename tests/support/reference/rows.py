"""The rows of the star's five tables; named tuples compare equal to plain ones."""

from datetime import datetime
from typing import Any, NamedTuple

Star = dict[str, list[Any]]
"""The rows of each table, by its name."""


class Songplay(NamedTuple):
    """One play."""

    songplay_id: str
    start_time: datetime
    user_id: str
    level: str | None
    song_id: str
    artist_id: str
    session_id: int
    location: str | None
    user_agent: str | None


class User(NamedTuple):
    """One user, as of their latest event."""

    user_id: str
    first_name: str | None
    last_name: str | None
    gender: str | None
    level: str | None


class Song(NamedTuple):
    """One song, of the catalogue or inferred from plays."""

    song_id: str
    title: str
    artist_id: str
    year: int | None
    duration: float | None
    is_inferred: bool


class Artist(NamedTuple):
    """One artist, of the catalogue or inferred from plays."""

    artist_id: str
    name: str
    location: str | None
    latitude: float | None
    longitude: float | None
    is_inferred: bool


class Time(NamedTuple):
    """One timestamp at which something was played."""

    start_time: datetime
    hour: int
    day: int
    week: int
    month: int
    year: int
    weekday: int
