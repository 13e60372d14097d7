"""What a flatten step leaves behind: its files and its counts.

`manifest.json` is written last, so a folder that has one is whole. It is all that the
load needs to know, whichever engine wrote the files.
"""

import json
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from pathlib import Path

from sparkify.errors import ReconciliationError

MANIFEST = "manifest.json"
COUNTS = "counts"


@dataclass(frozen=True)
class RecordCounts:
    """Where the lines of one kind of record ended, counted in lines.

    Attributes:
        objects: How many objects were read.
        lines: The lines that came in; blank ones do not count.
        staged: The lines that became rows.
        duplicate: The lines that repeat an earlier one.
        quarantined: The lines that were put aside, by reason.
        extra_keys: The staged lines that carry an unknown key, by key. They are
            counted under `staged` too.
    """

    objects: int
    lines: int
    staged: int
    duplicate: int
    quarantined: Mapping[str, int]
    extra_keys: Mapping[str, int]

    @property
    def quarantined_lines(self) -> int:
        """The lines that were put aside for any reason."""
        return sum(self.quarantined.values())

    def reconcile(self, name: str) -> None:
        """Makes sure that each line ended in exactly one place.

        Raises:
            ReconciliationError: A line was lost or counted twice.
        """
        ended = self.staged + self.duplicate + self.quarantined_lines
        if ended != self.lines:
            raise ReconciliationError(
                f"the counts of {name} do not add up: {self.lines:,} lines came in, "
                f"but {self.staged:,} staged + {self.duplicate:,} duplicate + "
                f"{self.quarantined_lines:,} quarantined = {ended:,}; nothing was "
                "published, please report it with the run's folder"
            )


@dataclass(frozen=True)
class ParquetFile:
    """One file of flattened rows.

    Attributes:
        path: Where it lies below the manifest, with forward slashes.
        rows: How many rows it holds, by its own footer.
        bytes: Its size.
    """

    path: str
    rows: int
    bytes: int


@dataclass(frozen=True)
class Written:
    """What an engine wrote.

    Attributes:
        counts: The counts of each kind of record.
        files: The Parquet files of `events`, `songs` and `quarantine`.
        address: The `s3://` prefix that has the files; empty for the local folder.
    """

    counts: Mapping[str, RecordCounts]
    files: Mapping[str, tuple[ParquetFile, ...]]
    address: str = ""


@dataclass(frozen=True)
class Flattened:
    """What a flatten step wrote.

    Attributes:
        run_id: The run that wrote it.
        engine: Which engine did: `duckdb`, `spark` or `emr`.
        started_at: When it began, in UTC, by ISO 8601.
        seconds: How long it took.
        counts: The counts of each kind of record, `events` and `songs`.
        files: The Parquet files of `events`, `songs` and `quarantine`.
        address: The `s3://` prefix that has the files; empty where they lie beside the
            manifest.
    """

    run_id: str
    engine: str
    started_at: str
    seconds: float
    counts: Mapping[str, RecordCounts]
    files: Mapping[str, tuple[ParquetFile, ...]]
    address: str = ""

    def addresses(self, folder: Path, part: str) -> list[str]:
        """Gives where the files of a part lie.

        Args:
            folder: The folder of the manifest.
            part: `events`, `songs` or `quarantine`.
        """
        place = self.address or str(folder)
        return [f"{place}/{file.path}" for file in self.files[part]]

    def reconcile(self) -> None:
        """Makes sure that the counts balance and agree with the files' own footers.

        Raises:
            ReconciliationError: A line was lost or counted twice.
        """
        for name, counts in self.counts.items():
            counts.reconcile(name)
            written = sum(file.rows for file in self.files[name])
            if written != counts.staged:
                raise ReconciliationError(
                    f"the counts of {name} do not add up: {counts.staged:,} lines "
                    f"were staged, but their files hold {written:,} rows; nothing was "
                    "published, please report it with the run's folder"
                )

    def to_json(self) -> str:
        """Writes the manifest's text."""
        return json.dumps(asdict(self), indent=2, ensure_ascii=False) + "\n"

    @classmethod
    def from_json(cls, text: str) -> "Flattened":
        """Reads the manifest's text."""
        content = json.loads(text)
        counts = {
            name: RecordCounts(**entry) for name, entry in content.pop("counts").items()
        }
        files = {
            name: tuple(ParquetFile(**entry) for entry in entries)
            for name, entries in content.pop("files").items()
        }
        return cls(**content, counts=counts, files=files)
