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

COMPRESSED_BYTES = 64 * 1024  # to decompress at once
MOST_EXPANSION = 500  # times the stored size; logs are compressed 10 to 50 times
FREE_EXPANSION = 256 * 1024**2  # bytes that any object may unpack to
FOLLOWED = "other data follows its compressed data; remove that, or unpack the file"
# What the libraries say of data that does not begin as compressed data does.
NOT_COMPRESSED = ("Not a gzipped file", "Unknown frame descriptor")

# The longest signature comes first: UTF-32's starts like UTF-16's. JSON starts with
# ASCII characters, so zero bytes beside them show the encoding without a mark. Two
# are needed: a log that was cut while it was written to may start with zero bytes.
ENCODINGS = (
    (b"\xff\xfe\x00\x00", "utf-32-le", 4),
    (b"\x00\x00\xfe\xff", "utf-32-be", 4),
    (b"\xef\xbb\xbf", "utf-8", 3),
    (b"\xff\xfe", "utf-16-le", 2),
    (b"\xfe\xff", "utf-16-be", 2),
)
UNMARKED = tuple(
    (
        re.compile(
            rb"(?:%s%s|%s[\s\S]{0,3}\Z)"
            % (
                unit % rb"[\s\[{]",
                unit % rb"[\s\[\]{}\"]",
                unit % rb"[\s\[{]",
            )
        ),
        encoding,
    )
    for unit, encoding in (
        (rb"%s\x00\x00\x00", "utf-32-le"),
        (rb"\x00\x00\x00%s", "utf-32-be"),
        (rb"%s\x00", "utf-16-le"),
        (rb"\x00%s", "utf-16-be"),
    )
)


class CountedStream:
    """A stream that counts the bytes read from it.

    Args:
        stream: The bytes of an object as stored.

    Attributes:
        bytes_read: The number of bytes read so far.
        mark_bytes: The length of the byte order mark.
        is_utf8: Whether the content is UTF-8.
    """

    def __init__(self, stream: BinaryIO) -> None:
        self._stream = stream
        self._is_ended = False
        self._unpacked_bytes: int | None = None
        self.bytes_read = 0
        self.mark_bytes = 0
        self.is_utf8 = True

    @property
    def utf8_bytes(self) -> int | None:
        """The bytes of UTF-8 that the content has; unknown in other encodings."""
        unpacked = self._unpacked_bytes
        content = self.bytes_read if unpacked is None else unpacked
        return content - self.mark_bytes if self.is_utf8 else None

    def count_unpacked(self, read: Callable[[int], bytes]) -> Callable[[int], bytes]:
        """Return a function that reads decompressed bytes and counts them.

        It raises an OSError if there are implausibly many for the bytes as stored: they
        could fill the disk or take hours.
        """
        self._unpacked_bytes = 0

        def counted(size: int) -> bytes:
            try:
                content = read(size)
            except OSError as error:
                if any(message in str(error) for message in NOT_COMPRESSED):
                    raise OSError(FOLLOWED) from error
                raise
            unpacked = self._unpacked_bytes = (self._unpacked_bytes or 0) + len(content)
            most = max(FREE_EXPANSION, MOST_EXPANSION * self.bytes_read)
            if unpacked > most:
                raise OSError(
                    f"it unpacks to more than {MOST_EXPANSION} times its size; if that "
                    "is right, unpack the file"
                )
            return content

        return counted

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


class StoredStream(io.RawIOBase):
    """The bytes of a stream as a file, from the start.

    Args:
        stream: The stream, of which a block has been read.
        head: That block.
    """

    def __init__(self, stream: CountedStream, head: bytes) -> None:
        self._stream = stream
        self._head = head

    def readable(self) -> bool:
        """Return true: a buffered reader asks."""
        return True

    def readinto(self, buffer: WriteableBuffer) -> int:
        """Read bytes into a buffer; return their number, 0 at the end."""
        view = memoryview(buffer).cast("B")
        data = self._head or self._stream.read_block(len(view))
        data, self._head = data[: len(view)], data[len(view) :]
        view[: len(data)] = data
        return len(data)


