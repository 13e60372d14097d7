"""The record rules: they turn a record into a row, or give the reason to quarantine it.

A record has one reason, the first that applies: too long; not UTF-8; cut-off or broken
JSON; not an object; then, column by column in the DDL's order, missing, of the wrong
type, out of range or too long; then a play without a song, an artist or a level. A rule
that compares records (the same key twice) is not part of this module: each engine
applies it afterwards, to all its rows.

What a reader cannot misunderstand is repaired and counted by kind: a number written as
text, a key in another case, NaN for a missing number, a key given twice (the last one
counts, as in Python and jq), text that was encoded twice.
"""

from collections.abc import Iterable, Mapping
from math import isfinite
from typing import Any

from sparkify.ingest.encoding import repair
from sparkify.ingest.json_numbers import (
    Number,
    as_identity,
    as_integer,
    as_json,
    read_text_number,
)
from sparkify.ingest.layouts import as_logged
from sparkify.ingest.near_misses import (
    EARLIEST_MS,
    LATEST_MS,
    bad_byte,
    letters,
    near_miss,
    other_unit,
)
from sparkify.ingest.record_json import parse
from sparkify.ingest.record_schema import EVENTS, PLAY, Column, RecordSchema, Type
from sparkify.ingest.verdict import (
    BLANKS,
    ENCODING,
    ENVELOPE,
    KEY_CASE,
    LAYOUT,
    LEVEL_CASE,
    LONGEST_VALUE,
    NOT_A_NUMBER,
    NUMBER_AS_TEXT,
    PAGE_CASE,
    WHOLE_AS_FRACTION,
    BrokenRuleError,
    Verdict,
    shorten,
)

LONGEST_RAW = 16_383  # characters of up to 4 bytes, which always fit varchar(65535)
LEVELS = ("free", "paid")
INTEGER_BITS = {Type.INTEGER: 31, Type.BIGINT: 63}

DUPLICATE = "duplicate"  # the rule of a record that repeats an earlier one

CONSTANTS = ("nan", "inf", "infinity", "-inf", "-infinity")


def conflict(schema: RecordSchema) -> str:
    """Return the rule of a record with the key of an earlier one but other content."""
    return f"another line has the same {schema.key_phrase}"


def validate_record(
    schema: RecordSchema, raw: str, *, is_utf8: bool, is_whole: bool = True
) -> Verdict:
    """Validate one record on its own.

    Args:
        schema: The kind of record that it should be.
        raw: Its text.
        is_utf8: Whether its bytes were UTF-8.
        is_whole: Whether it is at most `most_record_bytes` long.
    """
    verdict = Verdict()
    try:
        if not is_whole:
            raise BrokenRuleError("longer than most_record_bytes")
        if not is_utf8:
            raise BrokenRuleError("not UTF-8", bad_byte(raw))
        members = _members(schema, parse(raw, verdict), verdict)
        for column in schema.columns:
            verdict.values.append(_value(column, members, verdict))
        verdict.extra_keys = sorted(
            key for key, value in members.items() if value is not None
        )
        if schema.name == EVENTS.name:
            _check_play(dict(zip(schema.column_names, verdict.values, strict=True)))
    except BrokenRuleError as broken:
        rule, *detail = broken.args
        return Verdict(rule=rule, detail="".join(detail))
    return verdict


def stored_raw(raw: str) -> str:
    """Return the text of a record as the quarantine stores it."""
    return raw.rstrip("\r\n")[:LONGEST_RAW].replace("\0", "\\x00")


def _members(
    schema: RecordSchema, members: dict[str, Any], verdict: Verdict
) -> dict[str, Any]:
    """Return the members under the schema's keys, as far as they can be recognised."""
    keys = {column.key for column in schema.columns}
    if not members.keys() <= keys:
        known = {key.lower(): key for key in keys}
        known |= {f"{key[:-2]}_id".lower(): key for key in keys if key.endswith("Id")}
        if inner := _enclosed(schema, members):
            members = inner | _outer(members, inner)
            verdict.repaired(ENVELOPE)
        for key in [key for key in members if key not in keys]:
            intended = known.get(key.lower())
            if intended and intended not in members:
                members[intended] = members.pop(key)
                verdict.repaired(KEY_CASE)
        if schema.name == EVENTS.name and as_logged(members):
            verdict.repaired(LAYOUT)
    return members


def _enclosed(schema: RecordSchema, members: dict[str, Any]) -> dict[str, Any]:
    """Return the only member of an object that is a record, if the object is none."""
    required = {key.lower() for key in schema.required_keys}
    if required & {key.lower() for key in members}:
        return {}
    objects = [value for value in members.values() if isinstance(value, dict)]
    found = [
        value if required <= {k.lower() for k in value} else _enclosed(schema, value)
        for value in objects
    ]
    records = [each for each in found if each]
    return records[0] if len(records) == 1 else {}


def _outer(members: dict[str, Any], inner: dict[str, Any]) -> dict[str, Any]:
    """Return the members around a record that it lacks; its own come first.

    The level of a log is not that of a subscription.
    """
    own = {key.lower() for key in inner}
    outer = {
        key: value
        for key, value in members.items()
        if key.lower() not in own and not _holds(value, inner)
    }
    return {
        key: value
        for key, value in outer.items()
        if key.lower() != "level" or str(value).strip().lower() in LEVELS
    }


