"""Lines come out as plain splitting gives them, wherever blocks and files end."""

import gzip
import random
from collections.abc import Mapping
from pathlib import Path

import pytest

from sparkify.ingest import lines
from sparkify.ingest.lines import LINES, read_lines, read_raw
from sparkify.ingest.source import LocalStore

BYTE_ORDER_MARK = b"\xef\xbb\xbf"

Row = tuple[str, int, str, bool]


def write(folder: Path, files: Mapping[str, bytes]) -> LocalStore:
    (folder / "data").mkdir(exist_ok=True)
    for path in (folder / "data").iterdir():
        path.unlink()
    for name, content in files.items():
        stored = gzip.compress(content) if name.endswith(".gz") else content
        (folder / "data" / name).write_bytes(stored)
    return LocalStore(folder)


def rows(store: LocalStore) -> list[Row]:
    """Return the lines as read, without their ends."""
    return [
        (row["object"], row["line"], row["raw"].rstrip("\r\n"), row["is_utf8"])
        for table in read_lines(store, store.list("data"))
        for row in table.to_pylist()
    ]


def plain_rows(files: Mapping[str, bytes]) -> list[Row]:
    """Return the lines as plain Python splits them."""
    return [
        (f"data/{name}", number, *decoded(line.rstrip(b"\r\n")))
        for name, content in sorted(files.items())
        for number, line in enumerate(
            content.removeprefix(BYTE_ORDER_MARK).split(b"\n"), start=1
        )
        if line.strip()
    ]


def decoded(line: bytes) -> tuple[str, bool]:
    try:
        return line.decode(), True
    except UnicodeDecodeError:
        return line.decode(errors="backslashreplace"), False


# What generated files are made of: ends, blanks, JSON, and bytes that are no UTF-8.
FRAGMENTS = (
    *(b"\n", b"\n", b"\n", b"\r\n", b"\r", b" ", b"\t", b"\x0c"),
    *(b"{", b"}", b'{"a":1}', b"abc" * 10, b"\x00", BYTE_ORDER_MARK),
    *("é".encode(), "🎵".encode(), "\u2028".encode(), "\u0085".encode()),
    *(b"\xff", b"\x85", b"\xed\xa0\x80", b"\xc0\x80", b"\xf4\x90\x80\x80", b"\xe6\xad"),
)


def generated_files(chance: random.Random) -> dict[str, bytes]:
    return {
        f"{number}.json{chance.choice(['', '', '.gz'])}": b"".join(
            chance.choices(FRAGMENTS, k=chance.randrange(13))
        )
        for number in range(chance.randint(1, 4))
    }


