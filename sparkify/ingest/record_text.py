"""Finds the records in the joined bytes of some objects."""

from collections.abc import Sequence
from functools import cached_property
from itertools import pairwise

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from sparkify.errors import ReconciliationError
from sparkify.ingest.scanning import Scanner, is_layout

WINDOW_BYTES = 64 * 1024  # how far to look for the end of a record that goes on
NEWLINE, CARRIAGE_RETURN, OPEN, CLOSE = b"\n\r{}"


class RecordText:
    """The joined bytes of pieces of objects.

    A piece that ends its object without a newline gets one, which counts for nothing.

    Args:
        pieces: The bytes of each piece.
        is_final: Whether the object of the last piece ends with it; the objects of the
            others do.
        is_inside: Whether the only piece is within an object that holds records.

    Attributes:
        piece_starts: The index of the first byte of each piece.
        line_starts: The index of the first byte of each line.
        open_bytes: The number of bytes at the end that belong to an open record, after
            `find_records`.
    """

    def __init__(
        self, pieces: Sequence[bytes], *, is_final: bool, is_inside: bool = False
    ) -> None:
        closed = [
            piece if not piece or piece.endswith(b"\n") else piece + b"\n"
            for piece in pieces
        ]
        if not is_final:
            closed[-1] = pieces[-1]
        self._joined = b"".join(closed)
        self._is_final = is_final
        self._is_inside = is_inside
        lengths = np.array([len(piece) for piece in closed], np.int64)
        added = lengths - [len(piece) for piece in pieces]
        self._piece_ends = np.cumsum(lengths)
        self._added_ends = self._piece_ends[added > 0]
        self._buffer = np.frombuffer(self._joined, np.uint8)
        self._line_ends = np.flatnonzero(self._buffer == NEWLINE) + 1
        if not is_final and not pieces[-1].endswith(b"\n"):
            self._line_ends = np.append(self._line_ends, len(self._joined))
        self._blank_starts = np.zeros(0, np.int64)
        self.piece_starts = self._piece_ends - lengths
        self.line_starts = np.concatenate([[0], self._line_ends])[:-1].astype(np.int64)
        self.open_bytes = 0

    @cached_property
    def _opens(self) -> np.ndarray:
        return np.flatnonzero(self._buffer == OPEN)

    @cached_property
    def _closes(self) -> np.ndarray:
        return np.flatnonzero(self._buffer == CLOSE)

    @cached_property
    def _is_simple(self) -> bool:
        """Whether each line is one pair of braces and a newline, seen by counts."""
        starts, ends = self.line_starts, self._line_ends
        return (
            len(starts) > 0
            and np.count_nonzero(self._buffer == OPEN) == len(starts)
            and np.count_nonzero(self._buffer == CLOSE) == len(starts)
            and bool((self._buffer[starts] == OPEN).all())
            and bool((self._buffer[ends - 2] == CLOSE).all())
            and bool(self._buffer[-1] == NEWLINE)
        )

    def find_records(self) -> tuple[np.ndarray, np.ndarray]:
        """Return the index of each record's first byte, and of the byte after it."""
        starts, ends = self.line_starts, self._line_ends
        if self._is_simple:
            return starts, ends
        is_plain = self.is_plain(starts, ends)
        if len(starts) and self._buffer[-1] != NEWLINE:
            is_plain[-1] = False  # the next piece may continue the line
        if is_plain.all():
            return starts, ends
        is_blank = np.zeros(len(starts), bool)
        for line in np.flatnonzero(~is_plain):
            is_blank[line] = not self._joined[starts[line] : ends[line]].strip()
        self._blank_starts = starts[is_blank]
        plain_lines = np.flatnonzero(is_plain)
        found: list[tuple[int, int]] = []
        covered = 0
        for line in np.flatnonzero(~is_plain & ~is_blank):
            if starts[line] < covered:
                continue
            following = np.searchsorted(plain_lines, line)
            region_end = len(self._joined)
            if following < len(plain_lines):
                region_end = int(starts[plain_lines[following]])
            spans, covered = self._scan(int(starts[line]), region_end)
            found += spans
            is_plain[line : np.searchsorted(starts, covered)] = False
        scanned = np.array(found, np.int64).reshape(-1, 2)
        starts = np.concatenate([starts[is_plain], scanned[:, 0]])
        ends = np.concatenate([ends[is_plain], scanned[:, 1]])
        order = np.argsort(starts)
        return starts[order], ends[order]

    def _scan(self, start: int, region_end: int) -> tuple[list[tuple[int, int]], int]:
        """Scan lines that are not plain; return their records, and where they end."""
        piece = int(np.searchsorted(self.piece_starts, start, side="right")) - 1
        piece_end = int(self._piece_ends[piece])
        is_final = self._is_final or piece < len(self.piece_starts) - 1
        limit = window = min(region_end, piece_end)
        spans: list[tuple[int, int]] = []
        while True:
            text = self._decode(start, window)
            scanner = Scanner(
                text,
                len(self._decode(start, limit)),
                is_final=is_final and window == piece_end,
                is_inside=self._is_inside,
            )
            at, byte = 0, start
            for span in scanner.records():
                first = byte + _byte_length(text, at, span.start)
                byte = first + _byte_length(text, span.start, span.end)
                spans.append((first, byte))
                at = span.end
            stop = byte + _byte_length(text, at, scanner.stop)
            if scanner.is_done:
                return spans, stop
            if window == piece_end:
                self.open_bytes = piece_end - stop
                return spans, piece_end
            target = stop + max(WINDOW_BYTES, 4 * (window - stop))
            line_end = self._joined.find(b"\n", target, piece_end) + 1
            start, window = stop, line_end or piece_end
            limit = max(limit, start)

    def _decode(self, start: int, end: int) -> str:
        return self._joined[start:end].decode(errors="surrogateescape")

    def is_plain(self, starts: np.ndarray, ends: np.ndarray) -> np.ndarray:
        """Return which spans go from a first brace to the only other one."""
        if self._is_simple:
            return np.ones(len(starts), bool)
        if not len(self._closes):
            return np.zeros(len(starts), bool)
        first_open = np.searchsorted(self._opens, starts)
        first_close = np.searchsorted(self._closes, starts)
        has_two_braces = (np.searchsorted(self._opens, ends) == first_open + 1) & (
            np.searchsorted(self._closes, ends) == first_close + 1
        )
        close = self._closes[np.minimum(first_close, len(self._closes) - 1)]
        after = ends - close - 1  # bytes after the closing brace
        following = np.minimum(close + 1, len(self._buffer) - 1)
        has_return = (after == 2) & (self._buffer[following] == CARRIAGE_RETURN)
        has_newline = self._buffer[ends - 1] == NEWLINE
        is_closed = (after == 0) | (has_newline & ((after == 1) | has_return))
        starts_open = self._buffer[starts] == OPEN
        return np.asarray(has_two_braces & is_closed & starts_open)

    def take(
        self, starts: np.ndarray, ends: np.ndarray
    ) -> tuple[pa.Array, pa.Array, np.ndarray]:
        """Return records as text, whether each is UTF-8, and its bytes in the object.

        Each text ends with a newline. Bytes that are not UTF-8 become backslash
        escapes.
        """
        rows = len(starts)
        is_whole = rows and starts[0] == 0 and np.array_equal(ends[:-1], starts[1:])
        if is_whole and (self._buffer[ends - 1] == NEWLINE).all():
            offsets = np.append(starts, ends[-1]).astype(np.int32)
            raw = pa.StringArray.from_buffers(
                rows, pa.py_buffer(offsets), pa.py_buffer(self._joined)
            )
            sizes = np.diff(offsets)
            try:
                raw.validate(full=True)
                is_utf8 = pa.array(np.ones(rows, bool))
            except pa.ArrowInvalid:
                lines = [self._joined[start:end] for start, end in pairwise(offsets)]
                raw, is_utf8 = _decode_each(lines)
        else:
            spans = zip(starts, ends, strict=True)
            texts = [self._joined[start:end] for start, end in spans]
            sizes = np.array([len(text) for text in texts], np.int64)
            raw, is_utf8 = _decode_each(
                [text if text.endswith(b"\n") else text + b"\n" for text in texts]
            )
        return raw, is_utf8, sizes - np.isin(ends, self._added_ends)

    def text_bytes(
        self, starts: np.ndarray, ends: np.ndarray, raw: pa.Array, is_utf8: pa.Array
    ) -> int:
        """Return how many bytes the texts of records must have, each with a newline.

        Escapes lengthen a text that is not UTF-8; how much is not known here.
        """
        expected = ends - starts
        expected += self._buffer[ends - 1] != NEWLINE
        if not pc.all(is_utf8).as_py():
            lengths = pc.binary_length(raw).to_numpy()
            is_longer = ~is_utf8.to_numpy(zero_copy_only=False) & (lengths > expected)
            expected[is_longer] = lengths[is_longer]
        return int(expected.sum())

    def layout_bytes(self, starts: np.ndarray, ends: np.ndarray) -> np.ndarray:
        """Return how many bytes of each piece are in no record.

        Raises:
            ReconciliationError: One of them is not layout.
        """
        counts = np.zeros(len(self.piece_starts), np.int64)
        end = len(self._joined)
        end -= self.open_bytes
        gap_starts = np.concatenate([[0], ends]).astype(np.int64)
        gap_ends = np.append(starts, end)
        for gap in np.flatnonzero(gap_ends > gap_starts):
            start = int(gap_starts[gap])
            while start < gap_ends[gap]:
                piece = np.searchsorted(self.piece_starts, start, side="right") - 1
                stop = int(min(gap_ends[gap], self._piece_ends[piece]))
                between = self._decode(start, stop)
                if not is_layout(between):
                    raise ReconciliationError(
                        "the reader left out text that is not layout; nothing was "
                        "published, please report it with the run's folder"
                    )
                counts[piece] += stop - start - (stop in self._added_ends)
                start = stop
        return counts

    def blank_lines(self, starts: np.ndarray, ends: np.ndarray) -> np.ndarray:
        """Return how many lines of each piece are blank and in no record."""
        blank = self._blank_starts
        blank = blank[blank < len(self._joined) - self.open_bytes]
        if len(starts):
            before = np.searchsorted(starts, blank, side="right") - 1
            blank = blank[(before < 0) | (blank >= ends[before])]
        piece = np.searchsorted(self.piece_starts, blank, side="right") - 1
        return np.bincount(piece, minlength=len(self.piece_starts))


def _byte_length(text: str, start: int, end: int) -> int:
    part = text[start:end]
    return len(part) if part.isascii() else len(part.encode(errors="surrogateescape"))


def _decode_each(texts: list[bytes]) -> tuple[pa.Array, pa.Array]:
    """Return texts as an Arrow array, and whether the bytes of each are UTF-8."""
    try:
        raw = pa.array(texts, pa.binary()).cast(pa.string())
        return raw, pa.array(np.ones(len(texts), bool))
    except pa.ArrowInvalid:
        decoded = [text.decode(errors="backslashreplace") for text in texts]
        pairs = zip(decoded, texts, strict=True)
        is_utf8 = [text.encode() == raw for text, raw in pairs]
        return pa.array(decoded, pa.string()), pa.array(is_utf8, pa.bool_())
