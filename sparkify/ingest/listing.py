"""Finds the folder of each kind of record in a source, and lists it.

The folders are `log_data` and `song_data`. A source with other names is recognised by
what its folders hold, or refused with what is there. A source may lack the songs: then
the star infers them from the plays.
"""

import json
import re

from sparkify.errors import SourceError
from sparkify.ingest.record_schema import EVENTS, RECORD_SCHEMAS, SONGS, RecordSchema
from sparkify.ingest.source import read
from sparkify.ingest.stores import Listing, SourceObject, Store

SAMPLED_OBJECTS = 3
SAMPLED_BYTES = 64 * 1024
SHOWN_FOLDERS = 10
KEYS = {EVENTS: {"ts", "sessionid"}, SONGS: {"song_id", "title"}}  # in lower case
START_OF_OBJECT = re.compile(r"[\s\[,\ufeff]*(?=\{)")

_decoder = json.JSONDecoder()


def list_source(store: Store) -> dict[RecordSchema, Listing]:
    """Return what a source holds of each kind of record.

    Returns:
        The listing of each kind. That of the songs may have no object.

    Raises:
        SourceError: No folder holds activity logs, or several may be meant; or the
            source cannot be listed.
    """
    listed = {schema: store.list(schema.folder) for schema in RECORD_SCHEMAS}
    if all(listing.objects for listing in listed.values()):
        return listed
    listed = _recognise(store, listed)
    if not listed[EVENTS].objects:
        raise SourceError(
            f"source '{store.address}' has no activity logs: there is no .json, .jsonl "
            f"or .ndjson below log_data/; {_describe(store)}; choose a source that "
            "holds log_data/ and song_data/"
        )
    return listed


def _recognise(
    store: Store, listed: dict[RecordSchema, Listing]
) -> dict[RecordSchema, Listing]:
    """Look in the other folders for each kind of record that is missing."""
    usual = {schema.folder for schema in RECORD_SCHEMAS}
    candidates = {
        folder: store.list(folder) for folder in store.folders() if folder not in usual
    }
    if not listed[EVENTS].objects:
        for listing in candidates.values():
            _refuse_nested(store, listing)
    found: dict[RecordSchema, list[str]] = {schema: [] for schema in RECORD_SCHEMAS}
    for folder, listing in candidates.items():
        if (schema := _kind(store, listing)) and not listed[schema].objects:
            found[schema].append(folder)
    for schema, folders in found.items():
        if len(folders) > 1:
            raise SourceError(
                f"source '{store.address}' has several folders that may be "
                f"{schema.folder}: {', '.join(folders)}; rename one to {schema.folder}"
            )
        if folders:
            listed = {**listed, schema: candidates[folders[0]]}
    return listed


def _refuse_nested(store: Store, listing: Listing) -> None:
    """Raise an error if a folder holds the usual folders: the source is too high."""
    for entry in listing.objects:
        above, found, _ = f"/{entry.name}".partition(f"/{EVENTS.folder}/")
        if found:
            raise SourceError(
                f"source '{store.address}' has no {EVENTS.folder}/, but "
                f"{above.removeprefix('/')}/ has; choose source "
                f"'{store.address.rstrip('/')}{above}'"
            )


def _kind(store: Store, listing: Listing) -> RecordSchema | None:
    """Return the kind of record that the first objects of a folder hold."""
    for entry in listing.objects[:SAMPLED_OBJECTS]:
        keys = _first_keys(store, entry)
        for schema, expected in KEYS.items():
            if expected <= keys:
                return schema
    return None


def _first_keys(store: Store, entry: SourceObject) -> set[str]:
    """Return the keys of an object's first record, in lower case."""
    try:
        readings = read(store, [entry], SAMPLED_BYTES)
        reading = next(readings)
        text = next(iter(reading), b"").decode(errors="replace")
        start = START_OF_OBJECT.match(text)
        record, _ = _decoder.raw_decode(text, start.end() if start else 0)
    except (SourceError, ValueError, RecursionError):
        return set()
    return {key.lower() for key in record} if isinstance(record, dict) else set()


def _describe(store: Store) -> str:
    """Return which folders are there instead."""
    folders = store.folders()
    shown = ", ".join(f"{folder}/" for folder in folders[:SHOWN_FOLDERS])
    more = " and others" if len(folders) > SHOWN_FOLDERS else ""
    return f"there is {shown}{more}" if folders else "there is no folder"
