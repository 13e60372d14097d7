"""The batches of records that the reader yields, and what it counts in each object."""

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from typing import NamedTuple

import pyarrow as pa
import pyarrow.compute as pc

from sparkify.errors import ReconciliationError
from sparkify.ingest.source import ObjectReading
from sparkify.ingest.stores import SourceObject

RECORDS = pa.schema(
    [
        ("object", pa.string()),
        ("record", pa.int64()),
        ("line", pa.int64()),
        ("raw", pa.string()),
        ("is_utf8", pa.bool_()),
        ("is_plain", pa.bool_()),
        ("is_whole", pa.bool_()),
    ]
)


OBJECTS = pa.schema(
    [
        ("name", pa.string()),
        ("size", pa.int64()),
        ("version", pa.string()),
        ("bytes", pa.int64()),
        ("records", pa.int64()),
        ("blank", pa.int64()),
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
            false. `is_plain` marks a record without other braces than its own. Of one
            that is longer than allowed, `is_whole` is false, and `raw` may be cut.
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
class Progress:
    """How far an object is split; its bytes are records or layout."""

    reading: ObjectReading
    line: int = 1
    record: int = 1
    record_bytes: int = 0
    layout_bytes: int = 0
    blank: int = 0
    is_inside: bool = False  # an object that holds records and is longer than one

    def skip(self, data: bytes) -> None:
        """Count bytes of a record that is too long."""
        self.record_bytes += len(data)
        self.line += data.count(b"\n")

    def pass_layout(self, data: bytes) -> None:
        """Count bytes between records."""
        self.layout_bytes += len(data)
        self.line += data.count(b"\n")

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


def require_objects(
    listed: Iterable[SourceObject], counted: Iterable[ObjectCount]
) -> None:
    """Check that each listed object was read once, as it was listed.

    Raises:
        ReconciliationError: One was not read, or read twice.
    """
    as_listed = [(entry.name, entry.size, entry.version) for entry in listed]
    as_read = [(entry.name, entry.size, entry.version) for entry in counted]
    if as_read == as_listed:
        return
    expected, found = Counter(as_listed), Counter(as_read)
    if found != expected:
        name, *_ = min((expected - found) + (found - expected))
        raise ReconciliationError(
            f"'{name}' was not read once, as it was listed; nothing was published, "
            "please report it with the run's folder"
        )
