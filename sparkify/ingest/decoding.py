"""Decodes the bytes of an object: its compression and its encoding, by its first bytes.

The name of an object says nothing reliable about its content: a browser unpacks a
`.gz` file and keeps the name, and an editor saves UTF-16 under any name.
"""

from __future__ import annotations

import bz2
import codecs
import gzip
import io
import lzma
import re
from collections.abc import Callable, Iterator
from typing import TYPE_CHECKING, BinaryIO, cast

import pyarrow as pa

if TYPE_CHECKING:
    from _typeshed import WriteableBuffer

COMPRESSIONS = {
    b"\x1f\x8b": "gzip",
    b"BZh": "bzip2",
    b"\xfd7zXZ\x00": "xz",
    b"\x28\xb5\x2f\xfd": "zstd",
}

USUAL_START = re.compile(rb"[\s\[{]+[^\x00\s\[{]")  # of JSON in UTF-8 without a mark

# The longest signature comes first: UTF-32's starts like UTF-16's. JSON starts with an
# ASCII character, so a zero byte beside it shows the encoding without a mark.
ENCODINGS = (
    (b"\xff\xfe\x00\x00", "utf-32-le", 4),
    (b"\x00\x00\xfe\xff", "utf-32-be", 4),
    (b"\xef\xbb\xbf", "utf-8", 3),
    (b"\xff\xfe", "utf-16-le", 2),
    (b"\xfe\xff", "utf-16-be", 2),
    (b"{\x00\x00\x00", "utf-32-le", 0),
    (b"[\x00\x00\x00", "utf-32-le", 0),
    (b"\x00\x00\x00{", "utf-32-be", 0),
    (b"\x00\x00\x00[", "utf-32-be", 0),
    (b"{\x00", "utf-16-le", 0),
    (b"[\x00", "utf-16-le", 0),
    (b"\x00{", "utf-16-be", 0),
    (b"\x00[", "utf-16-be", 0),
)


class CountedStream(io.RawIOBase):
    """A stream that counts the bytes read from it; its start can be read again.

    Args:
        stream: The bytes of an object as stored.

    Attributes:
        bytes_read: The number of bytes read so far.
    """

    def __init__(self, stream: BinaryIO) -> None:
        self._stream = stream
        self._head = b""
        self._is_ended = False
        self.bytes_read = 0

    def readable(self) -> bool:
        """Return true: a buffered reader asks."""
        return True

    def read_block(self, size: int) -> bytes:
        """Read some bytes; fewer than `size` only at the end."""
        if self._is_ended:
            return b""
        block = self._stream.read(size)
        while len(block) < size and not self._is_ended:
            more = self._stream.read(size - len(block))
            self._is_ended = not more
            block += more
        self.bytes_read += len(block)
        return block

    def put_back(self, block: bytes) -> None:
        """Let `readinto` begin with bytes that `read_block` returned."""
        self._head = block

    def readinto(self, buffer: WriteableBuffer) -> int:
        """Read bytes into a buffer; return their number, 0 at the end."""
        view = memoryview(buffer).cast("B")
        if self._head:
            data, self._head = self._head[: len(view)], self._head[len(view) :]
        else:
            data = self._stream.read(len(view))
            self.bytes_read += len(data)
        view[: len(data)] = data
        return len(data)


def decode(stream: CountedStream, block_bytes: int) -> Iterator[bytes]:
    """Yield the content of an object as blocks of UTF-8, without a byte order mark.

    Bytes that are invalid in UTF-16 or UTF-32 become backslash escapes, which no JSON
    parser accepts. Bytes of UTF-8 are passed through unchecked.

    Args:
        stream: The object as stored.
        block_bytes: The largest number of bytes to decode at once.

    Raises:
        OSError: The compressed data is damaged.
        EOFError: The compressed data is cut off.
        lzma.LZMAError: The compressed data of an `xz` object is damaged.
    """
    block = stream.read_block(block_bytes)
    read: Callable[[int], bytes] = stream.read_block
    encoding = "utf-8"
    if not USUAL_START.match(block):
        if plain := _decompress(stream, block):
            read = plain.read
            block = read(block_bytes)
        encoding, mark = _encoding(block)
        block = block[mark:] if mark else block
    if encoding == "utf-8":
        while block:
            yield block
            block = read(block_bytes)
        return
    decoder = codecs.getincrementaldecoder(encoding)(errors="backslashreplace")
    while block:
        if text := decoder.decode(block):
            yield text.encode()
        block = read(block_bytes)
    if text := decoder.decode(b"", final=True):
        yield text.encode()


def _encoding(block: bytes) -> tuple[str, int]:
    """Return the encoding that the first bytes show, and the length of the mark."""
    for signature, encoding, mark in ENCODINGS:
        if block.startswith(signature):
            return encoding, mark
    return "utf-8", 0


def _decompress(stream: CountedStream, head: bytes) -> BinaryIO | None:
    """Return the decompressed stream, or nothing if it is not compressed."""
    compression = next(
        (name for magic, name in COMPRESSIONS.items() if head.startswith(magic)), ""
    )
    if not compression:
        return None
    stream.put_back(head)
    stored = io.BufferedReader(stream)
    if compression == "gzip":
        return cast(BinaryIO, gzip.GzipFile(fileobj=stored))
    if compression == "bzip2":
        return cast(BinaryIO, bz2.BZ2File(stored))
    if compression == "xz":
        return cast(BinaryIO, lzma.LZMAFile(stored))
    return cast(BinaryIO, pa.CompressedInputStream(pa.PythonFile(stored), "zstd"))
