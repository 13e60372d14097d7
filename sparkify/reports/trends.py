"""Turns the answers of reports into the rows that a chart needs."""

from dataclasses import replace
from datetime import date, datetime, timedelta

import numpy as np
import pandas as pd

from sparkify.reports.numbers import day
from sparkify.reports.periods import LAST_HOUR, Period
from sparkify.reports.report import Filters

WEEK = timedelta(days=7)
MOST_NAMED = 10
MOST_STEPS = 62  # that a cell of a table can show
MOST_WEEKS = 13  # of ranks that a chart of several names can show
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


def member_steps(
    rows: pd.DataFrame, period: Period, data: Period
) -> tuple[str, dict[tuple[str, str], list[int]]]:
    """Return the plays of each name by day, or by week if the days are many.

    Args:
        rows: `title`, `artist`, `play_date` and `plays`; days may be missing.
        period: The chosen period.
        data: The days that the data covers; others are left out.

    Returns:
        `day` or `week`, and for each title and artist the plays from the first day or
        week to the last, which are 0 if there are none. A week that the period or the
        data cuts is left out, since it would look like one of few plays. Of more than
        62 weeks, they are the last.
    """
    both = period.overlap(data)
    days = pd.DatetimeIndex(pd.to_datetime(rows["play_date"]))
    if both.days <= MOST_STEPS:
        grain, every = "day", pd.date_range(both.start, periods=both.days)
    else:
        grain = "week"
        monday = both.start + timedelta(-both.start.weekday() % 7)
        every = pd.date_range(monday, periods=(both.end - monday).days // 7, freq=WEEK)
        days -= pd.to_timedelta(days.weekday, unit="D")
    table = rows.assign(step=days).pivot_table(
        "plays", ["title", "artist"], "step", aggfunc="sum", fill_value=0
    )
    counts = table.reindex(columns=every[-MOST_STEPS:], fill_value=0)
    return grain, dict(zip(counts.index, counts.to_numpy().tolist(), strict=True))


def last_weeks(filters: Filters) -> Filters:
    """Return filters of the last 13 weeks, from Monday, of a longer period."""
    last = filters.end - timedelta(days=1)
    monday = last - timedelta(last.weekday()) - (MOST_WEEKS - 1) * WEEK
    return replace(filters, start=max(filters.start, monday))


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


def changes_by_week(rows: pd.DataFrame, period: Period, data: Period) -> pd.DataFrame:
    """Sum the changes of level of each week.

    Args:
        rows: The rows of `level_changes`.
        period: The chosen period.
        data: The days that the data covers.

    Returns:
        `week_start`, `upgrades` and `downgrades`, with a row for each week that the
        period and the data have in common, marked as by `mark_weeks`.
    """
    both = period.overlap(data)
    monday = both.start - timedelta(both.start.weekday())
    weeks = -(-(both.end - monday).days // 7) if both.days else 0
    every = pd.date_range(monday, periods=weeks, freq=WEEK, name="week_start")
    days = pd.DatetimeIndex(pd.to_datetime(rows["change_date"]))
    mondays = days - pd.to_timedelta(days.weekday, unit="D")
    sums = rows[["upgrades", "downgrades"]].groupby(mondays).sum()
    rows = sums.reindex(every, fill_value=0).reset_index()
    return mark_weeks(rows, period, data)


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


def week_difference(now: pd.DataFrame, before: pd.DataFrame) -> pd.DataFrame:
    """Return by how much each hour of the week differs from an earlier period.

    Args:
        now: The rows of `week_grid`.
        before: Those of the earlier period.

    Returns:
        The same rows, whose `plays_per_day` is the difference of the averages; it is
        missing where one of the periods has no such weekday.
    """
    keys = ["weekday", "hour"]
    earlier = before.set_index(keys)["plays_per_day"]
    rows = now.set_index(keys)
    difference = rows["plays_per_day"] - earlier.reindex(rows.index)
    return rows.assign(plays_per_day=difference).reset_index()


def whole_days(days: pd.DataFrame, first: datetime, last: datetime) -> list[date]:
    """Return the days that the data covers from midnight to midnight.

    The first day of the data is whole if it begins in the hour after midnight, the last
    if it ends in the hour before.

    Args:
        days: `play_date` and `plays`; a day without a figure is left out.
        first: The timestamp of the first play.
        last: The timestamp of the last play.
    """
    known = pd.to_datetime(days.loc[days["plays"].notna(), "play_date"]).dt.date
    cut = set()
    if first.hour > 0:
        cut.add(first.date())
    if last.hour < LAST_HOUR:
        cut.add(last.date())
    return [day for day in known if day not in cut]


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
