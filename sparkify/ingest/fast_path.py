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
from itertools import compress, pairwise

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from pyarrow import json as arrow_json

from sparkify.ingest.arrow_columns import TextBytes, holds, one_array
from sparkify.ingest.encoding import repair
from sparkify.ingest.escapes import Escapes, rows_at
from sparkify.ingest.near_misses import EARLIEST_MS, LATEST_MS
from sparkify.ingest.record_schema import EVENTS, PLAY, Column, RecordSchema, Type
from sparkify.ingest.rules import LEVELS, is_play

SLICE_BYTES = 4 * 1024**2
MOST_BRACKETS = 64  # of a record
TRIES = 512  # bad records of a slice before the rest takes the slow path
ROW = re.compile(r"in row (\d+)")
# Arrow's reader accepts more constants than Python.
CONSTANT = re.compile(rb"NaN|Inf")
ALIASES = frozenset(("duration", "city", "state"))
BRACKET = ord("[")
BLANK, ZERO = b" 0"
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
    return start + np.flatnonzero(~holds(is_number))


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
    escapes = Escapes.find(content, ends)
    is_ascii = content.isascii() and not escapes.has_numbers
    is_odd = np.zeros(table.num_rows, bool)
    is_repaired = np.zeros(table.num_rows, bool)
    columns = []
    for column in schema.columns:
        values = one_array(table[column.key])
        if column.type is Type.TEXT:
            texts = TextBytes(values)
            is_odd |= texts.sizes > column.bytes
            if column.is_required:
                is_odd |= texts.sizes == 0
            if column.is_code:
                is_odd |= _is_odd_code(column, values, texts)
            else:
                is_odd |= texts.ends_with(BLANK)
            if column.is_identity and values.null_count:
                values = pc.fill_null(values, "")
            if column.is_repaired and len(escapes.rows):
                suspects = values.take(pa.array(escapes.rows))
                is_odd[escapes.rows] |= holds(pc.match_substring(suspects, "\\"))
            if column.is_repaired and not is_ascii and texts.has_others_than_ascii:
                values, changed, odd = _repair(column, values, texts.sizes)
                is_repaired[changed] = True
                is_odd[odd] = True
        elif column.type is Type.NUMBER:
            is_odd |= holds(pc.invert(pc.is_finite(values)))
        if column.is_required and values.null_count:
            is_odd |= pc.is_null(values).to_numpy(zero_copy_only=False)
        if column.is_counter:
            is_odd |= holds(pc.less(values, 0))
        columns.append(values)
    clean = pa.table(columns, schema=schema.arrow)
    if schema.name == EVENTS.name:
        is_odd |= _is_odd_event(clean)
    is_odd[escapes.unsafe] = True
    if extras and (b"NaN" in content or b"Inf" in content):
        places = [match.start() for match in CONSTANT.finditer(content)]
        is_odd[rows_at(np.array(places), ends)] = True
    extra_keys = {name: pc.is_valid(table[name]).to_numpy() for name in extras}
    if not is_odd.any():
        return CleanRows(start + np.arange(len(is_odd)), clean, is_repaired, extra_keys)
    is_clean = ~is_odd
    return CleanRows(
        start + np.flatnonzero(is_clean),
        clean.filter(pa.array(is_clean)),
        is_repaired[is_clean],
        {name: has[is_clean] for name, has in extra_keys.items()},
    )


def _is_odd_code(column: Column, values: pa.Array, texts: TextBytes) -> np.ndarray:
    """Return which codes may have to be repaired."""
    is_odd = texts.has_odd_ends()
    if column.is_identity:
        rows = np.flatnonzero(texts.ends_with(ZERO))
        is_fraction = pc.match_substring_regex(values.take(pa.array(rows)), FRACTION)
        is_odd[rows[holds(is_fraction)]] = True
    if column.name == "page":
        pages = pc.unique(values).to_pylist()
        odd = [page for page in pages if page != PLAY and is_play(page or "")]
        if odd:
            is_odd |= holds(pc.is_in(values, value_set=pa.array(odd)))
    return is_odd


def _is_odd_event(events: pa.Table) -> np.ndarray:
    """Return which events break a rule of time, of level or of plays."""
    ts = events["ts"]
    level = events["level"]
    is_known = pc.is_in(level, value_set=pa.array([*LEVELS, "", None]))
    is_odd = holds(pc.or_(pc.less(ts, EARLIEST_MS), pc.greater_equal(ts, LATEST_MS)))
    is_odd |= ~holds(is_known)
    is_play = holds(pc.equal(events["page"], PLAY))
    is_play &= holds(pc.not_equal(events["user_id"], ""))
    for name in ("song", "artist", "level"):
        sizes = TextBytes(one_array(events[name])).sizes
        is_odd |= is_play & (sizes == 0)
    return is_odd


def _repair(
    column: Column, values: pa.Array, sizes: np.ndarray
) -> tuple[pa.Array, np.ndarray, np.ndarray]:
    """Repair the texts that are not ASCII.

    Returns:
        All texts, the rows of those that were repaired, and of these the rows to which
        a rule or another repair may apply.
    """
    lengths = pc.fill_null(pc.utf8_length(values), 0).to_numpy()
    candidates = np.flatnonzero(lengths != sizes)
    texts = values.take(pa.array(candidates)).to_pylist()
    repaired = [repair(text) for text in texts]
    is_changed = [new != old for new, old in zip(repaired, texts, strict=True)]
    rows = candidates[is_changed]
    if not len(rows):
        return values, rows, rows
    replacements = [*compress(repaired, is_changed)]
    is_odd = [
        not 0 < len(text.encode()) <= column.bytes
        or text.endswith(" ")
        or "\0" in text
        or "\\" in text
        for text in replacements
    ]
    mask = np.zeros(len(values), bool)
    mask[rows] = True
    values = pc.replace_with_mask(values, pa.array(mask), pa.array(replacements))
    return values, rows, rows[is_odd]
