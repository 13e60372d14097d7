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
from sparkify.rehearsal.redshift.load_errors import CopyError
from sparkify.rehearsal.redshift.s3_objects import S3Object

if TYPE_CHECKING:
    from mypy_boto3_s3.client import S3Client

BATCH_ROWS = 20_000

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
            yield from _read(each, each.url(s3.meta.region_name), file, columns)


def _read(
    read: S3Object, url: str, file: IO[bytes], columns: Sequence[Column]
) -> Iterator[bytes]:
    try:
        parquet = pq.ParquetFile(file)
    except (pa.ArrowException, OSError) as error:
        raise _scan_error(f"File '{url}' is not Parquet: {error}") from error
    _check_schema(read.address, url, parquet, columns)
    if parquet.metadata.num_rows == 0:
        raise _scan_error(f"File '{url}' has no rows, which the emulator refuses")
    for batch in parquet.iter_batches(batch_size=BATCH_ROWS):
        _check_lengths(url, batch, columns)
        yield _csv(batch)


def _check_schema(
    address: str, url: str, parquet: pq.ParquetFile, columns: Sequence[Column]
) -> None:
    found = parquet.schema_arrow
    if len(found) != len(columns):
        raise _scan_error(
            f"Unmatched number of columns between table and file. Table columns: "
            f"{len(columns)}, Data columns: {len(found)}, File name: {url}"
        )
    for position, (name, type_name) in enumerate(columns):
        base = re.sub(r"\(.*?\)", "", type_name)  # without the length or precision
        if base not in ACCEPTED or not ACCEPTED[base](found.field(position).type):
            raise _scan_error(
                f"File '{url}' has an incompatible Parquet schema for column "
                f"'{address}.{name}'. Column type: {type_name.upper()}, Parquet "
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


def _check_lengths(url: str, batch: pa.RecordBatch, columns: Sequence[Column]) -> None:
    """Refuse a text that has more bytes of UTF-8 than its column holds."""
    for position, (name, type_name) in enumerate(columns):
        limit = re.fullmatch(r"character(?: varying)?\((\d+)\)", type_name)
        if limit is None:
            continue
        longest = pc.max(pc.binary_length(batch.column(position))).as_py()
        if longest is not None and longest > int(limit[1]):
            raise _scan_error(
                f"The length of the data column {name} is longer than the length "
                f"defined in the table. Table: {limit[1]}, Data: {longest}, File name: "
                f"{url}"
            )


def _csv(batch: pa.RecordBatch) -> bytes:
    text = BytesIO()
    # "needed" puts every text in quotation marks, because any text may need them.
    options = pa_csv.WriteOptions(include_header=False, quoting_style="needed")
    pa_csv.write_csv(batch, text, options)
    return text.getvalue()


def _scan_error(context: str) -> CopyError:
    return CopyError("Spectrum Scan Error", context)
