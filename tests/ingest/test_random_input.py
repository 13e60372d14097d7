"""Whatever stands in a file: nothing fails, no byte is lost, good records are found."""

import bz2
import codecs
import gzip
import json
import lzma
import re
from collections.abc import Callable
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any
from unittest.mock import patch

import pyarrow as pa
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from sparkify.ingest import record_text, splitting
from sparkify.ingest.batches import Batch
from sparkify.ingest.record_schema import RECORD_SCHEMAS, SONGS, RecordSchema
from tests.support.judged import EVENT, GOOD, SONG
from tests.support.random_json import VALUES, odd_records
from tests.support.sources import (
    Row,
    batches,
    put_objects,
    validate_on_both_paths,
    validate_raw,
)

# The same 2,000 examples each time, with those of all parameters.
FAST = settings(
    deadline=None,
    derandomize=True,
    database=None,
    suppress_health_check=list(HealthCheck),
)
schemas = pytest.mark.parametrize("schema", RECORD_SCHEMAS, ids=lambda kind: kind.name)
block_sizes = st.sampled_from([8, 9, 13, 40, 100, 1000, 8 * 1024**2])


def read(contents: list[bytes], block_bytes: int) -> list[Batch]:
    """Read objects in small blocks, with small windows."""
    with (
        TemporaryDirectory() as folder,
        patch.object(splitting, "BLOCK_BYTES", block_bytes),
        patch.object(splitting, "JOINED_BYTES", 3 * block_bytes),
        patch.object(record_text, "WINDOW_BYTES", min(block_bytes, 50)),
    ):
        names = [f"{number:03}.json" for number in range(len(contents))]
        files = dict(zip(names, contents, strict=True))
        return batches(put_objects(Path(folder), files))


def records_of(found: list[Batch]) -> list[Row]:
    return [row for batch in found for row in batch.records.to_pylist()]


# Pieces of what stands in files: JSON, layout, accidents, and bytes of any kind.
PIECES = st.one_of(
    st.sampled_from(
        [
            *(b"{", b"}", b"[", b"]", b",", b":", b'"', b"\\", b"\n", b"\n", b"\r\n"),
            *(b" ", b"\t", b"\r", b"\0", b"\xff", b"\xef\xbb\xbf", b"\x85", b"\x1c"),
            *(b'{"a":1}', b'{"a":{}}', b"{}", b'{\n"a":1\n}', b'{"a":', b"'a'", b"1"),
            *(b'"}{"', b"null", b"NaN", b"\\u00", b'{"a":"', b'\n{"', b"}\n", b"},\n"),
            *("é".encode(), "\u2028".encode(), "🎵".encode()[:3], b"\xc2\xa0", b"x"),
            *(json.dumps(EVENT).encode(), json.dumps(SONG, indent=1).encode()),
        ]
    ),
    st.binary(max_size=6),
)
CONTENTS = st.lists(PIECES, max_size=25).map(b"".join)


@settings(FAST, max_examples=500)
@given(st.lists(CONTENTS, min_size=1, max_size=3), block_sizes)
def test_any_bytes_are_records_and_layout_and_nothing_else(
    contents: list[bytes], block_bytes: int
) -> None:
    contents = [b"  " + content for content in contents]  # hides marks and signatures
    found = read(contents, block_bytes)
    objects = [count for batch in found for count in batch.objects]
    assert [count.bytes for count in objects] == [len(content) for content in contents]
    rows = records_of(found)
    for count, content in zip(objects, contents, strict=True):
        own = [row for row in rows if row["object"] == count.name]
        assert [row["record"] for row in own] == [*range(1, count.records + 1)]
        assert count.blank <= content.count(b"\n") + 1
        text, at = content.decode(errors="backslashreplace"), 0
        for row in own:
            raw = row["raw"].rstrip("\n")
            start = text.index(raw, at)
            assert is_layout(text[at:start])
            assert row["line"] == 1 + text.count("\n", 0, start)
            at = start + len(raw)
        assert is_layout(text[at:])


def is_layout(text: str) -> bool:
    """Tell whether a text is only what may stand between records."""
    plain = re.sub(r'"(?:[^"\\]|\\.)*"\s*:\s*(?=[\[{]|\Z)', "", text)
    return not plain.translate(dict.fromkeys(map(ord, ",;[]{}\ufeff"))).strip()


@settings(FAST, max_examples=250)
@given(CONTENTS, block_sizes)
def test_the_records_do_not_depend_on_the_size_of_the_blocks(
    content: bytes, block_bytes: int
) -> None:
    whole, cut = (
        [
            (row["record"], row["line"], row["raw"].strip(), row["is_utf8"])
            for row in records_of(read([b"  " + content], size))
        ]
        for size in (8 * 1024**2, block_bytes)
    )
    assert cut == whole


@schemas
@settings(FAST, max_examples=150)
@given(st.lists(CONTENTS, min_size=1, max_size=3), block_sizes)
def test_any_bytes_are_validated_alike_on_both_paths(
    schema: RecordSchema, contents: list[bytes], block_bytes: int
) -> None:
    for batch in read([b"  " + content for content in contents], block_bytes):
        validate_on_both_paths(schema, batch.records)


