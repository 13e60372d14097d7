"""Reads numbers as they are written in JSON, without loss."""

import re
from decimal import Decimal

JSON_NUMBER = re.compile(r"-?(?:0|[1-9]\d*)(?:\.\d+)?(?:[eE][+-]?\d+)?")
WHOLE_WITH_FRACTION = re.compile(r"(-?\d+)\.0+")
LONGEST_WHOLE = 40  # digits; beyond any column, and cheap to compute


class Number(str):
    """A number of a JSON text, as it is written there."""

    __slots__ = ()

    @property
    def is_constant(self) -> bool:
        """Whether it is NaN, Infinity or -Infinity, which Python writes into JSON."""
        return self in ("NaN", "Infinity", "-Infinity")


def read_number(text: str) -> Number | None:
    """Return the number that a text writes as JSON does, or nothing."""
    return Number(text) if JSON_NUMBER.fullmatch(text) else None


def as_integer(number: Number, bits: int) -> int | None:
    """Return a number as a signed integer, or nothing if it is not one in range.

    Args:
        number: The number as written, such as `7`, `7.0` or `7e2`.
        bits: The bits of the range without the sign: 31 or 63.
    """
    value = Decimal(number)
    if value.adjusted() > LONGEST_WHOLE or value != value.to_integral_value():
        return None
    whole = int(value)
    return whole if -(2**bits) <= whole < 2**bits else None


def as_identity(text: str) -> str:
    """Return a text that names something, without a fraction of zero: 7.0 is 7."""
    match = WHOLE_WITH_FRACTION.fullmatch(text)
    return match[1] if match else str(text)
