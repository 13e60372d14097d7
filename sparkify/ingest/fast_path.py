"""The fast path of the record rules: one typed transform for many good records.

Arrow's JSON reader takes only records whose keys and types are exactly those of the
schema. Vectorised conditions then pick out each row that is not clean: a rule or a
repair may apply to it. All other records take the slow path, the rules themselves, so
both paths give the same rows.
"""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from functools import cache
from itertools import pairwise

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from pyarrow import json as arrow_json

from sparkify.ingest.encoding import repair
from sparkify.ingest.near_misses import EARLIEST_MS, LATEST_MS
from sparkify.ingest.record_schema import EVENTS, PLAY, Column, RecordSchema, Type
from sparkify.ingest.rules import LEVELS, is_play

SLICE_BYTES = 4 * 1024**2
MOST_BRACKETS = 64  # of a record
TRIES = 512  # bad records of a slice before the rest takes the slow path
ROW = re.compile(r"in row (\d+)")
# What needs the exact parser: an escaped NUL or surrogate, and a constant, of which
# Arrow's reader accepts more than Python.
UNSAFE_ESCAPE = re.compile(rb"\\u(?:0000|[dD][89a-fA-F])")
CONSTANT = re.compile(rb"NaN|Inf")
ALIASES = frozenset(("duration", "city", "state"))
BRACKET = ord("[")
ODD_CODE = r"^[^!-~]|[^!-~]$"  # perhaps a blank
FRACTION = r"\.0+$"


@dataclass(frozen=True)
class CleanRows:
    """Rows that the fast path finished.

    Attributes:
        rows: Their indices among the records.
        values: Their values, with the columns of the schema.
        is_repaired: Whether a text that was encoded twice was repaired.
        extra_keys: For each unknown key, which of the rows have a value.
    """

    rows: np.ndarray
    values: pa.Table
    is_repaired: np.ndarray
    extra_keys: dict[str, np.ndarray]


def transform(
    schema: RecordSchema, raw: pa.StringArray, *, may_hold_numbers: bool = True
) -> Iterator[CleanRows]:
    """Yield the clean rows of records; what is not yielded takes the slow path.

    Args:
        schema: The kind of record.
        raw: The texts, each with a newline at its end and with one pair of braces.
        may_hold_numbers: Whether to look for numbers for texts, the most frequent
            fault, after the first fault.
    """
    offsets = np.frombuffer(raw.buffers()[1], np.int32)[raw.offset :][: len(raw) + 1]
    data = raw.buffers()[2]
    first = 0
    while first < len(raw):
        target = offsets[first] + SLICE_BYTES
        end = max(first + 1, int(np.searchsorted(offsets, target, side="right")) - 1)
        tries = TRIES
        remaining = _shallow(data, offsets, first, end)[::-1]
        while remaining and tries:
            start, stop = remaining.pop()
            part = data.slice(int(offsets[start]), int(offsets[stop] - offsets[start]))
            try:
                table = _parse(schema, part)
                bad = None if table.num_rows == stop - start else start
            except pa.ArrowInvalid as error:
                bad = start + _bad_row(error, stop - start)
            if bad is None:
                ends = offsets[start + 1 : stop + 1] - offsets[start]
                if clean := _clean(schema, table, part, start, ends):
                    yield clean
                continue
            if may_hold_numbers:
                may_hold_numbers = False
                rest = _without_numbers(schema, raw, start)
                if len(rest) < len(raw) - start:
                    others = raw.take(pa.array(rest))
                    for clean in transform(schema, others, may_hold_numbers=False):
                        yield replace(clean, rows=rest[clean.rows])
                    return
            tries -= 1
            remaining += reversed(_between(start, stop, [bad]))
        first = end


def _shallow(
    data: pa.Buffer, offsets: np.ndarray, first: int, end: int
) -> list[tuple[int, int]]:
    """Return the ranges of records without too many brackets.

    Arrow's reader overflows the stack on values that are nested too deeply.
    """
    size = int(offsets[end] - offsets[first])
    content = np.frombuffer(data, np.uint8, size, int(offsets[first]))
    places = np.flatnonzero(content == BRACKET)
    if len(places) <= MOST_BRACKETS:
        return [(first, end)]
    rows = np.searchsorted(offsets[first + 1 : end] - offsets[first], places, "right")
    deep = np.flatnonzero(np.bincount(rows) > MOST_BRACKETS)
    return _between(first, end, (first + deep).tolist())


