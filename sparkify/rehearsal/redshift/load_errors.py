"""The errors of COPY and UNLOAD, with what Redshift keeps of a field it refused."""

from dataclasses import dataclass

SHOWN_VALUE = 1024  # characters of the raw field that Redshift's error tables keep


@dataclass(frozen=True)
class LoadErrorDetail:
    """One row of `sys_load_error_detail`.

    Attributes:
        file_name: The object's `s3://` address.
        line_number: The line of a text file, or the row of a Parquet file, from 1.
        column_name: The table's column; empty where the whole line is at fault.
        column_type: Its type as PostgreSQL writes it.
        value: The field as the file has it, cut as Redshift cuts it.
        error_code: Redshift's number of the kind of error.
        error_message: What is wrong.
    """

    file_name: str
    line_number: int
    column_name: str
    column_type: str
    value: str
    error_code: int
    error_message: str


class CopyError(Exception):
    """A COPY or UNLOAD that Redshift would refuse, or that is not taught here.

    Attributes:
        message: What the SQL client is told.
        details: The field that was refused, where it was one.
    """

    def __init__(self, message: str, details: LoadErrorDetail | None = None) -> None:
        super().__init__(message)
        self.message = message
        self.details = details
