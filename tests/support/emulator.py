"""An emulator of Redshift with a bucket, as its tests use it."""

import gc
import io
import json
import socket
import ssl
import warnings
from collections.abc import Callable, Iterator
from datetime import datetime
from typing import Any

import boto3
import pyarrow as pa
import pyarrow.parquet as pq
import pytest
import redshift_connector
from moto import mock_aws
from redshift_connector.error import Error

from sparkify.rehearsal.redshift import RedshiftServer, wire
from sparkify.rehearsal.redshift.postgres import Postgres
from sparkify.warehouse import sql
from sparkify.warehouse.redshift_literals import write_literals
from sparkify.warehouse.tables import ROLLUPS, STAR
from sparkify.warehouse.transform import EMPTYING, INTERMEDIATE
from tests.support.redshift import empty

ENDPOINT = "sparkify.abc123.eu-west-1.redshift.amazonaws.com"
BUCKET = "sparkify-rehearsal"
ROLE = "arn:aws:iam::123456789012:role/sparkify"
COPY = f"copy songs from 's3://{BUCKET}/manifest' iam_role '{ROLE}' "
COPY += "format as parquet manifest"

TRANSFORMS = (*EMPTYING, *INTERMEDIATE, "new_plays", *STAR, *ROLLUPS)
VALUES: dict[str, Any] = {
    "start_time": datetime(2018, 11, 1),
    "end_time": datetime(2018, 12, 1),
    "before_start_time": datetime(2018, 10, 1),
    "before_end_time": datetime(2018, 11, 1),
    "level": "all",
    "metro": "all",
    "metros": ("all",),
    "device": "all",
    "user_agents": ("all",),
    "catalogue": "all",
    "pattern": "%a%",
    "accented": "é",
    "plain": "e",
    "shift_minutes": -480,
    "since": datetime(2018, 11, 1),
    "first_ts": 1_541_030_400_000,
    "last_ts": 1_543_622_399_999,
    "top": 5,
    "weekday": 1,
    "hour": 20,
    "least_listeners": 2,
    "title": "Undo",
    "titles": ("Undo",),
    "artists": ("Björk",),
    "artist": "Björk",
    "run_id": "20181201T000000.000000Z",
    "earlier_run_id": "20181130T000000.000000Z",
    "batch": "0123456789abcdef",
    "star": "fedcba9876543210",
    "step": "flatten",
    "started_at": datetime(2018, 12, 1),
    "seconds": 1.5,
    "rows_in": 3,
    "rows_staged": 1,
    "rows_duplicate": 1,
    "rows_quarantined": 1,
    "rows_repaired": 2,
    "lines_blank": None,
    "files_unread": 1,
    "repairs": "2 numbers",
    "unread": None,
    "table_name": "songs",
    "check_name": "songs_key",
    "severity": "error",
    "claim": "no claim",
    "rows_found": 0,
}

Connect = Callable[..., Any]
Rows = list[tuple[Any, ...]]


class OnePassword:
    """Accepts one password for every user."""

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
    s3: Any, postgres: Postgres, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[RedshiftServer]:
    folder = tmp_path_factory.mktemp("redshift")
    empty(postgres)
    with RedshiftServer(
        folder,
        credentials=OnePassword(),
        s3=s3,
        endpoint=ENDPOINT,
        postgres=postgres,
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
    """Return the words with which a client is refused."""
    with warnings.catch_warnings():
        # The driver does not close what it could not open.
        warnings.simplefilter("ignore", ResourceWarning)
        try:
            connect(**more)
        except Error as error:
            said = str(error)
        gc.collect()
    return said


def query(cursor: Any, statement: str, values: dict[str, Any] | None = None) -> Rows:
    cursor.execute(statement, values)
    return [tuple(row) for row in cursor.fetchall()]


def simple_query(server: RedshiftServer, text: str) -> list[wire.Message]:
    """Return the answers by the simple protocol, which the driver never uses."""
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


def run_file(cursor: Any, name: str) -> None:
    for statement in sql.render(sql.load(name).text, "redshift"):
        cursor.execute(write_literals(*sql.bind(statement, VALUES)))


def create_star(cursor: Any) -> None:
    for name in (*sql.names("schema"), *sql.names("views")):
        run_file(cursor, name)


def put_songs(s3: Any, **changed: list[Any]) -> None:
    """Put two songs and their manifest where COPY looks for them."""
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
