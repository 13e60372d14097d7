"""The stand-in for Redshift takes clients, statements and faults as Redshift does."""

import gc
import io
import json
import signal
import socket
import ssl
import subprocess
import sys
import threading
import warnings
from collections.abc import Callable, Iterator
from contextlib import closing
from datetime import datetime
from pathlib import Path
from typing import Any

import boto3
import psutil
import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from moto import mock_aws

from sparkify.project import ROOT
from sparkify.rehearsal.redshift import RedshiftServer, wire
from sparkify.rehearsal.redshift.lexer import statements
from sparkify.warehouse import sql

redshift_connector = pytest.importorskip("redshift_connector")

# What the driver itself does to make a TLS context.
pytestmark = pytest.mark.filterwarnings("ignore:ssl:DeprecationWarning")

ENDPOINT = "sparkify.abc123.eu-west-1.redshift.amazonaws.com"
BUCKET = "sparkify-rehearsal"
ROLE = "arn:aws:iam::123456789012:role/sparkify"
COPY = f"copy songs from 's3://{BUCKET}/manifest' iam_role '{ROLE}' "
COPY += "format as parquet manifest"

TRANSFORMS = (
    "plays",
    "tracks",
    "artists",
    "songs",
    "users",
    "time",
    "songplays",
    "session_days",
)
VALUES: dict[str, Any] = {
    "start_time": datetime(2018, 11, 1),
    "end_time": datetime(2018, 12, 1),
    "before_start_time": datetime(2018, 10, 1),
    "before_end_time": datetime(2018, 11, 1),
    "level": "all",
    "metro": "all",
    "catalogue": "all",
    "pattern": "%a%",
    "top": 5,
    "weekday": 1,
    "hour": 20,
    "least_listeners": 2,
    "title": "Undo",
    "artist": "Björk",
    "run_id": "20181201T000000.000000Z",
    "step": "flatten",
    "started_at": datetime(2018, 12, 1),
    "seconds": 1.5,
    "rows_in": 3,
    "rows_staged": 1,
    "rows_duplicate": 1,
    "rows_quarantined": 1,
    "check_name": "songs_key",
    "severity": "error",
    "claim": "no claim",
    "rows_found": 0,
}

Connect = Callable[..., Any]
Rows = list[tuple[Any, ...]]


class OnePassword:
    """Lets everybody in who knows it."""

    def check(self, user: str, password: str) -> str | None:
        if password == "open sesame":
            return None
        return f'password authentication failed for user "{user}"'


@pytest.fixture(scope="module")
def s3() -> Iterator[Any]:
    with mock_aws(), pytest.MonkeyPatch.context() as patch:
        for name in ("AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY"):
            patch.setenv(name, "rehearsal")
        client = boto3.client("s3", region_name="us-east-1")
        client.create_bucket(Bucket=BUCKET)
        yield client


