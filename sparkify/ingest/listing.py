"""Finds the folder of each kind of record in a source, and lists it.

The folders are `log_data` and `song_data`. A source with other names is recognised by
what its folders hold, or refused with what is there. A source may lack the songs: then
the star infers them from the plays.
"""

import re
from collections import Counter
from collections.abc import Collection, Iterator, Mapping
from dataclasses import replace
from itertools import islice

from sparkify.errors import SourceError
from sparkify.ingest.layouts import is_log, topic_without_plays
from sparkify.ingest.read_errors import shown
from sparkify.ingest.record_schema import EVENTS, RECORD_SCHEMAS, SONGS, RecordSchema
from sparkify.ingest.source import read
from sparkify.ingest.source_objects import by_kind
from sparkify.ingest.stores import Listing, SourceObject, Store
from sparkify.ingest.wrappers import decoder, records_in

SAMPLED_OBJECTS = 3
SAMPLED_FOR_TOPICS = 100  # objects that are looked at while none holds a play
SAMPLED_BYTES = 64 * 1024
SHOWN = 10  # folders, and kinds of files, in a message
MOST_OUTSIDE = 100_000  # files outside the two folders that are counted
OF_SONG = {"song_id", "title"}
START_OF_OBJECT = re.compile(r"[\s\[,\ufeff]*(?=\{)")


def list_source(store: Store) -> dict[RecordSchema, Listing]:
    """Return what a source holds of each kind of record.

    The files outside the two folders are not read. They count as unread files of the
    events, with the place in their kind: `*.md files in the source itself`, `JSON files
    in other folders`. After 100,000 of them the count ends, and says `at least`.

    Returns:
        The listing of each kind. That of the songs may have no object.

    Raises:
        SourceError: No folder holds activity logs, or several may be meant, or the logs
            are of a topic that holds no plays; or the source cannot be listed.
    """
    listed = {schema.folder: store.list(schema.folder) for schema in RECORD_SCHEMAS}
    found = {schema: schema.folder for schema in RECORD_SCHEMAS}
    _refuse_topics(store, EVENTS.folder, listed[EVENTS.folder])
    if not all(listing.objects for listing in listed.values()):
        found = _recognise(store, listed)
    outside = _count_outside(store, found.values())
    listings = {schema: listed[folder] for schema, folder in found.items()}
    events = listings[EVENTS]
    if not events.objects:
        raise SourceError(
            f"source '{store.address}' has no activity logs: "
            f"{_describe(store, listed, outside)}; put the logs (.json, .jsonl or "
            ".ndjson) into log_data/, or choose a source that holds log_data/ and "
            "song_data/"
        )
    unread = by_kind(Counter(events.unread) + Counter(outside))
    return {**listings, EVENTS: replace(events, unread=unread)}


def _recognise(store: Store, listed: dict[str, Listing]) -> dict[RecordSchema, str]:
    """Look in the other folders for each kind of record that is missing.

    Args:
        store: The source.
        listed: What the usual folders hold; the others are added.

    Returns:
        The folder of each kind of record.
    """
    found = {schema: schema.folder for schema in RECORD_SCHEMAS}
    missing = {schema for schema in RECORD_SCHEMAS if not listed[schema.folder].objects}
    others = [folder for folder in store.folders() if folder not in listed]
    listed |= {folder: store.list(folder) for folder in others}
    if EVENTS in missing:
        for folder in others:
            _refuse_nested(store, listed[folder])
    kinds = {folder: _kind(store, listed[folder]) for folder in others}
    for schema in missing:
        folders = [folder for folder, kind in kinds.items() if kind == schema]
        if len(folders) > 1:
            raise SourceError(
                f"source '{store.address}' has several folders that may be "
                f"{schema.folder}: {', '.join(map(shown, folders))}; rename one to "
                f"{schema.folder}"
            )
        found[schema] = folders[0] if folders else schema.folder
    if EVENTS in missing and found[EVENTS] == EVENTS.folder:
        for folder in others:
            _refuse_topics(store, folder, listed[folder])
    return found


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


def _refuse_topics(store: Store, folder: str, listing: Listing) -> None:
    """Raise an error if a folder holds only topics of eventsim without plays."""
    topics = set()
    step = -(-len(listing.objects) // SAMPLED_FOR_TOPICS) or 1
    for entry in listing.objects[::step]:
        for keys in _keys_of_records(store, entry):
            topic = topic_without_plays(keys)
            if not topic:
                return
            topics.add(topic)
    if topics:
        raise SourceError(
            f"source '{store.address}' has no plays: {shown(folder)}/ holds eventsim's "
            f"{' and '.join(sorted(topics))}, which hold no plays; choose its "
            "page_view_events or listen_events"
        )


def _kind(store: Store, listing: Listing) -> RecordSchema | None:
    """Return the kind of record that the first objects of a folder hold."""
    for entry in listing.objects[:SAMPLED_OBJECTS]:
        for keys in _keys_of_records(store, entry):
            if is_log(keys):
                return EVENTS
            if keys >= OF_SONG:
                return SONGS
    return None


def _keys_of_records(store: Store, entry: SourceObject) -> Iterator[set[str]]:
    """Yield the keys of each record at the start of an object, in lower case."""
    try:
        readings = read(store, [entry], SAMPLED_BYTES)
        text = next(iter(next(readings)), b"").decode(errors="replace")
        position = 0
        while start := START_OF_OBJECT.match(text, position):
            value, position = decoder.raw_decode(text, start.end())
            for record in records_in(value) if any(records_in(value)) else [value]:
                yield {key.lower() for key, _ in record}
    except (SourceError, ValueError, RecursionError):
        return


def _count_outside(store: Store, folders: Collection[str]) -> dict[str, int]:
    """Return the number of files outside some folders, by kind and place."""
    files = store.outside(folders)
    counted = Counter(
        (kind, "in other folders" if "/" in name else "in the source itself")
        for name, kind in islice(files, MOST_OUTSIDE)
    )
    is_cut = next(files, None) is not None
    more = ", at least" if is_cut else ""
    return by_kind(
        Counter({f"{kind} {place}{more}": n for (kind, place), n in counted.items()})
    )


def _describe(
    store: Store, listed: Mapping[str, Listing], outside: Mapping[str, int]
) -> str:
    """Return which folders and files are there instead of logs."""
    folders = store.folders()
    if EVENTS.folder in folders:
        held = _numbered(listed[EVENTS.folder].unread) or ["no file"]
        logs = f"{EVENTS.folder}/ holds {', '.join(held)}"
    else:
        logs = f"there is no {EVENTS.folder}/"
    others = [f"{shown(name)}/" for name in folders if name != EVENTS.folder]
    if len(others) > SHOWN:
        others[SHOWN:] = [f"{len(others) - SHOWN:,} more folders"]
    others += _numbered(outside)
    return f"{logs}; there is {', '.join(others) or 'nothing else'}"


def _numbered(unread: Mapping[str, int]) -> list[str]:
    """Return the most frequent kinds of files, each with its number."""
    most = Counter(unread).most_common(SHOWN)
    rest = sum(unread.values()) - sum(number for _, number in most)
    return [
        *(f"{number:,} {kind}" for kind, number in most),
        *([f"{rest:,} other files"] if rest else []),
    ]
