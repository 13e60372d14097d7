"""Each kind of figure is written in one way."""

from datetime import date, datetime, timedelta

import pytest

from sparkify.reports import numbers


def plain(text: str | None) -> str | None:
    return text and text.replace(numbers.SPACE, " ")


def test_figures_are_written_as_people_read_them() -> None:
    assert numbers.count(6_654) == "6,654"
    assert plain(numbers.share(0.8265)) == "82.7 %"
    assert plain(numbers.points(0.0204)) == "+2.0 pp"
    assert plain(numbers.points(-0.5)) == "-50.0 pp"
    assert numbers.counted(1, "play") == "1 play"
    assert numbers.counted(0, "play") == "0 plays"
    assert numbers.counted(6_654, "play") == "6,654 plays"
    assert numbers.day(date(2018, 10, 29)) == "29 Oct"


@pytest.mark.parametrize(
    ("minutes", "text"),
    [(0, "0 min"), (0.6, "1 min"), (59, "59 min"), (60, "1 h"), (469, "7 h 49 min")],
)
def test_a_length_is_written_in_hours_and_minutes(minutes: float, text: str) -> None:
    assert plain(numbers.minutes(minutes)) == text


@pytest.mark.parametrize(
    ("now", "before", "text"),
    [
        (120, 100, "+20.0 %"),
        (75, 100, "-25.0 %"),
        (1_098, 100, "+998.0 %"),
        (1_099, 100, "+999.0 %"),
        (1_100, 100, "×11"),
        (4_008, 100, "×40"),
        (5, 0, None),
        (0, 5, "-100.0 %"),
    ],
)
def test_a_change_of_ten_times_and_more_is_a_multiple(
    now: float, before: float, text: str | None
) -> None:
    assert plain(numbers.change(now, before)) == text


@pytest.mark.parametrize(
    ("passed", "text"),
    [
        (timedelta(seconds=-90), "just now"),
        (timedelta(seconds=59), "just now"),
        (timedelta(seconds=60), "1 min ago"),
        (timedelta(minutes=59, seconds=59), "59 min ago"),
        (timedelta(hours=1), "1 hour ago"),
        (timedelta(hours=23, minutes=59), "23 hours ago"),
        (timedelta(days=1), "1 day ago"),
        (timedelta(days=2_800, hours=23), "2,800 days ago"),
    ],
)
def test_an_age_is_written_in_its_largest_unit(passed: timedelta, text: str) -> None:
    now = datetime(2018, 12, 1, 9, 30)
    assert plain(numbers.age(now - passed, now)) == text
