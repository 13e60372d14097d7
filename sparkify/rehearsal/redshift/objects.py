"""Turns a Redshift COPY into rows that PostgreSQL takes, from the objects in S3."""

import gzip
import zlib
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from typing import IO, TYPE_CHECKING

from sparkify.rehearsal.redshift.copy_statement import (
    CopyStatement,
    Format,
    parse_copy,
)
from sparkify.rehearsal.redshift.field_rules import write_rows
from sparkify.rehearsal.redshift.load_errors import CopyError, LoadErrorDetail
from sparkify.rehearsal.redshift.parquet_files import read_parquet
from sparkify.rehearsal.redshift.stored_files import StoredFile, find_files
from sparkify.rehearsal.redshift.text_files import read_csv, read_json, read_text
from sparkify.rehearsal.redshift.unload import write_unload

if TYPE_CHECKING:
    from mypy_boto3_s3.client import S3Client

__all__ = ["CopyData", "CopyError", "LoadErrorDetail", "read_copy", "write_unload"]

CHUNK_BYTES = 64 * 1024


@dataclass(frozen=True)
class CopyData:
    """What a COPY loads, ready for `COPY t (columns) FROM STDIN (FORMAT csv)`.

    Attributes:
        table: The table as SQL: schema and name, in quotation marks where needed.
        columns: The columns' plain names, in the order of the fields.
        chunks: PostgreSQL's CSV in UTF-8; a null is an empty field, an empty text is
            two quotation marks. Raises CopyError where a file or a field is refused.
        rows: Gives how many rows the chunks taken so far hold.
    """

    table: str
    columns: list[str]
    chunks: Iterator[bytes]
    rows: Callable[[], int]


class _Count:
    def __init__(self) -> None:
        self.rows = 0

    def add(self, rows: int) -> None:
        self.rows += rows


def read_copy(
    text: str, columns_of: Callable[[str], list[tuple[str, str]]], s3: "S3Client"
) -> CopyData:
    """Reads what a COPY statement loads; one object at a time, on the caller's demand.

    Args:
        text: The statement as the client sent it.
        columns_of: Gives a table's columns in order, each with its type as PostgreSQL
            writes it; takes the table as `CopyData.table` has it.
        s3: A client in the region of the warehouse.

    Raises:
        CopyError: The statement is refused, or there is nothing to load.
    """
    statement = parse_copy(text)
    columns = _chosen(statement, columns_of(statement.table))
    files = find_files(statement, s3)
    count = _Count()
    return CopyData(
        table=statement.table,
        columns=[name for name, _ in columns],
        chunks=_chunks(statement, files, columns, s3, count),
        rows=lambda: count.rows,
    )


def _chosen(
    statement: CopyStatement, declared: list[tuple[str, str]]
) -> list[tuple[str, str]]:
    if not declared:
        raise CopyError(f'relation "{statement.table}" does not exist')
    types = dict(declared)
    for name in statement.columns:
        if name not in types:
            raise CopyError(
                f'column "{name}" of relation "{statement.table}" does not exist'
            )
    return [(name, types[name]) for name in statement.columns] or declared


def _chunks(
    statement: CopyStatement,
    files: list[StoredFile],
    columns: list[tuple[str, str]],
    s3: "S3Client",
    count: _Count,
) -> Iterator[bytes]:
    try:
        for stored in files:
            with stored.fetch(s3) as file:
                yield from _of_file(statement, stored, file, columns, count)
    except CopyError as error:
        if error.details is None:
            raise
        # What the client sees of a refused field is only where to look for it.
        raise CopyError(
            f"Load into table '{statement.table}' failed.  Check 'stl_load_errors' "
            "system table for details.",
            error.details,
        ) from error


def _of_file(
    statement: CopyStatement,
    stored: StoredFile,
    file: IO[bytes],
    columns: list[tuple[str, str]],
    count: _Count,
) -> Iterator[bytes]:
    if statement.format is Format.PARQUET:
        yield from read_parquet(stored.address, file, columns, count.add)
        return
    content = gzip.GzipFile(fileobj=file) if statement.is_gzip else file
    if statement.format is Format.CSV:
        records = read_csv(content, statement.text)
    elif statement.format is Format.JSON:
        records = read_json(content, [name for name, _ in columns])
    else:
        records = read_text(content, statement.text)
    rows = write_rows(stored.address, records, columns, statement.text)
    try:
        yield from _joined(rows, count)
    except (OSError, EOFError, zlib.error) as error:
        raise CopyError(f"File {stored.address} cannot be unpacked: {error}") from error


def _joined(rows: Iterable[bytes], count: _Count) -> Iterator[bytes]:
    """Gathers rows into pieces that are worth sending."""
    kept = bytearray()
    for row in rows:
        kept += row
        count.add(1)
        if len(kept) >= CHUNK_BYTES:
            yield bytes(kept)
            kept.clear()
    if kept:
        yield bytes(kept)
