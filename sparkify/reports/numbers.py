"""Writes figures for people, each kind in one way everywhere."""

from datetime import date, datetime, timedelta

SPACE = "\N{NO-BREAK SPACE}"  # a unit stays on the line of its number
MOST_PERCENT = 999  # a larger change is written as a multiple
MINUTES_OF_HOUR = SECONDS_OF_MINUTE = 60
AGES = {"day": timedelta(days=1), "hour": timedelta(hours=1)}


def count(value: float) -> str:
    """Return a whole number, such as `6,654`."""
    return f"{value:,.0f}"


def counted(value: float, noun: str) -> str:
    """Return a whole number of things, such as `1 play` or `6,654 plays`."""
    return f"{count(value)} {noun}{'' if value == 1 else 's'}"


def share(value: float) -> str:
    """Return a part of a whole in percent, such as `82.7 %`."""
    return f"{value * 100:.1f}{SPACE}%"


def points(value: float) -> str:
    """Return the difference of two shares in percentage points, such as `+2.0 pp`."""
    return f"{value * 100:+.1f}{SPACE}pp"


def change(now: float, before: float) -> str | None:
    """Return a relative change, such as `+12.3 %`, or `×40` from ten times on.

    Args:
        now: The figure.
        before: The earlier figure.

    Returns:
        The change; None if it divides by zero.
    """
    if not before:
        return None
    percent = round((now / before - 1) * 100, 1)
    if percent > MOST_PERCENT:
        return f"×{now / before:,.0f}"
    return f"{percent:+.1f}{SPACE}%"


def minutes(value: float) -> str:
    """Return a length of time, such as `7 h 49 min`.

    Args:
        value: The minutes.
    """
    hours, rest = divmod(round(value), MINUTES_OF_HOUR)
    parts = [f"{hours}{SPACE}h"] if hours else []
    if rest or not hours:
        parts.append(f"{rest}{SPACE}min")
    return SPACE.join(parts)


def length(value: float) -> str:
    """Return the length of a song, such as `3 min 59 s`.

    Args:
        value: The seconds.
    """
    whole, rest = divmod(round(value), SECONDS_OF_MINUTE)
    parts = [f"{whole}{SPACE}min"] if whole else []
    return SPACE.join([*parts, f"{rest}{SPACE}s"])


def day(value: date) -> str:
    """Return a day without its year, such as `29 Oct`."""
    return f"{value:%-d %b}"


def full_day(value: date | None, missing: str) -> str:
    """Return a day with its year, such as `29 Oct 2018`.

    Args:
        value: The day.
        missing: What is written if there is none.
    """
    return f"{value:%-d %b %Y}" if value else missing


def age(then: datetime, now: datetime) -> str:
    """Return how long ago something was, such as `3 days ago` or `just now`.

    Args:
        then: When it was.
        now: The time of today, in the same zone; an earlier one counts as the same, as
            clocks differ.
    """
    passed = now - then
    for noun, length in AGES.items():
        if passed >= length:
            return f"{counted(passed // length, noun)} ago"
    whole = passed // timedelta(minutes=1)
    return f"{whole}{SPACE}min ago" if whole > 0 else "just now"


def short(value: float) -> str:
    """Return a figure of any kind: a whole number, or one with one decimal place."""
    return count(value) if value == int(value) else f"{value:,.1f}"
