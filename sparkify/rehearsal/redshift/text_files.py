"""Splits CSV, delimited text and JSON into fields, as COPY does."""

import csv
import json
from collections.abc import Iterable, Iterator, Sequence

from sparkify.rehearsal.redshift.copy_statement import TextOptions
from sparkify.rehearsal.redshift.load_errors import CopyError

# Fields with the number of the line on which they end; a null is None.
Record = tuple[int, Sequence[str | None]]


def read_csv(file: Iterable[bytes], options: TextOptions) -> Iterator[Record]:
    """Gives the records of CSV, whose fields may hold lines."""
    csv.field_size_limit(2**31 - 1)
    lines = _lines(file)
    for _ in range(options.skipped_lines):
        next(lines, None)
    reader = csv.reader(
        lines,
        delimiter=options.delimiter or ",",
        quotechar=options.quote,
        doublequote=True,
        strict=True,
    )
    try:
        for fields in reader:
            if fields:
                line = options.skipped_lines + reader.line_num
                yield line, _with_nulls(fields, options.null)
    except csv.Error as error:
        line = options.skipped_lines + reader.line_num
        raise CopyError(f"Invalid quote formatting for CSV in line {line}") from error


def read_text(file: Iterable[bytes], options: TextOptions) -> Iterator[Record]:
    """Gives the records of delimited text, which has no quotation marks."""
    delimiter = options.delimiter or "|"
    number = 0
    kept = ""
    for number, line in enumerate(_lines(file), start=1):
        if number <= options.skipped_lines:
            continue
        kept += line
        if options.has_escapes and _is_open(kept):
            continue
        yield number, _fields(kept.rstrip("\r\n"), delimiter, options)
        kept = ""
    if kept:
        yield number, _fields(kept, delimiter, options)


def _is_open(text: str) -> bool:
    """Whether the last line ends in a backslash that keeps its end as text."""
    body = text.removesuffix("\n")
    return body != text and (len(body) - len(body.rstrip("\\"))) % 2 == 1


def _fields(line: str, delimiter: str, options: TextOptions) -> Sequence[str | None]:
    if not options.has_escapes:
        return _with_nulls(line.split(delimiter), options.null)
    raw = [""]
    characters = iter(line)
    for character in characters:
        if character == "\\":
            raw[-1] += character + next(characters, "")
        elif character == delimiter:
            raw.append("")
        else:
            raw[-1] += character
    # A null is looked for before its backslash goes.
    return [None if field == options.null else _unescape(field) for field in raw]


def _unescape(field: str) -> str:
    characters = iter(field)
    return "".join(
        next(characters, "") if character == "\\" else character
        for character in characters
    )


def read_json(file: Iterable[bytes], names: Sequence[str]) -> Iterator[Record]:
    """Gives the records of JSON objects that follow one another, by their keys."""
    decoder = json.JSONDecoder(parse_float=str, parse_int=str)
    text = ""
    for number, line in enumerate(_lines(file), start=1):
        text = (text + line).lstrip()
        while text:
            try:
                value, end = decoder.raw_decode(text)
            except ValueError:
                break  # the object goes on in the next line
            if not isinstance(value, dict):
                raise CopyError(f"Invalid JSON in line {number}: it is not an object")
            yield number, [_json_text(value.get(name)) for name in names]
            text = text[end:].lstrip()
    if text:
        raise CopyError("Invalid JSON at the end of the file: it is cut off")


def _json_text(value: object) -> str | None:
    if value is None or isinstance(value, str):
        return value
    if isinstance(value, bool):
        return "true" if value else "false"
    return json.dumps(value, separators=(",", ":"), ensure_ascii=False)


def _with_nulls(fields: Iterable[str], null: str) -> Sequence[str | None]:
    return [None if field == null else field for field in fields]


def _lines(file: Iterable[bytes]) -> Iterator[str]:
    """Gives lines with their ends; an invalid byte becomes a lone surrogate."""
    for line in file:
        yield line.decode(errors="surrogateescape")
