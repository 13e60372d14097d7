"""Reads one record of a source again, and tells whether its object has changed."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import NamedTuple

import pyarrow.compute as pc
import pyarrow.parquet as pq

from sparkify.errors import CloudError, FlattenError, SourceError
from sparkify.ingest.flat_folder import read_flattened
from sparkify.ingest.read_errors import shown
from sparkify.ingest.record_schema import EVENTS
from sparkify.ingest.rules import validate_record
from sparkify.ingest.splitting import read_records
from sparkify.ingest.stores import SourceObject, Store, open_store
from sparkify.ingest.verdict import Verdict
from sparkify.s3 import is_s3
from sparkify.workspace import Workspace

OBJECTS = "objects"  # the part that lists each object as it was read


class Place(NamedTuple):
    """Where a record lies.

    Attributes:
        object: The path of its object below the source.
        record: Its number in the object, from 1.
    """

    object: str
    record: int


@dataclass(frozen=True)
class SourceRecord:
    """A record, read again from its source.

    Attributes:
        line: The line on which it starts, from 1; None if it cannot be read.
        raw: Its text, without the end of its line; None if it cannot be read. Bytes
            that are not UTF-8 are backslash escapes.
        verdict: What the record rules say of it; None if it cannot be read.
        notes: What is not as it was when the record was flattened, in sentences.
    """

    line: int | None = None
    raw: str | None = None
    verdict: Verdict | None = None
    notes: list[str] = field(default_factory=list)


def read_source_record(
    source: str, workspace: Workspace, place: Place, most_record_bytes: int
) -> SourceRecord:
    """Read a record of the activity logs again.

    What cannot be read is no error: the notes say so.

    Args:
        source: The address of the source.
        workspace: The workspace, whose flattened data knows each object as it was read.
        place: Where the record lies.
        most_record_bytes: The longest record, in bytes.
    """
    name = shown(place.object)
    try:
        store = open_store(source)
        entry = _find(store, place.object)
        if entry is None:
            missing = (
                f"'{name}' is no longer in source '{store.address}': restore it, or "
                "name the source that the run read with -p source=..."
            )
            return SourceRecord(notes=[missing])
        notes = _compare(entry, workspace)
        found = _read(store, entry, place.record, most_record_bytes)
    except SourceError as error:
        return SourceRecord(notes=[f"the source cannot be read again: {error}"])
    if found is None:
        return SourceRecord(notes=[*notes, f"'{name}' has no record {place.record:,}"])
    line, raw, verdict = found
    return SourceRecord(line, raw, verdict, notes)


def _find(store: Store, name: str) -> SourceObject | None:
    """Return an object as the source lists it now; None if it is not there."""
    folder, _, _ = name.rpartition("/")
    listed = store.list(folder).objects
    return next((entry for entry in listed if entry.name == name), None)


def _compare(entry: SourceObject, workspace: Workspace) -> list[str]:
    """Return in which way an object differs from the one that was read, if it does."""
    try:
        read = _as_read(entry.name, workspace)
    except (FlattenError, CloudError, OSError, ValueError) as error:
        return [f"whether '{shown(entry.name)}' has changed is not known: {error}"]
    if entry in read:
        return []
    if not read:
        return [
            f"whether '{shown(entry.name)}' has changed is not known: the flattened "
            "data in the workspace does not list it"
        ]
    before = read[-1]
    return [
        f"'{shown(entry.name)}' has changed since it was read: it had "
        f"{before.size:,} bytes, version {before.version}; now it has "
        f"{entry.size:,} bytes, version {entry.version}"
    ]


def _as_read(name: str, workspace: Workspace) -> list[SourceObject]:
    """Return an object as the flattened data lists it, the last reading last."""
    folder, flattened = read_flattened(workspace.flat)
    addresses = flattened.addresses(folder, OBJECTS)
    with TemporaryDirectory() as copies:
        paths = _local(addresses, workspace, Path(copies))
        return [
            SourceObject(**row)
            for path in paths
            for row in pq.read_table(
                path,
                columns=list(SourceObject._fields),
                filters=pc.field("name") == name,
                partitioning=None,
            ).to_pylist()
        ]


def _local(
    addresses: Sequence[str], workspace: Workspace, folder: Path
) -> list[str | Path]:
    """Return the paths of files, of which those in S3 are copied into a folder."""
    remote = [address for address in addresses if is_s3(address)]
    if not remote:
        return list(addresses)
    from sparkify.ingest.emr_engine import download

    copies = dict(zip(remote, download(workspace.root, remote, folder), strict=True))
    return [copies.get(address, address) for address in addresses]


def _read(
    store: Store, entry: SourceObject, record: int, most_record_bytes: int
) -> tuple[int, str, Verdict] | None:
    """Return the line, the text and the verdict of a record; None if it is not there.

    An object is read no further than the record.
    """
    for batch in read_records(store, [entry], most_record_bytes):
        for row in batch.records.filter(pc.field("record") == record).to_pylist():
            verdict = validate_record(
                EVENTS, row["raw"], is_utf8=row["is_utf8"], is_whole=row["is_whole"]
            )
            return row["line"], row["raw"].rstrip("\r\n"), verdict
    return None
