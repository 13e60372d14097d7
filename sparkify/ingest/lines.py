"""Splits raw objects into Arrow tables of lines, by numpy and without a copy a line.

Thousands of tiny files share one table, and a large file is cut into several, so
that whatever reads the tables sees blocks of one size however the source is laid out.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence, Set
from dataclasses import dataclass
from itertools import pairwise

import numpy as np
import pyarrow as pa

from sparkify.ingest.source import SourceObject, Store, read

BLOCK_BYTES = 8 * 1024**2
BYTE_ORDER_MARK = b"\xef\xbb\xbf"
NEWLINE = b"\n"
OBJECT_START = b"{"

LINES = pa.schema(
    [
        ("object", pa.string()),
        ("line", pa.int64()),
        ("raw", pa.string()),
        ("is_utf8", pa.bool_()),
    ]
)


@dataclass(frozen=True)
class Piece:
    """Whole lines of one object, without the last line's end.

    Attributes:
        object: The object's name.
        first_line: The number of the first line, from 1.
        data: The lines' bytes.
    """

    object: str
    first_line: int
    data: bytes


def read_lines(store: Store, objects: Iterable[SourceObject]) -> Iterator[pa.Table]:
    """Reads objects as tables of their lines.

    Args:
        store: Where the objects lie.
        objects: What to read, in this order.

    Yields:
        Tables shaped `LINES`, of about 8 MB: one row a line that is not blank.
        `raw` may keep the line's end. Bytes that are not UTF-8 stand in it as
        backslash escapes, with `is_utf8` false.

    Raises:
        SourceError: An object cannot be read.
    """
    pieces: list[Piece] = []
    size = 0
    for found, blocks in read(store, objects, BLOCK_BYTES):
        for piece in _split(found.name, blocks):
            pieces.append(piece)
            size += len(piece.data)
            if size >= BLOCK_BYTES:
                yield _table(pieces)
                pieces, size = [], 0
    if pieces:
        yield _table(pieces)


def _split(name: str, blocks: Iterable[bytes]) -> Iterator[Piece]:
    """Cuts an object's blocks at line ends."""
    line = 1
    rest = b""
    for block in blocks:
        if not rest and line == 1:
            block = block.removeprefix(BYTE_ORDER_MARK)
        lines, end, tail = block.rpartition(NEWLINE)
        if end:
            data = rest + lines
            yield Piece(name, line, data)
            line += data.count(NEWLINE) + 1
            rest = tail
        else:
            rest += tail
    if rest:
        yield Piece(name, line, rest)


def _table(pieces: Sequence[Piece]) -> pa.Table:
    """Lays pieces side by side and finds their lines."""
    joined = NEWLINE.join(piece.data for piece in pieces) + NEWLINE
    ends = np.flatnonzero(np.frombuffer(joined, np.uint8) == NEWLINE[0]) + 1
    starts = np.concatenate([[0], ends[:-1]])
    sizes = np.array([len(piece.data) + 1 for piece in pieces])
    piece_starts = np.cumsum(sizes) - sizes
    piece_of_line = np.searchsorted(piece_starts, starts, side="right") - 1
    first_row = np.searchsorted(starts, piece_starts)
    first_line = np.array([piece.first_line for piece in pieces])
    row = np.arange(len(starts))
    line = row - first_row[piece_of_line] + first_line[piece_of_line]
    names = pa.array([piece.object for piece in pieces], pa.string())
    raw, is_utf8 = _texts(joined, np.append(starts, len(joined)).astype(np.int32))
    table = pa.Table.from_arrays(
        [names.take(pa.array(piece_of_line)), pa.array(line), raw, is_utf8],
        schema=LINES,
    )
    is_suspect = np.frombuffer(joined, np.uint8)[starts] != OBJECT_START[0]
    suspects = np.flatnonzero(is_suspect)
    is_blank = [not joined[starts[row] : ends[row]].strip() for row in suspects]
    if any(is_blank):
        keep = np.ones(len(starts), bool)
        keep[suspects[is_blank]] = False
        return table.filter(pa.array(keep))
    return table


def _texts(joined: bytes, offsets: np.ndarray) -> tuple[pa.Array, pa.Array]:
    """Gives the lines as text, and whether each was UTF-8 as it stood."""
    rows = len(offsets) - 1
    raw = pa.StringArray.from_buffers(rows, pa.py_buffer(offsets), pa.py_buffer(joined))
    try:
        raw.validate(full=True)
    except pa.ArrowInvalid:
        lines = [joined[start:end] for start, end in pairwise(offsets)]
        texts = [line.decode(errors="backslashreplace") for line in lines]
        is_utf8 = [
            text.encode() == line for text, line in zip(texts, lines, strict=True)
        ]
        return pa.array(texts), pa.array(is_utf8)
    return raw, pa.array(np.ones(rows, bool))


def read_raw(
    store: Store, objects: Iterable[SourceObject], wanted: Mapping[str, Set[int]]
) -> pa.Table:
    """Reads single lines again.

    Args:
        store: Where the objects lie.
        objects: The objects that hold the lines.
        wanted: The numbers of the lines, by object.

    Returns:
        A table shaped `LINES`, without the lines' ends.

    Raises:
        SourceError: An object cannot be read.
    """
    rows = [
        {**row, "raw": row["raw"].rstrip("\r\n")}
        for table in read_lines(store, objects)
        for row in table.to_pylist()
        if row["line"] in wanted[row["object"]]
    ]
    return pa.Table.from_pylist(rows, schema=LINES)