@schemas
@settings(FAST, max_examples=150)
@given(st.data())
def test_odd_records_are_judged_alike_on_both_paths(
    schema: RecordSchema, data: st.DataObject
) -> None:
    good = json.dumps(GOOD[schema])
    odd = data.draw(st.lists(odd_records(schema), min_size=1, max_size=4))
    rows = validate_raw(schema, *[text for raw in odd for text in (raw, good)])
    assert all(row["rule"] is None for row in rows[1::2])
    for raw, row in zip(odd, rows[::2], strict=True):
        is_kept = row["raw"] == raw.replace("\0", "\\x00")
        assert is_kept if row["rule"] else row["raw"] is None


@settings(FAST, max_examples=100)
@given(st.lists(VALUES, min_size=1, max_size=4))
def test_any_json_value_is_judged_alike_on_both_paths(values: list[Any]) -> None:
    raws = [json.dumps(value) for value in values]
    for schema in RECORD_SCHEMAS:
        rows = validate_raw(schema, *raws)
        assert all(row["rule"] for row in rows)


# Ways to write good records one behind the other.
LAYOUTS: dict[str, Callable[[list[str]], str]] = {
    "one a line": "\n".join,
    "ended": lambda texts: "".join(f"{text}\n" for text in texts),
    "CRLF": "\r\n".join,
    "CR": "\r".join,
    "glued": "".join,
    "commas": ",".join,
    "commas at the end": ",\n".join,
    "blank lines": lambda texts: "\n" + "\n \n\n".join(texts) + "\n\n",
    "array": lambda texts: f"[{', '.join(texts)}]\n",
    "array of lines": lambda texts: "[\n" + ",\n".join(texts) + "\n]\n",
    "array of arrays": lambda texts: f"[[{'],['.join(texts)}]]",
    "marked": lambda texts: "\ufeff".join(["", *texts]),
}
COMPRESS: tuple[Callable[[bytes], bytes], ...] = (
    *(bytes, bytes, gzip.compress),
    lambda content: bz2.compress(content, 1),
    lambda content: lzma.compress(content, preset=0),
    lambda content: pa.compress(content, codec="zstd", asbytes=True),
)
ENCODINGS = (
    "utf-8",
    "utf-8",
    "utf-8-sig",
    "utf-16",
    "utf-16-be",
    "utf-32",
    "utf-32-le",
)
GOOD_RECORDS: tuple[dict[str, Any], ...] = (
    *(EVENT, SONG, {}, {"": {}}, {"a": []}, {"a": [{}, [{}], [[]]]}, {"{": "}"}),
    *({"a": text} for text in ("}{", "\\", '"', "[", "\n{", "},\n{", "]", "\\u007b")),
    *(
        {text: 1}
        for text in ("é", "🎵", "\u2028", "\x85", "\x1c", "\xa0", "\ufeff", "\0")
    ),
    *({"a": {"b": {"c": "d" * size}}} for size in (1, 7, 90)),
    {"a": [{"b": number} for number in range(20)]},
)


@st.composite
def laid_out(draw: st.DrawFn) -> tuple[list[Any], bytes]:
    """Draw records and the content of an object that holds them in some layouts."""
    values = draw(st.lists(st.sampled_from(GOOD_RECORDS), max_size=8))
    indents = draw(st.sampled_from([(None,), (2,), (None, 2), (None, None, 1)]))
    is_ascii = draw(st.booleans())
    written = [
        json.dumps(value, ensure_ascii=is_ascii, indent=indents[number % len(indents)])
        for number, value in enumerate(values)
    ]
    cut = draw(st.integers(0, len(written)))
    layouts = st.sampled_from(sorted(LAYOUTS))
    parts = [LAYOUTS[draw(layouts)](part) for part in (written[:cut], written[cut:])]
    text = draw(st.sampled_from(["", "\n", " "])).join(parts)
    encoding = draw(st.sampled_from(ENCODINGS))
    if text[:1] in ("", "\ufeff"):  # no character that shows the encoding
        encoding = "utf-8"
    return values, draw(st.sampled_from(COMPRESS))(text.encode(encoding))


@settings(FAST, max_examples=400)
@given(st.lists(laid_out(), min_size=1, max_size=3), block_sizes)
def test_good_records_are_found_in_order_in_any_layout(
    objects: list[tuple[list[Any], bytes]], block_bytes: int
) -> None:
    found = read([content for _, content in objects], block_bytes)
    values = [json.loads(row["raw"]) for row in records_of(found)]
    assert values == [value for own, _ in objects for value in own]
    counted = [count.records for batch in found for count in batch.objects]
    assert counted == [len(own) for own, _ in objects]
    sizes = [count.size for batch in found for count in batch.objects]
    assert sizes == [len(content) for _, content in objects]


@settings(FAST, max_examples=150)
@given(
    st.binary(max_size=60),
    st.sampled_from(
        [
            codecs.BOM_UTF16_LE,
            codecs.BOM_UTF16_BE,
            codecs.BOM_UTF32_LE,
            codecs.BOM_UTF8,
            b"{\0",
            b"\0{",
        ]
    ),
    block_sizes,
)
def test_any_bytes_behind_a_mark_are_read(
    content: bytes, mark: bytes, block_bytes: int
) -> None:
    found = read([mark + content], block_bytes)
    rows = records_of(found)
    assert [count.size for batch in found for count in batch.objects] == [
        len(mark + content)
    ]
    for batch in found:
        validate_on_both_paths(SONGS, batch.records)
    assert len(rows) == sum(count.records for b in found for count in b.objects)
