"""Writes the rows of a query: as a table, as CSV or as JSON."""

import csv
import json
from collections.abc import Iterator, Sequence
from datetime import date, time, timedelta
from decimal import Decimal
from math import isfinite
from typing import IO, Any

import pyarrow as pa
from rich.cells import cell_len
from rich.console import Console
from rich.markup import escape
from rich.table import Table

from sparkify.errors import SqlError
from sparkify.formats import Format
from sparkify.terminal import escape_controls

MICROSECONDS = {"hour": 3_600_000_000, "minute": 60_000_000, "second": 1_000_000}


def write_rows(console: Console, rows: pa.Table, format_: Format) -> None:
    """Write rows to a console in a format."""
    if format_ is Format.CSV:
        write_csv(console.file, rows)
    elif format_ is Format.JSON:
        write_json(console.file, rows)
    else:
        show_table(console, rows)


def show_table(console: Console, rows: pa.Table) -> None:
    """Write rows as a table, and their number."""
    show_rows(console, rows)
    console.print(f"{rows.num_rows:,} rows", highlight=False)


def show_rows(console: Console, rows: pa.Table) -> None:
    r"""Write rows as a table, on which a pipe or a file sets no width.

    What a terminal would act on is written as an escape, such as `\x1b`.
    """
    names = [escape_controls(name) for name in rows.column_names]
    texts = [
        ["" if cell is None else escape_controls(_text(cell)) for cell in row]
        for row in _rows(rows)
    ]
    if console.is_terminal:
        table = Table()
        for name in names:
            table.add_column(escape(name), overflow="fold")
        for row in texts:
            table.add_row(*map(escape, row))
        console.print(table, highlight=False)
    else:
        _write_lines(console.file, names, texts)


def write_csv(file: IO[str], rows: pa.Table) -> None:
    """Write rows as CSV, exactly, with a header; null is an empty cell.

    A text that a spreadsheet takes for a formula, such as `=1+1`, stays as it is.
    """
    writer = csv.writer(file, lineterminator="\n")
    writer.writerow(rows.column_names)
    for row in _rows(rows):
        writer.writerow(None if cell is None else _text(cell) for cell in row)


def write_json(file: IO[str], rows: pa.Table) -> None:
    """Write rows as an array of JSON objects, whose numbers have all their digits.

    A time is a text in ISO 8601, an interval is a text, and NaN is null.

    Raises:
        SqlError: Two columns have the same name.
    """
    if len(set(rows.column_names)) < rows.num_columns:
        raise SqlError("two columns have the same name; rename one with 'as'")
    is_ascii = (getattr(file, "encoding", None) or "utf-8").lower().replace(
        "-", ""
    ) != "utf8"
    objects = (
        _json(dict(zip(rows.column_names, row, strict=True)), is_ascii)
        for row in _rows(rows)
    )
    file.write(f"[{', '.join(objects)}]\n")


def _rows(rows: pa.Table) -> Iterator[tuple[Any, ...]]:
    if not rows.num_columns:
        return iter(())
    return zip(*(column.to_pylist() for column in rows.columns), strict=True)


def _write_lines(
    file: IO[str], names: Sequence[str], rows: Sequence[Sequence[str]]
) -> None:
    """Write aligned columns; nothing is cut, wrapped or expanded."""
    columns = zip(names, *rows, strict=True)
    widths = [max(cell_len(cell) for cell in column) for column in columns]
    rule = ["-" * width for width in widths]
    for row in (names, rule, *rows):
        cells = [
            cell + " " * (width - cell_len(cell))
            for cell, width in zip(row, widths, strict=True)
        ]
        file.write("  ".join(cells) + "\n")


def _text(value: object) -> str:
    """Return a cell as text."""
    if isinstance(value, Decimal):
        return format(value, "f")
    if isinstance(value, pa.MonthDayNano):
        months, days, nanoseconds = value
        return _interval(months, days, nanoseconds // 1000)
    if isinstance(value, timedelta):
        rest = timedelta(seconds=value.seconds, microseconds=value.microseconds)
        return _interval(0, value.days, rest // timedelta(microseconds=1))
    if isinstance(value, bytes):
        return value.hex()
    return str(value)


def _interval(months: int, days: int, microseconds: int) -> str:
    """Return an interval as PostgreSQL writes it: `1 year 2 mons 3 days 04:05:06`."""
    sign = -1 if months < 0 else 1
    counts = {
        "year": sign * (abs(months) // 12),
        "mon": sign * (abs(months) % 12),
        "day": days,
    }
    parts = [
        f"{count} {name}{'' if count == 1 else 's'}"
        for name, count in counts.items()
        if count
    ]
    if microseconds or not parts:
        rest, times = abs(microseconds), []
        for size in MICROSECONDS.values():
            times.append(f"{rest // size:02}")
            rest %= size
        fraction = f".{rest:06}".rstrip("0") if rest else ""
        minus = "-" if microseconds < 0 else ""
        parts.append(f"{minus}{':'.join(times)}{fraction}")
    return " ".join(parts)


def _json(value: object, is_ascii: bool) -> str:
    """Return a value as JSON."""
    match value:
        case dict():
            members = (
                f"{_json(str(name), is_ascii)}: {_json(member, is_ascii)}"
                for name, member in value.items()
            )
            return f"{{{', '.join(members)}}}"
        case list():
            return f"[{', '.join(_json(member, is_ascii) for member in value)}]"
        case Decimal() if value.is_finite():
            return format(value, "f")
        case float() if not isfinite(value):
            return "null"
        case date() | time():
            return json.dumps(value.isoformat())
        case None | bool() | int() | float():
            return json.dumps(value)
    return json.dumps(_text(value), ensure_ascii=is_ascii)
