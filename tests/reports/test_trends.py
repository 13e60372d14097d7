"""What charts need is right for cases that can be worked out by hand."""

from datetime import date
from math import isnan

import pandas as pd
import pytest

from sparkify.reports.periods import Period
from sparkify.reports.report import Filters, week_grid
from sparkify.reports.trends import (
    cut_weeks,
    fill_days,
    gini,
    last_weeks,
    mark_weeks,
    member_steps,
    weekday_profile,
)

WEEK = Filters(date(2018, 11, 5), date(2018, 11, 12))  # Monday to Sunday


def lorenz(count: int, *points: tuple[int, float]) -> pd.DataFrame:
    rows = pd.DataFrame(list(points), columns=["item_percent", "play_share"])
    return rows.assign(item_count=count)


def hours(*rows: tuple[int, int, int]) -> pd.DataFrame:
    return pd.DataFrame(list(rows), columns=["weekday", "hour", "plays"])


def profile(grid: pd.DataFrame) -> dict[tuple[str, int], float]:
    rows = weekday_profile(grid)
    assert list(rows.columns) == ["part_of_week", "hour", "plays_per_day"]
    return dict(
        zip(
            zip(rows["part_of_week"], rows["hour"], strict=True),
            rows["plays_per_day"],
            strict=True,
        )
    )


def test_days_without_plays_are_filled_with_zeros() -> None:
    rows = pd.DataFrame(
        {
            "play_date": [date(2018, 11, 6), date(2018, 11, 11)],
            "plays": [3, 1],
            "listeners": [2, 1],
        }
    )
    filled = fill_days(rows, WEEK)
    assert list(filled.columns) == ["play_date", "plays", "listeners"]
    assert list(filled["play_date"]) == list(pd.date_range("2018-11-05", "2018-11-11"))
    assert list(filled["plays"]) == [0, 3, 0, 0, 0, 0, 1]
    assert list(filled["listeners"]) == [0, 2, 0, 0, 0, 0, 1]
    assert filled["plays"].dtype == rows["plays"].dtype


def test_days_outside_the_data_are_gaps() -> None:
    rows = pd.DataFrame({"play_date": [date(2018, 11, 7)], "plays": [3]})
    data = Period(date(2018, 11, 6), date(2018, 11, 9))
    plays = fill_days(rows, WEEK, data)["plays"].tolist()
    assert plays[1:4] == [0, 3, 0]
    assert all(isnan(plays[position]) for position in (0, 4, 5, 6))
    covered = Period(date(2018, 11, 1), date(2018, 12, 1))
    assert fill_days(rows, WEEK, covered)["plays"].dtype == rows["plays"].dtype


def test_a_week_that_the_period_or_the_data_cuts_is_named() -> None:
    mondays = [date(2018, 10, 29), date(2018, 11, 5), date(2018, 11, 12)]
    rows = pd.DataFrame({"week_start": mondays, "plays": 1})
    data = Period(date(2018, 11, 1), date(2018, 12, 1))
    marked = mark_weeks(rows, Period(date(2018, 10, 20), date(2018, 11, 14)), data)
    assert marked["week_days"].tolist() == [4, 7, 2]
    assert marked["is_whole"].tolist() == [False, True, False]
    words = "Pale: weeks that are cut, from 29 Oct (4 of 7 days), 12 Nov (2 of 7 days)."
    assert cut_weeks(marked) == words
    assert cut_weeks(marked[marked["is_whole"]]) == ""
    none = mark_weeks(rows.head(0), Period(data.start, data.end), data)
    assert list(none.columns) == ["week_start", "plays", "week_days", "is_whole"]
    assert cut_weeks(none) == ""


def test_a_range_without_plays_is_all_zeros_and_one_without_days_is_empty() -> None:
    none = pd.DataFrame({"play_date": [], "plays": pd.Series([], dtype="int64")})
    assert list(fill_days(none, WEEK)["plays"]) == [0] * 7
    empty = fill_days(none, Filters(WEEK.start, WEEK.start))
    assert list(empty.columns) == ["play_date", "plays"]
    assert empty.empty


