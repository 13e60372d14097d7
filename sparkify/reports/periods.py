"""Periods of days: presets that end with the data, and periods to compare with."""

from dataclasses import dataclass
from datetime import date, datetime, time, timedelta

LAST_DAYS = {"7d": 7, "28d": 28, "91d": 91}
PRESETS = {
    "28d": "Last 28 days",
    "7d": "Last 7 days",
    "91d": "Last 91 days",
    "month": "Month to date",
    "previous-week": "Previous week",
    "previous-month": "Previous month",
    "all": "All",
    "custom": "Custom",
}
COMPARISONS = {
    "previous": "Period before",
    "weekdays": "Same weekdays before",
    "four-weeks": "Four weeks before",
    "year": "Year before",
    "custom": "Custom days",
    "none": "Nothing",
}
LAST_HOUR = 23  # of a day
ONE_DAY = timedelta(days=1)


@dataclass(frozen=True)
class Period:
    """Whole days in UTC.

    Attributes:
        start: The first day.
        end: The day after the last day.
    """

    start: date
    end: date

    @property
    def days(self) -> int:
        """The number of days."""
        return (self.end - self.start).days

    @property
    def last(self) -> date:
        """The last day."""
        return self.end - ONE_DAY

    def shifted(self, days: int) -> "Period":
        """Return the period that many days later, or earlier for a negative number."""
        return Period(self.start + timedelta(days), self.end + timedelta(days))

    def overlap(self, other: "Period") -> "Period":
        """Return the days that both periods have; none if they have none in common."""
        start = max(self.start, other.start)
        return Period(start, max(start, min(self.end, other.end)))

    def __str__(self) -> str:
        if self.days <= 1:
            return f"{self.start:%-d %b %Y}"
        if self.start.year == self.last.year:
            return f"{self.start:%-d %b} to {self.last:%-d %b %Y}"
        return f"{self.start:%-d %b %Y} to {self.last:%-d %b %Y}"


NO_DAYS = Period(date(2000, 1, 1), date(2000, 1, 1))


def covered(first: datetime | None, last: datetime | None) -> Period:
    """Return the days from the first play to the last; no days without plays.

    Args:
        first: The timestamp of the first play.
        last: The timestamp of the last play.
    """
    if first is None or last is None:
        return NO_DAYS
    return Period(first.date(), last.date() + ONE_DAY)


def covered_span(
    start: date, end: date, first: datetime, last: datetime
) -> tuple[datetime, datetime]:
    """Return the moments between which the data covers days.

    They are midnights, unless the data begins or ends within one of the days, as by
    `whole_days`.

    Args:
        start: The first of the days, which the data has.
        end: The day after the last.
        first: The timestamp of the first play.
        last: The timestamp of the last play.
    """
    begins, ends = (datetime.combine(day, time()) for day in (start, end))
    return (
        max(begins, first) if first.hour > 0 else begins,
        min(ends, last) if last.hour < LAST_HOUR else ends,
    )


def preset(name: str, data: Period) -> Period:
    """Return the period of a preset, which ends relative to the last day of the data.

    Args:
        name: One of `PRESETS`, except `custom`.
        data: The days that the data covers.
    """
    if name in LAST_DAYS:
        return Period(data.end - timedelta(LAST_DAYS[name]), data.end)
    if name == "previous-week":
        monday = data.last - timedelta(data.last.weekday())
        return Period(monday - timedelta(7), monday)
    month = data.last.replace(day=1)
    if name == "month":
        return Period(month, data.end)
    if name == "previous-month":
        return Period((month - ONE_DAY).replace(day=1), month)
    return data


def comparison(name: str, period: Period) -> Period:
    """Return the period to compare with; for `none`, a period without days.

    Args:
        name: One of `COMPARISONS`, except `custom`.
        period: The chosen period.
    """
    if name == "previous":
        return period.shifted(-period.days)
    if name == "weekdays":
        weeks = -(-period.days // 7)
        return period.shifted(-7 * weeks)
    if name == "four-weeks":
        return period.shifted(-28)
    if name == "year":
        return period.shifted(-364)  # whole weeks, so that equal weekdays are compared
    return Period(period.start, period.start)


def obstacle(period: Period, earlier: Period, data: Period) -> str:
    """Return in words why two periods cannot be compared; empty if they can.

    A change against days of which there is no data would be one of the data, not of
    the listening.

    Args:
        period: The chosen period.
        earlier: The period to compare with; without days if there is none.
        data: The days that the data covers.
    """
    if not earlier.days or not data.days:
        return "There is nothing to compare with."
    for name, each in (("earlier ", earlier), ("", period)):
        missing = each.days - each.overlap(data).days
        if missing:
            return (
                f"No change is shown: of the {each.days} days of the {name}period "
                f"({each}), {missing} are outside the data, which goes from {data}."
            )
    return ""
