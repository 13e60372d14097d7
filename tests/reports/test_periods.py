"""Periods count from the data's last day; each date here is reckoned by hand."""

from datetime import date, timedelta

import pytest

from sparkify.reports.periods import (
    COMPARISONS,
    NO_DAYS,
    PRESETS,
    Period,
    comparison,
    obstacle,
    preset,
)

# The real data: 1 to 30 November 2018.
NOVEMBER = Period(date(2018, 11, 1), date(2018, 12, 1))
# Data that ends on a leap day, a Thursday.
LEAP = Period(date(2023, 6, 10), date(2024, 3, 1))
NEW_YEAR = Period(date(2019, 12, 20), date(2020, 1, 6))


def days(first: tuple[int, int, int], last: tuple[int, int, int]) -> Period:
    """Return the period from a first to a last day, both in it."""
    return Period(date(*first), date(*last) + timedelta(days=1))


@pytest.mark.parametrize(
    ("name", "data", "expected"),
    [
        ("7d", NOVEMBER, days((2018, 11, 24), (2018, 11, 30))),
        ("7d", LEAP, days((2024, 2, 23), (2024, 2, 29))),
        ("7d", NEW_YEAR, days((2019, 12, 30), (2020, 1, 5))),
        ("28d", NOVEMBER, days((2018, 11, 3), (2018, 11, 30))),
        ("28d", LEAP, days((2024, 2, 2), (2024, 2, 29))),
        ("91d", LEAP, days((2023, 12, 1), (2024, 2, 29))),
        ("month", NOVEMBER, days((2018, 11, 1), (2018, 11, 30))),
        ("month", LEAP, days((2024, 2, 1), (2024, 2, 29))),
        ("month", NEW_YEAR, days((2020, 1, 1), (2020, 1, 5))),
        ("previous-month", NOVEMBER, days((2018, 10, 1), (2018, 10, 31))),
        ("previous-month", LEAP, days((2024, 1, 1), (2024, 1, 31))),
        ("previous-month", NEW_YEAR, days((2019, 12, 1), (2019, 12, 31))),
        ("all", NOVEMBER, NOVEMBER),
        ("all", NEW_YEAR, days((2019, 12, 20), (2020, 1, 5))),
    ],
)
def test_a_preset_counts_from_the_last_day_of_the_data(
    name: str, data: Period, expected: Period
) -> None:
    assert preset(name, data) == expected


def test_the_previous_month_may_have_a_leap_day() -> None:
    data = days((2024, 1, 15), (2024, 3, 2))
    assert preset("previous-month", data) == days((2024, 2, 1), (2024, 2, 29))


@pytest.mark.parametrize("name", [name for name in PRESETS if name != "custom"])
def test_a_preset_for_one_day_of_data_ends_by_that_day(
    name: str,
) -> None:
    data = days((2018, 11, 7), (2018, 11, 7))
    period = preset(name, data)
    assert period.days >= 1
    assert period.end <= data.end


@pytest.mark.parametrize(
    ("name", "period", "expected"),
    [
        # As many days, just before.
        (
            "previous",
            days((2018, 11, 24), (2018, 11, 30)),
            days((2018, 11, 17), (2018, 11, 23)),
        ),
        ("previous", NOVEMBER, days((2018, 10, 2), (2018, 10, 31))),
        (
            "previous",
            days((2024, 3, 1), (2024, 3, 1)),
            days((2024, 2, 29), (2024, 2, 29)),
        ),
        # The nearest same weekdays that do not overlap.
        ("weekdays", NOVEMBER, days((2018, 9, 27), (2018, 10, 26))),
        (
            "weekdays",
            days((2018, 11, 24), (2018, 11, 25)),
            days((2018, 11, 17), (2018, 11, 18)),
        ),
        # Saturday to Friday stays Saturday to Friday.
        (
            "four-weeks",
            days((2018, 11, 24), (2018, 11, 30)),
            days((2018, 10, 27), (2018, 11, 2)),
        ),
        (
            "year",
            days((2018, 11, 24), (2018, 11, 30)),
            days((2017, 11, 25), (2017, 12, 1)),
        ),
        (
            "year",
            days((2024, 2, 29), (2024, 2, 29)),
            days((2023, 3, 2), (2023, 3, 2)),
        ),
    ],
)
def test_a_comparison_has_as_many_days_as_its_period(
    name: str, period: Period, expected: Period
) -> None:
    assert comparison(name, period) == expected


