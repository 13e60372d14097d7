"""An object is decompressed and decoded by its first bytes, whatever its name says."""

import bz2
import gzip
import lzma
from collections.abc import Callable
from io import BytesIO
from pathlib import Path

import pyarrow as pa
import pytest

from sparkify.errors import SourceError
from sparkify.ingest import decoding
from sparkify.ingest.decoding import CountedStream, decode
from sparkify.ingest.source import read
from sparkify.ingest.stores import LocalStore
from tests.support.sources import put_objects, texts

LINES = [f'{{"number":{number},"é":"🎵"}}' for number in range(300)]
CONTENT = "\n".join(LINES).encode() + b"\n"


def zstd(content: bytes) -> bytes:
    packed: bytes = pa.compress(content, codec="zstd", asbytes=True)
    return packed


COMPRESS: dict[str, Callable[[bytes], bytes]] = {
    "gzip": gzip.compress,
    "bzip2": bz2.compress,
    "xz": lzma.compress,
    "zstd": zstd,
}
ENCODINGS = ("utf-8", "utf-16-le", "utf-16-be", "utf-32-le", "utf-32-be")

compressed = pytest.mark.parametrize("kind", COMPRESS)


def decoded(content: bytes, block_bytes: int) -> bytes:
    """Return what is decoded, block by block; no block may be empty."""
    stream = CountedStream(BytesIO(content))
    blocks = list(decode(stream, block_bytes, block_bytes))
    assert stream.bytes_read == len(content)
    assert all(blocks)
    return b"".join(blocks)


def contents(store: LocalStore) -> list[bytes]:
    objects = store.list("data").objects
    return [b"".join(reading) for reading in read(store, objects, 1024)]


@compressed
@pytest.mark.parametrize("block_bytes", [8, 100, 8 * 1024**2])
def test_compressed_data_is_decompressed(kind: str, block_bytes: int) -> None:
    assert decoded(COMPRESS[kind](CONTENT), block_bytes) == CONTENT
    assert decoded(COMPRESS[kind](b""), block_bytes) == b""


@compressed
@pytest.mark.parametrize("block_bytes", [8, 100, 8 * 1024**2])
def test_all_members_of_compressed_data_are_read(kind: str, block_bytes: int) -> None:
    parts = [CONTENT[:1000], b"", CONTENT[1000:1001], CONTENT[1001:]]
    members = b"".join(map(COMPRESS[kind], parts))
    assert decoded(members, block_bytes) == CONTENT


@pytest.mark.parametrize("kind", ["gzip", "bzip2", "xz"])
def test_zeros_may_follow_each_member(kind: str) -> None:
    member = COMPRESS[kind](CONTENT) + bytes(8)
    assert decoded(member + member, 100) == CONTENT * 2
    assert decoded(member + bytes(200_000), 100) == CONTENT


@compressed
@pytest.mark.parametrize("name", ["a.json", "a.JSONL", "a.json.gz", "a.ndjson.xz"])
def test_the_name_does_not_say_how_an_object_is_compressed(
    kind: str, name: str, tmp_path: Path
) -> None:
    assert texts(tmp_path, COMPRESS[kind](CONTENT), name) == LINES
    assert texts(tmp_path, CONTENT, name) == LINES


@compressed
def test_an_object_of_random_length_is_never_cut(kind: str) -> None:
    for size in (1, 2, 3, 7, 63, 64, 65, 4095, 4096, 4097, 65_536, 200_001):
        content = (CONTENT * 20)[:size]
        assert decoded(COMPRESS[kind](content), 64) == content


