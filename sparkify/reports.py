"""Answers questions about listening: each one file of `sql/reports/`.

Every answer is a small table, an aggregate; the fact itself is never read into memory.
"""

import pandas as pd

from sparkify.warehouse import Session

WEEKDAYS = (
    "Monday",
    "Tuesday",
    "Wednesday",
    "Thursday",
    "Friday",
    "Saturday",
    "Sunday",
)


def overview(session: Session) -> pd.DataFrame:
    """Gives one row: plays, listeners, sessions, first and last play, shares."""
    return _frame(session, "reports/overview")


def top_songs(session: Session, top: int) -> pd.DataFrame:
    """Gives the songs played most: title, artist, plays, listeners, is_inferred.

    Args:
        session: An open warehouse.
        top: How many songs.
    """
    return _frame(session, "reports/top_songs", top=top)


def top_artists(session: Session, top: int) -> pd.DataFrame:
    """Gives the artists played most: artist, plays, listeners, songs.

    Args:
        session: An open warehouse.
        top: How many artists.
    """
    return _frame(session, "reports/top_artists", top=top)


def plays_by_day(session: Session) -> pd.DataFrame:
    """Gives play_date (UTC), level, plays, listeners; a row for each that has any."""
    days = _frame(session, "reports/plays_by_day")
    days["play_date"] = pd.to_datetime(days["play_date"])
    return days


def plays_by_weekday_and_hour(session: Session) -> pd.DataFrame:
    """Gives the week's 168 hours: weekday (name), hour (UTC), plays, plays_per_day.

    `plays_per_day` divides by the days of the calendar, with plays or without.
    """
    hours = _frame(session, "reports/plays_by_weekday_and_hour")
    every = pd.MultiIndex.from_product([range(7), range(24)], names=["weekday", "hour"])
    grid = hours.set_index(["weekday", "hour"]).reindex(every).fillna(0).reset_index()
    grid["weekday"] = [WEEKDAYS[(number + 6) % 7] for number in grid["weekday"]]
    grid["plays"] = grid["plays"].astype(int)
    return grid[["weekday", "hour", "plays", "plays_per_day"]]


def _frame(session: Session, name: str, **values: int) -> pd.DataFrame:
    frame: pd.DataFrame = session.ask(name, **values).to_pandas()
    return frame
