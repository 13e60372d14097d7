"""A COPY of the emulator of Redshift belongs to the client's transaction."""

from contextlib import closing
from typing import Any

import pytest
from redshift_connector.error import ProgrammingError

from sparkify.rehearsal.redshift.error_details import describe_error
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


def test_what_the_reader_of_files_refuses_is_told_to_the_client_alone(
    connect: Connect, s3: Any
) -> None:
    put_songs(s3, song_id=["SO1", "é" * 33])
    with closing(connect()) as connection, connection.cursor() as cursor:
        create_star(cursor)
        connection.commit()
        with pytest.raises(ProgrammingError) as caught:
            cursor.execute(COPY)
        with pytest.raises(ProgrammingError, match="25P02"):
            cursor.execute("select 1")
        connection.rollback()
        counted = "select count(*) from sys_load_error_detail"
        assert query(cursor, f"{counted} where session_id = pg_backend_pid()") == [(0,)]
    told = caught.value.args[0]
    assert (told["C"], told["M"]) == ("XX000", "Spectrum Scan Error")
    lines = [line.split(maxsplit=1) for line in told["D"].splitlines() if ":" in line]
    details = {name.rstrip(":"): value for name, value in lines}
    assert details["error"] == "Spectrum Scan Error"
    assert details["context"] == (
        "The length of the data column song_id is longer than the length defined in "
        f"the table. Table: 64, Data: 66, File name: https://s3.us-east-1.amazonaws.com"
        f"/{BUCKET}/songs.parquet"
    )
    assert details["query"].isdigit()


def test_the_context_of_an_error_is_cut() -> None:
    # Contexts that people quote in public, from two files with long names, end there.
    details = describe_error("Spectrum Scan Error", 15007, "é" * 300, 1, 2)
    assert details.count("é") == 256


def test_a_violated_constraint_is_logged_without_file_and_line(
    connect: Connect, s3: Any
) -> None:
    put_songs(s3, title=["Undo", None])
    with closing(connect()) as connection, connection.cursor() as cursor:
        create_star(cursor)
        connection.commit()
        with pytest.raises(ProgrammingError, match="Check 'sys_load_error_detail'"):
            cursor.execute(COPY)
        connection.rollback()
        (row,) = query(
            cursor,
            "select trim(file_name), line_number, trim(column_name), "
            "trim(column_type), trim(column_length), error_code "
            "from sys_load_error_detail where session_id = pg_backend_pid() "
            "order by query_id desc limit 1",
        )
        assert row == ("", 0, "title", "varchar", "1024", 1213)
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
