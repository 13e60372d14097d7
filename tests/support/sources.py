"""Objects of any bytes in a folder, and the records that are read from them."""

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import pyarrow as pa

from sparkify.ingest.batches import RECORDS, Batch
from sparkify.ingest.record_schema import RecordSchema
from sparkify.ingest.splitting import MOST_RECORD_BYTES, read_records
from sparkify.ingest.stores import LocalStore
from sparkify.ingest.validation import validate, validated_schema

BYTE_ORDER_MARK = b"\xef\xbb\xbf"
FOLDER = "data"

Row = dict[str, Any]


def put_objects(root: Path, objects: Mapping[str, bytes]) -> LocalStore:
    """Write objects below `root`/data, and remove those that are there."""
    folder = root / FOLDER
    folder.mkdir(exist_ok=True)
    for path in folder.iterdir():
        path.unlink()
    for name, content in objects.items():
        (folder / name).write_bytes(content)
    return LocalStore(root)


def batches(
    store: LocalStore, most_record_bytes: int = MOST_RECORD_BYTES
) -> list[Batch]:
    """Read all objects below `data`."""
    return list(read_records(store, store.list(FOLDER).objects, most_record_bytes))


def rows(store: LocalStore, most_record_bytes: int = MOST_RECORD_BYTES) -> list[Row]:
    """Return the records of all objects below `data`, without the ends of lines."""
    return [
        row | {"raw": row["raw"].rstrip("\r\n")}
        for batch in batches(store, most_record_bytes)
        for row in batch.records.to_pylist()
    ]


def read_one(
    root: Path,
    content: bytes,
    name: str = "a.json",
    most_record_bytes: int = MOST_RECORD_BYTES,
) -> list[Row]:
    """Return the records of one object."""
    return rows(put_objects(root, {name: content}), most_record_bytes)


def texts(
    root: Path,
    content: bytes,
    name: str = "a.json",
    most_record_bytes: int = MOST_RECORD_BYTES,
) -> list[str]:
    """Return the texts of the records of one object."""
    return [row["raw"] for row in read_one(root, content, name, most_record_bytes)]


def as_records(
    raws: Sequence[str], *, is_plain: bool, is_utf8: bool = True
) -> pa.Table:
    """Return texts as the table that the reader would give."""
    records = [
        {
            "object": "a.json",
            "record": number,
            "line": number,
            "raw": raw if raw.endswith("\n") else raw + "\n",
            "is_utf8": is_utf8,
            "is_plain": is_plain and _is_plain(raw),
            "is_whole": True,
        }
        for number, raw in enumerate(raws, start=1)
    ]
    return pa.Table.from_pylist(records, schema=RECORDS)


def validate_on_both_paths(schema: RecordSchema, records: pa.Table) -> list[Row]:
    """Validate records on the fast path and on the slow one; return the rows.

    The rows must be equal.
    """
    place = RECORDS.get_field_index("is_plain")
    never = pa.array([False] * records.num_rows, pa.bool_())
    slow = validate(schema, records.set_column(place, RECORDS.field(place), never))
    fast = validate(schema, records)
    assert fast.schema == slow.schema == validated_schema(schema)
    found: list[Row] = fast.to_pylist()
    # The text tells -0.0 from 0.0, and one NaN equals another.
    assert list(map(repr, found)) == list(map(repr, slow.to_pylist()))
    return found


def validate_raw(schema: RecordSchema, *raws: str, is_utf8: bool = True) -> list[Row]:
    """Validate texts on both paths."""
    table = as_records(raws, is_plain=True, is_utf8=is_utf8)
    return validate_on_both_paths(schema, table)


def _is_plain(raw: str) -> bool:
    """Tell whether the reader would find two braces only, the first and the last."""
    text = raw.removesuffix("\n").removesuffix("\r")
    braces = [character for character in text if character in "{}"]
    return braces == ["{", "}"] and text[0] == "{" and text[-1] == "}"
