"""Counts the plays of evenings week by week, to tell whether they grow."""

from collections.abc import Sequence
from datetime import datetime

import numpy as np
import pandas as pd

from sparkify.reports import numbers
from sparkify.reports.periods import ONE_DAY
from sparkify.reports.report import WEEKDAYS
from sparkify.reports.trends import WEEK
from sparkify.reports.zones import local_times

BEGINS = 18  # o'clock; an evening ends at midnight
WORKDAYS = WEEKDAYS[:5]
LEAST_OF_LINE = 3  # whole weeks


def by_week(
    slots: pd.DataFrame,
    start: datetime,
    end: datetime,
    zone: str,
    weekdays: Sequence[str] = WORKDAYS,
) -> pd.DataFrame:
    """Return the plays of an average evening of each week.

    Args:
        slots: `play_date`, `hour` and `quarter` (0 to 3) in UTC, and `plays`.
        start: The moment, in UTC, from which on the data covers the period.
        end: The moment up to which it does; an evening that is cut is left out.
        zone: The time zone of the evenings.
        weekdays: The weekdays to count.

    Returns:
        `week_start` (a Monday), `evenings`, `plays`, `plays_per_evening` and
        `is_whole`, whether the week has an evening of each of the weekdays.
    """
    # West of Greenwich, the evening before the first day is one of the period.
    nights = pd.date_range(start.date() - ONE_DAY, end.date(), freq="D")
    is_first = np.ones(len(nights), bool)  # of a clock's hour that comes twice
    begins = (nights + pd.Timedelta(hours=BEGINS)).tz_localize(zone, ambiguous=is_first)
    ends = (nights + pd.Timedelta(days=1)).tz_localize(
        zone, ambiguous=is_first, nonexistent="shift_forward"
    )
    first, last = (pd.Timestamp(each).tz_localize("UTC") for each in (start, end))
    is_whole = (begins >= first) & (ends <= last)
    every = nights[is_whole & nights.day_name().isin(list(weekdays))]
    times = local_times(slots, zone)
    is_evening = times.hour >= BEGINS
    evening = times[is_evening].tz_localize(None).normalize()
    plays = slots.loc[is_evening, "plays"].groupby(evening).sum()
    counts = plays.reindex(every, fill_value=0)
    monday = every - pd.to_timedelta(every.weekday, unit="D")
    weeks = counts.groupby(monday).agg(["size", "sum"]).astype("int64")
    rows = weeks.rename_axis("week_start").reset_index()
    rows = rows.rename(columns={"size": "evenings", "sum": "plays"})
    return rows.assign(
        plays_per_evening=rows["plays"] / rows["evenings"],
        is_whole=rows["evenings"] == len(weekdays),
    )


def growth(rows: pd.DataFrame) -> str:
    """Return in words how the evenings changed from the first whole week to the last.

    Of three or more whole weeks, by how many plays a week the straight line rises that
    lies closest to all of them, by least squares.

    Args:
        rows: The rows of `by_week`.
    """
    whole = rows[rows["is_whole"]]
    if len(whole) < 2:
        return "Fewer than two whole weeks: there is no growth to tell."
    first, last = whole.iloc[0], whole.iloc[-1]
    change = numbers.change(last["plays_per_evening"], first["plays_per_evening"])
    words = [
        f"{each['plays_per_evening']:,.1f} in the week from "
        f"{numbers.day(pd.Timestamp(each['week_start']))}"
        for each in (first, last)
    ]
    ends = f"{words[0]}, {words[1]}: {change or 'from nothing'}."
    if len(whole) < LEAST_OF_LINE:
        return ends
    mondays = pd.to_datetime(whole["week_start"])
    weeks = (mondays - mondays.iloc[0]).dt.days / WEEK.days
    slope = np.polyfit(weeks, whole["plays_per_evening"].astype(float), 1)[0]
    verb = "rises" if slope > 0 else "falls"
    return (
        f"{ends} A straight line through the {len(whole)} whole weeks {verb} by "
        f"{abs(slope):,.1f} plays an evening each week."
    )
