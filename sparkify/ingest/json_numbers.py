"""Reads and shows numbers as they are written in JSON, without loss."""

import json
import re
from decimal import Decimal, InvalidOperation
from typing import Any

JSON_NUMBER = re.compile(r"-?(?:0|[1-9]\d*)(?:\.\d+)?(?:[eE][+-]?\d+)?", re.ASCII)
TEXT_NUMBER = re.compile(r"(?:\+|(-))?0*(\d.*)", re.ASCII)
WHOLE_WITH_FRACTION = re.compile(r"(-?\d+)\.0+", re.ASCII)
LONGEST_WHOLE = 40  # digits; beyond any column, and cheap to compute


class Number(str):
    """A number of a JSON text, as it is written there."""

    __slots__ = ()

    @property
    def is_constant(self) -> bool:
        """Whether it is NaN, Infinity or -Infinity, which Python writes into JSON."""
        return self in ("NaN", "Infinity", "-Infinity")


def read_text_number(text: str) -> Number | None:
    """Return the number that a text writes, or nothing.

    Texts have leading zeros and a plus sign that JSON does not allow.
    """
    if written := TEXT_NUMBER.fullmatch(text):
        text = f"{written[1] or ''}{written[2]}"
    return Number(text) if JSON_NUMBER.fullmatch(text) else None


def as_integer(number: Number, bits: int) -> int | None:
    """Return a number as a signed integer, or nothing if it is not one in range.

    Args:
        number: The number as written, such as `7`, `7.0` or `7e2`.
        bits: The bits of the range without the sign: 31 or 63.
    """
    try:
        value = Decimal(number)
    except InvalidOperation:  # the exponent is beyond any column too
        return None
    if value.adjusted() > LONGEST_WHOLE or value != value.to_integral_value():
        return None
    whole = int(value)
    return whole if -(2**bits) <= whole < 2**bits else None


def as_identity(text: str) -> str:
    """Return a text that names something, without a fraction of zero: 7.0 is 7."""
    match = WHOLE_WITH_FRACTION.fullmatch(text)
    return match[1] if match else str(text)


def as_json(value: Any, depth: int) -> str:
    """Return a value as JSON, with its numbers as written.

    Args:
        value: A value whose numbers are instances of `Number`.
        depth: The number of levels to show; a deeper one is an ellipsis.
    """
    if isinstance(value, Number):
        return str(value)
    if not isinstance(value, dict | list):
        return json.dumps(value)
    if depth == 0:
        return "…"
    if isinstance(value, list):
        return f"[{', '.join(as_json(item, depth - 1) for item in value)}]"
    members = (
        f"{json.dumps(key)}: {as_json(item, depth - 1)}" for key, item in value.items()
    )
    return f"{{{', '.join(members)}}}"
