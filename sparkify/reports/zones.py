"""Counts plays by the hours of a time zone.

The warehouse counts each quarter of an hour in UTC, which is enough for every zone of
today; the clock of the zone, with its summer time, is read here.
"""

from datetime import datetime, time

import pandas as pd

from sparkify.reports.report import WEEKDAYS, Filters

SLOT = pd.Timedelta(minutes=15)
SLOTS_OF_HOUR = 4


def by_hour(slots: pd.DataFrame, zone: str) -> pd.DataFrame:
    """Sum the plays of each hour of the day.

    Args:
        slots: `play_date`, `hour` and `quarter` (0 to 3) in UTC, and `plays`.
        zone: The time zone, such as `America/New_York`.

    Returns:
        `hour` and `plays`; hours without plays are missing.
    """
    hour = local_times(slots, zone).hour
    return slots.groupby(hour)["plays"].sum().rename_axis("hour").reset_index()


def grid(
    slots: pd.DataFrame,
    filters: Filters,
    zone: str,
    span: tuple[datetime, datetime] | None = None,
) -> pd.DataFrame:
    """Return a row for each of the 168 hours of the week.

    Args:
        slots: `play_date`, `hour` and `quarter` (0 to 3) in UTC, and `plays`.
        filters: The filters of the plays; their days are those of UTC.
        zone: The time zone.
        span: The moments, in UTC, between which the data covers their days, as
            `covered_span` returns them; all of the days if None.

    Returns:
        `weekday` by name, `hour`, `plays`, `calendar_days` (how often that hour occurs
        in the period, with parts) and `plays_per_day`, the plays of an average one.
    """
    every = pd.MultiIndex.from_product(
        [range(len(WEEKDAYS)), range(24)], names=["weekday", "hour"]
    )
    times = local_times(slots, zone)
    plays = slots["plays"].groupby([times.weekday, times.hour]).sum()
    every_slot = _every_slot(filters)
    if span is not None:
        first, end = pd.Timestamp(span[0]).floor("15min"), pd.Timestamp(span[1])
        every_slot = every_slot[(every_slot >= first) & (every_slot < end)]
    clock = every_slot.tz_localize("UTC").tz_convert(zone)
    occurs = pd.Series(1, clock).groupby([clock.weekday, clock.hour]).sum()
    rows = pd.DataFrame(
        {
            "plays": plays.reindex(every, fill_value=0),
            "calendar_days": occurs.reindex(every, fill_value=0) / SLOTS_OF_HOUR,
        },
        index=every,
    ).reset_index()
    rows["weekday"] = [WEEKDAYS[number] for number in rows["weekday"]]
    days = rows["calendar_days"].where(rows["calendar_days"] > 0)
    return rows.assign(plays_per_day=rows["plays"] / days)


def stretches(filters: Filters, zone: str) -> list[tuple[datetime, datetime, int]]:
    """Return the parts of a period in which a zone's clock is not put forward or back.

    Args:
        filters: The filters, with their days in UTC.
        zone: The time zone.

    Returns:
        For each part its start, its end and the minutes that the clock is ahead of UTC.
    """
    times = _every_slot(filters)
    local = times.tz_localize("UTC").tz_convert(zone).tz_localize(None)
    ahead = pd.Series((local - times) // pd.Timedelta(minutes=1), times)
    changed = ahead[ahead.ne(ahead.shift())]
    starts = pd.DatetimeIndex(changed.index).to_pydatetime().tolist()
    ends = [*starts[1:], datetime.combine(filters.end, time())]
    return list(zip(starts, ends, changed.tolist(), strict=True))


def _every_slot(filters: Filters) -> pd.DatetimeIndex:
    slots = filters.days * 24 * SLOTS_OF_HOUR
    return pd.date_range(filters.start, periods=slots, freq=SLOT)


def local_times(slots: pd.DataFrame, zone: str) -> pd.DatetimeIndex:
    """Return the timestamps of quarters of an hour in a time zone.

    Args:
        slots: `play_date`, `hour` and `quarter` (0 to 3) in UTC.
        zone: The time zone.
    """
    minutes = slots["hour"] * 60 + slots["quarter"] * 15
    times = pd.to_datetime(slots["play_date"]) + pd.to_timedelta(minutes, unit="min")
    return pd.DatetimeIndex(times).tz_localize("UTC").tz_convert(zone)
