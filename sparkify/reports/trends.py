"""Turns the answers of reports into the rows that a chart needs."""

from datetime import timedelta

import numpy as np
import pandas as pd

from sparkify.reports.numbers import day
from sparkify.reports.periods import Period
from sparkify.reports.report import Filters

WEEK = timedelta(days=7)
MOST_NAMED = 10
WEEKEND = ("Saturday", "Sunday")


def fill_days(
    rows: pd.DataFrame, filters: Filters, data: Period | None = None
) -> pd.DataFrame:
    """Add the days without plays.

    Args:
        rows: `play_date` and counts, at most one row a day; days may be missing.
        filters: The filters of the rows.
        data: The days that the data covers; those of the filters if None.

    Returns:
        The same columns, with a row for each calendar day of the filters, in order.
        The counts of an added day are 0 within the data, and missing outside it.
    """
    every = pd.date_range(filters.start, periods=filters.days, name="play_date")
    counts = rows.assign(play_date=pd.to_datetime(rows["play_date"]))
    filled = counts.set_index("play_date").reindex(every, fill_value=0)
    if data is not None:
        start, end = pd.Timestamp(data.start), pd.Timestamp(data.end)
        is_covered = (every >= start) & (every < end)
        if not is_covered.all():
            filled = filled.astype(float)
            filled.loc[~is_covered] = np.nan
    return filled.reset_index()


def fill_steps(
    rows: pd.DataFrame, filters: Filters, data: Period, grain: str
) -> pd.DataFrame:
    """Add the hours, days or weeks without plays.

    Args:
        rows: The rows of `overview_by_hour`, `overview_by_day` or `overview_by_week`.
        filters: The filters of the rows.
        data: The days that the data covers.
        grain: `hour`, `day` or `week`.

    Returns:
        `play_date` (a timestamp: of a week, its Monday) and the counts, with a row for
        each step of the filters, in order. The counts of an added step are 0 within the
        data, and missing outside it. Weeks are marked as by `mark_weeks`.
    """
    if grain == "day":
        return fill_days(rows, filters, data)
    named = rows.rename(columns={"week_start": "play_date"})
    counts = named.assign(play_date=pd.to_datetime(named["play_date"]))
    period = Period(filters.start, filters.end)
    if grain == "week":
        monday = period.start - timedelta(period.start.weekday())
        weeks = -(-(period.end - monday).days // 7) if period.days else 0
        every = pd.date_range(monday, periods=weeks, freq=WEEK)
    else:
        every = pd.date_range(period.start, periods=period.days * 24, freq="h")
    filled = counts.set_index("play_date").reindex(
        pd.DatetimeIndex(every, name="play_date"), fill_value=0
    )
    covered = period.overlap(data)
    length = pd.Timedelta(WEEK) if grain == "week" else pd.Timedelta(hours=1)
    is_covered = (every + length > pd.Timestamp(covered.start)) & (
        every < pd.Timestamp(covered.end)
    )
    if not is_covered.all():
        filled = filled.astype(float)
        filled.loc[~is_covered] = np.nan
    steps = filled.reset_index()
    if grain == "week":
        return mark_weeks(steps, period, data, "play_date")
    return steps


def missing_days(rows: pd.DataFrame, period: Period, data: Period) -> str:
    """Return in words on which days of the data nothing was played; empty if on none.

    Args:
        rows: The rows of `rows_by_day`.
        period: The chosen period.
        data: The days that the data covers: no day before or after is missing.
    """
    both = period.overlap(data)
    every = {both.start + timedelta(number) for number in range(both.days)}
    missing = sorted(every - {pd.Timestamp(day).date() for day in rows["play_date"]})
    if not missing:
        return ""
    names = ", ".join(f"{day:%-d %b %Y}" for day in missing[:MOST_NAMED])
    more = len(missing) - MOST_NAMED
    rest = f" and {more} more" if more > 0 else ""
    days = "day" if len(missing) == 1 else "days"
    return f"{len(missing)} {days} without a play: {names}{rest}."


def mark_weeks(
    rows: pd.DataFrame, period: Period, data: Period, column: str = "week_start"
) -> pd.DataFrame:
    """Add how many days of each week are in the period and in the data.

    Args:
        rows: A row a week.
        period: The chosen period.
        data: The days that the data covers.
        column: The column with the Mondays.

    Returns:
        The same rows with `week_days`, from 1 to 7, and `is_whole`, whether it is 7.
    """
    both = period.overlap(data)
    mondays = [pd.Timestamp(monday).date() for monday in rows[column]]
    days = [Period(each, each + WEEK).overlap(both).days for each in mondays]
    counts = pd.Series(days, rows.index, dtype="int64")
    return rows.assign(week_days=counts, is_whole=counts == WEEK.days)


def cut_weeks(rows: pd.DataFrame, column: str = "week_start") -> str:
    """Return in words which weeks are not whole; empty if all are.

    Args:
        rows: The rows of `mark_weeks`.
        column: The column with the Mondays.
    """
    cut = rows[~rows["is_whole"].astype(bool)].drop_duplicates(column)
    names = [
        f"{day(pd.Timestamp(monday))} ({days} of 7 days)"
        for monday, days in zip(cut[column], cut["week_days"], strict=True)
    ]
    return f"Pale: weeks that are cut, from {', '.join(names)}." if names else ""


def gini(lorenz: pd.DataFrame) -> float:
    """Return the Gini coefficient of plays.

    It is 0 if all items have equally many plays, and close to 1 if one has them all.

    Args:
        lorenz: The rows of `song_concentration` or `artist_concentration`, in order:
            `item_count`, `item_percent` (to 100) and `play_share` (to 1).

    Returns:
        Twice the area between the diagonal and the curve, which is drawn with straight
        lines: exact up to 100 items, slightly too small for more; NaN without items.
    """
    if lorenz.empty:
        return float("nan")
    count = lorenz["item_count"].to_numpy()
    # A percentile ends with its last whole item, so its true share of items is lower.
    items = np.append(0, lorenz["item_percent"].to_numpy() * count // 100 / count)
    shares = np.append(0, lorenz["play_share"].to_numpy())
    return float(1 - 2 * np.trapezoid(shares, items))


def weekday_profile(grid: pd.DataFrame) -> pd.DataFrame:
    """Return the average hours of Monday to Friday and those of the weekend.

    Args:
        grid: The rows of `week_grid`.

    Returns:
        `part_of_week` (`weekday` or `weekend`), `hour` and `plays_per_day`: the
        plays in that hour of an average day, which includes days without plays; NaN if
        the period has no such day.
    """
    is_weekend = grid["weekday"].isin(WEEKEND)
    part = is_weekend.map({True: "weekend", False: "weekday"}).rename("part_of_week")
    sums = grid.groupby([part, "hour"])[["plays", "calendar_days"]].sum()
    days = sums["calendar_days"].where(sums["calendar_days"] > 0)
    return (sums["plays"] / days).rename("plays_per_day").reset_index()
