"""Writes a query's rows to S3, as UNLOAD does."""

import gzip
import json
from abc import ABC, abstractmethod
from collections.abc import Callable, Iterator, Sequence
from contextlib import ExitStack
from datetime import date, datetime
from itertools import islice
from tempfile import TemporaryFile
from typing import IO, TYPE_CHECKING

import pyarrow as pa
import pyarrow.parquet as pq

from sparkify.rehearsal.redshift.copy_statement import Format
from sparkify.rehearsal.redshift.load_errors import CopyError
from sparkify.rehearsal.redshift.unload_statement import UnloadStatement, parse_unload

if TYPE_CHECKING:
    from mypy_boto3_s3.client import S3Client

Row = tuple[str | None, ...]
SLICES = 2
BATCH_ROWS = 20_000

# PostgreSQL's numbers of types, with the type of the Parquet column and how to read
# PostgreSQL's text of a value.
_TYPES: dict[int, tuple[pa.DataType, Callable[[str], object]]] = {
    16: (pa.bool_(), lambda text: text == "t"),
    18: (pa.string(), str),
    19: (pa.string(), str),
    20: (pa.int64(), int),
    21: (pa.int32(), int),
    23: (pa.int32(), int),
    25: (pa.string(), str),
    700: (pa.float32(), float),
    701: (pa.float64(), float),
    705: (pa.string(), str),
    1042: (pa.string(), str),
    1043: (pa.string(), str),
    1082: (pa.date32(), date.fromisoformat),
    1114: (pa.timestamp("us"), datetime.fromisoformat),
}


def write_unload(
    text: str,
    run: Callable[[str], tuple[list[tuple[str, int]], Iterator[Row]]],
    s3: "S3Client",
) -> int:
    """Runs an UNLOAD statement.

    Args:
        text: The statement as the client sent it.
        run: Runs a query and gives its columns, each with PostgreSQL's number of its
            type, and its rows as PostgreSQL's texts.
        s3: A client of S3.

    Returns:
        How many rows were written.

    Raises:
        CopyError: The statement is refused, the target is not empty, or a column's
            type cannot be written.
    """
    statement = parse_unload(text)
    bucket, _, prefix = statement.target.removeprefix("s3://").partition("/")
    if not statement.is_overwriting:
        _check_empty(bucket, prefix, s3)
    columns, rows = run(statement.query)
    rows = iter(rows)
    with ExitStack() as open_files:
        parts = [
            _part(open_files.enter_context(TemporaryFile()), statement, columns)
            for _ in range(SLICES if statement.is_parallel else 1)
        ]
        count = 0
        while batch := list(islice(rows, BATCH_ROWS)):
            parts[count // BATCH_ROWS % len(parts)].add(batch)
            count += len(batch)
        written = []
        for number, part in enumerate(parts):
            part.finish()
            if part.rows or statement.format is not Format.PARQUET:
                key = prefix + _name(statement, number)
                written.append(_entry(f"s3://{bucket}/{key}", part, statement))
                part.file.seek(0)
                s3.upload_fileobj(part.file, bucket, key)
    if statement.has_manifest:
        content: dict[str, object] = {"entries": written}
        if statement.is_verbose:
            content["schema"] = {"elements": [{"name": name} for name, _ in columns]}
            content["meta"] = {"record_count": count}
        s3.put_object(
            Bucket=bucket, Key=f"{prefix}manifest", Body=json.dumps(content).encode()
        )
    return count


class _Part(ABC):
    """One file that grows.

    Attributes:
        file: Its bytes.
        rows: How many it has.
    """

    def __init__(self, file: IO[bytes]) -> None:
        self.file = file
        self.rows = 0

    @abstractmethod
    def add(self, rows: Sequence[Row]) -> None:
        """Appends rows."""

    @abstractmethod
    def finish(self) -> None:
        """Writes what stands at the end of the file."""


class _ParquetPart(_Part):
    def __init__(self, file: IO[bytes], columns: Sequence[tuple[str, int]]) -> None:
        super().__init__(file)
        for name, number in columns:
            if number not in _TYPES:
                raise CopyError(
                    f"UNLOAD of column {name} with PostgreSQL's type {number} to "
                    "Parquet is not taught; cast it"
                )
        self._readers = [_TYPES[number][1] for _, number in columns]
        self._schema = pa.schema(
            [(name, _TYPES[number][0]) for name, number in columns]
        )
        self._writer = pq.ParquetWriter(file, self._schema)

    def add(self, rows: Sequence[Row]) -> None:
        arrays = [
            pa.array(
                [None if value is None else read(value) for value in values],
                field.type,
            )
            for read, values, field in zip(
                self._readers, zip(*rows, strict=True), self._schema, strict=True
            )
        ]
        self._writer.write_table(pa.table(arrays, schema=self._schema))
        self.rows += len(rows)

    def finish(self) -> None:
        self._writer.close()


class _TextPart(_Part):
    def __init__(
        self, file: IO[bytes], statement: UnloadStatement, names: Sequence[str]
    ) -> None:
        super().__init__(file)
        self._statement = statement
        self._out = (
            gzip.GzipFile(fileobj=file, mode="wb") if statement.is_gzip else file
        )
        if statement.has_header:
            self._write(tuple(names))

    def add(self, rows: Sequence[Row]) -> None:
        for row in rows:
            self._write(row)
        self.rows += len(rows)

    def finish(self) -> None:
        if self._out is not self.file:
            self._out.close()

    def _write(self, row: Row) -> None:
        fields = (_field(value, self._statement) for value in row)
        self._out.write((self._statement.separator.join(fields) + "\n").encode())


def _part(
    file: IO[bytes], statement: UnloadStatement, columns: Sequence[tuple[str, int]]
) -> _Part:
    if statement.format is Format.PARQUET:
        return _ParquetPart(file, columns)
    return _TextPart(file, statement, [name for name, _ in columns])


def _field(value: str | None, statement: UnloadStatement) -> str:
    if value is None:
        return statement.null
    if statement.format is Format.CSV:
        special = {statement.separator, '"', "\n", "\r"}
        if value and not any(mark in value for mark in special):
            return value
        return '"' + value.replace('"', '""') + '"'
    if statement.has_escapes:
        for mark in ("\\", statement.separator, "\n", "\r", '"', "'"):
            value = value.replace(mark, "\\" + mark)
    return f'"{value}"' if statement.has_quotes else value


def _name(statement: UnloadStatement, number: int) -> str:
    name = f"{number:04}_part_00" if statement.is_parallel else "000"
    if statement.format is Format.PARQUET:
        return name + ".parquet"
    return name + (".gz" if statement.is_gzip else "")


def _entry(address: str, part: _Part, statement: UnloadStatement) -> dict[str, object]:
    """Gives what the manifest says of a file; text has its size only if verbose."""
    if statement.format is not Format.PARQUET and not statement.is_verbose:
        return {"url": address}
    meta: dict[str, int] = {"content_length": part.file.seek(0, 2)}
    if statement.is_verbose:
        meta["record_count"] = part.rows
    return {"url": address, "meta": meta}


def _check_empty(bucket: str, prefix: str, s3: "S3Client") -> None:
    found = s3.list_objects_v2(Bucket=bucket, Prefix=prefix, MaxKeys=1)
    if found["KeyCount"]:
        raise CopyError(
            "Specified unload destination on S3 is not empty. Consider using a "
            "different bucket / prefix, manually removing the target files in S3, or "
            "using the ALLOWOVERWRITE option."
        )
