"""Carries out COPY and UNLOAD on a client's own connection, in its transaction."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Protocol

from botocore.exceptions import BotoCoreError, ClientError

from sparkify.rehearsal.redshift import wire
from sparkify.rehearsal.redshift.backend import (
    Backend,
    BackendError,
    identifier,
    literal,
)
from sparkify.rehearsal.redshift.dialect import BYTES_CONSTRAINT, translate
from sparkify.rehearsal.redshift.objects import (
    CopyError,
    LoadErrorDetail,
    read_copy,
    write_unload,
)
from sparkify.rehearsal.redshift.wire import Message

if TYPE_CHECKING:
    from mypy_boto3_s3.client import S3Client

INTERNAL = "XX000"

# What PostgreSQL found wrong with a field, as COPY numbers it.
# https://docs.aws.amazon.com/redshift/latest/dg/r_Load_Error_Reference.html
ERROR_CODES = {
    "22001": 1204,
    "22003": 1207,
    "22P02": 1207,
    "23502": 1213,
    "23514": 1204,
}
OTHER_ERROR = 1201
# PostgreSQL's context of a failed COPY.
PLACE = re.compile(r"COPY \S+, line (\d+)(?:, column ([^:]+))?(?:: (.*))?$", re.DOTALL)


@dataclass(frozen=True)
class FailedLoad:
    """A COPY that a field has ended.

    Attributes:
        query_id: Its number, which `pg_last_copy_id` has too.
        session_id: The process of its connection.
        started_at: When it began, in UTC.
        table_id: The table's number, None where it is not known.
        details: The field.
    """

    query_id: int
    session_id: int
    started_at: datetime
    table_id: int | None
    details: LoadErrorDetail


class Journal(Protocol):
    """Keeps what no rollback may take back."""

    def next_query_id(self) -> int:
        """Gives a COPY its number."""

    def note(self, load: FailedLoad) -> None:
        """Notes a failed load for `sys_load_error_detail`."""


class Loader:
    """Moves rows between a connection and S3.

    Args:
        backend: The client's connection.
        s3: A client of S3, with the rights of the cluster.
        journal: Where failed loads are noted.
    """

    def __init__(self, backend: Backend, s3: "S3Client", journal: Journal) -> None:
        self._backend = backend
        self._s3 = s3
        self._journal = journal
        self._table_id: int | None = None
        self._types: dict[str, str] = {}

    def carry_out(self, task: str, text: str) -> list[Message]:
        """Carries out a COPY or an UNLOAD.

        Args:
            task: Which of both.
            text: The statement as the client sent it.

        Returns:
            What to tell the client.

        Raises:
            BackendError: It was refused; an open transaction has failed then.
        """
        try:
            return self._copy(text) if task == "COPY" else self._unload(text)
        except CopyError as error:
            refusal = error.message
        except (BotoCoreError, ClientError) as error:
            refusal = f"S3ServiceException: {error}"
        self._backend.fail()
        raise BackendError(wire.error("ERROR", INTERNAL, refusal))

    def _copy(self, text: str) -> list[Message]:
        started_at = datetime.now(UTC)
        query_id = self._journal.next_query_id()
        self._table_id = None
        data = read_copy(text, self._columns, self._s3)
        columns = ", ".join(map(identifier, data.columns))
        statement = f"copy {data.table} ({columns}) from stdin (format csv)"
        try:
            rows = self._backend.copy_in(statement, data.chunks)
        except (CopyError, BackendError) as error:
            details = self._details(error)
            if details is None:
                raise
            load = FailedLoad(
                query_id, self._backend.process_id, started_at, self._table_id, details
            )
            self._journal.note(load)
            raise CopyError(
                f"Load into table '{_plain(data.table)}' failed.  Check "
                "'sys_load_error_detail' system table for details.",
                details,
            ) from error
        self._backend.execute(
            f"select set_config('redshift.copy_count', '{rows}', false), "
            f"set_config('redshift.copy_id', '{query_id}', false)"
        )
        told = (
            f"Load into table '{_plain(data.table)}' completed, {rows} record(s) "
            "loaded successfully."
        )
        return [wire.notice(told), wire.command_complete("COPY")]

    def _columns(self, table: str) -> list[tuple[str, str]]:
        """Gives a table's columns, of which the transaction may have made some."""
        rows = self._backend.execute(
            "select attname, format_type(atttypid, atttypmod), attrelid::text "  # noqa: S608
            f"from pg_attribute where attrelid = {literal(table)}::regclass "
            "and attnum > 0 and not attisdropped order by attnum"
        )
        self._types = {str(name): str(kind) for name, kind, _ in rows}
        self._table_id = int(rows[0][2] or 0) if rows else None
        return list(self._types.items())

    def _details(self, error: CopyError | BackendError) -> LoadErrorDetail | None:
        """Says which field ended a load; None where it was no field."""
        if isinstance(error, CopyError):
            return error.details
        place = PLACE.search(error.fields.get("W", ""))
        if place is None:
            return None
        # Of a constraint the context has the line, and the error itself the column.
        constraint = BYTES_CONSTRAINT.match(error.fields.get("n", ""))
        column = place[2] or error.fields.get("c", "")
        if constraint:
            column = error.fields["n"][constraint.end() :]
        value = (place[3] or "").removeprefix('"').removesuffix('"')
        return LoadErrorDetail(
            file_name="",  # PostgreSQL counts the lines of all files as one
            line_number=int(place[1]),
            column_name=column,
            column_type=self._types.get(column, ""),
            value=value if place[2] else "",
            error_code=ERROR_CODES.get(error.fields.get("C", ""), OTHER_ERROR),
            error_message=error.fields.get("M", ""),
        )

    def _unload(self, text: str) -> list[Message]:
        unread: list[Iterator[tuple[str | None, ...]]] = []

        def run(
            query: str,
        ) -> tuple[list[tuple[str, int]], Iterator[tuple[str | None, ...]]]:
            columns, rows = self._backend.rows(translate(query).text)
            unread.append(rows)
            return columns, rows

        try:
            count = write_unload(text, run, self._s3)
        finally:
            for rows in unread:
                for _ in rows:  # what an error has left lies on the connection
                    pass
        told = f"UNLOAD completed, {count} record(s) unloaded successfully."
        return [wire.notice(told), wire.command_complete("UNLOAD")]


def _plain(table: str) -> str:
    return table.rpartition(".")[2].strip('"')
