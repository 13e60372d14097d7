"""Finds escapes in the bytes of many records at once."""

from dataclasses import dataclass

import numpy as np

ZERO, EIGHT, BACKSLASH, NUMBER, D, D_SMALL = b"08\\uDd"


@dataclass(frozen=True)
class Escapes:
    """The records that hold some escapes.

    Attributes:
        rows: Those that hold an escape of a backslash, or of a character by its number.
        unsafe: Those that hold an escaped NUL or surrogate, which need the exact
            parser.
        has_numbers: Whether there is an escape of a character by its number.
    """

    rows: np.ndarray
    unsafe: np.ndarray
    has_numbers: bool

    @classmethod
    def find(cls, content: bytes, ends: np.ndarray) -> "Escapes":
        """Find them in the bytes of records, by where each record ends."""
        data = np.frombuffer(content, np.uint8)
        places = np.flatnonzero(data == BACKSLASH)
        following = data.take(places + 1, mode="clip")
        numbers = places[following == NUMBER]
        digits = [data.take(numbers + place, mode="clip") for place in range(2, 6)]
        is_nul = np.logical_and.reduce([digit == ZERO for digit in digits])
        is_surrogate = ((digits[0] == D) | (digits[0] == D_SMALL)) & (
            digits[1] >= EIGHT
        )
        return cls(
            rows_at(places[(following == NUMBER) | (following == BACKSLASH)], ends),
            rows_at(numbers[is_nul | is_surrogate], ends),
            len(numbers) > 0,
        )


def rows_at(places: np.ndarray, ends: np.ndarray) -> np.ndarray:
    """Return the rows of the records that hold bytes at some places."""
    return np.unique(np.searchsorted(ends, places, side="right"))
