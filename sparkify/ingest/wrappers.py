"""Objects that hold records instead of being one: a list in an object, an envelope.

JSON objects are parsed to tuples of pairs here, so that no member hides another one.
"""

import json
from collections.abc import Iterator
from itertools import islice
from typing import Any

from sparkify.ingest.record_schema import RECORD_SCHEMAS

LEAST_KEYS = 3  # of the required keys of a record
DEPTH = 8  # levels at which to look for records

REQUIRED = [
    frozenset(key.lower() for key in schema.required_keys) for schema in RECORD_SCHEMAS
]

Members = tuple[tuple[str, Any], ...]

decoder = json.JSONDecoder(parse_int=str, parse_float=str, object_pairs_hook=tuple)


def is_record(members: Members) -> bool:
    """Return whether an object has most of the required keys of a kind, in any case."""
    keys = {key.lower() for key, _ in members}
    return any(len(required & keys) >= LEAST_KEYS for required in REQUIRED)


def records_in(value: Any, depth: int = DEPTH) -> Iterator[Members]:
    """Yield the records in a parsed value: itself, or those at some level of it."""
    if isinstance(value, tuple):
        if is_record(value):
            yield value
            return
        value = [member for _, member in value]
    if isinstance(value, list) and depth:
        for item in value:
            yield from records_in(item, depth - 1)


def holds_records(value: Any) -> bool:
    """Return whether a value is no record, but holds at least two of them."""
    is_object = isinstance(value, tuple) and not is_record(value)
    return is_object and len(list(islice(records_in(value), 2))) > 1
