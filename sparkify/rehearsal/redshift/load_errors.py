"""The errors of COPY, with what Redshift keeps of a field that it refused.

Of the errors of COPY from Parquet, Redshift logs only some:
https://docs.aws.amazon.com/redshift/latest/dg/copy-usage_notes-copy-from-columnar.html
Here, the error tables get what a table refuses, without file and line; what the reader
of the files refuses is told to the client alone, as a `Spectrum Scan Error`.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from sparkify.rehearsal.redshift.expressions import BYTES_CONSTRAINT

# COPY's numbers of what is wrong with a field.
# https://docs.aws.amazon.com/redshift/latest/dg/r_Load_Error_Reference.html
TOO_LONG = 1204
OTHER_ERROR = 1201
ERROR_CODES = {
    "22001": TOO_LONG,
    "22003": 1207,
    "22P02": 1207,
    "23502": 1213,
    "23514": TOO_LONG,
}
# PostgreSQL's context of a failed COPY.
CONTEXT = re.compile(r"COPY \S+, line \d+(?:, column ([^:]+))?(?:: (.*))?$", re.DOTALL)


@dataclass(frozen=True)
class LoadErrorDetail:
    """The field that ended a load.

    Attributes:
        column_name: The table's column.
        column_type: The column's type as PostgreSQL writes it.
        value: The field as the file has it.
        error_code: Redshift's number of the kind of error.
        error_message: What is wrong.
    """

    column_name: str
    column_type: str
    value: str
    error_code: int
    error_message: str


@dataclass(frozen=True)
class FailedLoad:
    """One row of `sys_load_error_detail`.

    Attributes:
        query_id: The COPY's number, which `pg_last_copy_id` returns too.
        session_id: The process of the connection.
        started_at: When the COPY began, in UTC.
        table_id: The table's number; None where it is not known.
        details: The field.
    """

    query_id: int
    session_id: int
    started_at: datetime
    table_id: int | None
    details: LoadErrorDetail


class CopyError(Exception):
    """A COPY that Redshift would refuse, or that the emulator does not support.

    Its text is what the SQL client is told.

    Attributes:
        context: What was wrong with what, for the details of the error; empty where
            Redshift gives none.
    """

    def __init__(self, message: str, context: str = "") -> None:
        super().__init__(message)
        self.context = context


def find_field(
    error: Mapping[str, str], types: Mapping[str, str]
) -> LoadErrorDetail | None:
    """Find the field for which PostgreSQL refused a COPY.

    Args:
        error: The texts of PostgreSQL's error by field code.
        types: The type of each of the table's columns.

    Returns:
        The field; None where the error has another reason.
    """
    context = CONTEXT.search(error.get("W", ""))
    if context is None:
        return None
    column, value = context.groups(default="")
    # A violated constraint has its column in the error itself.
    constraint = error.get("n", "")
    if length := BYTES_CONSTRAINT.match(constraint):
        name = constraint[length.end() :]
    else:
        name = column or error.get("c", "")
    return LoadErrorDetail(
        column_name=name,
        column_type=types.get(name, ""),
        value=value.removeprefix('"').removesuffix('"') if column else "",
        error_code=ERROR_CODES.get(error.get("C", ""), OTHER_ERROR),
        error_message=error.get("M", ""),
    )
