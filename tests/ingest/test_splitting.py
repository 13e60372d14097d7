"""Records come out with their places, wherever blocks, lines and files end."""

import gzip
import random
from collections.abc import Mapping
from pathlib import Path

import pytest

from sparkify.ingest import record_text, splitting
from sparkify.ingest.batches import RECORDS
from sparkify.ingest.splitting import read_again
from tests.support.sources import (
    BYTE_ORDER_MARK,
    batches,
    put_objects,
    read_one,
    rows,
    texts,
)

LARGE = 8 * 1024**2

Place = tuple[int, int, str]


def places(root: Path, content: bytes) -> list[Place]:
    """Return number, line and text of the records of one object."""
    return [(row["record"], row["line"], row["raw"]) for row in read_one(root, content)]


def plain_lines(files: Mapping[str, bytes]) -> list[tuple[str, int, str, bool]]:
    """Return the lines that are not blank as plain Python splits them."""
    return [
        (f"data/{name}", number, *decoded(line.rstrip(b"\r\n")))
        for name, content in sorted(files.items())
        for number, line in enumerate(content.split(b"\n"), start=1)
        if line.strip()
    ]


def decoded(line: bytes) -> tuple[str, bool]:
    try:
        return line.decode(), True
    except UnicodeDecodeError:
        return line.decode(errors="backslashreplace"), False


# What lines are made of: ends, and bytes that are no UTF-8.
FRAGMENTS = (
    *(b'{"a":1}', b"{}", b'{"a":"' + b"x" * 40 + b'"}', b'{"a":"\xff\xed\xa0\x80"}'),
    *('{"é":"🎵"}'.encode(), '{"a":"\u2028\u0085\x1c"}'.encode(), b"abc", b"[1]"),
    *(b"", b"", b" ", b"\t", b'{"a":"\x85\xc0\x80"}', b'{"a":\x00}'),
)


