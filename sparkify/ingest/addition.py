"""What is added to flattened data: new objects, whose keys must be new as well.

An engine in another process, or on a cluster, reads it from a file.
"""

import json
from collections.abc import Mapping
from dataclasses import asdict, dataclass

from sparkify.ingest.record_schema import RECORD_SCHEMAS, RecordSchema
from sparkify.ingest.source_objects import Listing, SourceObject


class NotAnIncrementError(Exception):
    """All objects must be flattened; the message says why."""


@dataclass(frozen=True)
class Addition:
    """The objects to read, and the events that were flattened before.

    Attributes:
        listed: The new objects of each kind of record.
        earlier: The paths or `s3://` addresses of the Parquet files of earlier events.
    """

    listed: Mapping[RecordSchema, Listing]
    earlier: tuple[str, ...]

    def require_new_keys(self, shared: int) -> None:
        """Check that no earlier event has the key of a new one.

        Args:
            shared: The number of earlier events that have.

        Raises:
            NotAnIncrementError: There are such events, so records must be compared.
        """
        if shared:
            raise NotAnIncrementError(
                f"{shared:,} records of earlier files have the key of a new one"
            )

    def to_json(self) -> str:
        """Return the addition as JSON."""
        listed = {schema.name: asdict(found) for schema, found in self.listed.items()}
        return json.dumps({"listed": listed, "earlier": self.earlier})

    @classmethod
    def from_json(cls, text: str) -> "Addition":
        """Return the addition that a JSON text holds."""
        content = json.loads(text)
        return cls(
            {
                schema: _read_listing(content["listed"][schema.name])
                for schema in RECORD_SCHEMAS
            },
            tuple(content["earlier"]),
        )


def _read_listing(entry: Mapping[str, Mapping[str, int]]) -> Listing:
    objects = tuple(SourceObject(*values) for values in entry["objects"])
    return Listing(objects, entry["unread"])
