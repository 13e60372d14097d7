"""Writes values into a statement as literals, because Redshift may refuse bound values.

Redshift takes no bound value in a subquery, in `limit`, before `escape` and beside
`percentile_cont`. A backslash in a text of Redshift begins an escape; sqlglot doubles
it.
"""

from collections.abc import Mapping
from datetime import date, datetime
from decimal import Decimal
from functools import lru_cache
from math import isfinite
from numbers import Integral
from typing import Any

import sqlglot
from sqlglot import exp

from sparkify.errors import SqlError
from sparkify.warehouse.sql import SOURCE_DIALECT, translate_errors

STATEMENTS_KEPT = 256


def write_literals(statement: str, values: Mapping[str, Any]) -> str:
    """Return a statement with literals in place of its names.

    Args:
        statement: One statement of Redshift, with values by name, as `:name`.
        values: The value of each name: a text, a number, a date or timestamp, a
            boolean or None.

    Raises:
        SqlError: A value has no literal, or the statement is not valid.
    """
    if not values:
        return statement
    with translate_errors(SOURCE_DIALECT):
        tree = _parse(statement).copy()
        for node in list(tree.find_all(exp.Placeholder)):
            node.replace(literal(node.name, values[node.name]))
        return tree.sql(SOURCE_DIALECT, comments=False)


@lru_cache(maxsize=STATEMENTS_KEPT)
def _parse(statement: str) -> exp.Expr:
    return sqlglot.parse_one(statement, read=SOURCE_DIALECT)


def literal(name: str, value: Any) -> exp.Expr:
    """Return a value as a literal.

    Args:
        name: The value's name, for the message of an error.
        value: The value; a timestamp without a zone is in UTC.

    Raises:
        SqlError: Redshift has no literal for it.
    """
    match value:
        case None | bool():
            return exp.convert(value)
        case Integral():
            return exp.convert(int(value))
        case str() if "\0" not in value and _is_unicode(value):
            return exp.Literal.string(str(value))
        case float() if isfinite(value):
            # A number with a point would be a decimal, which has fewer digits.
            return exp.cast(exp.Literal.string(repr(float(value))), "double precision")
        case Decimal() if value.is_finite():
            return exp.Literal.number(f"{value:f}")
        case datetime():
            kind = "timestamp" if value.tzinfo is None else "timestamptz"
            text = value.isoformat(" ", "microseconds")
            return exp.cast(exp.Literal.string(text), kind, dialect=SOURCE_DIALECT)
        case date():
            return exp.cast(exp.Literal.string(value.isoformat()), "date")
    raise SqlError(
        f":{name} is {value!r}, which Redshift cannot store; give a text without zero "
        "bytes, a finite number, a date, a timestamp, true, false or nothing"
    )


def _is_unicode(text: str) -> bool:
    try:
        text.encode()
    except UnicodeEncodeError:  # half of a pair of surrogates
        return False
    return True
