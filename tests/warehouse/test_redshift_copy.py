"""A COPY into Redshift loads what has rows, counts it, and says why it was refused."""

import json
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

import boto3
import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from sparkify.errors import LoadError
from sparkify.rehearsal.redshift.postgres import Postgres
from sparkify.warehouse import Session, open_warehouse
from sparkify.warehouse.tables import create_tables
from sparkify.workspace import Workspace
from tests.support.redshift import BUCKET, RedshiftEmulator, redshift_emulator

pytestmark = [
    pytest.mark.server,
    pytest.mark.xdist_group("redshift"),
    pytest.mark.filterwarnings("ignore::pytest.PytestUnraisableExceptionWarning"),
    pytest.mark.filterwarnings("ignore::ResourceWarning"),
]

COLUMNS = ("run_id", "object", "line", "raw", "reason", "record", "rule")
SCHEMA = pa.schema(
    [
        pa.field(name, pa.int64() if name in ("line", "record") else pa.string())
        for name in COLUMNS
    ]
)
CATALOG = "set allow_system_table_mods = on; "


@pytest.fixture
def on(tmp_path: Path, postgres: Postgres) -> Iterator[RedshiftEmulator]:
    with redshift_emulator(tmp_path, postgres) as opened:
        yield opened


@pytest.fixture
def session(on: RedshiftEmulator) -> Iterator[Session]:
    """Yield a session with empty tables."""
    warehouse = open_warehouse("redshift", Workspace(on.workspace), "1GB")
    warehouse.prepare()
    with warehouse.writing() as session:
        with session.transaction():
            create_tables(session)
        yield session


def parquet(
    path: Path, objects: Sequence[str | None], schema: pa.Schema = SCHEMA
) -> str:
    """Write a file of quarantined records, one from each object."""
    rows = [
        {name: objects[line] if name == "object" else "x" for name in COLUMNS}
        | {"line": line, "record": line}
        for line in range(len(objects))
    ]
    path.parent.mkdir(exist_ok=True)
    pq.write_table(pa.Table.from_pylist(rows, schema), path)
    return str(path)


def put(file: str, key: str) -> str:
    boto3.client("s3").upload_file(file, BUCKET, key)
    return f"s3://{BUCKET}/{key}"


def load(session: Session, *files: str) -> int:
    with session.transaction():
        return session.load("quarantine", COLUMNS, files)


def manifest() -> Any:
    body = boto3.client("s3").get_object(
        Bucket=BUCKET, Key="manifests/quarantine.json"
    )["Body"]
    return json.load(body)["entries"]


def test_a_refused_value_is_shown_with_file_and_column(
    session: Session, tmp_path: Path
) -> None:
    load(session, parquet(tmp_path / "q" / "good.parquet", ["o"]))
    file = parquet(tmp_path / "q" / "bad.parquet", ["o", "é" * 600])
    with (
        pytest.raises(LoadError, match="quarantine was not loaded") as refused,
        session.transaction(),
    ):
        session.execute("delete from quarantine", {})
        session.load("quarantine", COLUMNS, [file])
    words = str(refused.value)
    assert "Spectrum Scan Error" in words
    assert "the data column object is longer" in words
    assert "Table: 1024, Data: 1200" in words
    assert "/q/bad.parquet" in words
    assert "run 03_flatten again" in words
    counted = session.query("select count(*) as n from quarantine", {})
    assert counted.to_pylist() == [{"n": 1}]


def test_an_error_that_redshift_logged_is_shown(
    session: Session, tmp_path: Path
) -> None:
    file = parquet(tmp_path / "q" / "bad.parquet", ["o", None])
    with pytest.raises(LoadError, match=r"\n- column object \(varchar 1024\): .*null"):
        load(session, file)


def test_the_error_is_shown_where_the_log_cannot_be_read(
    on: RedshiftEmulator, session: Session, tmp_path: Path
) -> None:
    file = parquet(tmp_path / "q" / "bad.parquet", ["é" * 600])
    view = "alter view pg_catalog.sys_load_error_detail rename to no_view"
    on.server.execute(CATALOG + view)
    with pytest.raises(LoadError) as refused:
        load(session, file)
    words = str(refused.value)
    assert "the data column object is longer" in words
    assert "load errors cannot be read either" in words
    assert "42P01" in words


def test_an_older_error_of_a_session_with_the_same_number_is_not_shown(
    on: RedshiftEmulator, session: Session, tmp_path: Path
) -> None:
    (row,) = session.query("select pg_backend_pid() as id", {}).to_pylist()
    on.server.execute(
        "insert into pg_catalog.redshift_load_errors (session_id, start_time, "
        "column_name, error_message, user_id) select pid, timestamp '2026-01-01', "
        "'stale', 'an old error', usesysid::bigint from pg_stat_activity "
        f"where pid = {row['id']}"
    )
    with pytest.raises(LoadError, match="is longer") as refused:
        load(session, parquet(tmp_path / "q" / "bad.parquet", ["é" * 600]))
    assert "stale" not in str(refused.value)


def test_a_file_without_rows_is_left_out_and_the_others_have_their_sizes(
    session: Session, tmp_path: Path
) -> None:
    described = SCHEMA.with_metadata({"long": "x" * 200_000})  # a long footer
    none, two, three = (
        parquet(tmp_path / "q" / f"part-{rows}.parquet", ["o"] * rows, described)
        for rows in (0, 2, 3)
    )
    there = [put(file, f"flat/{Path(file).name}") for file in (none, three)]
    assert load(session, none, two, *there) == 5
    found = {entry["url"]: entry for entry in manifest()}
    assert {Path(address).name for address in found} == {
        "part-2.parquet",
        "part-3.parquet",
    }
    for address, entry in found.items():
        size = (tmp_path / "q" / Path(address).name).stat().st_size
        assert entry["meta"]["content_length"] == size
        assert entry["mandatory"]


def test_no_copy_is_sent_where_no_file_has_rows(
    on: RedshiftEmulator, session: Session, tmp_path: Path
) -> None:
    none = parquet(tmp_path / "q" / "none.parquet", [])
    numbers = "select nextval('pg_catalog.redshift_query_ids')"
    ((before,),) = on.server.execute(numbers)
    assert load(session, none, put(none, "flat/none.parquet")) == 0
    ((after,),) = on.server.execute(numbers)
    assert int(str(after)) == int(str(before)) + 1


def test_a_file_that_is_no_parquet_is_refused_by_redshift(
    session: Session, tmp_path: Path
) -> None:
    path = tmp_path / "text.parquet"
    path.write_text("no Parquet, but long enough for one")
    address = put(str(path), "flat/text.parquet")
    with pytest.raises(LoadError, match=r"flat/text\.parquet' is not Parquet"):
        load(session, address)


def test_rows_are_counted_by_the_table(
    on: RedshiftEmulator, session: Session, tmp_path: Path
) -> None:
    on.server.execute(
        f"{CATALOG} create or replace function pg_catalog.pg_last_copy_count() "
        "returns bigint language sql stable as 'select 0::bigint'"
    )
    file = parquet(tmp_path / "q" / "part.parquet", ["o"] * 3)
    assert load(session, file) == 3
    assert load(session, file) == 3
