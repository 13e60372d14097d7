"""The fast path and the slow one give the same rows, and the fast one is taken."""

import json
from pathlib import Path

import pyarrow as pa
import pytest

from sparkify.ingest.fast_path import SLICE_BYTES, transform
from sparkify.ingest.record_schema import EVENTS, RECORD_SCHEMAS, SONGS, RecordSchema
from sparkify.ingest.splitting import read_records
from sparkify.ingest.stores import LocalStore
from sparkify.ingest.validation import validate, validated_schema
from tests.support.bad_data import BadSource
from tests.support.judged import EVENT, GOOD, SONG
from tests.support.sources import Row, as_records, validate_on_both_paths, validate_raw

schemas = pytest.mark.parametrize("schema", RECORD_SCHEMAS, ids=lambda kind: kind.name)


def read_folder(root: Path, folder: str) -> pa.Table:
    store = LocalStore(root)
    found = read_records(store, store.list(folder).objects)
    return pa.concat_tables([batch.records for batch in found])


def fast_rows(schema: RecordSchema, raws: pa.StringArray) -> list[int]:
    return sorted(
        row for clean in transform(schema, raws) for row in clean.rows.tolist()
    )


def is_clean(text: str) -> bool:
    return not text.endswith(" ") and "\\" not in text


@schemas
def test_both_paths_agree_on_the_bad_data(
    schema: RecordSchema, bad_source: BadSource
) -> None:
    records = read_folder(bad_source.folder, schema.folder)
    rows = validate_on_both_paths(schema, records)
    expected = {
        (entry.object_name, entry.line)
        for entry in bad_source.quarantine
        if entry.object_name.startswith(schema.folder)
        and not entry.kind.startswith("same key")
    }
    refused = [row for row in rows if row["rule"]]
    assert {(row["object"], row["line"]) for row in refused} == expected
    assert all(row["reason"].startswith(row["rule"]) for row in refused)
    assert all(row["raw"] for row in refused)


@schemas
def test_both_paths_agree_on_the_bad_data_as_songs_or_events(
    schema: RecordSchema, bad_source: BadSource
) -> None:
    other = SONGS if schema is EVENTS else EVENTS
    rows = validate_on_both_paths(schema, read_folder(bad_source.folder, other.folder))
    assert {row["rule"] is None for row in rows} == {False}


@schemas
def test_both_paths_agree_on_the_real_data(
    schema: RecordSchema, real_source: Path
) -> None:
    records = read_folder(real_source, schema.folder)
    rows = validate_on_both_paths(schema, records)
    assert len(rows) == {EVENTS: 8056, SONGS: 14896}[schema]
    lines = [
        line
        for path in sorted(
            (real_source / schema.folder).rglob("*.json"), key=Path.as_posix
        )
        for line in path.read_text(encoding="utf-8").splitlines()
    ]
    assert len(lines) == len(rows)
    numbers = [c for c in schema.columns if not c.bytes]
    for line, row in zip(lines, rows, strict=True):
        written = json.loads(line)
        assert row["rule"] is None
        assert [row[c.name] for c in numbers] == [written[c.key] for c in numbers]


@schemas
def test_the_fast_path_takes_the_real_data(
    schema: RecordSchema, real_source: Path
) -> None:
    records = read_folder(real_source, schema.folder)
    raws = records["raw"].combine_chunks()
    keys = [column.key for column in schema.columns if column.bytes]
    clean = []
    for number, raw in enumerate(raws.to_pylist()):
        record = json.loads(raw)
        texts = [record.get(key) or "" for key in keys]
        if all(isinstance(text, str) and is_clean(text) for text in texts):
            clean.append(number)
    assert fast_rows(schema, raws) == clean
    assert len(clean) > 0.99 * len(raws)


@schemas
def test_the_fast_path_leaves_out_only_what_is_not_clean(schema: RecordSchema) -> None:
    good = json.dumps(GOOD[schema])
    odd = [good.replace("Queen", text) for text in ("Q ", r"Q\u0000", "Q" * 2000)]
    odd += [good[:-1], good.replace("Queen", "Q\t"), good[:-1] + ',"x":NaN}']
    raws = [raw for bad in odd for raw in [good] * 50 + [bad]] + [good] * 50
    table = as_records(raws, is_plain=True)
    fast = fast_rows(schema, table["raw"].combine_chunks())
    assert fast == [number for number, raw in enumerate(raws) if raw == good]
    rows = validate_on_both_paths(schema, table)
    assert [row["record"] for row in rows] == [*range(1, len(raws) + 1)]


def test_a_slice_with_too_many_bad_records_takes_the_slow_path() -> None:
    raws = [json.dumps(EVENT), json.dumps(EVENT | {"ts": {}})] * 500
    rows = validate_raw(EVENTS, *raws)
    assert [row["rule"] for row in rows] == [None, "ts is not a whole number"] * 500


def test_records_of_several_slices_keep_their_order() -> None:
    padding = "x" * 1000
    raws = [
        json.dumps(SONG | {"song_id": f"S{number}", "other": padding})
        for number in range(3 * SLICE_BYTES // 1000)
    ]
    rows = validate_raw(SONGS, *raws)
    assert [row["song_id"] for row in rows] == [f"S{n}" for n in range(len(raws))]


def test_a_record_larger_than_a_slice_is_validated() -> None:
    raws = [json.dumps(SONG | {"other": "é" * SLICE_BYTES}), json.dumps(SONG)] * 2
    rows = validate_raw(SONGS, *raws)
    assert [row["extra_keys"] for row in rows] == [["other"], None] * 2


def test_unknown_keys_of_other_types_do_not_touch_each_other() -> None:
    values: list[object] = [1, "x", None, 2.5, [1], ["x"], True, "2018-11-01", 2**70]
    raws = [json.dumps(SONG | {"other": value}) for value in values]
    rows = validate_raw(SONGS, *raws)
    expected = [None if value is None else ["other"] for value in values]
    assert [row["extra_keys"] for row in rows] == expected


def test_records_that_repeat_a_bad_one_are_each_judged() -> None:
    deep = json.dumps(SONG)[:-1] + ', "other": ' + "[" * 100_000 + "]" * 100_000 + "}"
    rows: list[Row] = validate_raw(SONGS, *[deep, json.dumps(SONG)] * 3)
    assert [row["rule"] for row in rows] == ["JSON nested too deeply", None] * 3


@schemas
def test_no_records_give_no_rows(schema: RecordSchema) -> None:
    table = validate(schema, as_records([], is_plain=True))
    assert (table.schema, table.num_rows) == (validated_schema(schema), 0)


@schemas
def test_each_row_keeps_the_place_of_its_record(schema: RecordSchema) -> None:
    good = json.dumps(GOOD[schema])
    table = as_records([good, "[1]", good, good + "x"], is_plain=True)
    rows = validate(schema, table).to_pylist()
    assert [(row["object"], row["record"], row["line"]) for row in rows] == [
        ("a.json", number, number) for number in range(1, 5)
    ]
    kept = [row["raw"] for row in rows]
    assert kept == [None, "[1]", None, good + "x"]
