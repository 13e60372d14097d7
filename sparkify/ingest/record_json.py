"""Parses the text of a record as JSON, without loss, and repairs octal escapes."""

import json
import re
from typing import Any

from sparkify.ingest.json_numbers import Number
from sparkify.ingest.near_misses import parser_message
from sparkify.ingest.verdict import KEY_TWICE, BrokenRuleError, Verdict

OCTAL_ESCAPES = re.compile(r"\\\\|(?:\\[0-3][0-7]{2})+")  # or a backslash
OPEN_OBJECT = re.compile(r"\s*\{(.*[^}\s])?\s*", re.DOTALL)


def parse(raw: str, verdict: Verdict) -> dict[str, Any]:
    """Return the members of a JSON object; the last one of a repeated key counts.

    Args:
        raw: The text of the record.
        verdict: Notes the repairs.

    Returns:
        The members, with numbers as they are written.

    Raises:
        BrokenRuleError: The text is not one JSON object.
    """

    def collect(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
        members = dict(pairs)
        if len(members) < len(pairs):
            verdict.repaired(KEY_TWICE)
        return members

    decoder = json.JSONDecoder(
        object_pairs_hook=collect,
        parse_int=Number,
        parse_float=Number,
        parse_constant=Number,
    )
    text = raw.strip(" \t\r\n")
    try:
        try:
            value = decoder.decode(text)
        except json.JSONDecodeError as error:
            if not error.msg.startswith("Invalid \\escape"):
                raise
            value = decoder.decode(OCTAL_ESCAPES.sub(_escape_backslashes, text))
        if "\\u" in text and _has_half_character(value):
            raise BrokenRuleError("broken JSON", ": half of a surrogate pair")
    except ValueError as error:
        if OPEN_OBJECT.fullmatch(text):
            raise BrokenRuleError("cut-off JSON") from error
        raise BrokenRuleError("broken JSON", parser_message(error)) from error
    except RecursionError as error:
        raise BrokenRuleError("JSON nested too deeply") from error
    if not isinstance(value, dict):
        raise BrokenRuleError("not an object")
    return value


def _escape_backslashes(escapes: re.Match[str]) -> str:
    is_backslash = escapes[0] == "\\\\"  # already escaped
    return escapes[0] if is_backslash else escapes[0].replace("\\", "\\\\")


def _has_half_character(value: Any) -> bool:
    """Return whether a text in a JSON value holds half of a surrogate pair."""
    try:
        json.dumps(value, ensure_ascii=False).encode()
    except UnicodeEncodeError:
        return True
    return False