@compressed
@pytest.mark.parametrize(
    "damage",
    [
        lambda packed: packed[:-9],
        lambda packed: packed[: len(packed) // 2],
        lambda packed: packed[:6],
        lambda packed: packed + packed[:-9],
        lambda packed: packed + CONTENT,
        lambda packed: packed + b"{}\n",
        lambda packed: packed[:7] + bytes(byte ^ 255 for byte in packed[7:]),
    ],
    ids=[
        *("cut off", "half", "only its start", "second member cut off"),
        *("text behind it", "a little text behind it", "damaged"),
    ],
)
def test_damaged_data_is_an_error_that_names_the_object(
    kind: str, damage: Callable[[bytes], bytes], tmp_path: Path
) -> None:
    store = put_objects(
        tmp_path, {"a.json": CONTENT, "b.json": damage(COMPRESS[kind](CONTENT))}
    )
    with pytest.raises(SourceError, match=r"^cannot read 'data/b\.json': \S"):
        contents(store)


@pytest.mark.parametrize("encoding", ENCODINGS)
@pytest.mark.parametrize("mark", ["", "\ufeff"])
@pytest.mark.parametrize("start", ["", "[", "[\n", "\n", " \t{}"])
@pytest.mark.parametrize("block_bytes", [8, 9, 10, 11, 8 * 1024**2])
def test_the_first_bytes_tell_the_encoding(
    encoding: str, mark: str, start: str, block_bytes: int
) -> None:
    text = start + CONTENT.decode()
    found = decoded((mark + text).encode(encoding), block_bytes)
    assert found.decode() == text


@pytest.mark.parametrize("encoding", ["utf-16", "utf-32", "utf-8-sig"])
@compressed
def test_a_compressed_object_may_be_in_any_encoding(
    encoding: str, kind: str, tmp_path: Path
) -> None:
    content = COMPRESS[kind](CONTENT.decode().encode(encoding))
    assert texts(tmp_path, content, "a.json.gz") == LINES


def test_a_byte_order_mark_in_the_middle_stays_in_the_bytes() -> None:
    content = "\ufeff{}\n\ufeff{}".encode()
    assert decoded(content, 8) == content[3:]


@pytest.mark.parametrize("encoding", ["utf-16-le", "utf-32-be"])
def test_half_a_character_at_the_end_breaks_its_record_only(
    encoding: str, tmp_path: Path
) -> None:
    content = '{"a":1}\n{"b":2}'.encode(encoding)[:-1]
    first, second = texts(tmp_path, content)
    assert first == '{"a":1}'
    assert second.startswith('{"b":2\\x')


@pytest.mark.parametrize(
    "content", [b"", b"\0", b"\xff", b"BZ", b"\x1f", b"{", b"\xfe"]
)
def test_a_few_bytes_are_not_taken_for_compressed_data(content: bytes) -> None:
    assert decoded(content, 8) == content


@pytest.mark.parametrize("zeros", [b"\0", b"\0\0\0", b"\n\0", bytes(4096)])
def test_zeros_before_a_record_are_not_taken_for_utf_16(zeros: bytes) -> None:
    content = zeros + b'{"a":1}\n'
    assert decoded(content, 8 * 1024**2) == content


@compressed
@pytest.mark.parametrize("other", [b"{}\n", b"other data " * 100], ids=len)
def test_other_data_behind_compressed_data_is_an_error_that_says_so(
    kind: str, other: bytes, tmp_path: Path
) -> None:
    store = put_objects(tmp_path, {"a.json": COMPRESS[kind](CONTENT) + other})
    with pytest.raises(SourceError, match=r"'data/a\.json': other data follows its"):
        contents(store)


@compressed
def test_data_that_expands_implausibly_is_an_error_that_says_so(
    kind: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(decoding, "FREE_EXPANSION", 1_000_000)
    packed = COMPRESS[kind](b" " * 10_000_000)
    assert len(packed) < 10_000_000 / 500
    store = put_objects(tmp_path, {"a.json": packed})
    with pytest.raises(SourceError, match=r"'data/a\.json': it unpacks to more than"):
        contents(store)
    least = COMPRESS[kind](b" " * 1_000_000)
    assert contents(put_objects(tmp_path, {"a.json": least})) == [b" " * 1_000_000]
