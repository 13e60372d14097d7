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
from tempfile import TemporaryDirectory

import duckdb

from sparkify.errors import FlattenError
from sparkify.ingest.flat_folder import read_flattened
from sparkify.ingest.listing import list_source
from sparkify.ingest.manifest import PARTS, FlatBatch, Flattened, RecordCounts
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
    def reading(self) -> Listed:
        """What to read: the new objects."""
        nothing = replace(self.listed[SONGS], objects=())
        return {EVENTS: replace(self.listed[EVENTS], objects=self.new), SONGS: nothing}


class NotAnIncrementError(Exception):
    """All objects must be flattened; the message says why."""


def settings_of(source: str, most_record_bytes: int) -> dict[str, str]:
    """Return what flattened rows depend on besides the objects of the source."""
    return {
        "source": source,
        "most_record_bytes": str(most_record_bytes),
        "code": _code_digest(),
    }


def find_increment(
    flat: Path, run_id: str, store: Store, settings: Mapping[str, str]
) -> Increment:
    """Return what is new in a source since it was flattened.

    Args:
        flat: The folder of the flattened data.
        run_id: The run.
        store: The store of the source.
        settings: What the rows depend on, by `settings_of`.

    Raises:
        NotAnIncrementError: All objects must be flattened.
        SourceError: The source cannot be listed, or holds no logs.
    """
    folder, earlier = _earlier(flat)
    if folder.name == run_id:
        raise NotAnIncrementError("this run flattened before")
    _require_settings(earlier.settings, settings)
    if len(earlier.batches) >= MOST_BATCHES:
        raise NotAnIncrementError(f"there are {MOST_BATCHES} batches, now one again")
    if missing := _missing_file(folder, earlier):
        raise NotAnIncrementError(f"the flattened file {missing} is gone or damaged")
    listed = list_source(store)
    now = {entry for listing in listed.values() for entry in listing.objects}
    before = _objects(folder, earlier)
    if gone := sorted(before - now):
        raise NotAnIncrementError(_describe("changed or gone", gone))
    new = now - before
    if songs := [entry for entry in listed[SONGS].objects if entry in new]:
        raise NotAnIncrementError(_describe("new in the catalogue", songs))
    events = tuple(entry for entry in listed[EVENTS].objects if entry in new)
    return Increment(folder, earlier, listed, events)


def require_new_keys(
    increment: Increment, batch: FlatBatch, output: Path, memory_limit: str
) -> None:
    """Check that no key of a new batch stands in an earlier one.

    Args:
        increment: What the batch is added to.
        batch: The new batch.
        output: The folder of its files.
        memory_limit: The most memory to use, such as `4GB`.

    Raises:
        NotAnIncrementError: A key stands elsewhere, so its records must be compared.
    """
    new = [str(output / file.path) for file in batch.files[EVENTS.name]]
    earlier = increment.earlier.addresses(increment.folder, EVENTS.name)
    key = ", ".join(
        f"{expression} as key_{number}"
        for number, expression in enumerate(EVENTS.identity)
    )
    is_same = " and ".join(
        f"new.key_{number} is not distinct from earlier.key_{number}"
        for number in range(len(EVENTS.identity))
    )
    query = f"""
        with
        new as (select {key} from read_parquet($new)),
        earlier as (select {key} from read_parquet($earlier))
        select count(*) from earlier semi join new on {is_same}
    """
    with (
        TemporaryDirectory(prefix="spill-", dir=output) as spill,
        duckdb.connect(
            config={"memory_limit": memory_limit, "temp_directory": spill}
        ) as connection,
    ):
        (found,) = connection.execute(
            query, {"new": new, "earlier": earlier}
        ).fetchall()
    if found[0]:
        raise NotAnIncrementError(
            f"{found[0]:,} records of earlier files have the key of a new one"
        )


def add_batch(
    increment: Increment, batch: FlatBatch | None
) -> tuple[tuple[FlatBatch, ...], dict[str, RecordCounts]]:
    """Return all batches, seen from the new folder, and the counts of all of them."""
    above = f"../{increment.folder.name}"
    batches = [
        replace(
            each,
            files={
                part: tuple(
                    file
                    if file.path.startswith("../")
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
    if not earlier.batches or earlier.address:
        raise NotAnIncrementError("the earlier data is not in batches here")
    return folder, earlier


def _require_settings(before: Mapping[str, str], now: Mapping[str, str]) -> None:
    changed = [name for name, value in now.items() if before.get(name) != value]
    if changed:
        raise NotAnIncrementError(f"{' and '.join(changed)} changed")


def _missing_file(folder: Path, earlier: Flattened) -> str:
    """Return the path of a file that is not there as it was written."""
    for entries in earlier.files.values():
        for file in entries:
            path = folder / file.path
            if not path.is_file() or path.stat().st_size != file.bytes:
                return path.resolve().relative_to(folder.parent.resolve()).as_posix()
    return ""


def _objects(folder: Path, earlier: Flattened) -> set[SourceObject]:
    """Return the objects that were flattened, as they were listed."""
    with duckdb.connect() as connection:
        rows = connection.execute(
            "select name, size, version from read_parquet($files)",
            {"files": earlier.addresses(folder, "objects")},
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
    digest = sha256()
    for path in sorted(Path(__file__).parent.glob("*.py")):
        digest.update(path.name.encode() + path.read_bytes())
    return digest.hexdigest()[:16]
