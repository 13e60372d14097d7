"""What was probably meant where a record breaks a rule: hints for the reasons."""

import json
import re
from collections.abc import Mapping
from difflib import get_close_matches
from typing import Any

from sparkify.ingest.record_schema import RECORD_SCHEMAS, Column
from sparkify.ingest.verdict import shorten

EARLIEST_MS = 946_684_800_000  # 2000-01-01 UTC
LATEST_MS = 4_102_444_800_000  # 2100-01-01 UTC, the first timestamp that is too late
UNITS = (("seconds", 1000, 1), ("microseconds", 1, 1000), ("nanoseconds", 1, 1_000_000))
LEAST_LATIN = 0xA0  # below are control characters of Latin-1
ESCAPED_BYTE = re.compile(r"\\x([89a-f][0-9a-f])")
PLACE_OF_ERROR = re.compile(r" at$")


def near_miss(column: Column, members: Mapping[str, Any]) -> str:
    """Return a hint at the unknown key that was probably meant, or at another kind.

    Args:
        column: The column that is missing.
        members: The members of the record that are no column before it.
    """
    for other in RECORD_SCHEMAS:
        if column not in other.columns and other.required_keys <= members.keys():
            return f"; it looks like a record of {other.folder}"
    plain = {letters(key): key for key in members}
    close = get_close_matches(letters(column.key), plain, n=1, cutoff=0.75)
    return f"; there is {shorten(plain[close[0]])}" if close else ""


def letters(text: str) -> str:
    """Return the letters and digits of a text, in lower case."""
    return "".join(character for character in text.lower() if character.isalnum())


def other_unit(ts: int) -> str:
    """Return a hint at the unit in which a timestamp would be a time of today."""
    for unit, factor, divisor in UNITS:
        if EARLIEST_MS <= ts * factor // divisor < LATEST_MS:
            return f"; it may be in {unit}, but ts is in milliseconds"
    return ""


def bad_byte(raw: str) -> str:
    """Return which byte of a text is not UTF-8, and a hint at its encoding.

    Args:
        raw: The text, with backslash escapes for such bytes.
    """
    found = ESCAPED_BYTE.search(raw)
    if not found:
        return ""
    place = f": byte 0x{found[1]} after {found.start():,} characters"
    is_latin = all(int(each, 16) >= LEAST_LATIN for each in ESCAPED_BYTE.findall(raw))
    return f"{place}; it may be Latin-1, save it as UTF-8" if is_latin else place


def parser_message(error: ValueError) -> str:
    """Return what the parser of JSON says, and where."""
    if not isinstance(error, json.JSONDecodeError):
        return ""
    message = PLACE_OF_ERROR.sub("", error.msg)
    return f": {message} after {error.pos:,} characters"
