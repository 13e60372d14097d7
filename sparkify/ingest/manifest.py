"""The manifest of a flatten step: its files and its counts, in batches.

`manifest.json` is written last, so a folder that has one is complete. The load step
needs nothing else, whichever engine wrote the files. A step that flattened only what is
new has the batches of earlier steps, whose files lie in their folders, and its own.
"""

import json
from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import asdict, dataclass, field
from pathlib import Path
from secrets import token_hex
from typing import Any

from sparkify.errors import ReconciliationError
from sparkify.ingest.addition import Addition
from sparkify.progress import Progress
from sparkify.s3 import is_s3

MANIFEST = "manifest.json"
COUNTS = "counts"
REFUSED = "refused"  # in a job's counts: why it could not add the new objects
ABOVE = "../"  # starts the path of a file of an earlier run

# Rows of each kind of record; the records that were quarantined or repeat others; and
# what the reader counted in each object.
PARTS = ("events", "songs", "quarantine", "duplicates", "objects")
COUNTS_BY_KIND = ("quarantined", "repaired", "extra_keys", "unread")


@dataclass(frozen=True)
class RecordCounts:
    """Where the records of one kind ended.

    Attributes:
        objects: The number of objects read.
        bytes: The size of the objects as stored.
        records: The number of records read.
        blank: The number of blank lines, which are no records.
        staged: The number of records that became rows.
        duplicate: The number of records that repeat an earlier one.
        quarantined: The number of quarantined records, by the rule that they break.
        repaired: The number of staged records that were repaired, by kind of repair.
        extra_keys: The number of staged records that have an unknown key, by key.
        unread: The number of files in the folder that were not read, by kind.
    """

    objects: int
    bytes: int
    records: int
    blank: int
    staged: int
    duplicate: int
    quarantined: Mapping[str, int]
    repaired: Mapping[str, int]
    extra_keys: Mapping[str, int]
    unread: Mapping[str, int]

    @classmethod
    def total(cls, counts: Iterable["RecordCounts"]) -> "RecordCounts":
        """Return the sums of some counts."""
        entries = [asdict(each) for each in counts]

        def add(name: str) -> Any:
            values = [entry[name] for entry in entries]
            if name in COUNTS_BY_KIND:
                summed = sum(map(Counter, values), Counter[str]())
                return dict(sorted(summed.items()))
            return sum(values)

        return cls(**{name: add(name) for name in cls.__dataclass_fields__})

    @property
    def quarantined_records(self) -> int:
        """The number of quarantined records, for all rules."""
        return sum(self.quarantined.values())

    def reconcile(self, name: str) -> None:
        """Check that each record ended in exactly one place.

        Args:
            name: The kind of record, for the error message.

        Raises:
            ReconciliationError: A record was lost or counted twice.
        """
        ended = self.staged + self.duplicate + self.quarantined_records
        if ended != self.records:
            raise ReconciliationError(
                f"the counts of {name} do not add up: {self.records:,} records were "
                f"read, but {self.staged:,} staged + {self.duplicate:,} duplicate + "
                f"{self.quarantined_records:,} quarantined = {ended:,}; nothing was "
                "published, please report it with the run's folder"
            )


@dataclass(frozen=True)
class ParquetFile:
    """One file of flattened rows.

    Attributes:
        path: The path relative to the manifest, with forward slashes.
        rows: The number of rows, as the file's footer states it.
        bytes: The size in bytes.
        digest: The SHA-256 of the content when it was written, if that is known.
    """

    path: str
    rows: int
    bytes: int
    digest: str = ""


@dataclass(frozen=True)
class FlattenTask:
    """What an engine flattens, and how.

    Attributes:
        source: A local folder, or an `s3://` prefix.
        output: An empty local folder for the parts of the output.
        run_id: The run, for the rows of the quarantine.
        files: The number of Parquet files to write for each kind of record.
        memory_limit: The most memory that the engine may use, such as `4GB`.
        most_record_bytes: The longest record; a longer one is quarantined.
        progress: Receives how much is done.
        addition: The new objects to read; without it, all of the source.
    """

    source: str
    output: Path
    run_id: str
    files: int
    memory_limit: str
    most_record_bytes: int
    progress: Progress
    addition: Addition | None = None


