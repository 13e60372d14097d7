"""Tables of values that are hard to write to Redshift, and rows to compare."""

import math
import random
from collections.abc import Sequence

import pyarrow as pa

from sparkify.ingest.record_schema import RECORD_SCHEMAS, Type
from sparkify.warehouse.table_figures import QUARANTINE_COLUMNS

ROWS = 300

TEXTS = (
    None,
    "",
    " ",
    "Björk",
    "日本語 🎧",
    "two\nlines\r\n",
    'a "quote", a comma',
    "back\\slash \\N \\.",
    "@NULL@",
    "'; drop table staging_events; --",
)
NUMBERS = (
    None,
    0.0,
    -0.0,
    0.1,
    1 / 3,
    5e-324,
    -1.7976931348623157e308,
    1541105830796.0,
)
INTEGERS = (None, 0, -1, 2**31 - 1, -(2**31))
BIGINTS = (None, 0, 2**53 + 1, 2**63 - 1, -(2**63))
CHOICES = {
    Type.TEXT: TEXTS,
    Type.NUMBER: NUMBERS,
    Type.INTEGER: INTEGERS,
    Type.BIGINT: BIGINTS,
}
PLACE_TYPES = (Type.TEXT, Type.BIGINT)
QUARANTINE_TYPES = (
    *(Type.TEXT, Type.TEXT, Type.BIGINT, Type.TEXT, Type.TEXT),
    *(Type.BIGINT, Type.TEXT),
)


def written_tables() -> dict[str, pa.Table]:
    tables = {
        schema.table: table_of(
            schema.staged_names,
            [*(column.type for column in schema.columns), *PLACE_TYPES],
            schema.name,
        )
        for schema in RECORD_SCHEMAS
    }
    quarantine = table_of(QUARANTINE_COLUMNS, QUARANTINE_TYPES, "quarantine")
    return {**tables, "quarantine": quarantine}


def table_of(columns: Sequence[str], types: Sequence[Type], seed: str) -> pa.Table:
    """Make rows of a table; a required column has no null."""
    chance = random.Random(seed)
    required = set(QUARANTINE_COLUMNS)
    for schema in RECORD_SCHEMAS:
        required.update(schema.key)
        required.update(column.name for column in schema.columns if column.is_required)
    arrays = []
    for name, type_ in zip(columns, types, strict=True):
        choices = [
            value
            for value in CHOICES[type_]
            if not (value is None and name in required)
            and not (isinstance(value, str) and len(value.encode()) > limit(name))
        ]
        arrays.append(pa.array(chance.choices(choices, k=ROWS), type_.arrow))
    return pa.table(dict(zip(columns, arrays, strict=True)))


def limit(name: str) -> int:
    """Return the fewest bytes that a column of this name takes in any table."""
    lengths = [
        column.bytes
        for schema in RECORD_SCHEMAS
        for column in schema.columns
        if column.name == name
    ]
    return min(lengths, default=64)


def as_text(value: object) -> object:
    """Write a value so that two are alike only if all their bits are."""
    if value is None or isinstance(value, str):
        return value
    if isinstance(value, float):
        return math.copysign(1, value).hex() + value.hex()
    return str(value)


def in_order(rows: list[list[object]]) -> list[list[object]]:
    return sorted(rows, key=lambda row: [(value is None, value) for value in row])
