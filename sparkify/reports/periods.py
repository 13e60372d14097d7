"""Periods of days: presets counted from the data's last day, steps and comparisons."""

from dataclasses import dataclass
from datetime import date, datetime, timedelta

LAST_DAYS = {"7d": 7, "28d": 28, "91d": 91}
PRESETS = {
    "28d": "Last 28 days",
    "7d": "Last 7 days",
    "91d": "Last 91 days",
    "month": "Month to date",
    "previous-month": "Previous month",
    "all": "All",
    "custom": "Custom",
}
COMPARISONS = {
    "previous": "Period before",
    "four-weeks": "Four weeks before",
    "year": "Year before",
    "none": "Nothing",
}
ONE_DAY = timedelta(days=1)


@dataclass(frozen=True)
class Period:
    """Whole days in UTC.

    Attributes:
        start: The first day.
        end: The day after the last.
    """

    start: date
    end: date

    @property
    def days(self) -> int:
        """How many days it spans."""
        return (self.end - self.start).days

    @property
    def last(self) -> date:
        """The last day."""
        return self.end - ONE_DAY

    def shifted(self, days: int) -> "Period":
        """Gives the period so many days later; earlier for a negative number."""
        return Period(self.start + timedelta(days), self.end + timedelta(days))

    def __str__(self) -> str:
        if self.days <= 1:
            return f"{self.start:%-d %b %Y}"
        if self.start.year == self.last.year:
            return f"{self.start:%-d %b} to {self.last:%-d %b %Y}"
        return f"{self.start:%-d %b %Y} to {self.last:%-d %b %Y}"


NO_DAYS = Period(date(2000, 1, 1), date(2000, 1, 1))


def covered(first: datetime | None, last: datetime | None) -> Period:
    """Return the days from the first play to the last; no day without a play.

    Args:
        first: The time of the first play.
        last: The time of the last play.
    """
    if first is None or last is None:
        return NO_DAYS
    return Period(first.date(), last.date() + ONE_DAY)


def preset(name: str, data: Period) -> Period:
    """Gives a preset, which counts from the last day of the data.

    Args:
        name: One of `PRESETS`, but for `custom`.
        data: The days that the data spans.
    """
    if name in LAST_DAYS:
        return Period(data.end - timedelta(LAST_DAYS[name]), data.end)
    month = data.last.replace(day=1)
    if name == "month":
        return Period(month, data.end)
    if name == "previous-month":
        return Period((month - ONE_DAY).replace(day=1), month)
    return data


def comparison(name: str, period: Period) -> Period:
    """Gives the period to compare with; for `none` one without a day.

    Args:
        name: One of `COMPARISONS`.
        period: The period that is looked at.
    """
    if name == "previous":
        return period.shifted(-period.days)
    if name == "four-weeks":
        return period.shifted(-28)
    if name == "year":
        return period.shifted(-364)  # so that weekdays meet their like
    return Period(period.start, period.start)