class MemberStream(io.RawIOBase):
    """The content of compressed members that follow one another.

    Python's own readers of bzip2 and xz ignore what follows the last member.

    Args:
        stored: The bytes of the members; only zeros may be between or after them.
        new: Makes a decompressor, for each member.
    """

    def __init__(
        self, stored: BinaryIO, new: type[bz2.BZ2Decompressor | lzma.LZMADecompressor]
    ) -> None:
        self._stored = stored
        self._new = new
        self._decompressor = new()

    def readable(self) -> bool:
        """Return true: a buffered reader asks."""
        return True

    def readinto(self, buffer: WriteableBuffer) -> int:
        """Read bytes into a buffer; return their number, 0 at the end."""
        view = memoryview(buffer).cast("B")
        content = b""
        while not content:
            data = b""
            is_next = self._decompressor.eof
            if is_next:
                data = self._decompressor.unused_data.lstrip(b"\0")
                while not data:
                    if not (block := self._stored.read(COMPRESSED_BYTES)):
                        return 0
                    data = block.lstrip(b"\0")
                self._decompressor = self._new()
            elif self._decompressor.needs_input:
                data = self._stored.read(COMPRESSED_BYTES)
                if not data:
                    raise EOFError("the compressed data is cut off")
            try:
                content = self._decompressor.decompress(data, len(view))
            except (OSError, lzma.LZMAError) as error:
                if is_next:
                    raise OSError(FOLLOWED) from error
                raise
        view[: len(content)] = content
        return len(content)


def decode(
    stream: CountedStream, stored_bytes: int, block_bytes: int
) -> Iterator[bytes]:
    """Yield the content of an object as blocks of UTF-8, without a byte order mark.

    Bytes that are invalid in UTF-16 or UTF-32 become backslash escapes, which no JSON
    parser accepts. Bytes of UTF-8 are passed through unchecked.

    Args:
        stream: The object as stored.
        stored_bytes: The largest number of bytes to read at once as they are stored.
        block_bytes: The largest number of bytes to take at once of compressed data.

    Raises:
        OSError: The compressed data is damaged.
        EOFError: The compressed data is cut off.
        lzma.LZMAError: The compressed data of an `xz` object is damaged.
    """
    size = stored_bytes
    block = stream.read_block(size)
    read: Callable[[int], bytes] = stream.read_block
    encoding = "utf-8"
    if block[:1] != b"{" or block[1:2] == b"\0":  # not the usual start, `{"`
        if plain := _decompress(stream, block):
            read, size = stream.count_unpacked(plain.read), block_bytes
            block = read(size)
        encoding, mark = _encoding(block)
        block = block[mark:] if mark else block
        stream.mark_bytes, stream.is_utf8 = mark, encoding == "utf-8"
    if encoding == "utf-8":
        while block:
            yield block
            block = read(size)
        return
    decoder = codecs.getincrementaldecoder(encoding)(errors="backslashreplace")
    while block:
        if text := decoder.decode(block):
            yield text.encode()
        block = read(size)
    if text := decoder.decode(b"", final=True):
        yield text.encode()


def _encoding(block: bytes) -> tuple[str, int]:
    """Return the encoding that the first bytes show, and the length of the mark."""
    for signature, encoding, mark in ENCODINGS:
        if block.startswith(signature):
            return encoding, mark
    for start, encoding in UNMARKED:
        if start.match(block):
            return encoding, 0
    return "utf-8", 0


def _decompress(stream: CountedStream, head: bytes) -> BinaryIO | None:
    """Return the decompressed stream, or nothing if it is not compressed."""
    compression = next(
        (name for magic, name in COMPRESSIONS.items() if head.startswith(magic)), ""
    )
    if not compression:
        return None
    stored = io.BufferedReader(StoredStream(stream, head))
    if compression == "gzip":
        return cast(BinaryIO, gzip.GzipFile(fileobj=stored))
    if compression == "bzip2":
        return io.BufferedReader(MemberStream(stored, bz2.BZ2Decompressor))
    if compression == "xz":
        return io.BufferedReader(MemberStream(stored, lzma.LZMADecompressor))
    return cast(BinaryIO, pa.CompressedInputStream(pa.PythonFile(stored), "zstd"))
