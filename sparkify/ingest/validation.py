"""Validates records by the record rules, with a fast path for good ones."""

from collections.abc import Sequence

import numpy as np
import pyarrow as pa

from sparkify.ingest.arrow_columns import one_array
from sparkify.ingest.fast_path import transform
from sparkify.ingest.record_schema import RecordSchema
from sparkify.ingest.rules import stored_raw, validate_record
from sparkify.ingest.verdict import ENCODING, Verdict

PLACE = ("object", "record", "line")


def validated_schema(schema: RecordSchema) -> pa.Schema:
    """Return the Arrow schema of validated records.

    `rule` and `reason` are NULL for a record that is staged. A record that is
    quarantined has them, and its text is in `raw`. `extra_keys` lists the unknown keys
    of a staged record, and `repairs` the kinds of repair.
    """
    return pa.schema(
        [
            ("object", pa.string()),
            ("record", pa.int64()),
            ("line", pa.int64()),
            *schema.arrow,
            ("rule", pa.string()),
            ("reason", pa.string()),
            ("raw", pa.string()),
            ("extra_keys", pa.list_(pa.string())),
            ("repairs", pa.list_(pa.string())),
        ]
    )


def validate(schema: RecordSchema, records: pa.Table) -> pa.Table:
    """Validate records, each on its own.

    Args:
        schema: The kind of record that they should be.
        records: A table with the schema `sparkify.ingest.batches.RECORDS`.

    Returns:
        One row a record, in the same order, with the schema `validated_schema`.
    """
    row_type = validated_schema(schema)
    is_plain = _booleans(records["is_plain"]) & _booleans(records["is_utf8"])
    is_plain &= _booleans(records["is_whole"])
    plain = np.flatnonzero(is_plain)
    raw = one_array(records["raw"])
    parts: list[pa.Table] = []
    indices: list[np.ndarray] = []
    for clean in transform(schema, raw if is_plain.all() else raw.take(plain)):
        rows = plain[clean.rows]
        keys = _key_lists(clean.extra_keys, len(rows))
        repairs = _key_lists({ENCODING: clean.is_repaired}, len(rows))
        parts.append(
            _table(row_type, _take(records, rows), clean.values, keys, repairs)
        )
        indices.append(rows)
    is_done = np.zeros(records.num_rows, bool)
    for rows in indices:
        is_done[rows] = True
    if not is_done.all():
        rest = np.flatnonzero(~is_done)
        parts.append(_validate_each(schema, records.take(pa.array(rest))))
        indices.append(rest)
    if not parts:
        return row_type.empty_table()
    joined = pa.concat_tables(parts)
    order = np.concatenate(indices)
    if (np.diff(order) < 0).any():
        joined = joined.take(pa.array(np.argsort(order)))
    return joined


def _validate_each(schema: RecordSchema, records: pa.Table) -> pa.Table:
    """Validate records one by one: the slow path."""
    raws = records["raw"].to_pylist()
    flags = zip(records["is_utf8"], records["is_whole"], strict=True)
    verdicts = [
        validate_record(schema, raw, is_utf8=is_utf8.as_py(), is_whole=is_whole.as_py())
        for raw, (is_utf8, is_whole) in zip(raws, flags, strict=True)
    ]
    nothing = [None] * len(schema.columns)
    rows = zip(*(verdict.values or nothing for verdict in verdicts), strict=True)
    arrays = [
        *(records[name].combine_chunks() for name in PLACE),
        *(
            pa.array(values, kind)
            for values, kind in zip(rows, schema.arrow.types, strict=True)
        ),
        pa.array([verdict.rule for verdict in verdicts], pa.string()),
        pa.array([verdict.reason for verdict in verdicts], pa.string()),
        pa.array(_kept(verdicts, raws), pa.string()),
        pa.array([verdict.extra_keys or None for verdict in verdicts]),
        pa.array([verdict.repairs or None for verdict in verdicts]),
    ]
    row_type = validated_schema(schema)
    pairs = zip(arrays, row_type.types, strict=True)
    return pa.table([array.cast(kind) for array, kind in pairs], schema=row_type)


def _kept(verdicts: Sequence[Verdict], raws: Sequence[str]) -> list[str | None]:
    return [
        stored_raw(raw) if verdict.rule else None
        for verdict, raw in zip(verdicts, raws, strict=True)
    ]


def _table(
    row_type: pa.Schema,
    places: list[pa.Array],
    values: pa.Table,
    extra_keys: list[list[str] | None] | None,
    repairs: list[list[str] | None] | None,
) -> pa.Table:
    count = values.num_rows
    texts = pa.list_(pa.string())
    return pa.table(
        [
            *places,
            *values.columns,
            *(pa.nulls(count, pa.string()) for _ in range(3)),
            *(
                pa.array(lists, texts) if lists else pa.nulls(count, texts)
                for lists in (extra_keys, repairs)
            ),
        ],
        schema=row_type,
    )


def _take(records: pa.Table, rows: np.ndarray) -> list[pa.Array]:
    is_slice = len(rows) and rows[-1] - rows[0] + 1 == len(rows)
    if is_slice:
        part = records.slice(int(rows[0]), len(rows))
    else:
        part = records.take(pa.array(rows))
    return [one_array(part[name]) for name in PLACE]


def _key_lists(
    extra_keys: dict[str, np.ndarray], count: int
) -> list[list[str] | None] | None:
    if not any(has_value.any() for has_value in extra_keys.values()):
        return None
    lists: list[list[str] | None] = [None] * count
    for key, has_value in sorted(extra_keys.items()):
        for row in np.flatnonzero(has_value):
            lists[row] = [*(lists[row] or []), key]
    return lists


def _booleans(column: pa.ChunkedArray) -> np.ndarray:
    booleans: np.ndarray = one_array(column).to_numpy(zero_copy_only=False)
    return booleans
