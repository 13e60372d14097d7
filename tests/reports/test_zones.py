"""Hours are those of a zone's clock, which may be put forward or back."""

from datetime import date, datetime, time, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pandas as pd
import pytest

from sparkify.reports import zones
from sparkify.reports.report import WEEKDAYS, Filters
from tests.support.report_stars import CASES, ReportStar, assert_same

every_case = pytest.mark.parametrize("case", CASES)
every_zone = pytest.mark.parametrize(
    "zone", ["UTC", "America/Los_Angeles", "Asia/Kolkata", "Pacific/Chatham"]
)
WEEK = Filters(date(2018, 11, 1), date(2018, 11, 8))  # Los Angeles: back on the 4th


def local(plays: pd.DataFrame, zone: str) -> list[datetime]:
    """Read the clock of a zone at each play."""
    utc = ZoneInfo("UTC")
    times = [each.to_pydatetime().replace(tzinfo=utc) for each in plays["start_time"]]
    return [each.astimezone(ZoneInfo(zone)) for each in times]


def counted(values: list[Any]) -> dict[Any, int]:
    return dict(pd.Series(values, dtype=object).value_counts().items())


@every_case
def test_slots_are_quarters_of_an_hour(star: ReportStar, case: str) -> None:
    plays = star.plays(star.filters(case))
    rows = plays.assign(quarter=plays["start_time"].dt.minute // 15)
    keys = ["play_date", "hour", "quarter"]
    expected = rows.groupby(keys).size().reset_index(name="plays")
    assert_same(star.report("plays_by_slot", star.filters(case)), expected)


@every_zone
@pytest.mark.parametrize("case", ["everything", "week", "day", "no day"])
def test_hours_are_those_of_the_zone(star: ReportStar, case: str, zone: str) -> None:
    filters = star.filters(case)
    plays = star.plays(filters)
    clock = local(plays, zone)
    slots = star.report("plays_by_slot", filters)
    hours = zones.by_hour(slots, zone).set_index("hour")["plays"].to_dict()
    assert hours == counted([time.hour for time in clock])
    grid = zones.grid(slots, filters, zone)
    cells = {
        (WEEKDAYS.index(row["weekday"]), row["hour"]): row["plays"]
        for row in grid.to_dict("records")
        if row["plays"]
    }
    assert cells == counted([(time.weekday(), time.hour) for time in clock])
    assert len(grid) == 7 * 24
    assert grid["calendar_days"].sum() == filters.days * 24
    if filters.days:
        day = datetime.combine(filters.end - timedelta(days=1), time())
        span = (datetime.combine(filters.start, time(1)), day + timedelta(hours=19.9))
        part = zones.grid(slots, filters, zone, span)
        # An hour at the begin is not covered; at the end, four that have not begun.
        assert part["calendar_days"].sum() == filters.days * 24 - 1 - 4
        assert list(part["plays"]) == list(grid["plays"])


@every_zone
@pytest.mark.parametrize("case", ["everything", "paid in metro"])
def test_the_songs_of_an_hour_are_those_of_the_zone(
    star: ReportStar, case: str, zone: str
) -> None:
    filters = star.filters(case)
    plays = star.plays(filters)
    clock = local(plays, zone)
    cells = counted([(time.weekday(), time.hour) for time in clock])
    weekday, hour = max(cells, key=lambda cell: cells[cell])
    parts = [
        star.report(
            "songs_of_hour",
            filters,
            weekday=(weekday + 1) % 7,
            hour=hour,
            shift_minutes=minutes,
            start_time=start,
            end_time=end,
            top=100_000,
        )
        for start, end, minutes in zones.stretches(filters, zone)
    ]
    sums = pd.concat(parts).groupby(["title", "artist"])["plays"].sum()
    is_then = [(time.weekday(), time.hour) == (weekday, hour) for time in clock]
    expected = plays[is_then].groupby(["title", "artist"]).size()
    assert sums.to_dict() == expected.to_dict()


def test_a_period_is_parted_where_the_clock_is_put_back() -> None:
    start, change, end = (
        datetime(2018, 11, 1),
        datetime(2018, 11, 4, 9),
        datetime(2018, 11, 8),
    )
    assert zones.stretches(WEEK, "America/Los_Angeles") == [
        (start, change, -7 * 60),
        (change, end, -8 * 60),
    ]
    assert zones.stretches(WEEK, "Asia/Kolkata") == [(start, end, 5 * 60 + 30)]


def test_an_hour_that_occurs_twice_counts_twice() -> None:
    none = pd.DataFrame({"play_date": [], "hour": [], "quarter": [], "plays": []})
    grid = zones.grid(
        none.astype({"hour": int, "quarter": int}), WEEK, "America/Los_Angeles"
    )
    days = grid.set_index(["weekday", "hour"])["calendar_days"]
    assert days["Sunday", 1] == 2
    assert days["Sunday", 2] == 1
    assert days.sum() == 7 * 24


@every_case
def test_each_hour_has_its_own_overview(star: ReportStar, case: str) -> None:
    filters = star.filters(case)
    plays = star.plays(filters)
    hours = plays.assign(play_date=plays["start_time"].dt.floor("h"))
    assert_same(star.report("overview_by_hour", filters), overview(hours, "play_date"))


@every_case
def test_each_week_has_its_own_overview(star: ReportStar, case: str) -> None:
    filters = star.filters(case)
    plays = star.plays(filters)
    monday = [day - timedelta(days=day.weekday()) for day in plays["play_date"]]
    weeks = plays.assign(week_start=monday)
    assert_same(star.report("overview_by_week", filters), overview(weeks, "week_start"))


def overview(plays: pd.DataFrame, key: str) -> pd.DataFrame:
    """Count what an overview shows, by a key."""
    rows = [
        {
            key: value,
            "plays": len(part),
            "listeners": part["user_id"].nunique(),
            "sessions": len(part[["user_id", "session_id"]].drop_duplicates()),
            "paid_plays": (part["level"] == "paid").sum(),
            "matched_plays": (~part["is_inferred"].astype(bool)).sum(),
        }
        for value, part in plays.groupby(key)
    ]
    names = ["plays", "listeners", "sessions", "paid_plays", "matched_plays"]
    return pd.DataFrame(rows, columns=[key, *names])
