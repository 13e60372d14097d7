"""Splits source objects into Arrow tables of records, with numpy and no copy per line.

A line that holds one JSON object is found with numpy. All other lines go through the
scanner, which knows every layout. Many small objects share one table, and a large
object is split into several, so the tables have about the same size.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence, Set
from itertools import chain
from typing import NamedTuple

import numpy as np
import pyarrow as pa

from sparkify.ingest.batches import RECORDS, Batch, Progress
from sparkify.ingest.record_text import NEWLINE, RecordText
from sparkify.ingest.scanning import opening_length
from sparkify.ingest.source import read
from sparkify.ingest.stores import SourceObject, Store

BLOCK_BYTES = 8 * 1024**2
JOINED_BYTES = 1024**2  # of small objects in one table
MOST_RECORD_BYTES = 16 * 1024**2


class _Piece(NamedTuple):
    """Some bytes of an object, up to the end of a line.

    Attributes:
        progress: The object's progress.
        data: The bytes; the last line may lack its end only if the piece is final.
        is_final: Whether the object ends with the piece.
    """

    progress: Progress
    data: bytes
    is_final: bool


def read_records(
    store: Store,
    objects: Iterable[SourceObject],
    most_record_bytes: int = MOST_RECORD_BYTES,
) -> Iterator[Batch]:
    """Read objects as tables of their records.

    Args:
        store: The store of the objects.
        objects: The objects, in the order to read them.
        most_record_bytes: The longest record. A longer one ends with its line at the
            latest, and no more than about this of it is in memory.

    Yields:
        Batches of about 8 MB.

    Raises:
        SourceError: An object cannot be read, or it changed while it was read.
        ReconciliationError: A byte of an object is in no record and not layout.
    """
    pieces: list[_Piece] = []
    size = 0
    for reading in read(store, objects, BLOCK_BYTES):
        progress = Progress(reading)
        blocks = iter(reading)
        block, following = next(blocks, b""), next(blocks, b"")
        if not following:  # the whole object: it shares a table with its neighbours
            pieces.append(_Piece(progress, block, is_final=True))
            size += len(block)
        if pieces and (following or size >= JOINED_BYTES):
            yield _split(pieces, most_record_bytes)[0]
            pieces, size = [], 0
        if following:
            parts = chain([block, following], blocks)
            yield from _read_large(progress, parts, most_record_bytes)
    if pieces:
        yield _split(pieces, most_record_bytes)[0]


def _read_large(
    progress: Progress, blocks: Iterator[bytes], most_record_bytes: int
) -> Iterator[Batch]:
    """Yield the records of an object of several blocks."""
    rest = b""
    is_skipping = False  # the line of a record that is too long
    block = next(blocks)
    while block:
        following = next(blocks, b"")
        if is_skipping:
            line, newline, block = block.partition(b"\n")
            progress.skip(line + newline)
            is_skipping = not newline
            if not block and following:
                block = following
                continue
        data, tail = _whole_lines(rest, block, is_final=not following)
        piece = _Piece(progress, data, is_final=not following)
        batch, open_bytes = _split([piece], most_record_bytes)
        yield batch
        rest = data[len(data) - open_bytes :] + tail
        if following and len(rest) > most_record_bytes:
            if opening := opening_length(rest[:JOINED_BYTES]):
                progress.pass_layout(rest[:opening])
                progress.is_inside = True
                rest = rest[opening:]
            else:
                yield _too_long(progress, rest[:most_record_bytes])
                progress.record += 1
                progress.skip(rest)
                is_skipping = not rest.endswith(b"\n")
                rest = b""
        block = following


def _whole_lines(rest: bytes, block: bytes, *, is_final: bool) -> tuple[bytes, bytes]:
    """Join bytes up to the end of their last line; return that, and what follows it.

    Without the end of a line, or if no more follows, all of it is joined.
    """
    end = len(block) if is_final else block.rfind(b"\n") + 1
    if end:
        return b"".join((rest, memoryview(block)[:end])), block[end:]
    data = rest + block
    end = data.rfind(b"\n") + 1 or len(data)
    return data[:end], data[end:]


def _too_long(progress: Progress, start: bytes) -> Batch:
    """Return a record that is too long, by its start."""
    raw = start.decode(errors="ignore") + "\n"
    row = {
        "object": progress.reading.source_object.name,
        "record": progress.record,
        "line": progress.line,
        "raw": raw,
        "is_utf8": True,
        "is_plain": False,
        "is_whole": False,
    }
    table = pa.Table.from_pylist([row], schema=RECORDS)
    return Batch(table, (), len(raw.encode()))


def _split(pieces: Sequence[_Piece], most_record_bytes: int) -> tuple[Batch, int]:
    """Split pieces; return their records, and the bytes of an open one at the end."""
    text = RecordText(
        [piece.data for piece in pieces],
        is_final=pieces[-1].is_final,
        is_inside=pieces[-1].progress.is_inside,
    )
    starts, ends = text.find_records()
    raw, is_utf8, sizes = text.take(starts, ends)
    piece_of_row = np.searchsorted(text.piece_starts, starts, side="right") - 1
    line_of_row = np.searchsorted(text.line_starts, starts, side="right") - 1
    first_row = np.searchsorted(piece_of_row, np.arange(len(pieces) + 1))
    first_line = np.searchsorted(text.line_starts, text.piece_starts)
    record_bytes = np.concatenate([[0], np.cumsum(sizes)])[first_row]
    layout_bytes = text.layout_bytes(starts, ends)
    blank = text.blank_lines(starts, ends)
    progresses = [piece.progress for piece in pieces]
    before = np.array([[entry.record, entry.line] for entry in progresses])
    counts = []
    for number, piece in enumerate(pieces):
        progress = piece.progress
        progress.record += int(first_row[number + 1] - first_row[number])
        progress.record_bytes += int(record_bytes[number + 1] - record_bytes[number])
        progress.layout_bytes += layout_bytes[number]
        progress.blank += int(blank[number])
        consumed = len(piece.data) - (0 if piece.is_final else text.open_bytes)
        content = np.frombuffer(piece.data, np.uint8, consumed)
        progress.line += int(np.count_nonzero(content == NEWLINE))
        if piece.is_final:
            counts.append(progress.count())
    row = np.arange(len(starts)) - first_row[piece_of_row]
    names = pa.array([piece.progress.reading.source_object.name for piece in pieces])
    table = pa.Table.from_arrays(
        [
            names.cast(pa.string()).take(pa.array(piece_of_row)),
            pa.array(row + before[piece_of_row, 0]),
            pa.array(line_of_row - first_line[piece_of_row] + before[piece_of_row, 1]),
            raw,
            is_utf8,
            pa.array(text.is_plain(starts, ends)),
            pa.array(sizes <= most_record_bytes),
        ],
        schema=RECORDS,
    )
    text_bytes = text.text_bytes(starts, ends, raw, is_utf8)
    return Batch(table, tuple(counts), text_bytes), text.open_bytes


def read_again(batches: Iterable[Batch], wanted: Mapping[str, Set[int]]) -> pa.Table:
    """Read some records again.

    Args:
        batches: The records of the objects that hold them.
        wanted: The numbers of the records, by the object's name.

    Returns:
        A table with the columns `object`, `record`, `line` and `raw`.

    Raises:
        SourceError: An object cannot be read.
    """
    fields = [RECORDS.field(name) for name in ("object", "record", "line", "raw")]
    rows = [
        {field.name: row[field.name] for field in fields}
        for batch in batches
        for row in batch.records.to_pylist()
        if row["record"] in wanted[row["object"]]
    ]
    return pa.Table.from_pylist(rows, schema=pa.schema(fields))
