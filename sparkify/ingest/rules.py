"""The record rules: they turn a line into a row, or give the reason to quarantine it.

The rules are one DuckDB query for each kind of record. The DuckDB engine runs it in
process, and each Spark worker runs it on its share of the lines, so both engines
validate a line in the same way. A rule that compares lines (the same key twice) is not
part of the query: each engine applies it afterwards, to all its rows.

A line has one reason, the first that applies: not UTF-8; cut-off or broken JSON; not an
object; then, column by column in the DDL's order, missing, of the wrong type, out of
range or too long; then a play without a song, an artist or a level.
"""

import json
from functools import cache

import duckdb
import pyarrow as pa
from duckdb import sqltypes

from sparkify.ingest.encoding import repair
from sparkify.ingest.record_schema import EVENTS, PLAY, Column, RecordSchema, Type

EARLIEST_MS = 946_684_800_000  # 2000-01-01 UTC
LATEST_MS = 4_102_444_800_000  # 2100-01-01 UTC, the first timestamp that is too late
LONGEST_RAW = 16_383  # characters of up to 4 bytes, which always fit varchar(65535)

CUT_OFF = r"^\s*\{(.*[^}\s])?\s*$"  # an object that starts but does not end

# DuckDB's parser accepts some text that JSON forbids: a comma before a closing bracket,
# NaN and Infinity. A line that matches, even inside a string, is checked again by the
# strict parser.
LENIENT_JSON = r"(?:^|[:,\[])\s*-?(?:[nN][aA][nN]|[iI][nN][fF])|,\s*[}\]]"

DUPLICATE = "duplicate"  # the reason of a line that repeats an earlier one
NUMBER_TYPES = "('UBIGINT', 'BIGINT', 'DOUBLE')"


def conflict(schema: RecordSchema) -> str:
    """Return the reason of a line with the key of an earlier one but other content."""
    return f"another line has the same {schema.key_phrase}"


def validated_schema(schema: RecordSchema) -> pa.Schema:
    """Return the Arrow schema of validated lines.

    `reason` is NULL for a line that is staged. A line that is quarantined has a reason,
    and its text is in `raw`. `extra_keys` lists the unknown keys of a staged line.
    """
    return pa.schema(
        [
            ("object", pa.string()),
            ("line", pa.int64()),
            *schema.arrow,
            ("reason", pa.string()),
            ("raw", pa.string()),
            ("extra_keys", pa.list_(pa.string())),
        ]
    )


def register(connection: duckdb.DuckDBPyConnection) -> None:
    """Register the functions that the rules call."""
    text = sqltypes.VARCHAR
    connection.create_function("repair", repair, [text], text)
    connection.create_function(
        "is_strict_json", is_strict_json, [text], sqltypes.BOOLEAN
    )


def validate(
    connection: duckdb.DuckDBPyConnection, schema: RecordSchema, lines: pa.Table
) -> duckdb.DuckDBPyRelation:
    """Validate lines, each on its own.

    Args:
        connection: A connection that `register` prepared.
        schema: The kind of record that the lines should hold.
        lines: A table with the schema `sparkify.ingest.lines.LINES`.

    Returns:
        One row a line, with the columns of `validated_schema`.
    """
    validated = connection.from_arrow(lines).query("lines", _query(schema))
    if validated is None:
        raise TypeError("the record rules are not a query")
    return validated


def is_strict_json(raw: str) -> bool:
    """Return whether a text is valid JSON by RFC 8259."""

    def reject(constant: str) -> None:
        raise ValueError(f"{constant} is not valid JSON")

    try:
        json.loads(raw, parse_constant=reject)
    except (ValueError, RecursionError):
        return False
    return True


