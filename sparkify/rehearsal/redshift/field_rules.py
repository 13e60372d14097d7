"""Judges the fields of text objects as COPY does, and writes them for PostgreSQL."""

import re
from collections.abc import Iterable, Iterator, Sequence
from datetime import datetime

from sparkify.rehearsal.redshift.copy_statement import TextOptions
from sparkify.rehearsal.redshift.load_errors import (
    SHOWN_VALUE,
    CopyError,
    LoadErrorDetail,
)
from sparkify.rehearsal.redshift.parquet_files import (
    LENGTH_MESSAGE,
    TOO_LONG,
    byte_limit,
)
from sparkify.rehearsal.redshift.text_files import Record

TOO_MANY, TOO_FEW = 1202, 1203
BAD_DATE, BAD_TIMESTAMP = 1205, 1206
BAD_DIGIT, BAD_FLOAT, BAD_BOOLEAN, BAD_UTF8 = 1207, 1208, 1210, 1220

INTEGER_BITS = {"smallint": 16, "integer": 32, "bigint": 64}
_WHOLE = re.compile(r"\s*[+-]?\d+\s*")
_FLOAT = re.compile(
    r"\s*[+-]?((\d+\.?\d*|\.\d+)(e[+-]?\d+)?|nan|inf(inity)?)\s*", re.IGNORECASE
)
_BOOLEANS = {"t", "true", "y", "yes", "1", "f", "false", "n", "no", "0"}
_INVALID = re.compile("[\udc80-\udcff]")


class FieldError(Exception):
    """A field that does not fit its column."""

    def __init__(self, code: int, message: str) -> None:
        super().__init__(message)
        self.code = code
        self.message = message


def write_rows(
    address: str,
    records: Iterable[Record],
    columns: Sequence[tuple[str, str]],
    options: TextOptions,
) -> Iterator[bytes]:
    """Gives each row that fits its table as a line of PostgreSQL's CSV.

    Args:
        address: The object's `s3://` address, for the errors.
        records: The object's records.
        columns: Name and PostgreSQL type of the columns that are loaded, in order.
        options: How fields are read, and how many errors end the load.

    Raises:
        CopyError: As many rows as the options allow do not fit.
    """
    errors = 0
    for line, fields in records:
        try:
            yield _row(address, line, fields, columns, options)
        except CopyError:
            errors += 1
            if errors >= options.errors_allowed:
                raise


def _row(
    address: str,
    line: int,
    fields: Sequence[str | None],
    columns: Sequence[tuple[str, str]],
    options: TextOptions,
) -> bytes:
    if len(fields) != len(columns):
        code, message = (
            (TOO_MANY, "Extra column(s) found")
            if len(fields) > len(columns)
            else (TOO_FEW, "Delimiter not found")
        )
        raise CopyError(
            message, LoadErrorDetail(address, line, "", "", "", code, message)
        )
    written = []
    for (name, type_name), field in zip(columns, fields, strict=True):
        try:
            written.append(_written(_value(field, type_name, options)))
        except FieldError as error:
            shown = (field or "")[:SHOWN_VALUE].encode(errors="replace").decode()
            detail = LoadErrorDetail(
                address, line, name, type_name, shown, error.code, error.message
            )
            raise CopyError(error.message, detail) from error
    return (",".join(written) + "\n").encode()


def _written(value: str | None) -> str:
    return "" if value is None else '"' + value.replace('"', '""') + '"'


def _value(field: str | None, type_name: str, options: TextOptions) -> str | None:
    """Gives what the column takes; raises FieldError where it takes nothing of it."""
    if field is None:
        return None
    if type_name == "text" or type_name.startswith("character"):
        return _text(field, type_name, options)
    if not field.strip():
        return None  # an empty field of any other type is a null
    if type_name in INTEGER_BITS:
        return _whole(field, type_name)
    if type_name in ("double precision", "real"):
        return _checked(field, _FLOAT.fullmatch(field), BAD_FLOAT, type_name)
    if type_name == "boolean":
        is_boolean = field.strip().lower() in _BOOLEANS
        return _checked(field, is_boolean, BAD_BOOLEAN, type_name)
    if type_name == "date":
        return _moment(field, BAD_DATE, type_name)
    if type_name.startswith("timestamp"):
        return _moment(field, BAD_TIMESTAMP, type_name)
    raise CopyError(f"COPY of text into a column of type {type_name} is not taught")


def _text(field: str, type_name: str, options: TextOptions) -> str | None:
    if _INVALID.search(field):
        if options.replacement is None:
            raise FieldError(
                BAD_UTF8, "String contains invalid or unsupported UTF8 codepoints"
            )
        field = _INVALID.sub(lambda _: options.replacement or "", field)
    if options.is_trimmed:
        field = field.rstrip()
    if options.is_empty_null and not field:
        return None
    if options.is_blank_null and not field.strip():
        return None
    limit = byte_limit(type_name)
    stored = field.encode()
    if limit is None or len(stored) <= limit:
        return field
    if not options.is_cut:
        raise FieldError(TOO_LONG, LENGTH_MESSAGE)
    return stored[:limit].decode(errors="ignore")  # a cut character goes whole


def _whole(field: str, type_name: str) -> str:
    bound = 2 ** (INTEGER_BITS[type_name] - 1)
    is_whole = _WHOLE.fullmatch(field) is not None
    return _checked(
        field, is_whole and -bound <= int(field) < bound, BAD_DIGIT, type_name
    )


def _moment(field: str, code: int, type_name: str) -> str:
    try:
        datetime.fromisoformat(field.strip())
    except ValueError:
        return _checked(field, False, code, type_name)
    return field.strip()


def _checked(field: str, fits: object, code: int, type_name: str) -> str:
    if not fits:
        kind = {BAD_DATE: "date", BAD_TIMESTAMP: "timestamp", BAD_FLOAT: "float"}.get(
            code, "boolean" if code == BAD_BOOLEAN else "digit"
        )
        raise FieldError(
            code, f"Invalid {kind}, Value '{field[:1]}', Pos 0, Type: {type_name}"
        )
    return field.strip()
