"""What 03_flatten did: a line as its row, repaired text, the quarantine, the volume."""

import json
from collections.abc import Sequence
from functools import cached_property
from typing import Any

import duckdb
import pandas as pd

from sparkify.errors import FlattenError
from sparkify.ingest.flat_folder import read_flattened
from sparkify.ingest.manifest import FlatBatch, Flattened
from sparkify.ingest.record_schema import EVENTS
from sparkify.ingest.splitting import MOST_RECORD_BYTES
from sparkify.ingest.verdict import shorten
from sparkify.lineage.source_record import Place, read_source_record
from sparkify.workspace import Workspace

LONGEST_RAW = 120  # characters of a raw line in a table
IN_S3 = "The rows are in S3; 04_load and 05_transform show them."
TEXTS = ("artist", "song")

FIRST_PLAY = """
select * from read_parquet($files)
where page = 'NextSong' and user_id <> ''
order by object, record
limit 1
"""
FOREIGN_TEXT = """
select distinct on (artist, song) object, record, artist, song
from read_parquet($files)
where strlen(artist) <> length(artist) or strlen(song) <> length(song)
order by artist, song, object, record
limit $most
"""
QUARANTINED = """
select object, line, reason, raw from read_parquet($files)
order by object, line, record
limit $most
"""


def count_rows(workspace: str) -> dict[str, int]:
    """Return how many rows are flattened of each kind; none before the first time."""
    try:
        _, flattened = read_flattened(Workspace.at(workspace).flat)
    except FlattenError:
        return {}
    return {
        **{name: counts.staged for name, counts in flattened.counts.items()},
        "batches": len(flattened.batches),
    }


def read(workspace: str) -> Flattened:
    """Return the manifest of the flattened data.

    Raises:
        FlattenError: Nothing has been flattened yet.
    """
    return read_flattened(Workspace.at(workspace).flat)[1]


class FlatData:
    """The flattened data of a workspace.

    Args:
        source: The source parameter.
        workspace: The workspace parameter.
        most_record_bytes: The longest record in bytes.

    Raises:
        FlattenError: Nothing has been flattened yet.
    """

    def __init__(
        self, source: str, workspace: str, most_record_bytes: int = MOST_RECORD_BYTES
    ) -> None:
        self._place = Workspace.at(workspace)
        self._source = self._place.source(source)
        self._folder, self.flattened = read_flattened(self._place.flat)
        self._most_record_bytes = most_record_bytes

    @property
    def reason(self) -> str:
        """Why a table of rows is empty, if it is."""
        return IN_S3 if self.flattened.address else "There is no such row."

    def raw_line(self) -> str:
        """Return the raw line of the first play; empty if it cannot be read."""
        return self._raw(self._first_play[0]) if self._first_play else ""

    def line_and_row(self) -> pd.DataFrame:
        """Return what the first play has in its raw line and in its row, by column."""
        columns = ["key", "in the line", "column", "in the row"]
        logged = _members(self.raw_line())
        return pd.DataFrame(
            [
                (each.key, _json(logged, each.key), each.name, _text(row[each.name]))
                for row in self._first_play
                for each in EVENTS.columns
            ],
            columns=columns,
        )

    def repaired_texts(self, most: int = 5) -> pd.DataFrame:
        """Return texts outside ASCII as they are in the lines and in the rows.

        They are of the records that the last run read, if it read any.
        """
        found = []
        new = new_batches(self.flattened) or None
        for row in self._query("events", FOREIGN_TEXT, new, most=most):
            logged = _members(self._raw(row))
            found += [
                (row["object"], column, logged[column], row[column])
                for column in TEXTS
                if column in logged and logged[column] != row[column]
            ]
        columns = ["file", "key", "in the line", "in the row"]
        return pd.DataFrame(found[:most], columns=columns)

    def quarantine(self, most: int = 10) -> pd.DataFrame:
        """Return quarantined records with their places, the first ones."""
        rows = self._query("quarantine", QUARANTINED, most=most)
        return pd.DataFrame(
            [
                (
                    row["object"],
                    str(row["line"]),
                    row["reason"],
                    shorten(row["raw"], LONGEST_RAW),
                )
                for row in rows
            ],
            columns=["file", "line", "reason", "text"],
        )

    @cached_property
    def _first_play(self) -> list[dict[str, Any]]:
        """The row of the first play; none if there is none."""
        return self._query("events", FIRST_PLAY)

    def _query(
        self,
        part: str,
        query: str,
        batches: Sequence[FlatBatch] | None = None,
        **values: Any,
    ) -> list[dict[str, Any]]:
        files = self.flattened.addresses(self._folder, part, batches)
        if self.flattened.address or not files:
            return []
        with duckdb.connect() as connection:
            found = connection.execute(query, {"files": files, **values})
            names = [column[0] for column in found.description]
            rows = found.fetchall()
        return [dict(zip(names, row, strict=True)) for row in rows]

    def _raw(self, row: dict[str, Any]) -> str:
        """Return the raw text of a row, read again from the source."""
        place = Place(row["object"], row["record"])
        record = read_source_record(
            self._source, self._place, place, self._most_record_bytes
        )
        return record.raw or ""