def _between(first: int, end: int, rows: Sequence[int]) -> list[tuple[int, int]]:
    """Return the ranges of records without some of them."""
    edges = pairwise([first - 1, *rows, end])
    return [(low + 1, high) for low, high in edges if low + 1 < high]


def _without_numbers(
    schema: RecordSchema, raw: pa.StringArray, start: int
) -> np.ndarray:
    """Return which records from `start` on have no number for a text."""
    keys = "|".join(each.key for each in schema.columns if each.type is Type.TEXT)
    pattern = rf'"(?:{keys})"\s*:\s*[-0-9]'
    is_number = pc.match_substring_regex(raw.slice(start), pattern)
    return start + np.flatnonzero(~_holds(is_number))


def _parse(schema: RecordSchema, part: pa.Buffer) -> pa.Table:
    """Return records as typed columns.

    Raises:
        pa.ArrowInvalid: One of them does not fit.
    """
    read_options, parse_options = _options(schema)
    return arrow_json.read_json(
        pa.BufferReader(part), read_options=read_options, parse_options=parse_options
    )


def _bad_row(error: pa.ArrowInvalid, rows: int) -> int:
    """Return the row that an error names, or one in the middle if it names none.

    A wrong guess costs time only: the row takes the slow path.
    """
    match = ROW.search(str(error))
    return min(int(match[1]), rows - 1) if match else rows // 2


@cache
def _options(
    schema: RecordSchema,
) -> tuple[arrow_json.ReadOptions, arrow_json.ParseOptions]:
    explicit = pa.schema([(column.key, column.type.arrow) for column in schema.columns])
    return (
        arrow_json.ReadOptions(use_threads=False, block_size=2**31 - 1),
        arrow_json.ParseOptions(
            explicit_schema=explicit,
            newlines_in_values=False,
            unexpected_field_behavior="infer",
        ),
    )


def _clean(
    schema: RecordSchema, table: pa.Table, part: pa.Buffer, start: int, ends: np.ndarray
) -> CleanRows | None:
    """Return the rows to which no rule and no other repair applies.

    Args:
        schema: The kind of record.
        table: The records as typed columns.
        part: Their bytes.
        start: The index of the first among all records.
        ends: Where each ends in the bytes.
    """
    keys = {column.key for column in schema.columns}
    extras = [name for name in table.column_names if name not in keys]
    lower = {key.lower() for key in keys}
    if any(name.lower() in lower or name in ALIASES for name in extras):
        return None
    content = part.to_pybytes()
    is_ascii = content.isascii() and b"\\u" not in content
    is_odd = np.zeros(table.num_rows, bool)
    is_repaired = np.zeros(table.num_rows, bool)
    columns = []
    for column in schema.columns:
        values = table[column.key].combine_chunks()
        if column.type is Type.TEXT:
            lengths = pc.fill_null(pc.binary_length(values), 1)
            sizes = lengths.to_numpy()
            is_odd |= sizes > column.bytes
            if column.is_required:
                is_odd |= sizes == 0
            if column.is_code:
                is_odd |= _is_odd_code(column, values)
            else:
                is_odd |= _holds(pc.ends_with(values, pattern=" "))
            if column.is_identity:
                values = pc.fill_null(values, "")
            if column.is_repaired and not is_ascii:
                values, changed = _repair(values, sizes)
                is_repaired |= changed
                if changed.any():  # what is repaired may be longer
                    sizes = pc.fill_null(pc.binary_length(values), 1).to_numpy()
                    is_odd |= (sizes > column.bytes) | (sizes == 0)
                    is_odd |= changed & _holds(pc.ends_with(values, pattern=" "))
                    is_odd |= _holds(pc.match_substring(values, "\0"))
            if column.is_repaired:
                is_odd |= _holds(pc.match_substring(values, "\\"))
        elif column.type is Type.NUMBER:
            is_odd |= _holds(pc.invert(pc.is_finite(values)))
        if column.is_required and values.null_count:
            is_odd |= pc.is_null(values).to_numpy(zero_copy_only=False)
        if column.is_counter:
            is_odd |= _holds(pc.less(values, 0))
        columns.append(values)
    found = pa.table(columns, schema=schema.arrow)
    if schema.name == EVENTS.name:
        is_odd |= _is_odd_event(found)
    if UNSAFE_ESCAPE.search(content):
        is_odd |= _contains(UNSAFE_ESCAPE, content, ends)
    if extras and (b"NaN" in content or b"Inf" in content):
        is_odd |= _contains(CONSTANT, content, ends)
    extra_keys = {name: pc.is_valid(table[name]).to_numpy() for name in extras}
    if not is_odd.any():
        return CleanRows(start + np.arange(len(is_odd)), found, is_repaired, extra_keys)
    is_clean = ~is_odd
    return CleanRows(
        start + np.flatnonzero(is_clean),
        found.filter(pa.array(is_clean)),
        is_repaired[is_clean],
        {name: has[is_clean] for name, has in extra_keys.items()},
    )


