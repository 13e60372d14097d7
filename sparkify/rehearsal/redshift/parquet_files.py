"""Reads Parquet as COPY does: by position, with types that match exactly."""

import re
from collections.abc import Callable, Iterator
from io import BytesIO
from typing import IO

import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.csv as pa_csv
import pyarrow.parquet as pq

from sparkify.rehearsal.redshift.load_errors import (
    SHOWN_VALUE,
    CopyError,
    LoadErrorDetail,
)

BATCH_ROWS = 20_000
TOO_LONG = 1204
LENGTH_MESSAGE = "String length exceeds DDL length"

_DECLARED: dict[str, Callable[[pa.DataType], bool]] = {
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


def read_parquet(
    address: str,
    file: IO[bytes],
    columns: list[tuple[str, str]],
    count: Callable[[int], None],
) -> Iterator[bytes]:
    """Gives a file's rows as PostgreSQL's CSV.

    Args:
        address: The object's `s3://` address, for the errors.
        file: Its bytes.
        columns: Name and PostgreSQL type of the columns that are loaded, in order.
        count: Is told how many rows each piece has.

    Raises:
        CopyError: The schema does not match, or a text is too long.
    """
    try:
        parquet = pq.ParquetFile(file)
    except (pa.ArrowException, OSError) as error:
        raise _scan_error(f"File '{address}' is not Parquet: {error}") from error
    _check_schema(address, parquet, columns)
    start = 0
    for batch in parquet.iter_batches(batch_size=BATCH_ROWS):
        _check_lengths(address, batch, columns, start)
        start += batch.num_rows
        count(batch.num_rows)
        yield _csv(batch)


def _check_schema(
    address: str, parquet: pq.ParquetFile, columns: list[tuple[str, str]]
) -> None:
    found = parquet.schema_arrow
    if len(found) != len(columns):
        raise _scan_error(
            f"Unmatched number of columns between table and file. Table columns: "
            f"{len(columns)}, Data columns: {len(found)}, File name: {address}"
        )
    for place, (name, type_name) in enumerate(columns):
        if not _DECLARED.get(_base(type_name), _never)(found.field(place).type):
            raise _scan_error(
                f"File '{address}' has an incompatible Parquet schema for column "
                f"'{address}.{name}'.  Column type: {type_name.upper()}, Parquet "
                f"schema:\n{_physical(parquet, place)}"
            )


def _physical(parquet: pq.ParquetFile, place: int) -> str:
    column = parquet.schema.column(place)
    presence = "optional" if column.max_definition_level else "required"
    return (
        f"{presence} {column.physical_type.lower()} {column.name} "
        f"[i:{place} d:{column.max_definition_level} r:{column.max_repetition_level}]"
    )


def _check_lengths(
    address: str, batch: pa.RecordBatch, columns: list[tuple[str, str]], start: int
) -> None:
    """Refuses the first text that has more bytes of UTF-8 than its column takes."""
    for place, (name, type_name) in enumerate(columns):
        limit = byte_limit(type_name)
        if limit is None:
            continue
        values = batch.column(place)
        is_long = pc.greater(pc.binary_length(values), limit)
        row = pc.index(is_long, True).as_py()
        if row >= 0:
            value = values[row].as_py()[:SHOWN_VALUE]
            detail = LoadErrorDetail(
                address,
                start + row + 1,
                name,
                type_name,
                value,
                TOO_LONG,
                LENGTH_MESSAGE,
            )
            raise CopyError(LENGTH_MESSAGE, detail)


def byte_limit(type_name: str) -> int | None:
    """Gives the most bytes that a text column takes, where it has a limit."""
    match = re.fullmatch(r"character(?: varying)?\((\d+)\)", type_name)
    return int(match[1]) if match else None


def _base(type_name: str) -> str:
    """Gives the type without its length or precision."""
    return re.sub(r"\(.*?\)", "", type_name)


def _never(_: pa.DataType) -> bool:
    return False


def _csv(batch: pa.RecordBatch) -> bytes:
    """Writes rows so that a null is empty and an empty text is two quotation marks."""
    text = BytesIO()
    # "needed" puts every text in quotation marks, for any text may need them.
    options = pa_csv.WriteOptions(include_header=False, quoting_style="needed")
    pa_csv.write_csv(batch, text, options)
    return text.getvalue()


def _scan_error(context: str) -> CopyError:
    return CopyError(f"Spectrum Scan Error. Code: 15001. Context: {context}")