@dataclass(frozen=True)
class FlattenResult:
    """The files and counts that an engine returns.

    Attributes:
        counts: The counts of each kind of record.
        files: The Parquet files of each of `PARTS`.
    """

    counts: Mapping[str, RecordCounts]
    files: Mapping[str, tuple[ParquetFile, ...]]


@dataclass(frozen=True)
class FlatBatch:
    """The objects that one step flattened, each new or changed then.

    Attributes:
        run_id: The run that flattened them.
        counts: The counts of each kind of record.
        files: The Parquet files of each of `PARTS`.
        name: The batch's name, which is unique for ever.
    """

    run_id: str
    counts: Mapping[str, RecordCounts]
    files: Mapping[str, tuple[ParquetFile, ...]]
    name: str = field(default_factory=lambda: token_hex(8))

    @classmethod
    def of(cls, entry: Mapping[str, Any]) -> "FlatBatch":
        """Return the batch that a manifest holds."""
        return cls(
            name=entry["name"],
            run_id=entry["run_id"],
            counts=_read_counts(entry["counts"]),
            files=_read_files(entry["files"]),
        )


@dataclass(frozen=True)
class Flattened:
    """The manifest of a flatten step.

    Attributes:
        run_id: The run.
        engine: The engine: `duckdb`, `spark` or `emr`.
        started_at: The timestamp of the start, in UTC, in ISO 8601.
        seconds: The duration.
        counts: The counts of each kind of record, `events` and `songs`, of all batches.
        files: The Parquet files of each of `PARTS`, of all batches.
        batches: The batches, the newest last.
        settings: What the rows depend on besides the objects; if it changes, all
            objects must be flattened again.
        address: The `s3://` prefix of the files; empty if they are next to the
            manifest.
    """

    run_id: str
    engine: str
    started_at: str
    seconds: float
    counts: Mapping[str, RecordCounts]
    files: Mapping[str, tuple[ParquetFile, ...]]
    batches: tuple[FlatBatch, ...] = ()
    settings: Mapping[str, str] = field(default_factory=dict)
    address: str = ""

    def addresses(
        self, folder: Path, part: str, batches: Iterable[FlatBatch] | None = None
    ) -> list[str]:
        """Return the paths or `s3://` addresses of the files of a part.

        Args:
            folder: The folder of the manifest.
            part: One of `PARTS`.
            batches: The batches whose files to return; without it, all.
        """
        base = self.address or str(folder)
        holders = [self] if batches is None else batches
        return [_join(base, file.path) for each in holders for file in each.files[part]]

    def reconcile(self) -> None:
        """Check that the counts add up and agree with the footers of the files.

        Raises:
            ReconciliationError: A record was lost or counted twice.
        """
        for name, counts in self.counts.items():
            counts.reconcile(name)
            written = sum(file.rows for file in self.files[name])
            if written != counts.staged:
                raise ReconciliationError(
                    f"the counts of {name} do not add up: {counts.staged:,} records "
                    f"were staged, but the files hold {written:,} rows; nothing was "
                    "published, please report it with the run's folder"
                )

    def to_json(self) -> str:
        """Return the manifest as JSON."""
        return json.dumps(asdict(self), indent=2, ensure_ascii=False) + "\n"

    @classmethod
    def from_json(cls, text: str) -> "Flattened":
        """Return the manifest that a JSON text holds."""
        content = json.loads(text)
        counts = _read_counts(content.pop("counts"))
        files = _read_files(content.pop("files"))
        batches = tuple(map(FlatBatch.of, content.pop("batches", ())))
        return cls(**content, counts=counts, files=files, batches=batches)


def _join(base: str, path: str) -> str:
    """Return the path or address of a file; S3 takes `..` for a name."""
    if is_s3(base) and path.startswith(ABOVE):
        return f"{base.rpartition('/')[0]}/{path.removeprefix(ABOVE)}"
    return f"{base}/{path}"


def _read_counts(entries: Mapping[str, Any]) -> dict[str, RecordCounts]:
    return {name: RecordCounts(**entry) for name, entry in entries.items()}


def _read_files(entries: Mapping[str, Any]) -> dict[str, tuple[ParquetFile, ...]]:
    return {
        part: tuple(ParquetFile(**entry) for entry in files)
        for part, files in entries.items()
    }
