"""Decides what a flatten step must read: all objects, those that are new, or none.

A record's row depends on the record alone, except that a key stands once: the first
record by object and number has it. So a batch of new objects can be added to earlier
ones if none of its keys stands there already, and if no earlier object has changed.
Everything else is rarer, and is flattened anew from the raw files.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cache
from hashlib import sha256
from pathlib import Path

import duckdb

from sparkify.errors import FlattenError
from sparkify.files import digest
from sparkify.ingest.addition import Addition, NotAnIncrementError
from sparkify.ingest.flat_files import FlatFiles
from sparkify.ingest.flat_folder import read_flattened
from sparkify.ingest.listing import list_source
from sparkify.ingest.manifest import (
    ABOVE,
    PARTS,
    FlatBatch,
    Flattened,
    RecordCounts,
)
from sparkify.ingest.record_schema import EVENTS, SONGS, RecordSchema
from sparkify.ingest.source_objects import Listing, SourceObject
from sparkify.ingest.stores import Store
from sparkify.ownership import POINTER

MOST_BATCHES = 100  # then all is flattened anew, into few files again
SHOWN_OBJECTS = 3
FIRST = "nothing was flattened before"

Listed = Mapping[RecordSchema, Listing]


@dataclass(frozen=True)
class Increment:
    """What has come to data that was flattened before.

    Attributes:
        folder: The folder of the manifest of the earlier data.
        earlier: That manifest.
        listed: What the source holds now.
        new: The new objects of the source, all of them events.
    """

    folder: Path
    earlier: Flattened
    listed: Listed
    new: tuple[SourceObject, ...]

    @property
    def addition(self) -> Addition:
        """What an engine must read, and what it must compare that with."""
        return Addition(
            {
                EVENTS: replace(self.listed[EVENTS], objects=self.new),
                SONGS: replace(self.listed[SONGS], objects=()),
            },
            tuple(self.earlier.addresses(self.folder, EVENTS.name)),
        )


def settings_of(source: str, most_record_bytes: int) -> dict[str, str]:
    """Return what flattened rows depend on besides the objects of the source.

    They do not depend on the engine: all give the same rows.
    """
    return {
        "source": source,
        "most_record_bytes": str(most_record_bytes),
        "code": _code_digest(),
    }


def find_increment(
    flat: Path,
    files: FlatFiles,
    run_id: str,
    store: Store,
    settings: Mapping[str, str],
) -> Increment:
    """Return what is new in a source since it was flattened.

    Args:
        flat: The folder of the flattened data.
        files: Where the engine keeps the files of that data.
        run_id: The run.
        store: The store of the source.
        settings: What the rows depend on, by `settings_of`.

    Raises:
        NotAnIncrementError: All objects must be flattened.
        SourceError: The source cannot be listed, or holds no logs.
    """
    folder, earlier = _earlier(flat)
    if run_id in {folder.name, *(batch.run_id for batch in earlier.batches)}:
        raise NotAnIncrementError("this run flattened before")
    if earlier.address != files.address(folder.name):
        raise NotAnIncrementError(
            f"the flattened data is in {earlier.address or 'the workspace'}"
        )
    _require_settings(earlier.settings, settings)
    if len(earlier.batches) >= MOST_BATCHES:
        raise NotAnIncrementError(f"there are {MOST_BATCHES} batches, now one again")
    if missing := _missing_file(files, folder, earlier):
        raise NotAnIncrementError(f"the flattened file {missing} is gone or damaged")
    listed = list_source(store)
    now = {entry for listing in listed.values() for entry in listing.objects}
    before = _objects(files, folder, earlier)
    if gone := sorted(before - now):
        raise NotAnIncrementError(_describe("changed or gone", gone))
    new = now - before
    if songs := [entry for entry in listed[SONGS].objects if entry in new]:
        raise NotAnIncrementError(_describe("new in the catalogue", songs))
    events = tuple(entry for entry in listed[EVENTS].objects if entry in new)
    return Increment(folder, earlier, listed, events)


def add_batch(
    increment: Increment, batch: FlatBatch | None
) -> tuple[tuple[FlatBatch, ...], dict[str, RecordCounts]]:
    """Return all batches, seen from the new folder, and the counts of all of them."""
    above = f"{ABOVE}{increment.folder.name}"
    batches = [
        replace(
            each,
            files={
                part: tuple(
                    file
                    if file.path.startswith(ABOVE)
                    else replace(file, path=f"{above}/{file.path}")
                    for file in each.files[part]
                )
                for part in PARTS
            },
        )
        for each in increment.earlier.batches
    ]
    batches += [batch] if batch else []
    counts = {}
    for schema, listing in increment.listed.items():
        total = RecordCounts.total(each.counts[schema.name] for each in batches)
        counts[schema.name] = replace(total, unread=listing.unread)
    return tuple(batches), counts


def _earlier(flat: Path) -> tuple[Path, Flattened]:
    if not (flat / POINTER).exists():
        raise NotAnIncrementError(FIRST)
    try:
        folder, earlier = read_flattened(flat)
    except FlattenError as error:
        raise NotAnIncrementError(str(error).partition(";")[0]) from error
    if not earlier.batches:
        raise NotAnIncrementError("the earlier data is not in batches")
    return folder, earlier


def _require_settings(before: Mapping[str, str], now: Mapping[str, str]) -> None:
    changed = [name for name, value in now.items() if before.get(name) != value]
    if changed:
        raise NotAnIncrementError(f"{' and '.join(changed)} changed")


def _missing_file(files: FlatFiles, folder: Path, earlier: Flattened) -> str:
    """Return the path of a file that is not there as it was written."""
    written = {
        address: file
        for part in PARTS
        for address, file in zip(
            earlier.addresses(folder, part), earlier.files[part], strict=True
        )
    }
    sizes = files.sizes(written)
    is_here = not earlier.address  # S3 looks after what it holds
    missing = (
        name
        for name, file in written.items()
        if sizes.get(name) != file.bytes
        or (is_here and file.digest and digest(Path(name)) != file.digest)
    )
    return "/".join(next(missing, "").split("/")[-3:])  # a run, a part, a name


def _objects(files: FlatFiles, folder: Path, earlier: Flattened) -> set[SourceObject]:
    """Return the objects that were flattened, as they were listed."""
    with (
        files.copied(earlier.addresses(folder, "objects")) as paths,
        duckdb.connect() as connection,
    ):
        rows = connection.execute(
            "select name, size, version from read_parquet($files)", {"files": paths}
        ).fetchall()
    return {SourceObject(*row) for row in rows}


def _describe(what: str, objects: Sequence[SourceObject]) -> str:
    names = ", ".join(entry.name for entry in objects[:SHOWN_OBJECTS])
    more = f" and {len(objects) - SHOWN_OBJECTS:,} more" * (
        len(objects) > SHOWN_OBJECTS
    )
    return f"{len(objects):,} files are {what}: {names}{more}"


@cache
def _code_digest() -> str:
    """Return a digest of the code that turns records into rows."""
    code = sha256()
    for path in sorted(Path(__file__).parent.glob("*.py")):
        code.update(path.name.encode() + path.read_bytes())
    return code.hexdigest()[:16]
