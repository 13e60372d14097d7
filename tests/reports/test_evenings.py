"""An evening is one of the zone's clock, and one that is cut does not count."""

from datetime import date, datetime, time, timedelta
from zoneinfo import ZoneInfo

import pandas as pd
import pytest

from sparkify.reports.evenings import WORKDAYS, by_week, growth
from sparkify.reports.periods import Period, covered, covered_span, preset
from sparkify.reports.report import WEEKDAYS
from sparkify.reports.trends import (
    changes_by_week,
    week_difference,
    whole_days,
)
from tests.support.report_stars import CASES, ReportStar

UTC = ZoneInfo("UTC")
ONE_DAY = timedelta(days=1)
EVENING = 18


def counted(
    star: ReportStar, case: str, zone: str, weekdays: tuple[str, ...]
) -> dict[date, tuple[int, int]]:
    """Count the evenings and the plays of each week, one evening at a time."""
    filters = star.filters(case)
    here = ZoneInfo(zone)
    times = [
        each.to_pydatetime().replace(tzinfo=UTC).astimezone(here)
        for each in star.plays(filters)["start_time"]
    ]
    plays = pd.Series([each.date() for each in times if each.hour >= EVENING])
    counts = plays.value_counts().to_dict()
    start, end = (
        datetime.combine(day, datetime.min.time(), UTC)
        for day in (filters.start, filters.end)
    )
    found: dict[date, tuple[int, int]] = {}
    for number in range(-1, filters.days + 1):
        day = filters.start + number * ONE_DAY
        begins = datetime(day.year, day.month, day.day, EVENING, tzinfo=here)
        after = day + ONE_DAY
        ends = datetime(after.year, after.month, after.day, tzinfo=here)
        if begins < start or ends > end or WEEKDAYS[day.weekday()] not in weekdays:
            continue
        monday = day - day.weekday() * ONE_DAY
        evenings, total = found.get(monday, (0, 0))
        found[monday] = (evenings + 1, total + counts.get(day, 0))
    return found


@pytest.mark.parametrize("case", [case for case in CASES if "before" not in case])
@pytest.mark.parametrize("zone", ["UTC", "America/Los_Angeles", "Asia/Kolkata"])
@pytest.mark.parametrize("weekdays", [WORKDAYS, ("Sunday",)])
def test_the_evenings_of_a_week_are_whole(
    star: ReportStar, case: str, zone: str, weekdays: tuple[str, ...]
) -> None:
    filters = star.filters(case)
    slots = star.report("plays_by_slot", filters)
    start, end = (datetime.combine(day, time()) for day in (filters.start, filters.end))
    rows = by_week(slots, start, end, zone, weekdays)
    ours = {
        monday.date(): (evenings, plays)
        for monday, evenings, plays in zip(
            rows["week_start"], rows["evenings"], rows["plays"], strict=True
        )
    }
    assert ours == counted(star, case, zone, weekdays)
    assert list(rows["is_whole"]) == list(rows["evenings"] == len(weekdays))


def test_an_evening_that_the_data_does_not_cover_to_its_end_does_not_count() -> None:
    days = Period(date(2018, 11, 26), date(2018, 12, 1))  # from Monday to Friday
    begin = datetime(2018, 11, 1, 0, 5)
    slots = pd.DataFrame(
        {"play_date": [*map(pd.Timestamp, ["2018-11-28", "2018-11-30"])]}
    ).assign(hour=19, quarter=0, plays=[7, 25])
    for last, expected in (
        (datetime(2018, 11, 30, 19, 54), (4, 7, False)),
        (datetime(2018, 11, 30, 23, 10), (5, 32, True)),
        (datetime(2018, 12, 24, 9), (5, 32, True)),
    ):
        rows = by_week(slots, *covered_span(days.start, days.end, begin, last), "UTC")
        (week,) = rows[["evenings", "plays", "is_whole"]].itertuples(index=False)
        assert tuple(week) == expected
    late = covered_span(
        days.start,
        days.end,
        datetime(2018, 11, 26, 18, 30),
        datetime(2018, 12, 24, 9),
    )
    assert by_week(slots, *late, "UTC")["evenings"].tolist() == [4]


def test_growth_compares_the_first_whole_week_with_the_last() -> None:
    rows = pd.DataFrame(
        {
            "week_start": pd.date_range("2018-10-29", periods=4, freq="7D"),
            "plays_per_evening": [9.0, 40.0, 41.0, 50.0],
            "is_whole": [False, True, True, True],
        }
    )
    assert growth(rows) == (
        "40.0 in the week from 5 Nov, 50.0 in the week from 19 Nov: "
        "+25.0\N{NO-BREAK SPACE}%. A straight line through the 3 whole weeks rises "
        "by 5.0 plays an evening each week."
    )
    assert growth(rows.head(3)) == (
        "40.0 in the week from 5 Nov, 41.0 in the week from 12 Nov: "
        "+2.5\N{NO-BREAK SPACE}%."
    )
    assert growth(rows.head(2)).startswith("Fewer than two whole weeks")


def test_the_previous_week_ends_on_the_sunday_before_the_last_days_week() -> None:
    friday = covered(datetime(2018, 9, 1), datetime(2018, 11, 30, 12))
    assert str(preset("previous-week", friday)) == "19 Nov to 25 Nov 2018"
    sunday = covered(datetime(2018, 9, 1), datetime(2018, 11, 25, 12))
    assert str(preset("previous-week", sunday)) == "12 Nov to 18 Nov 2018"


def test_changes_of_level_stand_in_their_week() -> None:
    rows = pd.DataFrame(
        {
            "change_date": [date(2018, 11, 4), date(2018, 11, 5), date(2018, 11, 19)],
            "upgrades": [1, 2, 4],
            "downgrades": [0, 1, 0],
        }
    )
    period = Period(date(2018, 11, 1), date(2018, 11, 26))
    weeks = changes_by_week(rows, period, period)
    assert [day.day for day in weeks["week_start"]] == [29, 5, 12, 19]
    assert list(weeks["upgrades"]) == [1, 2, 0, 4]
    assert list(weeks["downgrades"]) == [0, 1, 0, 0]
    assert list(weeks["is_whole"]) == [False, True, True, True]


def test_a_difference_of_weeks_needs_both() -> None:
    now = pd.DataFrame(
        {"weekday": ["Monday", "Sunday"], "hour": 1, "plays_per_day": [4.0, 2.0]}
    )
    before = now.assign(plays_per_day=[1.0, float("nan")])
    monday, sunday = week_difference(now, before)["plays_per_day"]
    assert monday == 3.0
    assert pd.isna(sunday)


def test_a_day_that_the_data_cuts_is_not_whole() -> None:
    days = pd.DataFrame(
        {"play_date": pd.date_range("2018-11-01", periods=3), "plays": [1, 2, 3]}
    )
    first, last = datetime(2018, 11, 1, 20), datetime(2018, 11, 3, 23, 59)
    assert whole_days(days, first, last) == [date(2018, 11, 2), date(2018, 11, 3)]
    assert whole_days(days, first.replace(hour=0), last.replace(hour=22)) == [
        date(2018, 11, 1),
        date(2018, 11, 2),
    ]
