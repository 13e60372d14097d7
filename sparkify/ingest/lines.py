"""Splits source objects into Arrow tables of lines, with numpy and no copy per line.

Many small objects share one table, and a large object is split into several tables.
So the tables have about the same size, whatever the sizes of the objects.
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
    """Complete lines of one object, without the end of the last line.

    Attributes:
        object: The object's name.
        first_line: The number of the first line, from 1.
        data: The bytes of the lines.
    """

    object: str
    first_line: int
    data: bytes


def read_lines(store: Store, objects: Iterable[SourceObject]) -> Iterator[pa.Table]:
    """Read objects as tables of their lines.

    Args:
        store: The store of the objects.
        objects: The objects, in the order to read them.

    Yields:
        Tables with the schema `LINES`, of about 8 MB: one row a line that is not
        blank. `raw` may include the line's end. Bytes that are not UTF-8 are backslash
        escapes in `raw`, and `is_utf8` is false.

    Raises:
        SourceError: An object cannot be read.
    """
    pieces: list[Piece] = []
    size = 0
    for source_object, blocks in read(store, objects, BLOCK_BYTES):
        for piece in _split(source_object.name, blocks):
            pieces.append(piece)
            size += len(piece.data)
            if size >= BLOCK_BYTES:
                yield _table(pieces)
                pieces, size = [], 0
    if pieces:
        yield _table(pieces)


def _split(name: str, blocks: Iterable[bytes]) -> Iterator[Piece]:
    """Split the blocks of an object at line ends."""
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
    """Join pieces and return the table of their lines."""
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
    may_be_blank = np.frombuffer(joined, np.uint8)[starts] != OBJECT_START[0]
    candidates = np.flatnonzero(may_be_blank)
    is_blank = [not joined[starts[row] : ends[row]].strip() for row in candidates]
    if any(is_blank):
        is_kept = np.ones(len(starts), bool)
        is_kept[candidates[is_blank]] = False
        return table.filter(pa.array(is_kept))
    return table


def _texts(joined: bytes, offsets: np.ndarray) -> tuple[pa.Array, pa.Array]:
    """Return the lines as text, and whether the bytes of each are UTF-8."""
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
    store: Store, objects: Iterable[SourceObject], line_numbers: Mapping[str, Set[int]]
) -> pa.Table:
    """Read some lines again.

    Args:
        store: The store of the objects.
        objects: The objects that hold the lines.
        line_numbers: The numbers of the lines, by the object's name.

    Returns:
        A table with the schema `LINES`; `raw` does not include the line's end.

    Raises:
        SourceError: An object cannot be read.
    """
    rows = [
        {**row, "raw": row["raw"].rstrip("\r\n")}
        for table in read_lines(store, objects)
        for row in table.to_pylist()
        if row["line"] in line_numbers[row["object"]]
    ]
    return pa.Table.from_pylist(rows, schema=LINES)