def _is_odd_code(column: Column, values: pa.Array) -> np.ndarray:
    """Return which codes may have to be repaired; most of them are often the same."""
    distinct = pc.unique(values)
    pattern = f"{ODD_CODE}|{FRACTION}" if column.is_identity else ODD_CODE
    is_odd = _holds(pc.match_substring_regex(distinct, pattern))
    if column.name == "page":
        pages = distinct.to_pylist()
        is_odd |= [page != PLAY and is_play(page or "") for page in pages]
    if not is_odd.any():
        return np.zeros(len(values), bool)
    return _holds(pc.is_in(values, value_set=distinct.filter(pa.array(is_odd))))


def _is_odd_event(events: pa.Table) -> np.ndarray:
    """Return which events break a rule of time, of level or of plays."""
    ts = events["ts"]
    level = events["level"]
    is_known = pc.is_in(level, value_set=pa.array([*LEVELS, "", None]))
    is_odd = _holds(pc.or_(pc.less(ts, EARLIEST_MS), pc.greater_equal(ts, LATEST_MS)))
    is_odd |= ~_holds(is_known)
    is_play = _holds(pc.equal(events["page"], PLAY))
    is_play &= _holds(pc.not_equal(events["user_id"], ""))
    for name in ("song", "artist", "level"):
        sizes = pc.fill_null(pc.binary_length(events[name]), 0).to_numpy()
        is_odd |= is_play & (sizes == 0)
    return is_odd


def _holds(condition: pa.Array | pa.ChunkedArray) -> np.ndarray:
    """Return a condition as booleans; what is unknown does not hold."""
    return np.asarray(pc.fill_null(condition, False))


def _repair(values: pa.Array, sizes: np.ndarray) -> tuple[pa.Array, np.ndarray]:
    """Repair the texts that are not ASCII; return all texts, and which were changed."""
    changed = np.zeros(len(values), bool)
    lengths = pc.fill_null(pc.utf8_length(values), 1).to_numpy()
    candidates = np.flatnonzero(lengths != sizes)
    texts = values.take(pa.array(candidates)).to_pylist()
    repaired = [repair(text) for text in texts]
    is_changed = [new != old for new, old in zip(repaired, texts, strict=True)]
    if any(is_changed):
        changed[candidates[is_changed]] = True
        replacements = [repaired[number] for number in np.flatnonzero(is_changed)]
        values = pc.replace_with_mask(values, pa.array(changed), pa.array(replacements))
    return values, changed


def _contains(
    pattern: re.Pattern[bytes], content: bytes, ends: np.ndarray
) -> np.ndarray:
    """Return which records contain a pattern."""
    places = [match.start() for match in pattern.finditer(content)]
    found = np.zeros(len(ends), bool)
    found[np.searchsorted(ends, places, side="right")] = True
    return found