@pytest.mark.parametrize("block_bytes", [4, 5, 7, 16, 61, 8 * 1024**2])
def test_generated_files_are_split_as_plain_python_does(
    block_bytes: int, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(lines, "BLOCK_BYTES", block_bytes)
    chance = random.Random(block_bytes)
    for _ in range(150):
        files = generated_files(chance)
        assert rows(write(tmp_path, files)) == plain_rows(files)


@pytest.mark.parametrize("line_end", [b"\n", b"\r\n"])
@pytest.mark.parametrize("is_ended", [True, False])
def test_a_block_may_end_anywhere_in_a_line(
    line_end: bytes, is_ended: bool, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    texts = ["{one}", "{}", "{three é}", "{four 🎵🎵}"]
    content = line_end.join(text.encode() for text in texts)
    store = write(tmp_path, {"a.json": content + (line_end if is_ended else b"")})
    expected = [
        ("data/a.json", number, text, True) for number, text in enumerate(texts, 1)
    ]
    for block_bytes in range(1, len(content) + 3):
        monkeypatch.setattr(lines, "BLOCK_BYTES", block_bytes)
        assert rows(store) == expected


def test_files_without_a_last_line_end_are_not_joined(tmp_path: Path) -> None:
    store = write(tmp_path, {"a.json": b"{1}\n{2}", "b.json": b"{3}", "c.json": b"{4}"})
    assert [row[:3] for row in rows(store)] == [
        ("data/a.json", 1, "{1}"),
        ("data/a.json", 2, "{2}"),
        ("data/b.json", 1, "{3}"),
        ("data/c.json", 1, "{4}"),
    ]


def test_small_files_share_a_table(tmp_path: Path) -> None:
    store = write(tmp_path, {f"{number:03}.json": b"{}" for number in range(500)})
    (table,) = read_lines(store, store.list("data"))
    assert table.schema == LINES
    assert table.num_rows == 500


def test_a_large_file_is_cut_into_tables_of_about_one_block(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(lines, "BLOCK_BYTES", 1000)
    store = write(tmp_path, {"a.json": b'{"a":12345}\n' * 5000})
    tables = list(read_lines(store, store.list("data")))
    assert sum(table.num_rows for table in tables) == 5000
    assert max(table.num_rows for table in tables) <= 2 * 1000 / 12


def test_a_line_longer_than_many_blocks_stays_one_line(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(lines, "BLOCK_BYTES", 100)
    long = "{" + "歌" * 5000 + "}"
    store = write(tmp_path, {"a.json": f"{{1}}\n{long}\n{{3}}".encode()})
    assert [row[1:3] for row in rows(store)] == [(1, "{1}"), (2, long), (3, "{3}")]


def test_blank_lines_are_numbered_but_not_returned(tmp_path: Path) -> None:
    store = write(tmp_path, {"a.json": b"\n \t\n\r\n{4}\n\n\n{7}\n\n"})
    assert [row[1:3] for row in rows(store)] == [(4, "{4}"), (7, "{7}")]


@pytest.mark.parametrize("content", [b"", b"\n", b" \r\n\n", BYTE_ORDER_MARK])
def test_an_empty_or_blank_file_has_no_lines(content: bytes, tmp_path: Path) -> None:
    store = write(tmp_path, {"a.json": content, "b.json": b"{}"})
    assert rows(store) == [("data/b.json", 1, "{}", True)]


def test_a_byte_order_mark_is_removed_only_at_the_start_of_a_file(
    tmp_path: Path,
) -> None:
    content = BYTE_ORDER_MARK + b"{1}\n" + BYTE_ORDER_MARK + b"{2}"
    store = write(tmp_path, {"a.json": content, "b.json": BYTE_ORDER_MARK + b"{3}"})
    assert [row[2] for row in rows(store)] == ["{1}", "\ufeff{2}", "{3}"]


def test_bytes_that_are_not_utf_8_mark_their_own_line_only(tmp_path: Path) -> None:
    store = write(tmp_path, {"a.json": b"{\xc3\xa9}\n{\xe9}\n{}", "b.json": b"{}"})
    assert [row[2:] for row in rows(store)] == [
        ("{é}", True),
        (r"{\xe9}", False),
        ("{}", True),
        ("{}", True),
    ]


def test_a_backslash_escape_in_the_text_is_still_utf_8(tmp_path: Path) -> None:
    store = write(tmp_path, {"a.json": rb"{\xe9}" + b"\n{\xe9}"})
    assert [row[2:] for row in rows(store)] == [(r"{\xe9}", True), (r"{\xe9}", False)]


def test_only_a_line_feed_ends_a_line(tmp_path: Path) -> None:
    text = "{a\rb\u2028c\u2029d\u0085e\x0bf\x0cg\x1eh}"
    store = write(tmp_path, {"a.json": text.encode()})
    assert rows(store) == [("data/a.json", 1, text, True)]


def test_single_lines_are_read_again_without_their_ends(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(lines, "BLOCK_BYTES", 4)
    store = write(
        tmp_path, {"a.json": b"{1}\r\n\r\n{3}\r\n{4}\r\n", "b.json.gz": b"{1}\n{\xff}"}
    )
    wanted = {"data/a.json": {3, 4}, "data/b.json.gz": {2}}
    again = read_raw(store, store.list("data"), wanted)
    assert again.schema == LINES
    assert [tuple(row.values()) for row in again.to_pylist()] == [
        ("data/a.json", 3, "{3}", True),
        ("data/a.json", 4, "{4}", True),
        ("data/b.json.gz", 2, r"{\xff}", False),
    ]


def test_reading_no_lines_again_gives_an_empty_table(tmp_path: Path) -> None:
    again = read_raw(write(tmp_path, {"a.json": b"{}"}), [], {})
    assert (again.schema, again.num_rows) == (LINES, 0)
