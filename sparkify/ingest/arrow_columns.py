"""Looks at Arrow columns without a copy of them."""

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

FIRST_VISIBLE, LAST_VISIBLE = b"!~"
ASCII = 128


class TextBytes:
    """The bytes of an array of texts.

    Attributes:
        sizes: The bytes of each text; 0 for a NULL.
    """

    def __init__(self, values: pa.Array) -> None:
        offsets, data = values.buffers()[1:]
        after = np.frombuffer(offsets, np.int32)[values.offset :]
        self._offsets = after[: len(values) + 1]
        self._bytes = np.frombuffer(data or b"\0", np.uint8)
        self.sizes = np.diff(self._offsets)

    @property
    def has_others_than_ascii(self) -> bool:
        """Whether one of the texts holds a character that is not ASCII."""
        used = self._bytes[self._offsets[0] : self._offsets[-1]]
        return bool(len(used)) and int(used.max()) >= ASCII

    def ends_with(self, byte: int) -> np.ndarray:
        """Return which texts end with a byte."""
        last = self._bytes.take(self._offsets[1:] - 1, mode="clip")
        return np.asarray((last == byte) & (self.sizes > 0))

    def has_odd_ends(self) -> np.ndarray:
        """Return which texts begin or end with what may be a blank."""
        first = self._bytes.take(self._offsets[:-1], mode="clip")
        last = self._bytes.take(self._offsets[1:] - 1, mode="clip")
        lowest, highest = np.minimum(first, last), np.maximum(first, last)
        is_odd = (lowest < FIRST_VISIBLE) | (highest > LAST_VISIBLE)
        return np.asarray(is_odd & (self.sizes > 0))


def one_array(column: pa.ChunkedArray) -> pa.Array:
    """Return a column as one array, without a copy if it is one."""
    return column.chunk(0) if column.num_chunks == 1 else column.combine_chunks()


def holds(condition: pa.Array | pa.ChunkedArray) -> np.ndarray:
    """Return a condition as booleans; what is unknown does not hold."""
    if condition.null_count:
        condition = pc.fill_null(condition, False)
    return np.asarray(condition)
