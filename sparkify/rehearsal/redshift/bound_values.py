"""The places in a statement where Redshift takes no bound value.

- `limit` and `offset` take one of type `integer` only; the Python driver sends a small
  number as `smallint`: https://github.com/aws/amazon-redshift-python-driver/issues/24
- A pattern before `escape`: https://github.com/npgsql/npgsql/issues/3409
- A query with `percentile_cont`:
  https://github.com/aws/amazon-redshift-python-driver/issues/188
- A subquery: https://github.com/sqlalchemy-redshift/sqlalchemy-redshift/issues/265
"""

import struct
from collections.abc import Sequence

import sqlglot
from sqlglot import exp
from sqlglot.errors import SqlglotError

from sparkify.rehearsal.redshift.error_details import describe_error
from sparkify.rehearsal.redshift.tokens import EmulatorDialect, StatementError

INTEGER = 23  # the OID of the type
INTERNAL = "XX000"
NOT_SUPPORTED = "0A000"
NOT_IMPLEMENTED = 1001
NO_LITERALS = "is not supported; write the values as literals"


def refuse_bound_values(sql: str, types: bytes) -> None:
    """Refuse a statement that has a bound value where Redshift takes none.

    Args:
        sql: The statement as the client prepares it; its values are bound as `$1`.
        types: The number of the values' types and each type's OID, as they are sent.

    Raises:
        StatementError: It has one.
    """
    try:
        tree = sqlglot.parse_one(sql, read=EmulatorDialect)
    except SqlglotError:
        return
    oids = _oids(types)
    for value in tree.find_all(exp.Parameter):
        _refuse_count(value, oids)
        _refuse_pattern(value)
        if value.find_ancestor(exp.Subquery, exp.CTE, exp.Exists):
            raise StatementError(
                NOT_SUPPORTED, f"a bound value in a subquery {NO_LITERALS}"
            )
        if tree.find(exp.PercentileCont):
            raise StatementError(
                NOT_SUPPORTED, f"percentile_cont with bound values {NO_LITERALS}"
            )


def _oids(types: bytes) -> Sequence[int]:
    (count,) = struct.unpack_from("!h", types)
    return struct.unpack_from(f"!{count}i", types, 2)


def _refuse_count(value: exp.Parameter, oids: Sequence[int]) -> None:
    if value.find_ancestor(exp.Limit, exp.Offset, exp.Fetch):
        number = int(value.name)
        if number > len(oids) or oids[number - 1] != INTEGER:
            error = "Not implemented"
            context = "'IsA(cons, Const)' - "
            details = describe_error(error, NOT_IMPLEMENTED, context, 0, 0)
            raise StatementError(INTERNAL, error, details)


def _refuse_pattern(value: exp.Parameter) -> None:
    escape = value.find_ancestor(exp.Escape)
    if escape is not None and value in escape.this.expression.find_all(exp.Parameter):
        raise StatementError(
            NOT_SUPPORTED, "Function like_escape(text,text) not supported"
        )
