"""Splits source objects into Arrow tables of records, with numpy and no copy per line.

A line that holds one JSON object is found with numpy. All other lines go through the
scanner, which knows every layout. Many small objects share one table, and a large
object is split into several, so the tables have about the same size.
"""

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence, Set
from dataclasses import dataclass
from typing import NamedTuple

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from sparkify.errors import ReconciliationError
from sparkify.ingest.record_text import RecordText
from sparkify.ingest.source import ObjectReading, read
from sparkify.ingest.stores import SourceObject, Store

BLOCK_BYTES = 8 * 1024**2
JOINED_BYTES = 1024**2  # of small objects in one table

RECORDS = pa.schema(
    [
        ("object", pa.string()),
        ("record", pa.int64()),
        ("line", pa.int64()),
        ("raw", pa.string()),
        ("is_utf8", pa.bool_()),
        ("is_plain", pa.bool_()),
    ]
)


class ObjectCount(NamedTuple):
    """What the reader found in one object.

    Attributes:
        name: The object's name.
        size: The size as stored, in bytes.
        version: The version as listed: the time of modification, or the ETag.
        bytes: The size after decompression and decoding to UTF-8, in bytes.
        records: The number of records.
        blank: The number of blank lines.
    """

    name: str
    size: int
    version: str
    bytes: int
    records: int
    blank: int


@dataclass(frozen=True)
class Batch:
    """Some records, and the counts of the objects that end with them.

    Attributes:
        records: A table with the schema `RECORDS`. `raw` may include the line's end.
            Bytes that are not UTF-8 are backslash escapes in `raw`, and `is_utf8` is
            false. `is_plain` marks a record without other braces than its own.
        objects: The counts of the objects, in order.
        text_bytes: The number of bytes in `raw`, as the places of the records give it.

    Raises:
        ReconciliationError: The texts have another number of bytes.
    """

    records: pa.Table
    objects: tuple[ObjectCount, ...]
    text_bytes: int

    def __post_init__(self) -> None:
        """Check that no text was cut."""
        found = pc.sum(pc.binary_length(self.records["raw"])).as_py() or 0
        if found != self.text_bytes:
            raise ReconciliationError(
                f"the records take {self.text_bytes:,} bytes, but their texts have "
                f"{found:,}; nothing was published, please report it with the run's "
                "folder"
            )


@dataclass(slots=True)
class _Progress:
    """How far an object is split; its bytes are records or layout."""

    reading: ObjectReading
    line: int = 1
    record: int = 1
    record_bytes: int = 0
    layout_bytes: int = 0
    blank: int = 0

    def count(self) -> ObjectCount:
        """Return the counts; the bytes must be those that were counted on reading."""
        reading = self.reading
        name = reading.source_object.name
        found = self.record_bytes + self.layout_bytes
        if found != reading.bytes:
            raise ReconciliationError(
                f"'{name}' holds {reading.bytes:,} bytes, but its records and their "
                f"layout hold {found:,}; nothing was published, please report it with "
                "the run's folder"
            )
        return ObjectCount(
            name,
            reading.source_object.size,
            reading.source_object.version,
            reading.bytes,
            self.record - 1,
            self.blank,
        )


class _Piece(NamedTuple):
    """Some bytes of an object, up to the end of a line.

    Attributes:
        progress: The object's progress.
        data: The bytes; the last line may lack its end only if the piece is final.
        is_final: Whether the object ends with the piece.
    """

    progress: _Progress
    data: bytes
    is_final: bool


def read_records(store: Store, objects: Iterable[SourceObject]) -> Iterator[Batch]:
    """Read objects as tables of their records.

    Args:
        store: The store of the objects.
        objects: The objects, in the order to read them.

    Yields:
        Batches of about 8 MB.

    Raises:
        SourceError: An object cannot be read, or it changed while it was read.
        ReconciliationError: A byte of an object is in no record and not layout.
    """
    pieces: list[_Piece] = []
    size = 0
    for reading in read(store, objects, BLOCK_BYTES):
        progress = _Progress(reading)
        blocks = iter(reading)
        block, following = next(blocks, b""), next(blocks, b"")
        if not following:  # the whole object: it shares a table with its neighbours
            pieces.append(_Piece(progress, block, is_final=True))
            size += len(block)
            if size >= JOINED_BYTES:
                yield _split(pieces)[0]
                pieces, size = [], 0
            continue
        if pieces:
            yield _split(pieces)[0]
            pieces, size = [], 0
        rest = b""
        while block:
            data = rest + block
            cut = data.rfind(b"\n") + 1 if following else len(data)
            piece = _Piece(progress, data[: cut or len(data)], is_final=not following)
            batch, open_bytes = _split([piece])
            yield batch
            consumed = len(piece.data) - open_bytes
            rest = data[consumed:]
            block, following = following, next(blocks, b"")
    if pieces:
        yield _split(pieces)[0]


def _split(pieces: Sequence[_Piece]) -> tuple[Batch, int]:
    """Split pieces; return their records, and the bytes of an open one at the end."""
    text = RecordText([piece.data for piece in pieces], is_final=pieces[-1].is_final)
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
        progress.line += piece.data.count(b"\n", 0, consumed)
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
        ],
        schema=RECORDS,
    )
    text_bytes = text.text_bytes(starts, ends, raw, is_utf8)
    return Batch(table, tuple(counts), text_bytes), text.open_bytes


def require_objects(
    listed: Iterable[SourceObject], counted: Iterable[ObjectCount]
) -> None:
    """Check that each listed object was read once, as it was listed.

    Raises:
        ReconciliationError: One was not read, or read twice.
    """
    expected = Counter((entry.name, entry.size, entry.version) for entry in listed)
    found = Counter((entry.name, entry.size, entry.version) for entry in counted)
    if found != expected:
        name, *_ = min((expected - found) + (found - expected))
        raise ReconciliationError(
            f"'{name}' was not read once, as it was listed; nothing was published, "
            "please report it with the run's folder"
        )


def read_again(
    store: Store, objects: Iterable[SourceObject], wanted: Mapping[str, Set[int]]
) -> pa.Table:
    """Read some records again.

    Args:
        store: The store of the objects.
        objects: The objects that hold the records.
        wanted: The numbers of the records, by the object's name.

    Returns:
        A table with the columns `object`, `record`, `line` and `raw`.

    Raises:
        SourceError: An object cannot be read.
    """
    fields = [RECORDS.field(name) for name in ("object", "record", "line", "raw")]
    rows = [
        {field.name: row[field.name] for field in fields}
        for batch in read_records(store, objects)
        for row in batch.records.to_pylist()
        if row["record"] in wanted[row["object"]]
    ]
    return pa.Table.from_pylist(rows, schema=pa.schema(fields))