@pytest.fixture(scope="module")
def server(
    s3: Any, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[RedshiftServer]:
    folder = tmp_path_factory.mktemp("redshift")
    with RedshiftServer(
        folder, credentials=OnePassword(), s3=s3, endpoint=ENDPOINT
    ) as server:
        yield server


@pytest.fixture
def connect(
    server: RedshiftServer, monkeypatch: pytest.MonkeyPatch
) -> Iterator[Connect]:
    monkeypatch.setenv("SSL_CERT_FILE", str(server.ca_file))
    monkeypatch.setattr(redshift_connector, "paramstyle", "named")
    yield lambda **more: redshift_connector.connect(**(_login(server) | more))
    server.cut_connections()
    server.execute("drop schema public cascade; create schema public")
    server.execute("grant all on schema public to public")


def _login(server: RedshiftServer) -> dict[str, Any]:
    return {
        "host": server.host,
        "port": server.port,
        "user": "awsuser",
        "password": "open sesame",
        "database": "dev",
        "sslmode": "verify-full",
    }


def refusal(connect: Connect, **more: Any) -> str:
    """Gives the words with which a client is sent away."""
    with warnings.catch_warnings():
        # The driver does not close what it could not open.
        warnings.simplefilter("ignore", ResourceWarning)
        try:
            connect(**more)
        except redshift_connector.Error as error:
            said = str(error)
        gc.collect()
    return said


def query(cursor: Any, statement: str, values: dict[str, Any] | None = None) -> Rows:
    cursor.execute(statement, values)
    return [tuple(row) for row in cursor.fetchall()]


def run_file(cursor: Any, name: str) -> None:
    for statement in statements(sql.load(name).text):
        cursor.execute(statement, VALUES)


def create_star(cursor: Any) -> None:
    for name in sql.names("schema"):
        run_file(cursor, name)


def put_songs(s3: Any, **changed: list[Any]) -> None:
    """Puts two songs and their manifest where COPY looks for them."""
    columns: dict[str, Any] = {
        "song_id": ["SO1", "SO2"],
        "title": ["Undo", "Jóga"],
        "artist_id": ["AR1", "AR1"],
        "year": pa.array([2001, None], pa.int32()),
        "duration": [339.0, 305.1],
        "is_inferred": [False, False],
    }
    content = io.BytesIO()
    pq.write_table(pa.table(columns | changed), content)
    body = content.getvalue()
    s3.put_object(Bucket=BUCKET, Key="songs.parquet", Body=body)
    entry = {
        "url": f"s3://{BUCKET}/songs.parquet",
        "mandatory": True,
        "meta": {"content_length": len(body)},
    }
    manifest = json.dumps({"entries": [entry]}).encode()
    s3.put_object(Bucket=BUCKET, Key="manifest", Body=manifest)


def test_a_client_checks_the_name_and_is_let_in(connect: Connect) -> None:
    with closing(connect()) as connection, connection.cursor() as cursor:
        assert query(cursor, "select current_user, 1 + :one", {"one": 1}) == [
            ("awsuser", 2)
        ]


def test_a_client_is_refused_in_clear_words(connect: Connect) -> None:
    said = refusal(connect, password="close sesame")
    assert 'password authentication failed for user "awsuser"' in said
    assert 'role "eve" does not exist' in refusal(connect, user="eve")
    assert '"prod" does not exist' in refusal(connect, database="prod")
    assert "must use SSL" in refusal(connect, ssl=False, sslmode=None)


def test_a_client_refuses_a_server_of_another_name_or_authority(
    connect: Connect, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert "IP address mismatch" in refusal(connect, host="127.0.0.1")
    monkeypatch.delenv("SSL_CERT_FILE")
    assert "unable to get local issuer" in refusal(connect)


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


def test_moments_are_counted_by_the_boundaries_between_them(connect: Connect) -> None:
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


def test_a_text_may_have_as_many_bytes_as_its_column(connect: Connect) -> None:
    with closing(connect()) as connection, connection.cursor() as cursor:
        cursor.execute("create table words (word varchar(4))")
        cursor.execute("insert into words values (:word)", {"word": "éé"})
        with pytest.raises(
            redshift_connector.ProgrammingError, match=r"too long .* varying\(4\)"
        ):
            cursor.execute("insert into words values (:word)", {"word": "ééé"})


def test_after_an_error_nothing_goes_until_the_rollback(connect: Connect) -> None:
    with closing(connect()) as connection, connection.cursor() as cursor:
        for _ in range(2):
            with pytest.raises(redshift_connector.ProgrammingError, match="42P01"):
                cursor.execute("select * from nowhere")
            with pytest.raises(redshift_connector.ProgrammingError, match="25P02"):
                cursor.execute("select 1")
            with pytest.raises(redshift_connector.ProgrammingError, match="25P02"):
                cursor.execute(COPY)
            connection.rollback()
            assert query(cursor, "select 1") == [(1,)]
            connection.commit()


def test_a_cut_transaction_leaves_nothing(
    connect: Connect, server: RedshiftServer
) -> None:
    with closing(connect()) as connection, connection.cursor() as cursor:
        cursor.execute("create table numbers (number integer)")
        connection.commit()
        cursor.execute("insert into numbers values (1)")
        server.cut_connections()
        with pytest.raises((redshift_connector.Error, OSError)):
            cursor.execute("select 1")
    with closing(connect()) as connection, connection.cursor() as cursor:
        assert query(cursor, "select count(*) from numbers") == [(0,)]


def test_the_connection_is_cut_after_so_many_statements(
    connect: Connect, server: RedshiftServer
) -> None:
    with closing(connect()) as connection, connection.cursor() as cursor:
        cursor.execute("create table numbers (number integer)")
        connection.commit()
        server.cut_after = 3  # the begin, the first insert, the second
        cursor.execute("insert into numbers values (1)")
        with pytest.raises((redshift_connector.Error, OSError)):
            cursor.execute("insert into numbers values (2)")
    assert server.cut_after is None
    with closing(connect()) as connection, connection.cursor() as cursor:
        assert query(cursor, "select count(*) from numbers") == [(0,)]


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
            "insert into staging_songs (artist_id, artist_name, song_id, title) "
            "values ('A', 'A', 'S', 'S'), ('A', 'A', 'T', 'T')"
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
        with pytest.raises(redshift_connector.ProgrammingError, match="42501"):
            cursor.execute("select count(*) from users")


def test_redshifts_own_statements_are_taken(connect: Connect) -> None:
    with closing(connect()) as connection, connection.cursor() as cursor:
        create_star(cursor)
        cursor.execute("set query_group to 'dashboard'")
        assert query(cursor, "show query_group") == [("dashboard",)]
        cursor.execute("analyze songs predicate columns")
        connection.commit()
        connection.autocommit = True
        cursor.execute("vacuum full songs to 100 percent")
        cursor.execute("vacuum")


def test_the_simple_protocol_takes_several_statements(
    server: RedshiftServer, s3: Any, connect: Connect
) -> None:
    put_songs(s3)
    create = sql.load("schema/songs").text
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


def simple_query(server: RedshiftServer, text: str) -> list[wire.Message]:
    """Sends a text by the protocol that the driver never uses."""
    context = ssl.create_default_context(cafile=str(server.ca_file))
    with socket.create_connection(("127.0.0.1", server.port)) as plain:
        plain.sendall(wire.startup(wire.SSL_REQUEST, b""))
        assert plain.recv(1) == b"S"
        with (
            context.wrap_socket(plain, server_hostname=ENDPOINT) as connection,
            connection.makefile("rb") as stream,
        ):
            user = wire.startup_body({"user": "awsuser", "database": "dev"})
            password = wire.Message(b"p", wire.text("open sesame"))
            query = wire.Message(b"Q", wire.text(text))
            messages: list[wire.Message] = []
            for request in (
                wire.startup(wire.PROTOCOL, user) + password.raw,
                query.raw,
            ):
                connection.sendall(request)
                messages.clear()
                while not messages or messages[-1].kind != b"Z":
                    message = wire.read_message(stream)
                    assert message is not None
                    messages.append(message)
            return messages


def test_clients_work_side_by_side(connect: Connect) -> None:
    with closing(connect()) as connection, connection.cursor() as cursor:
        cursor.execute("create table numbers (number integer)")
        connection.commit()

    failures = []

    def add() -> None:
        try:
            with closing(connect()) as connection, connection.cursor() as cursor:
                for number in range(20):
                    cursor.execute("insert into numbers values (:n)", {"n": number})
                connection.commit()
        except BaseException as error:
            failures.append(error)

    threads = [threading.Thread(target=add) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert not failures
    with closing(connect()) as connection, connection.cursor() as cursor:
        assert query(cursor, "select count(*) from numbers") == [(80,)]


def test_it_is_gone_when_its_process_is_killed(tmp_path: Path) -> None:
    script = (
        "import sys, time; from pathlib import Path\n"
        "from sparkify.rehearsal.redshift import RedshiftServer\n"
        "server = RedshiftServer(Path(sys.argv[1]), credentials=None, s3=None)\n"
        "print(server.postgres.process_id, flush=True); time.sleep(60)\n"
    )
    with subprocess.Popen(
        [sys.executable, "-c", script, tmp_path],
        cwd=ROOT,
        stdout=subprocess.PIPE,
        text=True,
    ) as process:
        assert process.stdout is not None
        postgres = psutil.Process(int(process.stdout.readline()))
        assert postgres.is_running()
        process.send_signal(signal.SIGKILL)
    for _ in range(200):
        # An orphan that nobody waits for stays in the table as a zombie.
        if not postgres.is_running() or postgres.status() == psutil.STATUS_ZOMBIE:
            break
        threading.Event().wait(0.05)
    else:
        pytest.fail("PostgreSQL is still there")
