"""The journal of failed loads, which a client's rollback does not undo."""

import threading
from pathlib import Path

from sparkify.rehearsal.redshift.backend import Backend, literal
from sparkify.rehearsal.redshift.load_errors import FailedLoad

# Redshift's short names of types, where PostgreSQL writes the long ones.
TYPES = {
    "smallint": "int2",
    "integer": "int4",
    "bigint": "int8",
    "real": "float4",
    "double precision": "float8",
    "boolean": "bool",
    "character": "char",
    "character varying": "varchar",
    "timestamp without time zone": "timestamp",
    "timestamp with time zone": "timestamptz",
}


class LoadJournal:
    """The numbers of a database's loads, and a log of those that failed.

    Args:
        postgres: PostgreSQL's socket.
        superuser: A user who may write to the catalog.
        database: The database with the catalog.
    """

    def __init__(self, postgres: Path, superuser: str, database: str) -> None:
        self._backend = Backend(postgres, {"user": superuser, "database": database})
        self._database = database
        self._lock = threading.Lock()

    def close(self) -> None:
        """Close the connection."""
        self._backend.close()

    def next_query_id(self) -> int:
        """Return the number of a new load."""
        with self._lock:
            rows = self._backend.execute(
                "select nextval('pg_catalog.redshift_query_ids')"
            )
        return int(rows[0][0] or 0)

    def write(self, load: FailedLoad) -> None:
        """Write a failed load to the error tables, and commit at once."""
        details = load.details
        # A type's length, such as varchar's, has a column of its own.
        kind, _, length = details.column_type.partition("(")
        texts = [
            self._database,
            load.started_at.strftime("%Y-%m-%d %H:%M:%S.%f"),
            "",
            details.column_name,
            TYPES.get(kind, kind),
            length.rstrip(")"),
            details.value,
            details.error_message,
        ]
        numbers = [
            load.query_id,
            load.session_id,
            load.table_id or "null",
            0,
            details.error_code,
        ]
        statement = (
            "insert into pg_catalog.redshift_load_errors ("  # noqa: S608 (quoted)
            "user_id, database_name, start_time, file_name, column_name, "
            "column_type, column_length, raw_field_value, error_message, "
            "query_id, session_id, table_id, line_number, error_code"
            f") select usesysid::bigint, {', '.join(map(literal, texts))}, "
            f"{', '.join(map(str, numbers))} "
            f"from pg_stat_activity where pid = {load.session_id}"
        )
        with self._lock:
            self._backend.execute(statement)
