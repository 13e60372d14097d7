"""What a source holds: its files, its folders, a raw event and a raw song."""

from collections import Counter
from collections.abc import Mapping
from datetime import date, timedelta
from statistics import median

import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc

from sparkify.ingest.listing import list_source
from sparkify.ingest.near_misses import EARLIEST_MS, LATEST_MS
from sparkify.ingest.record_schema import EVENTS, RECORD_SCHEMAS, SONGS, RecordSchema
from sparkify.ingest.source_objects import Listing, SourceObject
from sparkify.ingest.splitting import read_records
from sparkify.ingest.stores import Store, open_store
from sparkify.workspace import Workspace

SHOWN_IN_FOLDER = 2  # folders and files of each folder in a tree
TIME = r'"ts"\s*:\s*"?(?P<ts>[0-9]{12,13})(?:\.0*)?"?\s*[,}]'
DAY = 86_400_000  # milliseconds
EPOCH = date(1970, 1, 1)
SIZES = (100, 1_000, 10_000, 100_000, 1_000_000, 10_000_000, 100_000_000)  # bytes
SIZE_NAMES = ("100 B", "1 kB", "10 kB", "100 kB", "1 MB", "10 MB", "100 MB")


class Source:
    """A source, listed once.

    Args:
        source: The source parameter.
        workspace: The workspace parameter.

    Attributes:
        listed: The listing of each kind of record.

    Raises:
        SourceError: The source is missing or cannot be listed.
    """

    def __init__(self, source: str, workspace: str) -> None:
        self._store: Store = open_store(Workspace.at(workspace).source(source))
        self.listed: Mapping[RecordSchema, Listing] = list_source(self._store)

    def summary(self) -> pd.DataFrame:
        """Return one row a kind of record: its files and their sizes in bytes."""
        rows = []
        for schema in RECORD_SCHEMAS:
            sizes = [entry.size for entry in self.listed[schema].objects]
            rows.append(
                {
                    "folder": schema.folder,
                    "files": len(sizes),
                    "bytes": sum(sizes),
                    "smallest": min(sizes, default=0),
                    "median": int(median(sizes)) if sizes else 0,
                    "largest": max(sizes, default=0),
                }
            )
        return pd.DataFrame(rows)

    def kinds(self) -> pd.DataFrame:
        """Return the number of files of each kind, those that are not read last."""
        rows = [
            (schema.folder, f"{suffix} files", "read", number)
            for schema in RECORD_SCHEMAS
            for suffix, number in sorted(_suffixes(self.listed[schema]).items())
        ]
        rows += [
            (schema.folder, kind, "not read", number)
            for schema in RECORD_SCHEMAS
            for kind, number in self.listed[schema].unread.items()
        ]
        return pd.DataFrame(rows, columns=["folder", "kind", "use", "files"])

    def sizes(self) -> pd.DataFrame:
        """Return how many files of each folder are of each size, the smallest first."""
        rows = []
        for schema in RECORD_SCHEMAS:
            counted = Counter(map(_size, self.listed[schema].objects))
            rows += [
                (schema.folder, f"up to {name}", counted[place])
                for place, name in enumerate(SIZE_NAMES)
            ]
            rows.append((schema.folder, "more", counted[len(SIZES)]))
        return pd.DataFrame(rows, columns=["folder", "size", "files"])

    def tree(self) -> str:
        """Return the folders as a tree, the first entries of each, with their files."""
        names = [
            entry.name for schema in RECORD_SCHEMAS for entry in self._objects(schema)
        ]
        return "\n".join(_branches([name.split("/") for name in names], ""))

    def raw(self, schema: RecordSchema) -> str:
        """Return the first record of a kind as it is; empty if there is none."""
        for entry in self._objects(schema)[:1]:
            for batch in read_records(self._store, [entry]):
                return str(batch.records["raw"][0].as_py()).rstrip("\r\n")
        return ""

    def raw_event(self) -> str:
        """Return the first event as it is."""
        return self.raw(EVENTS)

    def raw_song(self) -> str:
        """Return the first song as it is; empty if there is none."""
        return self.raw(SONGS)

    def days(self) -> pd.DataFrame:
        """Return the first and the last day in the first and the last log file."""
        logs = self._objects(EVENTS)
        found = [day for entry in {logs[0], logs[-1]} for day in self._days(entry)]
        columns = ["first day", "last day"]
        return pd.DataFrame(
            [(min(found), max(found))] if found else [], columns=columns
        )

    def _objects(self, schema: RecordSchema) -> tuple[SourceObject, ...]:
        return self.listed[schema].objects

    def _days(self, entry: SourceObject) -> list[date]:
        """Return the days of the events in an object, as far as they can be seen."""
        found = set[int]()
        for batch in read_records(self._store, [entry]):
            texts = pc.extract_regex(batch.records["raw"], pattern=TIME)
            times = pc.cast(pc.drop_null(pc.struct_field(texts, "ts")), pa.int64())
            times = times.filter(pc.greater_equal(times, EARLIEST_MS))
            times = times.filter(pc.less(times, LATEST_MS))
            found.update(pc.unique(pc.divide(times, DAY)).to_pylist())
        return [EPOCH + timedelta(days=day) for day in found]


def _suffixes(listing: Listing) -> Counter[str]:
    names = (entry.name.rpartition("/")[2] for entry in listing.objects)
    return Counter(f"*{name[name.find('.') :].lower()}" for name in names)


def _size(entry: SourceObject) -> int:
    """Return the place of an object's size in `SIZES`; its length for a larger one."""
    return sum(entry.size > most for most in SIZES)


def _branches(paths: list[list[str]], indent: str) -> list[str]:
    """Return the lines of a tree; of folders side by side, the first is open."""
    folders: dict[str, list[list[str]]] = {}
    for first, *rest in paths:
        folders.setdefault(first, []).append(rest)
    names = sorted(folders)
    is_file = [not folders[name][0] for name in names]
    shown = names[:SHOWN_IN_FOLDER]
    lines = []
    for place, name in enumerate(shown):
        below = folders[name]
        if not below[0]:
            lines.append(f"{indent}{name}")
        else:
            files = f"{len(below):,} file{'' if len(below) == 1 else 's'}"
            lines.append(f"{indent}{name}/   {files}")
            if not indent or not place:  # a second one looks like the first
                lines += _branches(below, f"{indent}    ")
    more = len(names) - len(shown)
    if more:
        what = "file" if all(is_file[len(shown) :]) else "folder"
        lines.append(f"{indent}… {more:,} more {what}{'' if more == 1 else 's'}")
    return lines
