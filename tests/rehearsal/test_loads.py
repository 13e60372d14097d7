"""A COPY of the emulator of Redshift belongs to the client's transaction."""

from contextlib import closing
from typing import Any

import pytest
from redshift_connector.error import ProgrammingError

from tests.support import emulator as redshift_emulator
from tests.support.emulator import (
    BUCKET,
    COPY,
    ROLE,
    Connect,
    create_star,
    put_songs,
    query,
)

pytestmark = pytest.mark.xdist_group("emulator")

s3, server = redshift_emulator.s3, redshift_emulator.server
connect = redshift_emulator.connect


def test_a_copy_is_part_of_its_transaction(connect: Connect, s3: Any) -> None:
    put_songs(s3)
    with closing(connect()) as connection, connection.cursor() as cursor:
        create_star(cursor)
        connection.commit()
        cursor.execute(COPY)
        assert query(cursor, "select pg_last_copy_count()") == [(2,)]
        said = b"Load into table 'songs' completed, 2 record(s) loaded successfully."
        assert said in connection.notices[-1][b"M"]
        assert query(cursor, "select title, year from songs order by 1") == [
            ("Jóga", None),
            ("Undo", 2001),
        ]
        connection.rollback()
        assert query(cursor, "select count(*) from songs") == [(0,)]
        cursor.execute(COPY)
        connection.commit()
        assert query(cursor, "select count(*) from songs") == [(2,)]


def test_the_error_of_a_refused_load_outlives_the_rollback(
    connect: Connect, s3: Any
) -> None:
    put_songs(s3, song_id=["SO1", "é" * 33])
    with closing(connect()) as connection, connection.cursor() as cursor:
        create_star(cursor)
        connection.commit()
        with pytest.raises(ProgrammingError, match="Check 'sys_load_error_detail'"):
            cursor.execute(COPY)
        with pytest.raises(ProgrammingError, match="25P02"):
            cursor.execute("select 1")
        connection.rollback()
        (row,) = query(
            cursor,
            "select trim(file_name), line_number, trim(column_name), "
            "trim(column_type), trim(column_length), error_code, trim(error_message) "
            "from sys_load_error_detail where session_id = pg_backend_pid() "
            "order by query_id desc limit 1",
        )
        file = f"s3://{BUCKET}/songs.parquet"
        assert row[:5] == (file, 2, "song_id", "varchar", "64")
        assert row[5] > 0
        assert row[6]
        values = query(cursor, "select trim(raw_field_value) from stl_load_errors")
        assert values[-1] == ("é" * 33,)


def test_a_violated_constraint_is_a_load_error_too(connect: Connect, s3: Any) -> None:
    put_songs(s3, title=["Undo", None])
    with closing(connect()) as connection, connection.cursor() as cursor:
        create_star(cursor)
        connection.commit()
        with pytest.raises(ProgrammingError, match="Check 'sys_load_error_detail'"):
            cursor.execute(COPY)
        connection.rollback()
        (row,) = query(
            cursor,
            "select trim(column_name) from sys_load_error_detail "
            "order by query_id desc limit 1",
        )
        assert row == ("title",)
        assert query(cursor, "select count(*) from songs") == [(0,)]


def test_a_copy_without_its_table_or_file_is_refused(connect: Connect, s3: Any) -> None:
    put_songs(s3)
    with closing(connect()) as connection, connection.cursor() as cursor:
        with pytest.raises(ProgrammingError, match="42P01"):
            cursor.execute(COPY)
        connection.rollback()
        create_star(cursor)
        connection.commit()
        with pytest.raises(ProgrammingError, match="XX000"):
            cursor.execute(COPY.replace("/manifest", "/nothing"))
        connection.rollback()
        assert query(cursor, "select count(*) from songs") == [(0,)]


def test_another_format_is_refused_by_name(connect: Connect, s3: Any) -> None:
    put_songs(s3)
    with closing(connect()) as connection, connection.cursor() as cursor:
        create_star(cursor)
        connection.commit()
        csv = f"copy songs from 's3://{BUCKET}/songs' iam_role '{ROLE}' csv"
        with pytest.raises(
            ProgrammingError,
            match="COPY of CSV is not supported by the emulator",
        ):
            cursor.execute(csv)
        connection.rollback()
        cursor.execute(COPY)
        assert query(cursor, "select count(*) from songs") == [(2,)]


def test_a_copy_by_autocommit_is_visible_at_once(connect: Connect, s3: Any) -> None:
    put_songs(s3)
    with closing(connect()) as connection, connection.cursor() as cursor:
        connection.autocommit = True
        create_star(cursor)
        cursor.execute(COPY)
        with pytest.raises(ProgrammingError, match="XX000"):
            cursor.execute(COPY.replace("/manifest", "/nothing"))
        assert query(cursor, "select pg_last_copy_count()") == [(2,)]
        with closing(connect()) as other, other.cursor() as reader:
            assert query(reader, "select count(*) from songs") == [(2,)]