@pytest.mark.parametrize(
    ("count", "points", "expected"),
    [
        (1, [(100, 1.0)], 0.0),
        (2, [(50, 0.5), (100, 1.0)], 0.0),
        (2, [(50, 0.25), (100, 1.0)], 0.25),  # plays: 1, 3
        (3, [(34, 0.1), (67, 0.3), (100, 1.0)], 0.4),  # plays: 1, 2, 7
        (1_000, [(99, 0.0), (100, 1.0)], 0.99),
    ],
)
def test_the_gini_coefficient_matches_the_textbook(
    count: int, points: list[tuple[int, float]], expected: float
) -> None:
    assert gini(lorenz(count, *points)) == pytest.approx(expected)


def test_the_gini_coefficient_is_undefined_without_plays() -> None:
    assert isnan(gini(lorenz(0)))


def test_a_profile_divides_by_the_days_of_the_calendar() -> None:
    grid = week_grid(hours((1, 9, 5), (2, 9, 10), (0, 9, 3), (6, 20, 4)), WEEK)
    found = profile(grid)
    assert len(found) == 48
    assert found["weekday", 9] == 15 / 5
    assert found["weekend", 9] == 3 / 2
    assert found["weekend", 20] == 4 / 2
    assert sum(found.values()) == 3 + 1.5 + 2


def test_a_period_of_weekdays_has_no_weekend_profile() -> None:
    monday = Filters(date(2018, 11, 5), date(2018, 11, 6))
    found = profile(week_grid(hours((1, 9, 5)), monday))
    assert found["weekday", 9] == 5
    assert found["weekday", 10] == 0
    assert all(isnan(found["weekend", hour]) for hour in range(24))


def played(*rows: tuple[str, str, int]) -> pd.DataFrame:
    """Return days with plays of songs by Björk: a title, a day and its plays."""
    return pd.DataFrame(
        {
            "title": [title for title, _, _ in rows],
            "artist": "Björk",
            "play_date": [date.fromisoformat(day) for _, day, _ in rows],
            "plays": [plays for _, _, plays in rows],
        }
    )


def test_the_steps_of_a_name_are_the_days_of_the_period_that_the_data_has() -> None:
    rows = played(("Undo", "2018-11-06", 3), ("Hunter", "2018-11-09", 2))
    data = Period(date(2018, 11, 6), date(2018, 11, 30))
    grain, steps = member_steps(rows, Period(WEEK.start, WEEK.end), data)
    assert grain == "day"
    assert steps == {
        ("Undo", "Björk"): [3, 0, 0, 0, 0, 0],
        ("Hunter", "Björk"): [0, 0, 0, 2, 0, 0],
    }
    earlier = Period(date(2018, 10, 1), date(2018, 11, 8))
    assert member_steps(rows.head(1), earlier, data)[1] == {("Undo", "Björk"): [3, 0]}
    assert member_steps(rows.head(0), earlier, data)[1] == {}


def test_the_steps_of_years_are_the_last_62_weeks() -> None:
    rows = played(("Undo", "2017-09-24", 5), ("Undo", "2017-09-25", 3))
    years = Period(date(2016, 1, 1), date(2018, 12, 3))  # to a Sunday
    steps = member_steps(rows, years, years)[1][("Undo", "Björk")]
    assert steps == [3, *[0] * 61]


def test_the_last_weeks_begin_with_a_monday_of_the_period() -> None:
    long = Filters(date(2016, 1, 1), date(2018, 12, 1), "paid")  # to a Friday
    assert last_weeks(long) == Filters(date(2018, 9, 3), date(2018, 12, 1), "paid")
    exact = Filters(date(2018, 9, 5), date(2018, 12, 1))
    assert last_weeks(exact) == exact


def test_the_steps_of_a_long_period_are_its_whole_weeks() -> None:
    rows = played(
        ("Undo", "2018-08-31", 90),  # a Friday, before the first Monday
        ("Undo", "2018-09-03", 1),  # that Monday
        ("Undo", "2018-09-09", 2),
        ("Undo", "2018-10-31", 4),
        ("Undo", "2018-11-04", 8),  # the last Sunday
        ("Undo", "2018-11-05", 70),
        ("Hunter", "2018-11-05", 60),
    )
    data = Period(date(2018, 8, 31), date(2018, 12, 1))
    month = Period(date(2018, 9, 4), date(2018, 11, 5))
    assert month.days == 62
    assert member_steps(rows, month, data)[0] == "day"
    grain, steps = member_steps(rows, Period(data.start, date(2018, 11, 7)), data)
    assert grain == "week"
    assert steps == {
        ("Undo", "Björk"): [3, *[0] * 7, 12],
        ("Hunter", "Björk"): [0] * 9,
    }
