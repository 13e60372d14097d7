"""Parquet files as COPY reads them: by position, with types that match exactly."""

import re
from collections.abc import Callable, Iterable, Iterator, Sequence
from io import BytesIO
from typing import IO, TYPE_CHECKING

import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.csv as pa_csv
import pyarrow.parquet as pq

from sparkify.rehearsal.redshift.copy_statement import Column
from sparkify.rehearsal.redshift.load_errors import (
    SHOWN_VALUE,
    TOO_LONG,
    CopyError,
    LoadErrorDetail,
)
from sparkify.rehearsal.redshift.s3_objects import S3Object

if TYPE_CHECKING:
    from mypy_boto3_s3.client import S3Client

BATCH_ROWS = 20_000
LENGTH_MESSAGE = "String length exceeds DDL length"

# The types in a file that a column's type accepts.
ACCEPTED: dict[str, Callable[[pa.DataType], bool]] = {
    "bigint": pa.types.is_int64,
    "integer": pa.types.is_int32,
    "smallint": lambda found: pa.types.is_int16(found) or pa.types.is_int32(found),
    "double precision": pa.types.is_float64,
    "real": pa.types.is_float32,
    "boolean": pa.types.is_boolean,
    "date": pa.types.is_date32,
    "timestamp without time zone": pa.types.is_timestamp,
    "timestamp with time zone": pa.types.is_timestamp,
    "character varying": pa.types.is_string,
    "character": pa.types.is_string,
    "text": pa.types.is_string,
    "numeric": pa.types.is_decimal,
}


def read_objects(
    objects: Iterable[S3Object], columns: Sequence[Column], s3: "S3Client"
) -> Iterator[bytes]:
    """Yield the rows of Parquet objects as PostgreSQL's CSV, in UTF-8.

    A null is an empty field, an empty text is two quotation marks.

    Args:
        objects: The objects; each is downloaded when its rows are needed.
        columns: The columns that are loaded, in the order of the files' columns.
        s3: A client of S3.

    Raises:
        CopyError: A schema does not match, or a text is too long.
    """
    for each in objects:
        with each.fetch(s3) as file:
            yield from _read(each.address, file, columns)


def _read(address: str, file: IO[bytes], columns: Sequence[Column]) -> Iterator[bytes]:
    try:
        parquet = pq.ParquetFile(file)
    except (pa.ArrowException, OSError) as error:
        raise _scan_error(f"File '{address}' is not Parquet: {error}") from error
    _check_schema(address, parquet, columns)
    rows_before = 0
    for batch in parquet.iter_batches(batch_size=BATCH_ROWS):
        _check_lengths(address, batch, columns, rows_before)
        rows_before += batch.num_rows
        yield _csv(batch)


def _check_schema(
    address: str, parquet: pq.ParquetFile, columns: Sequence[Column]
) -> None:
    found = parquet.schema_arrow
    if len(found) != len(columns):
        raise _scan_error(
            f"Unmatched number of columns between table and file. Table columns: "
            f"{len(columns)}, Data columns: {len(found)}, File name: {address}"
        )
    for position, (name, type_name) in enumerate(columns):
        base = re.sub(r"\(.*?\)", "", type_name)  # without the length or precision
        if base not in ACCEPTED or not ACCEPTED[base](found.field(position).type):
            raise _scan_error(
                f"File '{address}' has an incompatible Parquet schema for column "
                f"'{address}.{name}'.  Column type: {type_name.upper()}, Parquet "
                f"schema:\n{_physical(parquet, position)}"
            )


def _physical(parquet: pq.ParquetFile, position: int) -> str:
    column = parquet.schema.column(position)
    levels = f"d:{column.max_definition_level} r:{column.max_repetition_level}"
    presence = "optional" if column.max_definition_level else "required"
    return (
        f"{presence} {column.physical_type.lower()} {column.name} "
        f"[i:{position} {levels}]"
    )


def _check_lengths(
    address: str, batch: pa.RecordBatch, columns: Sequence[Column], rows_before: int
) -> None:
    """Refuse the first text that has more bytes of UTF-8 than its column holds."""
    for position, (name, type_name) in enumerate(columns):
        limit = re.fullmatch(r"character(?: varying)?\((\d+)\)", type_name)
        if limit is None:
            continue
        values = batch.column(position)
        is_long = pc.greater(pc.binary_length(values), int(limit[1]))
        row = pc.index(is_long, True).as_py()
        if row >= 0:
            detail = LoadErrorDetail(
                file_name=address,
                line_number=rows_before + row + 1,
                column_name=name,
                column_type=type_name,
                value=values[row].as_py()[:SHOWN_VALUE],
                error_code=TOO_LONG,
                error_message=LENGTH_MESSAGE,
            )
            raise CopyError(LENGTH_MESSAGE, detail)


def _csv(batch: pa.RecordBatch) -> bytes:
    text = BytesIO()
    # "needed" puts every text in quotation marks, because any text may need them.
    options = pa_csv.WriteOptions(include_header=False, quoting_style="needed")
    pa_csv.write_csv(batch, text, options)
    return text.getvalue()


def _scan_error(context: str) -> CopyError:
    return CopyError(f"Spectrum Scan Error. Code: 15001. Context: {context}")