def _holds(value: Any, inner: dict[str, Any]) -> bool:
    """Return whether a value is a record, or an object around it."""
    if value is inner or not isinstance(value, dict):
        return value is inner
    return any(_holds(each, inner) for each in value.values())


def _value(column: Column, members: dict[str, Any], verdict: Verdict) -> Any:
    """Take a column's value out of the members."""
    given = members.pop(column.key, None)
    if isinstance(given, Number) and given.is_constant:
        verdict.repaired(NOT_A_NUMBER)
        given = None
    if column.type is Type.TEXT:
        value: Any = _text(column, given, verdict)
    else:
        value = _number(column, given, verdict)
    if value is None and column.is_required:
        raise BrokenRuleError(f"{column.key} is missing", near_miss(column, members))
    if value is None and column.is_identity:
        return ""
    return value


def _text(column: Column, given: Any, verdict: Verdict) -> str | None:
    if given is None:
        return None
    key = column.key
    if isinstance(given, Number):
        text = _number_text(column, given)
        if text != given:
            verdict.repaired(WHOLE_AS_FRACTION)
    elif isinstance(given, str):
        text = _stripped(column, given, verdict)
        if column.is_repaired and (not text.isascii() or "\\" in text):
            repaired = repair(text)
            if repaired != text:
                verdict.repaired(ENCODING)
                text = repaired.rstrip(" ")
    else:
        raise BrokenRuleError(f"{key} is not text", _shown(given))
    if column.is_required and not text:
        raise BrokenRuleError(f"{key} is empty")
    if len(text.encode()) > column.bytes:
        raise BrokenRuleError(f"{key} is over {column.bytes} bytes", _shown(text))
    if "\0" in text:
        raise BrokenRuleError(f"{key} holds a NUL character")
    return text


def _number_text(column: Column, given: Number) -> str:
    """Return a number as text; in an identity, a whole number without a fraction."""
    whole = as_integer(given, INTEGER_BITS[Type.BIGINT])
    if column.is_identity and whole is not None:
        return str(whole)
    return str(given)


def _stripped(column: Column, given: str, verdict: Verdict) -> str:
    """Return a text without blanks that no database tells apart.

    Redshift ignores trailing blanks in comparisons, so they are removed everywhere.
    """
    text = given.strip() if column.is_code else given.rstrip(" ")
    if text != given:
        verdict.repaired(BLANKS)
    if column.name == "page" and text != PLAY and is_play(text):
        verdict.repaired(PAGE_CASE)
        return PLAY
    if column.name == "level" and text.lower() in LEVELS and text not in LEVELS:
        verdict.repaired(LEVEL_CASE)
        return text.lower()
    if column.is_identity and as_identity(text) != text:
        verdict.repaired(WHOLE_AS_FRACTION)
        return as_identity(text)
    return text


def _number(column: Column, given: Any, verdict: Verdict) -> float | int | None:
    if given is None:
        return None
    rule = f"{column.key} is not {column.type.phrase}"
    written = given
    if isinstance(given, str) and not isinstance(given, Number):
        text = given.strip()
        if not text or text.lower() in CONSTANTS:
            verdict.repaired(NUMBER_AS_TEXT if not text else NOT_A_NUMBER)
            return None
        verdict.repaired(NUMBER_AS_TEXT)
        written = read_text_number(text)
    if not isinstance(written, Number):
        raise BrokenRuleError(rule, _shown(given))
    if column.type is Type.NUMBER:
        value: float | int | None = float(written)
        if not isfinite(float(written)):
            raise BrokenRuleError(rule, _shown(given))
        return value
    value = as_integer(written, INTEGER_BITS[column.type])
    if value is None:
        raise BrokenRuleError(rule, _shown(given))
    if not written.lstrip("-").isdigit():
        verdict.repaired(WHOLE_AS_FRACTION)
    if column.is_counter and value < 0:
        raise BrokenRuleError(f"{column.key} is negative", _shown(given))
    if column.name == "ts" and not EARLIEST_MS <= value < LATEST_MS:
        detail = f"{_shown(given)}{other_unit(value)}"
        raise BrokenRuleError("ts is before 2000 or after 2100", detail)
    return value


def is_play(page: str) -> bool:
    """Return whether a page means a play, in any case and with any blanks."""
    return letters(page) == PLAY.lower()


def _shown(value: Any) -> str:
    """Return a value for a reason, as JSON writes it."""
    if isinstance(value, Number):
        return f": {shorten(value)}"
    if isinstance(value, str):
        return f": '{shorten(value)}'"
    return f": {shorten(as_json(value, LONGEST_VALUE))}"


def _check_play(row: Mapping[str, Any]) -> None:
    if row["page"] != PLAY or not row["user_id"]:
        return
    for name, rule in PLAY_RULES:
        if not row[name]:
            raise BrokenRuleError(rule)
    if row["level"] not in LEVELS:
        detail = "" if row["level"] is None else _shown(row["level"])
        raise BrokenRuleError("a play that is neither free nor paid", detail)


PLAY_RULES: Iterable[tuple[str, str]] = (
    ("song", "a play without a song"),
    ("artist", "a play without an artist"),
)
