"""What a flatten step leaves behind: its files and its books.

`manifest.json` is written last, so a folder that has one is whole. It is all that the
load needs to know, whichever engine wrote the files.
"""

import json
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from pathlib import Path

from sparkify.errors import BooksError

MANIFEST = "manifest.json"
BOOKS = "books"


@dataclass(frozen=True)
class Books:
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

    def check(self, name: str) -> None:
        """Makes sure that each line ended in exactly one place.

        Raises:
            BooksError: A line was lost or counted twice.
        """
        ended = self.staged + self.duplicate + self.quarantined_lines
        if ended != self.lines:
            raise BooksError(
                f"the books of {name} do not balance: {self.lines:,} lines came in, "
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
        books: The books of each kind of record.
        files: The Parquet files of `events`, `songs` and `quarantine`.
        address: The `s3://` prefix that has the files; empty for the local folder.
    """

    books: Mapping[str, Books]
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
        books: The books of each kind of record, `events` and `songs`.
        files: The Parquet files of `events`, `songs` and `quarantine`.
        address: The `s3://` prefix that has the files; empty where they lie beside the
            manifest.
    """

    run_id: str
    engine: str
    started_at: str
    seconds: float
    books: Mapping[str, Books]
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

    def check(self) -> None:
        """Makes sure that the books balance and agree with the files' own footers.

        Raises:
            BooksError: A line was lost or counted twice.
        """
        for name, books in self.books.items():
            books.check(name)
            written = sum(file.rows for file in self.files[name])
            if written != books.staged:
                raise BooksError(
                    f"the books of {name} do not balance: {books.staged:,} lines were "
                    f"staged, but their files hold {written:,} rows; nothing was "
                    "published, please report it with the run's folder"
                )

    def to_json(self) -> str:
        """Writes the manifest's text."""
        return json.dumps(asdict(self), indent=2, ensure_ascii=False) + "\n"

    @classmethod
    def from_json(cls, text: str) -> "Flattened":
        """Reads the manifest's text."""
        content = json.loads(text)
        books = {name: Books(**entry) for name, entry in content.pop("books").items()}
        files = {
            name: tuple(ParquetFile(**entry) for entry in entries)
            for name, entries in content.pop("files").items()
        }
        return cls(**content, books=books, files=files)