@cache
def _query(schema: RecordSchema) -> str:
    keys = [column.key for column in schema.columns]
    paths = [f"$.{key}" for key in keys]
    texts = json.dumps(dict.fromkeys(keys, "VARCHAR"))
    values = ",\n        ".join(
        f"{_value(column, position)} as {column.name}"
        for position, column in enumerate(schema.columns, start=1)
    )
    reasons = "\n            ".join(
        f"when {condition} then '{reason}'" for condition, reason in _reasons(schema)
    )
    columns = ",\n    ".join(
        f"coalesce({name}, '') as {name}" if name == "user_id" else name
        for name in schema.column_names
    )
    return f"""
with parsed as (
    select
        *,
        case
            when not is_utf8 or not json_valid(raw) then false
            when regexp_matches(raw, '{LENIENT_JSON}') then is_strict_json(raw)
            else true
        end as is_json,
    from lines
),
objects as (
    select *, case when is_json then json_type(raw) = 'OBJECT' end as is_object
    from parsed
),
opened as (
    select
        *,
        case when is_object then json_transform(raw, '{texts}') end as texts,
        case when is_object then json_type(raw, {paths}) end as types,
        case when is_object then json_keys(raw) end as keys,
    from objects
),
typed as (
    select
        object, line, raw, is_utf8, is_json, is_object, types,
        case
            when len(keys) > list_count(types)
            then list_filter(
                list_distinct(keys), lambda key: not list_contains({keys}, key)
            )
        end as extra_keys,
        {values},
    from opened
),
validated as (
    select
        *,
        case
            {reasons}
        end as reason,
    from typed
)
select
    object,
    line,
    {columns},
    reason,
    case when reason is not null
        then replace(left(rtrim(raw, e'\\r\\n'), {LONGEST_RAW}), chr(0), '\\x00')
    end as raw,
    case when reason is null then extra_keys end as extra_keys,
from validated
"""


def _value(column: Column, position: int) -> str:
    """Return the SQL of a column's value, which is NULL if it has the wrong type."""
    text = f"texts.{column.key}"
    kind = f"types[{position}]"
    number = f"try_cast({text} as double)"
    if column.type is Type.TEXT:
        if column.is_repaired:
            text = f"if(strlen({text}) = length({text}), {text}, repair({text}))"
        return f"if({kind} = 'VARCHAR' or {kind} in {NUMBER_TYPES}, {text}, null)"
    if column.type is Type.NUMBER:
        return f"if({kind} in {NUMBER_TYPES} and isfinite({number}), {number}, null)"
    integer = column.type.value
    return (
        f"case when {kind} in ('UBIGINT', 'BIGINT') then try_cast({text} as {integer}) "
        f"when {kind} = 'DOUBLE' and {number} = trunc({number}) "
        f"then try_cast({number} as {integer}) end"
    )


def _reasons(schema: RecordSchema) -> list[tuple[str, str]]:
    """Return the conditions and reasons of the quarantine; the first match applies."""
    reasons = [
        ("not is_utf8", "not UTF-8"),
        (f"not is_json and regexp_matches(raw, '{CUT_OFF}')", "cut-off JSON"),
        ("not is_json", "broken JSON"),
        ("not is_object", "not an object"),
    ]
    for position, column in enumerate(schema.columns, start=1):
        reasons += _column_reasons(column, position)
    if schema == EVENTS:
        is_play = f"page = '{PLAY}' and user_id <> ''"
        reasons += [
            (f"{is_play} and coalesce(song, '') = ''", "a play without a song"),
            (f"{is_play} and coalesce(artist, '') = ''", "a play without an artist"),
            (
                f"{is_play} and coalesce(level, '') not in ('free', 'paid')",
                "a play that is neither free nor paid",
            ),
        ]
    return reasons


def _column_reasons(column: Column, position: int) -> list[tuple[str, str]]:
    name, key, kind = column.name, column.key, f"types[{position}]"
    reasons = []
    if column.is_required:
        reasons.append((f"coalesce({kind}, 'NULL') = 'NULL'", f"{key} is missing"))
    is_mistyped = f"{name} is null and {kind} <> 'NULL'"
    reasons.append((is_mistyped, f"{key} is not {column.type.phrase}"))
    if column.is_counter:
        reasons.append((f"{name} < 0", f"{key} is negative"))
    if name == "ts":
        is_outside = f"not (ts >= {EARLIEST_MS} and ts < {LATEST_MS})"
        reasons.append((is_outside, "ts is before 2000 or after 2100"))
    if column.type is Type.TEXT:
        if column.is_required:
            reasons.append((f"{name} = ''", f"{key} is empty"))
        reasons += [
            (f"strlen({name}) > {column.bytes}", f"{key} is over {column.bytes} bytes"),
            (f"contains({name}, chr(0))", f"{key} holds a NUL character"),
        ]
    return reasons
