"""The execution of COPY on a client's own connection, in its transaction."""

from datetime import UTC, datetime
from typing import TYPE_CHECKING

from botocore.exceptions import BotoCoreError, ClientError

from sparkify.rehearsal.redshift import wire
from sparkify.rehearsal.redshift.backend import (
    Backend,
    BackendError,
    identifier,
    literal,
)
from sparkify.rehearsal.redshift.copy_statement import (
    Column,
    CopyStatement,
    parse_copy,
)
from sparkify.rehearsal.redshift.error_details import describe_error
from sparkify.rehearsal.redshift.journal import LoadJournal
from sparkify.rehearsal.redshift.load_errors import (
    CopyError,
    FailedLoad,
    find_field,
)
from sparkify.rehearsal.redshift.parquet_files import read_objects
from sparkify.rehearsal.redshift.s3_objects import find_objects
from sparkify.rehearsal.redshift.wire import Message

if TYPE_CHECKING:
    from collections.abc import Callable

    from mypy_boto3_s3.client import S3Client

    OpenS3 = Callable[[str], S3Client]

INTERNAL = "XX000"
SCAN_ERROR = 15007  # Redshift's number of an error of the files' reader


class Loader:
    """An executor of COPY on one connection.

    Args:
        backend: The client's connection.
        open_s3: Returns a client of S3 with the rights of a role, by its ARN.
        journal: The log of failed loads.
    """

    def __init__(
        self, backend: Backend, open_s3: "OpenS3", journal: LoadJournal
    ) -> None:
        self._backend = backend
        self._open_s3 = open_s3
        self._journal = journal

    def run(self, text: str) -> list[Message]:
        """Execute a COPY.

        Args:
            text: The statement as the client sent it.

        Returns:
            The answer to the client.

        Raises:
            BackendError: The COPY was refused; an open transaction has failed then.
        """
        query_id = self._journal.next_query_id()
        details = ""
        try:
            return self._copy(parse_copy(text), query_id)
        except CopyError as error:
            refusal = str(error)
            if error.context:
                details = describe_error(
                    refusal,
                    SCAN_ERROR,
                    error.context,
                    query_id,
                    self._backend.process_id,
                )
        except (BotoCoreError, ClientError) as error:
            refusal = f"S3ServiceException: {error}"
        self._backend.fail()
        raise BackendError(wire.error("ERROR", INTERNAL, refusal, details))

    def _copy(self, statement: CopyStatement, query_id: int) -> list[Message]:
        started_at = datetime.now(UTC)
        table_id, declared = self._describe(statement)
        columns = statement.select_columns(declared)
        s3 = self._open_s3(statement.role)
        objects = find_objects(statement, s3)
        names = ", ".join(identifier(column.name) for column in columns)
        try:
            rows = self._backend.copy_in(
                f"copy {statement.quoted_table} ({names}) from stdin (format csv)",
                read_objects(objects, columns, s3),
            )
        except BackendError as error:
            details = find_field(error.fields, dict(declared))
            if details is None:
                raise
            session_id = self._backend.process_id
            self._journal.write(
                FailedLoad(query_id, session_id, started_at, table_id, details)
            )
            raise CopyError(
                f"Load into table '{statement.table[-1]}' failed.  Check "
                "'sys_load_error_detail' system table for details."
            ) from error
        self._backend.execute(
            f"select set_config('redshift.copy_count', '{rows}', false), "
            f"set_config('redshift.copy_id', '{query_id}', false)"
        )
        report = (
            f"Load into table '{statement.table[-1]}' completed, {rows} record(s) "
            "loaded successfully."
        )
        return [wire.notice(report), wire.command_complete("COPY")]

    def _describe(self, statement: CopyStatement) -> tuple[int | None, list[Column]]:
        """Return a table's number and columns.

        They come from the client's connection, whose transaction may have created them.
        """
        rows = self._backend.execute(
            "select attname, format_type(atttypid, atttypmod), attrelid::text "  # noqa: S608
            f"from pg_attribute where attrelid = {literal(statement.quoted_table)}"
            "::regclass and attnum > 0 and not attisdropped order by attnum"
        )
        table_id = int(rows[0][2] or 0) if rows else None
        return table_id, [Column(str(name), str(type_)) for name, type_, _ in rows]
