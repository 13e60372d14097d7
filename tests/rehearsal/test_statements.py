"""The emulator of Redshift answers statements as Redshift does."""

from contextlib import closing
from datetime import datetime
from typing import Any

import pytest
from redshift_connector.error import ProgrammingError

from sparkify.rehearsal.redshift import RedshiftServer, wire
from sparkify.rehearsal.redshift.tokens import split_statements
from sparkify.warehouse import sql
from tests.support import emulator as redshift_emulator
from tests.support.emulator import (
    COPY,
    TRANSFORMS,
    Connect,
    create_star,
    put_songs,
    query,
    run_file,
    simple_query,
)

pytestmark = pytest.mark.xdist_group("emulator")

s3, server = redshift_emulator.s3, redshift_emulator.server
connect = redshift_emulator.connect


def test_every_file_of_sql_runs(connect: Connect) -> None:
    with closing(connect()) as connection, connection.cursor() as cursor:
        create_star(cursor)
        for name in TRANSFORMS:
            run_file(cursor, f"transform/{name}")
        assert set(sql.names("transform")) == {f"transform/{n}" for n in TRANSFORMS}
        for folder in ("load", "checks", "reports"):
            for name in sql.names(folder):
                run_file(cursor, name)
        connection.commit()


def test_datediff_counts_the_boundaries_between_timestamps(
    connect: Connect,
) -> None:
    statement = """
        select
            datediff(day, cast(:from as timestamp), :to),
            datediff(hour, cast(:from as timestamp), :to),
            datediff(millisecond, cast(:from as timestamp), :to),
            dateadd(millisecond, 1500, cast(:from as timestamp)),
            timestamp 'epoch' + 1541105830796 / 1000.0 * interval '1 second'
    """
    start, end = datetime(2018, 11, 1, 23, 59, 59), datetime(2018, 11, 2, 0, 0, 1)
    with closing(connect()) as connection, connection.cursor() as cursor:
        assert query(cursor, statement, {"from": start, "to": end}) == [
            (
                1,
                1,
                2000,
                datetime(2018, 11, 2, 0, 0, 0, 500_000),
                datetime(2018, 11, 1, 20, 57, 10, 796_000),
            )
        ]


def test_a_text_may_fill_its_column_to_the_byte(connect: Connect) -> None:
    with closing(connect()) as connection, connection.cursor() as cursor:
        cursor.execute("create table words (word varchar(4))")
        cursor.execute("insert into words values (:word)", {"word": "éé"})
        with pytest.raises(ProgrammingError, match=r"too long .* varying\(4\)"):
            cursor.execute("insert into words values (:word)", {"word": "ééé"})


def test_every_statement_after_an_error_fails_until_the_rollback(
    connect: Connect,
) -> None:
    with closing(connect()) as connection, connection.cursor() as cursor:
        for _ in range(2):
            with pytest.raises(ProgrammingError, match="42P01"):
                cursor.execute("select * from nowhere")
            with pytest.raises(ProgrammingError, match="25P02"):
                cursor.execute("select 1")
            with pytest.raises(ProgrammingError, match="25P02"):
                cursor.execute(COPY)
            connection.rollback()
            assert query(cursor, "select 1") == [(1,)]
            connection.commit()


def test_the_design_of_tables_is_in_the_catalog(connect: Connect) -> None:
    info = 'select "table", diststyle, sortkey1, tbl_rows, skew_rows '
    info += 'from svv_table_info order by "table"'
    with closing(connect()) as connection, connection.cursor() as cursor:
        assert query(cursor, "select count(*) from stv_slices") == [(4,)]
        create_star(cursor)
        cursor.execute(
            "create table other (a int encode zstd distkey, b int sortkey) backup no"
        )
        assert query(cursor, info) == []
        cursor.execute("insert into other select 1, 1 from svv_table_info")
        cursor.execute("insert into other values (1, 1), (1, 2), (1, 3)")
        cursor.execute("insert into users values ('1', 'A', 'B', 'F', 'free')")
        cursor.execute(
            "insert into staging_songs "
            "(artist_id, artist_name, song_id, title, object, record) "
            "values ('A', 'A', 'S', 'S', 'o', 1), ('A', 'A', 'T', 'T', 'o', 2)"
        )
        assert query(cursor, info) == [
            ("other", "KEY(a)", "b", 3, 3),
            ("staging_songs", "EVEN", None, 2, 1),
            ("users", "ALL", "user_id", 1, None),
        ]
        connection.rollback()
        assert query(cursor, info) == []


def test_a_user_may_do_what_was_granted(
    connect: Connect, server: RedshiftServer
) -> None:
    server.execute("drop role if exists dashboard")
    with closing(connect()) as connection, connection.cursor() as cursor:
        create_star(cursor)
        cursor.execute("create user dashboard password disable")
        cursor.execute("grant select on songs to dashboard")
        connection.commit()
    with (
        closing(connect(user="dashboard")) as connection,
        connection.cursor() as cursor,
    ):
        assert query(cursor, "select count(*) from songs") == [(0,)]
        with pytest.raises(ProgrammingError, match="42501"):
            cursor.execute("select count(*) from users")


def test_redshifts_own_statements_are_accepted(connect: Connect) -> None:
    with closing(connect()) as connection, connection.cursor() as cursor:
        create_star(cursor)
        cursor.execute("set query_group to 'dashboard'")
        assert query(cursor, "show query_group") == [("dashboard",)]
        cursor.execute("analyze songs predicate columns")
        connection.commit()
        connection.autocommit = True
        cursor.execute("vacuum full songs to 100 percent")
        cursor.execute("vacuum")


def test_an_unload_is_refused_by_name(connect: Connect, server: RedshiftServer) -> None:
    unload = "unload ('select 1') to 's3://bucket/key' iam_role default parquet"
    refusal = "UNLOAD is not supported by the emulator"
    with closing(connect()) as connection, connection.cursor() as cursor:
        with pytest.raises(ProgrammingError, match=refusal):
            cursor.execute(unload)
        with pytest.raises(ProgrammingError, match="25P02"):
            cursor.execute("select 1")
        connection.rollback()
        assert query(cursor, "select 1") == [(1,)]
    error, ready = simple_query(server, f"select 1; {unload}")
    assert refusal in error.body.decode()
    assert ready.body == b"I"


def test_the_simple_protocol_takes_several_statements(
    server: RedshiftServer, s3: Any, connect: Connect
) -> None:
    put_songs(s3)
    create, *_ = split_statements(sql.load("schema/songs").text)
    answers = simple_query(server, f"{create}; {COPY}; select count(*) from songs")
    assert [answer.kind for answer in answers] == [bytes([kind]) for kind in b"CNCTDCZ"]
    assert b"Load into table 'songs' completed, 2 record(s)" in answers[1].body
    assert wire.values(answers[-3].body) == ("2",)
    answers = simple_query(server, "select 1; select nowhere; select 3")
    assert b"nowhere" in answers[-2].body
    assert answers[-1].body == b"I"
    answers = simple_query(server, "begin; select 1; copy songs from stdin")
    assert b"COPY FROM STDIN is not supported" in answers[0].body
    assert [answer.kind for answer in simple_query(server, "")] == [b"I", b"Z"]
