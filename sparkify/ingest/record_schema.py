"""The two kinds of record: their JSON keys, columns, types and rules.

The record rules and the Parquet files of all engines follow this declaration. A test
checks that the staging tables in `sql/schema/` do too.
"""

from dataclasses import dataclass
from enum import Enum

import pyarrow as pa


class Type(Enum):
    """The type of a value; the enum's value is the column's type in DuckDB."""

    TEXT = "varchar"
    NUMBER = "double"
    INTEGER = "integer"
    BIGINT = "bigint"

    @property
    def arrow(self) -> pa.DataType:
        """The type of the Parquet column."""
        return {
            Type.TEXT: pa.string(),
            Type.NUMBER: pa.float64(),
            Type.INTEGER: pa.int32(),
            Type.BIGINT: pa.int64(),
        }[self]

    @property
    def phrase(self) -> str:
        """The type in plain English, for a reason in the quarantine."""
        return {
            Type.TEXT: "text",
            Type.NUMBER: "a number",
            Type.INTEGER: "a whole number",
            Type.BIGINT: "a whole number",
        }[self]


@dataclass(frozen=True)
class Column:
    """A key of a record and the column that it becomes.

    Attributes:
        key: The key in the JSON object.
        name: The column, in snake_case.
        type: The type of the value; a text column also accepts a number, as its text.
        bytes: The longest text in bytes of UTF-8, as in the DDL's `varchar(n)`.
        is_required: Whether a record without the key is quarantined.
        is_counter: Whether a negative value is quarantined.
        is_repaired: Whether text that was encoded twice is repaired.
        is_identity: Whether the text names a user: 7, 7.0, "7" and "7.0" are one.
        is_code: Whether the text is a code, so that blanks around it mean nothing.
    """

    key: str
    name: str
    type: Type
    bytes: int = 0
    is_required: bool = False
    is_counter: bool = False
    is_repaired: bool = False
    is_identity: bool = False
    is_code: bool = False


@dataclass(frozen=True)
class RecordSchema:
    """A kind of record.

    Attributes:
        name: The name of the Parquet folder, and of the staging table without its
            prefix.
        folder: The folder of these records in the source.
        key: The columns that identify a record; text among them is never NULL.
        key_phrase: The key in plain English.
        columns: The columns, in the DDL's order.
    """

    name: str
    folder: str
    key: tuple[str, ...]
    key_phrase: str
    columns: tuple[Column, ...]

    @property
    def table(self) -> str:
        """The name of the staging table."""
        return f"staging_{self.name}"

    @property
    def column_names(self) -> tuple[str, ...]:
        """The names of the columns, in the DDL's order."""
        return tuple(column.name for column in self.columns)

    @property
    def required_keys(self) -> frozenset[str]:
        """The keys without which a record is quarantined."""
        return frozenset(each.key for each in self.columns if each.is_required)

    @property
    def arrow(self) -> pa.Schema:
        """The Arrow schema of the columns."""
        return pa.schema([(column.name, column.type.arrow) for column in self.columns])

    @property
    def staged_names(self) -> tuple[str, ...]:
        """The columns of the flattened files and of the staging table, in order."""
        return (*self.column_names, *PLACE)

    @property
    def identity(self) -> tuple[str, ...]:
        """The SQL expressions of the key.

        Two simulators may give guests the same session; their times tell them apart.
        """
        if "user_id" not in self.key:
            return self.key
        return (*self.key, "case when user_id = '' then ts end")


PLACE = ("object", "record")  # where a row comes from: columns after all others
PLAY = "NextSong"  # the page of a play

EVENTS = RecordSchema(
    name="events",
    folder="log_data",
    key=("user_id", "session_id", "item_in_session"),
    key_phrase="user, session and item",
    columns=(
        Column("artist", "artist", Type.TEXT, 1024, is_repaired=True),
        Column("auth", "auth", Type.TEXT, 64, is_code=True),
        Column("firstName", "first_name", Type.TEXT, 256, is_repaired=True),
        Column("gender", "gender", Type.TEXT, 16, is_code=True),
        Column(
            "itemInSession",
            "item_in_session",
            Type.INTEGER,
            is_required=True,
            is_counter=True,
        ),
        Column("lastName", "last_name", Type.TEXT, 256, is_repaired=True),
        Column("length", "length", Type.NUMBER),
        Column("level", "level", Type.TEXT, 16, is_code=True),
        Column("location", "location", Type.TEXT, 1024, is_repaired=True),
        Column("method", "method", Type.TEXT, 16, is_code=True),
        Column("page", "page", Type.TEXT, 64, is_required=True, is_code=True),
        Column("registration", "registration", Type.NUMBER),
        Column(
            "sessionId", "session_id", Type.BIGINT, is_required=True, is_counter=True
        ),
        Column("song", "song", Type.TEXT, 1024, is_repaired=True),
        Column("status", "status", Type.INTEGER),
        Column("ts", "ts", Type.BIGINT, is_required=True),
        Column("userAgent", "user_agent", Type.TEXT, 2048),
        Column("userId", "user_id", Type.TEXT, 64, is_identity=True, is_code=True),
    ),
)

SONGS = RecordSchema(
    name="songs",
    folder="song_data",
    key=("song_id",),
    key_phrase="song_id",
    columns=(
        Column("artist_id", "artist_id", Type.TEXT, 64, is_required=True, is_code=True),
        Column("artist_latitude", "artist_latitude", Type.NUMBER),
        Column("artist_location", "artist_location", Type.TEXT, 1024, is_repaired=True),
        Column("artist_longitude", "artist_longitude", Type.NUMBER),
        Column(
            "artist_name",
            "artist_name",
            Type.TEXT,
            1024,
            is_required=True,
            is_repaired=True,
        ),
        Column("duration", "duration", Type.NUMBER),
        Column("num_songs", "num_songs", Type.INTEGER),
        Column("song_id", "song_id", Type.TEXT, 64, is_required=True, is_code=True),
        Column("title", "title", Type.TEXT, 1024, is_required=True, is_repaired=True),
        Column("year", "year", Type.INTEGER),
    ),
)

RECORD_SCHEMAS = (EVENTS, SONGS)
