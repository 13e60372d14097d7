"""On a cluster of others we keep to one schema, and leave what is theirs as it is."""

import gc
import shutil
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from sparkify.aws.login import connect, get_login
from sparkify.errors import WarehouseError
from sparkify.rehearsal.redshift.postgres import Postgres
from sparkify.steps.create_schema import create_schema
from sparkify.warehouse import Session, open_star, open_warehouse
from sparkify.warehouse.query import run_query
from sparkify.warehouse.redshift_session import RedshiftSession
from sparkify.warehouse.tables import TABLES, VIEWS
from sparkify.workspace import Workspace
from tests.support.records import play, song, write_source
from tests.support.redshift import RedshiftEmulator, redshift_emulator
from tests.support.stars import build
from tests.support.strangers import belongings, move_in

pytestmark = [
    pytest.mark.server,
    pytest.mark.xdist_group("redshift"),
    pytest.mark.filterwarnings("ignore::pytest.PytestUnraisableExceptionWarning"),
    pytest.mark.filterwarnings("ignore::ResourceWarning"),
]

SCHEMA = "listening"


@pytest.fixture
def on(tmp_path: Path, postgres: Postgres) -> Iterator[RedshiftEmulator]:
    with redshift_emulator(tmp_path, postgres, schema=SCHEMA) as opened:
        yield opened


def write(folder: Path, plays: int) -> Path:
    return write_source(
        folder,
        [play(number, "Undo", "Björk") for number in range(plays)],
        [song("SO1", "Undo", "Björk", "AR1")],
    )


def writing(on: RedshiftEmulator) -> Session:
    return open_warehouse("redshift", Workspace(on.workspace), "1GB").writing()


def prepare(on: RedshiftEmulator) -> None:
    open_warehouse("redshift", Workspace(on.workspace), "1GB").prepare()


def test_what_others_have_is_untouched(on: RedshiftEmulator, tmp_path: Path) -> None:
    theirs = move_in(on.server)
    source = write(tmp_path / "source", 1)
    more = write_source(tmp_path / "more", [play(1, "Undo", "Björk")], [])
    for plays in (1, 2, 2):  # built, updated, unchanged
        if plays == 2:
            for file in (more / "log_data").iterdir():
                shutil.copy(file, source / "log_data" / "more.json")
        build(source, on.workspace, "redshift")
        with open_star(str(on.workspace), warehouse="redshift") as session:
            found = run_query(session, "select count(*) as plays from songplays")
            assert found.to_pylist() == [{"plays": plays}]
            shown = run_query(session, "show tables").to_pylist()
            assert {row["table_name"] for row in shown} == {*TABLES, *VIEWS}
        with writing(on) as session:
            laid_out = session.layout().to_pylist()
        assert {row["table_name"] for row in laid_out} <= set(TABLES)
        (songs,) = (row for row in laid_out if row["table_name"] == "songs")
        assert songs["row_count"] == 1
        assert belongings(on.server) == theirs


def test_all_that_we_make_is_in_our_schema(
    on: RedshiftEmulator, tmp_path: Path
) -> None:
    build(write(tmp_path / "source", 1), on.workspace, "redshift")
    made = on.server.execute(
        "select distinct nspname from pg_class join pg_namespace as n "
        "on n.oid = relnamespace where relowner = 'sparkify'::regrole "
        "and nspname not like 'pg_t%'"
    )
    assert made == [(SCHEMA,)]


def test_the_reader_may_see_our_schema_alone(
    on: RedshiftEmulator, tmp_path: Path
) -> None:
    move_in(on.server)
    build(write(tmp_path / "source", 1), on.workspace, "redshift")
    with open_star(str(on.workspace), warehouse="redshift") as session:
        for table in ("public.songs", "marketing.artists"):
            with pytest.raises(WarehouseError, match="permission denied"):
                session.query(f"select * from {table}", {})


def test_a_reader_that_reconnects_is_in_our_schema_again(
    on: RedshiftEmulator, tmp_path: Path
) -> None:
    move_in(on.server)
    build(write(tmp_path / "source", 1), on.workspace, "redshift")
    with open_star(str(on.workspace), warehouse="redshift") as session:
        on.server.cut_connections()
        found = session.query("select count(*) as plays from songplays", {})
        assert found.to_pylist() == [{"plays": 1}]


def test_a_schema_with_tables_of_others_is_refused(on: RedshiftEmulator) -> None:
    on.server.execute(f"create schema {SCHEMA}; create table {SCHEMA}.songs (id int)")
    with pytest.raises(
        WarehouseError, match=r"'listening' holds what .* not make: songs; choose anoth"
    ):
        create_schema(str(on.workspace), warehouse="redshift")
    found = on.server.execute(f"select count(*) from {SCHEMA}.songs")
    assert found == [("0",)]
    assert on.server.execute("select 1 from pg_user where usename = 'dashboard'") == []


def test_an_empty_schema_is_taken(on: RedshiftEmulator, tmp_path: Path) -> None:
    on.server.execute(f"create schema {SCHEMA}; grant all on schema {SCHEMA} to public")
    build(write(tmp_path / "source", 1), on.workspace, "redshift")


def test_a_user_of_others_is_refused_with_the_remedy(
    on: RedshiftEmulator, tmp_path: Path
) -> None:
    on.server.execute("create role dashboard login")
    with pytest.raises(WarehouseError, match=r"'dashboard' exists and Sp.* rename it"):
        prepare(on)
    found = on.server.execute(f"select 1 from pg_namespace where nspname = '{SCHEMA}'")
    assert found == []
    with RedshiftSession(
        on.cloud, lambda: connect(on.cloud, get_login(on.cloud)), is_inside=False
    ) as session:
        session.execute("create group sparkify_readers", {})
        session.execute("alter group sparkify_readers add user dashboard", {})
    build(write(tmp_path / "source", 1), on.workspace, "redshift")


def test_a_second_schema_shares_the_user(on: RedshiftEmulator) -> None:
    prepare(on)
    prepare(on)
    settings = replace(on.cloud.settings, schema="second")
    replace(on.cloud, settings=settings).save(on.workspace)
    prepare(on)
    found = on.server.execute(
        "select nspname from pg_namespace where nspname ~ '^[ls]'"
    )
    assert sorted(found) == [(SCHEMA,), ("second",)]


def test_a_schema_that_is_absent_is_no_reason_to_look_elsewhere(
    on: RedshiftEmulator,
) -> None:
    move_in(on.server)
    prepare(on)
    on.server.execute(f"drop schema {SCHEMA} cascade")
    warehouse = open_warehouse("redshift", Workspace(on.workspace), "1GB")
    for ask in (warehouse.version, warehouse.reading, warehouse.writing):
        with pytest.raises(
            WarehouseError, match=r"no schema 'listening'.*sparkify run"
        ):
            ask()


def test_a_database_that_is_absent_is_named_with_the_remedy(
    on: RedshiftEmulator,
) -> None:
    settings = replace(on.cloud.settings, database="nowhere")
    replace(on.cloud, settings=settings).save(on.workspace)
    with pytest.raises(WarehouseError, match="has no database 'nowhere'; create it"):
        prepare(on)
    gc.collect()  # the driver leaves the socket of a refused connection open