def new_batches(flattened: Flattened) -> list[FlatBatch]:
    """Return the batches that the last run flattened."""
    return [batch for batch in flattened.batches if batch.run_id == flattened.run_id]


def ends(flattened: Flattened) -> pd.DataFrame:
    """Return where the records of each kind ended: `records`, `ended`, `number`."""
    rows = [
        (name, ended, number)
        for name, kind in flattened.counts.items()
        for ended, number in (
            ("staged", kind.staged),
            ("duplicate", kind.duplicate),
            ("quarantined", kind.quarantined_records),
        )
    ]
    return pd.DataFrame(rows, columns=["records", "ended", "number"])


def volume(flattened: Flattened) -> pd.DataFrame:
    """Return files and bytes before and after, of each kind."""
    rows = []
    for name, kind in flattened.counts.items():
        files = flattened.files[name]
        size = sum(file.bytes for file in files)
        share = 100 * size / kind.bytes if kind.bytes else 0
        rows.append(
            (name, kind.objects, kind.bytes, len(files), size, f"{share:.0f} %")
        )
    columns = ["records", "files in", "bytes in", "files out", "bytes out", "share"]
    return pd.DataFrame(rows, columns=columns)


def speed(flattened: Flattened) -> str:
    """Return how many records the new batch had and how fast they were flattened."""
    new = new_batches(flattened)
    records = sum(kind.records for batch in new for kind in batch.counts.values())
    if not records:
        return "Nothing was new, so nothing was read."
    rate = records / max(flattened.seconds, 0.001)
    return f"{records:,} records in {flattened.seconds:,.1f} s: {rate:,.0f} a second."


def batches(flattened: Flattened) -> pd.DataFrame:
    """Return one row a batch, the newest last, with what it took."""
    rows = [
        (
            number,
            "new" if batch.run_id == flattened.run_id else "kept",
            sum(kind.objects for kind in batch.counts.values()),
            sum(kind.bytes for kind in batch.counts.values()),
            sum(kind.staged for kind in batch.counts.values()),
        )
        for number, batch in enumerate(flattened.batches, start=1)
    ]
    columns = ["batch", "state", "files", "bytes", "rows"]
    return pd.DataFrame(rows, columns=columns)


def _members(raw: str) -> dict[str, Any]:
    try:
        members = json.loads(raw)
    except ValueError:
        return {}
    return members if isinstance(members, dict) else {}


def _json(members: dict[str, Any], key: str) -> str:
    """Return a value as the line has it; empty if it has none."""
    if key not in members:
        return ""
    return shorten(json.dumps(members[key], ensure_ascii=False), LONGEST_RAW)


def _text(value: object) -> str | None:
    """Return a value of a row as text, without separators."""
    return None if value is None else shorten(str(value), LONGEST_RAW)


def texts(rows: Sequence[dict[str, Any]]) -> pd.DataFrame:
    """Return rows as text, so that numbers that are names have no separators."""
    return pd.DataFrame(
        [{name: _text(value) for name, value in row.items()} for row in rows]
    )
