"""What the fast path sees in the bytes of texts is what Python sees in the texts."""

import json
import re

import numpy as np
import pyarrow as pa
import pytest
from hypothesis import given
from hypothesis import strategies as st

from sparkify.ingest.arrow_columns import TextBytes, holds, one_array
from sparkify.ingest.escapes import Escapes

TEXTS = st.lists(st.none() | st.text(st.sampled_from(" a\t\xa0é~!0😀"), max_size=4))


@given(TEXTS, st.data())
def test_bytes_of_texts_are_those_of_python_in_any_slice(
    texts: list[str | None], data: st.DataObject
) -> None:
    start = data.draw(st.integers(0, len(texts)))
    end = data.draw(st.integers(start, len(texts)))
    array = pa.array(texts, pa.string()).slice(start, end - start)
    given = [text or "" for text in texts[start:end]]
    found = TextBytes(array)
    assert found.sizes.tolist() == [len(text.encode()) for text in given]
    assert found.ends_with(ord(" ")).tolist() == [t.endswith(" ") for t in given]
    assert found.has_others_than_ascii == (not "".join(given).isascii())
    odd = [bool(re.search("^[^!-~]|[^!-~]\\Z", text)) for text in given]
    assert found.has_odd_ends().tolist() == odd


PARTS = st.sampled_from(
    ["a", '"', "\\", "\\u0000", "\\u00e9", "\0", "é", "\ud83d", "\\ud8", "u"]
)


@given(st.lists(st.lists(PARTS, max_size=4).map("".join), min_size=1))
def test_escapes_are_found_in_the_records_that_hold_them(texts: list[str]) -> None:
    records = [json.dumps(text).encode() + b"\n" for text in texts]
    found = Escapes.find(b"".join(records), np.cumsum([*map(len, records)]))
    escapes = [re.findall(rb"\\(?:u[0-9a-f]{4}|.)", record) for record in records]
    rows = [any(each[1:2] in b"u\\" for each in found) for found in escapes]
    assert found.has_numbers >= any(e[1:2] == b"u" for es in escapes for e in es)
    assert {*found.rows.tolist()} == {*np.flatnonzero(rows).tolist()}
    unsafe = {
        row
        for row, all_of in enumerate(escapes)
        if any(re.match(rb"\\u(0000|d[89a-f])", each) for each in all_of)
    }
    assert unsafe <= {*found.unsafe.tolist()} <= {*found.rows.tolist()}


@pytest.mark.parametrize("parts", [[["a"]], [["a"], ["b", None]], []])
def test_a_column_is_one_array_whatever_its_chunks(parts: list[list[str]]) -> None:
    column = pa.chunked_array(
        [pa.array(part, pa.string()) for part in parts], pa.string()
    )
    assert one_array(column).to_pylist() == column.to_pylist()


def test_what_is_unknown_does_not_hold() -> None:
    assert holds(pa.array([True, None, False])).tolist() == [True, False, False]