@pytest.mark.parametrize("block_bytes", [8, 9, 11, 16, 61, LARGE])
def test_one_record_a_line_is_split_as_plain_python_does(
    block_bytes: int, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(splitting, "BLOCK_BYTES", block_bytes)
    monkeypatch.setattr(splitting, "JOINED_BYTES", 3 * block_bytes)
    chance = random.Random(block_bytes)
    for _ in range(100):
        files = {
            f"{number}.json": chance.choice([b"\n", b"\r\n"]).join(
                chance.choices(FRAGMENTS, k=chance.randrange(9))
            )
            for number in range(chance.randint(1, 4))
        }
        found = [
            (row["object"], row["line"], row["raw"], row["is_utf8"])
            for row in rows(put_objects(tmp_path, files))
        ]
        assert found == plain_lines(files)


@pytest.mark.parametrize(
    "line_end", [b"\n", b"\r\n", b"\r", b"", b" ", b",\n", b"\n\n"]
)
@pytest.mark.parametrize("is_ended", [True, False])
def test_a_block_may_end_anywhere(
    line_end: bytes, is_ended: bool, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    records = ['{"one":1}', "{}", '{\n"three":\n"é"}', '{"four":{"🎵🎵":[{}]}}']
    content = line_end.join(text.encode() for text in records)
    content += line_end if is_ended else b""
    starts = [content.index(text.encode()) for text in records]
    expected = [
        (number, 1 + content.count(b"\n", 0, start), text)
        for number, (start, text) in enumerate(zip(starts, records, strict=True), 1)
    ]
    for block_bytes in range(8, len(content) + 3):
        monkeypatch.setattr(splitting, "BLOCK_BYTES", block_bytes)
        assert places(tmp_path, content) == expected


def test_files_without_a_last_line_end_are_not_joined(tmp_path: Path) -> None:
    files = {"a.json": b"{}\n{2}", "b.json": b"{3}", "c.json": b"{", "d.json": b"}"}
    found = rows(put_objects(tmp_path, files))
    assert [
        (row["object"], row["record"], row["line"], row["raw"]) for row in found
    ] == [
        ("data/a.json", 1, 1, "{}"),
        ("data/a.json", 2, 2, "{2}"),
        ("data/b.json", 1, 1, "{3}"),
        ("data/c.json", 1, 1, "{"),
        ("data/d.json", 1, 1, "}"),
    ]


def test_small_files_share_a_table(tmp_path: Path) -> None:
    files = {f"{number:03}.json": b"{}" for number in range(500)}
    (batch,) = batches(put_objects(tmp_path, files))
    assert batch.records.schema == RECORDS
    assert batch.records.num_rows == 500
    assert [count.name for count in batch.objects] == [f"data/{name}" for name in files]


def test_small_files_share_a_table_of_limited_size(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(splitting, "JOINED_BYTES", 70)
    files = {f"{number:02}.json": b'{"a":1}\n' for number in range(20)}
    found = batches(put_objects(tmp_path, files))
    assert [batch.records.num_rows for batch in found] == [9, 9, 2]


def test_a_large_file_is_cut_into_tables_of_about_one_block(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(splitting, "BLOCK_BYTES", 1000)
    store = put_objects(tmp_path, {"a.json": b'{"a":12345}\n' * 5000})
    tables = [batch.records for batch in batches(store)]
    assert sum(table.num_rows for table in tables) == 5000
    assert max(table.num_rows for table in tables) <= 2 * 1000 / 12


@pytest.mark.parametrize("inner", ["歌" * 5000, "\n" * 500, "{" * 999, "}{" * 99])
def test_a_record_longer_than_many_blocks_stays_one_record(
    inner: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(splitting, "BLOCK_BYTES", 100)
    gap = inner if inner.isspace() else ""
    long = f'{{"a":{gap}"{inner.strip()}"}}'
    content = f'{{"a":1}}\n{long}\n{{"a":3}}'.encode()
    last = 3 + gap.count("\n")
    expected = [(1, 1, '{"a":1}'), (2, 2, long), (3, last, '{"a":3}')]
    assert places(tmp_path, content) == expected


LONG = {
    "a text": b'{"a":"' + b"x" * 5000 + b'"}',
    "rubbish": b"x" * 5000,
    "a record that never ends": b'{"a":[' + b"1,\n" * 1000,
    "many bytes that are not UTF-8": b"\xff" * 5000,
    "an end in a character": "歌".encode() * 2000,
}


@pytest.mark.parametrize("block_bytes", [64, LARGE])
@pytest.mark.parametrize("kind", LONG)
def test_a_record_that_is_too_long_is_not_whole_and_the_next_ones_load(
    kind: str, block_bytes: int, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(splitting, "BLOCK_BYTES", block_bytes)
    monkeypatch.setattr(record_text, "WINDOW_BYTES", 100)
    good = b"".join(b'{"a":{"b":%d}}\n' % number for number in range(100))
    content = good + LONG[kind] + b"\n" + good
    found = read_one(tmp_path, content, most_record_bytes=1000)
    assert "".join(row["raw"] + "\n" for row in found[:100]) == good.decode()
    assert "".join(row["raw"] + "\n" for row in found[-100:]) == good.decode()
    long, *others = found[100:-100]
    assert (long["record"], long["line"]) == (101, 101)
    assert not long["is_whole"]
    assert [row["is_whole"] for row in found].count(False) == 1
    assert others == [] or kind == "a record that never ends"
    assert found[-1]["line"] == content.count(b"\n")
    assert block_bytes == LARGE or len(long["raw"].encode()) <= 1001


def test_blanks_without_an_end_are_layout(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(splitting, "BLOCK_BYTES", 100)
    content = b" " * 5000 + b'{"a":1}' + b" " * 5000 + b'{"a":2}'
    found = texts(tmp_path, content, most_record_bytes=1000)
    assert found == ['{"a":1}', '{"a":2}']


def test_blank_lines_are_counted_and_numbered_but_not_returned(tmp_path: Path) -> None:
    content = b'\n \t\n\r\n{"a":4}\n\n\n{"a":7}\n\n'
    other = b"{}\n \n[\n\n{}\n]\n"
    store = put_objects(tmp_path, {"a.json": content, "b.json": other})
    (batch,) = batches(store)
    found = [(row["line"], row["raw"].rstrip()) for row in batch.records.to_pylist()]
    assert found == [(4, '{"a":4}'), (7, '{"a":7}'), (1, "{}"), (5, "{}")]
    counts = [(count.records, count.blank, count.bytes) for count in batch.objects]
    assert counts == [(2, 6, len(content)), (2, 2, len(other))]


def test_a_blank_line_in_a_record_is_part_of_it(tmp_path: Path) -> None:
    store = put_objects(tmp_path, {"a.json": b'{\n\n"a":1\n\n}\n\n{\n}'})
    (batch,) = batches(store)
    assert (batch.objects[0].records, batch.objects[0].blank) == (2, 1)


@pytest.mark.parametrize(
    "content", [b"", b"\n", b" \r\n\n", BYTE_ORDER_MARK, b"[]", b"[\n]\n", b"[[],[]]"]
)
def test_an_empty_file_has_no_records(content: bytes, tmp_path: Path) -> None:
    store = put_objects(tmp_path, {"a.json": content, "b.json": b"{}"})
    found = [(row["object"], row["record"], row["raw"]) for row in rows(store)]
    assert found == [("data/b.json", 1, "{}")]
    counts = [(count.records, count.size) for count in batches(store)[0].objects]
    assert counts == [(0, len(content)), (1, 2)]


def test_each_object_is_counted_as_stored_and_as_read(tmp_path: Path) -> None:
    content = b'{"a":1}\n' * 99
    packed = gzip.compress(content)
    store = put_objects(tmp_path, {"a.json": content, "b.json.gz": packed})
    modified = [
        str((tmp_path / "data" / name).stat().st_mtime_ns)
        for name in ("a.json", "b.json.gz")
    ]
    (batch,) = batches(store)
    assert [
        (count.size, count.bytes, count.records, count.version)
        for count in batch.objects
    ] == [
        (len(content), len(content), 99, modified[0]),
        (len(packed), len(content), 99, modified[1]),
    ]


def test_bytes_that_are_not_utf_8_mark_their_own_record_only(tmp_path: Path) -> None:
    files = {"a.json": b'{"\xc3\xa9":1}\n{"\xe9":1}\n{}', "b.json": b"{}"}
    found = [(row["raw"], row["is_utf8"]) for row in rows(put_objects(tmp_path, files))]
    assert found == [
        ('{"é":1}', True),
        (r'{"\xe9":1}', False),
        ("{}", True),
        ("{}", True),
    ]


def test_a_backslash_escape_in_the_text_is_still_utf_8(tmp_path: Path) -> None:
    content = rb'{"\\xe9":1}' + b'\n{"\xe9":1}'
    found = [row["is_utf8"] for row in read_one(tmp_path, content)]
    assert found == [True, False]


def test_a_plain_record_has_no_braces_but_its_own(tmp_path: Path) -> None:
    content = b'{"a":1}\r\n{"a":{}}\n{"a":"{"}\n{"a":"}"}\n{\n"a":[1]}\n{"a":1}\n{"a":'
    found = [row["is_plain"] for row in read_one(tmp_path, content)]
    assert found == [True, False, False, False, True, True, False]


def test_single_records_are_read_again(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(splitting, "BLOCK_BYTES", 8)
    store = put_objects(
        tmp_path,
        {
            "a.json": b'{"a":1}\r\n\r\n{"a":2}{"a":3}\r\n{"a":4}\r\n',
            "b.json": b'{"a":1}\n{"\xff":2}',
        },
    )
    wanted = {"data/a.json": {3, 4}, "data/b.json": {2}}
    again = read_again(batches(store), wanted)
    assert again.schema.names == ["object", "record", "line", "raw"]
    assert [
        (row["object"], row["record"], row["line"], row["raw"].rstrip())
        for row in again.to_pylist()
    ] == [
        ("data/a.json", 3, 3, '{"a":3}'),
        ("data/a.json", 4, 4, '{"a":4}'),
        ("data/b.json", 2, 2, '{"\\xff":2}'),
    ]


def test_reading_no_records_again_gives_an_empty_table() -> None:
    again = read_again([], {})
    assert (again.schema.names, again.num_rows) == (
        ["object", "record", "line", "raw"],
        0,
    )
