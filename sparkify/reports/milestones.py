"""Finds the milestones of a song or an artist in the plays of its days."""

from datetime import date

import pandas as pd


def best_week(rows: pd.DataFrame) -> tuple[date, int] | None:
    """Return the Monday of the week with the most plays, and the plays.

    Of weeks with equally many, it is the first.

    Args:
        rows: `play_date` and `plays`, a row a day.
    """
    if rows.empty:
        return None
    days = pd.DatetimeIndex(pd.to_datetime(rows["play_date"]))
    mondays = days - pd.to_timedelta(days.weekday, unit="D")
    weeks = rows["plays"].groupby(mondays.to_numpy()).sum()
    return pd.Timestamp(weeks.idxmax()).date(), int(weeks.max())


def day_of_play(rows: pd.DataFrame, number: int) -> date | None:
    """Return the day of the nth play, or None if there are fewer plays.

    Args:
        rows: `play_date` and `plays`, a row a day, the first day first.
        number: The n, from 1.
    """
    reached = rows.loc[rows["plays"].cumsum() >= number, "play_date"]
    return None if reached.empty else pd.Timestamp(reached.iloc[0]).date()