@pytest.mark.parametrize("name", ["weekdays", "four-weeks", "year"])
def test_a_comparison_of_whole_weeks_has_the_same_weekdays(name: str) -> None:
    earlier = comparison(name, NOVEMBER)
    assert earlier.days == NOVEMBER.days
    assert earlier.start.weekday() == NOVEMBER.start.weekday()


def test_a_comparison_with_nothing_has_no_day() -> None:
    assert comparison("none", NOVEMBER).days == 0


def test_each_comparison_but_none_ends_before_a_short_period_begins() -> None:
    week = days((2018, 11, 24), (2018, 11, 30))
    for name in set(COMPARISONS) - {"custom"}:
        assert comparison(name, week).end <= week.start


def test_a_step_forward_undoes_a_step_back() -> None:
    week = days((2018, 11, 24), (2018, 11, 30))
    back = week.shifted(-week.days)
    assert back == days((2018, 11, 17), (2018, 11, 23))
    assert back.end == week.start
    assert back.shifted(back.days) == week


def test_a_period_has_a_number_of_days_and_a_last_day() -> None:
    assert NOVEMBER.days == 30
    assert NOVEMBER.last == date(2018, 11, 30)
    assert LEAP.last == date(2024, 2, 29)
    assert days((2018, 11, 7), (2018, 11, 7)).days == 1


@pytest.mark.parametrize(
    ("period", "text"),
    [
        (days((2018, 11, 7), (2018, 11, 7)), "7 Nov 2018"),
        (NOVEMBER, "1 Nov to 30 Nov 2018"),
        (days((2018, 12, 31), (2018, 12, 31)), "31 Dec 2018"),
        (NEW_YEAR, "20 Dec 2019 to 5 Jan 2020"),
        (days((2018, 12, 25), (2018, 12, 31)), "25 Dec to 31 Dec 2018"),
    ],
)
def test_a_period_is_written_by_its_first_and_last_day(
    period: Period, text: str
) -> None:
    assert str(period) == text


def test_periods_have_days_in_common() -> None:
    week = days((2018, 11, 28), (2018, 12, 4))
    assert week.overlap(NOVEMBER) == days((2018, 11, 28), (2018, 11, 30))
    assert NOVEMBER.overlap(week) == week.overlap(NOVEMBER)
    assert week.overlap(LEAP).days == LEAP.overlap(week).days == 0


@pytest.mark.parametrize(
    ("period", "earlier", "words"),
    [
        (
            days((2018, 11, 3), (2018, 11, 30)),
            days((2018, 10, 6), (2018, 11, 2)),
            "28 days of the earlier period (6 Oct to 2 Nov 2018), 26 are outside",
        ),
        (
            days((2018, 11, 29), (2018, 12, 5)),
            days((2018, 11, 22), (2018, 11, 28)),
            "of the 7 days of the period (29 Nov to 5 Dec 2018), 5 are outside",
        ),
        (days((2018, 11, 8), (2018, 11, 8)), NO_DAYS, "nothing to compare"),
    ],
)
def test_a_period_that_the_data_does_not_cover_is_not_compared(
    period: Period, earlier: Period, words: str
) -> None:
    assert words in obstacle(period, earlier, NOVEMBER)


def test_periods_within_the_data_are_compared() -> None:
    week = days((2018, 11, 8), (2018, 11, 14))
    assert obstacle(week, comparison("previous", week), NOVEMBER) == ""
