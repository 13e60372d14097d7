"""The emulator of Redshift logs clients in, serves them side by side and cuts them."""

import signal
import subprocess
import sys
import threading
from contextlib import closing
from pathlib import Path

import psutil
import pytest
from redshift_connector.error import Error

from sparkify.project import ROOT
from sparkify.rehearsal.redshift import RedshiftServer
from tests.support import emulator as redshift_emulator
from tests.support.emulator import Connect, query, refusal

pytestmark = pytest.mark.xdist_group("emulator")

s3, server = redshift_emulator.s3, redshift_emulator.server
connect = redshift_emulator.connect


def test_a_client_verifies_the_server_and_logs_in(connect: Connect) -> None:
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


def test_a_cut_transaction_leaves_nothing(
    connect: Connect, server: RedshiftServer
) -> None:
    with closing(connect()) as connection, connection.cursor() as cursor:
        cursor.execute("create table numbers (number integer)")
        connection.commit()
        cursor.execute("insert into numbers values (1)")
        server.cut_connections()
        with pytest.raises((Error, OSError)):
            cursor.execute("select 1")
    with closing(connect()) as connection, connection.cursor() as cursor:
        assert query(cursor, "select count(*) from numbers") == [(0,)]


def test_the_connection_is_cut_after_the_given_number_of_statements(
    connect: Connect, server: RedshiftServer
) -> None:
    with closing(connect()) as connection, connection.cursor() as cursor:
        cursor.execute("create table numbers (number integer)")
        connection.commit()
        server.cut_after = 3  # the begin, the first insert, the second
        cursor.execute("insert into numbers values (1)")
        with pytest.raises((Error, OSError)):
            cursor.execute("insert into numbers values (2)")
    assert server.cut_after is None
    with closing(connect()) as connection, connection.cursor() as cursor:
        assert query(cursor, "select count(*) from numbers") == [(0,)]


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


def test_postgresql_ends_when_the_emulator_is_killed(tmp_path: Path) -> None:
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
