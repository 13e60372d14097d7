"""The output formats that a command can be asked for."""

from enum import StrEnum

FORMATS = (
    "How to write the rows. csv and json are exact, for programs: a spreadsheet takes "
    "a text such as =1+1 or @SUM in a CSV for a formula."
)


class Format(StrEnum):
    """The output formats of a query."""

    TABLE = "table"
    CSV = "csv"
    JSON = "json"


class TraceFormat(StrEnum):
    """The output formats of a trace, which is no table of rows."""

    TABLE = "table"
    JSON = "json"
