"""What goes wrong between us and Redshift is said in words, and leaves nothing half."""

from collections.abc import Callable, Iterator
from contextlib import closing
from dataclasses import replace
from pathlib import Path
from typing import Any

import boto3
import pytest
from streamlit.testing.v1 import AppTest

from sparkify.aws.cloud import Cloud
from sparkify.aws.login import Login, connect, get_login
from sparkify.errors import (
    CloudError,
    JobError,
    ReconciliationError,
    WarehouseError,
)
from sparkify.ingest.flat_folder import read_flattened
from sparkify.progress import Progress
from sparkify.rehearsal.redshift.postgres import Postgres
from sparkify.steps.create_schema import create_schema
from sparkify.steps.flatten import flatten
from sparkify.steps.load import load_staging, write_by_connector
from sparkify.steps.transform import build_star
from sparkify.warehouse import open_star, open_warehouse
from sparkify.workspace import Workspace
from tests.support.dashboards import APP, EVERY_PAGE, assert_sound, figures, turn_to
from tests.support.records import Record, play, song, write_source
from tests.support.redshift import RedshiftEmulator, redshift_emulator

pytestmark = [
    pytest.mark.server,
    pytest.mark.xdist_group("redshift"),
    # The driver leaves the socket of a refused connection to the collector.
    pytest.mark.filterwarnings("ignore::pytest.PytestUnraisableExceptionWarning"),
    pytest.mark.filterwarnings("ignore::ResourceWarning"),
]


@pytest.fixture
def on(tmp_path: Path, postgres: Postgres) -> Iterator[RedshiftEmulator]:
    with redshift_emulator(tmp_path, postgres) as opened:
        yield opened


UNDO = song("SO1", "Undo", "Björk", "AR1")


def build(on: RedshiftEmulator, *plays: Record) -> None:
    """Build a star of a few plays, whose catalogue holds Björk's Undo."""
    number = len(list(on.workspace.parent.glob("source-*")))
    source = write_source(on.workspace.parent / f"source-{number}", plays, [UNDO])
    create_schema(str(on.workspace), warehouse="redshift")
    flatten(str(source), str(on.workspace))
    load_staging(str(on.workspace), warehouse="redshift")
    build_star(str(on.workspace), warehouse="redshift")


def songplays(on: RedshiftEmulator) -> int:
    with open_star(str(on.workspace), warehouse="redshift") as session:
        rows = session.query("select count(*) as plays from songplays", {}).to_pylist()
    return int(rows[0]["plays"])


def writing(on: RedshiftEmulator) -> Any:
    return open_warehouse("redshift", Workspace(on.workspace), "1GB").writing()


def test_a_missing_star_is_named_with_the_remedy(on: RedshiftEmulator) -> None:
    create_schema(str(on.workspace), warehouse="redshift")
    warehouse = open_warehouse("redshift", Workspace(on.workspace), "1GB")
    with pytest.raises(WarehouseError, match=r"no finished .*sparkify run"):
        warehouse.version()
    build(on, play(0, "Undo", "Björk"))
    assert warehouse.version()


def test_a_workspace_that_was_not_provisioned_is_refused_with_the_remedy(
    tmp_path: Path,
) -> None:
    with pytest.raises(CloudError, match=r"01_provision.*apply=true"):
        open_warehouse("redshift", Workspace(tmp_path), "1GB")


def test_a_connection_cut_in_a_transaction_leaves_the_star_unchanged(
    on: RedshiftEmulator,
) -> None:
    build(on, play(0, "Undo", "Björk"))
    for statement in range(3, 60, 9):
        on.server.cut_after = statement
        with pytest.raises((WarehouseError, CloudError), match=r"lost|reached|refused"):
            build(on, play(0, "Undo", "Björk"), play(1, "Undo", "Björk"))
        on.server.cut_after = None
        assert songplays(on) == 1
    build(on, play(0, "Undo", "Björk"), play(1, "Undo", "Björk"))
    assert songplays(on) == 2


def test_a_lost_connection_is_reported_with_the_remedy(on: RedshiftEmulator) -> None:
    build(on, play(0, "Undo", "Björk"))
    with (
        pytest.raises(WarehouseError, match=r"rolled back, run the step again"),
        writing(on) as session,
        session.transaction(),
    ):
        session.execute("delete from songplays", {})
        on.server.cut_connections()
        session.execute("delete from songs", {})
    assert songplays(on) == 1


def end_sessions(on: RedshiftEmulator) -> None:
    """End all sessions in words, as Redshift does after a long idle time."""
    on.server.execute(
        "select count(pg_terminate_backend(pid)) from pg_stat_activity "
        "where usename in ('dashboard', 'sparkify')"
    )


def cut(on: RedshiftEmulator) -> None:
    on.server.cut_connections()


@pytest.mark.parametrize("drop", [cut, end_sessions])
def test_a_read_on_a_dropped_connection_is_sent_once_more(
    on: RedshiftEmulator, drop: Callable[[RedshiftEmulator], None]
) -> None:
    build(on, play(0, "Undo", "Björk"))
    count = "select count(*) as plays from songplays"
    warehouse = open_warehouse("redshift", Workspace(on.workspace), "1GB")
    version = warehouse.version()
    with warehouse.reading() as session:
        for _ in range(2):  # the second time on a connection that was kept
            with session.cursor() as cursor:
                assert cursor.query(count, {}).to_pylist() == [{"plays": 1}]
            drop(on)
            with session.cursor() as cursor:
                assert cursor.query(count, {}).to_pylist() == [{"plays": 1}]
        drop(on)
        assert warehouse.version() == version
        assert session.query(count, {}).to_pylist() == [{"plays": 1}]
    with writing(on) as session:
        drop(on)
        with pytest.raises(WarehouseError, match="was lost"):
            session.query(count, {})


def test_a_read_is_sent_no_more_than_twice(on: RedshiftEmulator) -> None:
    build(on, play(0, "Undo", "Björk"))
    with open_star(str(on.workspace), warehouse="redshift") as session:
        with pytest.raises(WarehouseError, match=r"rejected.*42P01"):
            session.query("select 1 from nowhere", {})
        on.server.cut_connections()
        on.account.passwords.expire()
        on.server.close()
        with pytest.raises(WarehouseError, match="refuses connections"):
            session.query("select 1 as one", {})


def test_expired_temporary_credentials_are_replaced(
    tmp_path: Path, postgres: Postgres
) -> None:
    with redshift_emulator(tmp_path, postgres, login="iam") as on:
        build(on, play(0, "Undo", "Björk"))
        old = get_login(on.cloud)
        assert old.password not in repr(old)
        on.account.passwords.expire()
        with pytest.raises(
            WarehouseError, match="have expired; run the step again to get new"
        ) as error:
            connect(on.cloud, old)
        assert old.password not in str(error.value)
        assert songplays(on) == 1


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"host": "no-such-cluster.invalid"}, "cannot be found.*01_provision"),
        ({"host": "127.0.0.1"}, "certificate.*check the host name"),
        ({"port": 1}, "refuses connections.*paused"),
    ],
)
def test_each_failure_to_connect_has_its_own_message(
    on: RedshiftEmulator, changes: dict[str, Any], words: str
) -> None:
    cloud: Cloud = replace(on.cloud, **changes)
    with pytest.raises(WarehouseError, match=words):
        connect(cloud, get_login(on.cloud))


def test_a_wrong_password_is_reported_and_not_shown(on: RedshiftEmulator) -> None:
    with pytest.raises(WarehouseError, match="refused the login") as error:
        connect(on.cloud, Login("sparkify", "open sesame"))
    assert "sesame" not in str(error.value)


def test_a_missing_secret_is_reported(on: RedshiftEmulator) -> None:
    boto3.client("secretsmanager").delete_secret(
        SecretId=on.cloud.secret, ForceDeleteWithoutRecovery=True
    )
    with pytest.raises(CloudError, match="GetSecretValue"):
        get_login(on.cloud)


def test_the_dashboard_shows_the_star_and_follows_a_new_one(
    on: RedshiftEmulator, monkeypatch: pytest.MonkeyPatch, fresh: None
) -> None:
    build(on, play(0, "Undo", "Björk"))
    arguments = [f"workspace={on.workspace}", "warehouse=redshift"]
    monkeypatch.setattr("sys.argv", ["app", "params/local.yaml", *arguments])
    dashboard = AppTest.from_file(APP, default_timeout=60).run()
    assert_sound(dashboard)
    assert figures(dashboard)["Plays"] == "1"
    build(on, play(0, "Undo", "Björk"), play(1, "Undo", "Björk"))
    on.server.cut_connections()  # as idle ones may be
    dashboard = AppTest.from_file(APP, default_timeout=60).run()  # a reload
    assert_sound(dashboard)
    assert figures(dashboard)["Plays"] == "2"
    on.server.cut_connections()
    dashboard.query_params |= {"title": "Undo", "artist": "Björk"}
    for page in EVERY_PAGE:
        assert_sound(turn_to(dashboard, page))


def test_a_rerun_of_the_dashboard_does_not_ask_the_warehouse(
    on: RedshiftEmulator, monkeypatch: pytest.MonkeyPatch, fresh: None
) -> None:
    build(on, play(0, "Undo", "Björk"))
    arguments = [f"workspace={on.workspace}", "warehouse=redshift"]
    monkeypatch.setattr("sys.argv", ["app", "params/local.yaml", *arguments])
    dashboard = AppTest.from_file(APP, default_timeout=60).run()
    assert figures(dashboard)["Plays"] == "1"
    on.server.close()  # whoever asks it now gets an error
    assert_sound(dashboard.run())
    assert figures(dashboard)["Plays"] == "1"


def test_a_paused_cluster_is_named_with_the_remedy(on: RedshiftEmulator) -> None:
    on.server.close()
    with closing(boto3.client("redshift")) as redshift:
        with pytest.raises(WarehouseError, match="refuses connections"):
            writing(on)
        redshift.pause_cluster(ClusterIdentifier=on.cloud.cluster)
        with pytest.raises(
            WarehouseError, match=r"is paused; run 01_provision with apply=true"
        ):
            writing(on)
        settings = replace(on.cloud.settings, cluster=on.cloud.cluster)
        replace(on.cloud, settings=settings).save(on.workspace)
        with pytest.raises(WarehouseError, match="'aws redshift resume-cluster --cl"):
            writing(on)


def test_a_reader_cannot_write(on: RedshiftEmulator) -> None:
    build(on, play(0, "Undo", "Björk"))
    with (
        open_star(str(on.workspace), warehouse="redshift") as session,
        pytest.raises(WarehouseError, match="permission denied"),
    ):
        session.execute("delete from songplays", {})
    assert songplays(on) == 1


def test_a_failed_connector_does_not_replace_the_star(
    on: RedshiftEmulator, monkeypatch: pytest.MonkeyPatch
) -> None:
    build(on, play(0, "Undo", "Björk"))
    place = Workspace(on.workspace)

    def fail(*_: object) -> None:
        raise JobError("the step failed")

    monkeypatch.setattr("sparkify.warehouse.connector.write_tables", fail)
    plays = [play(1, "Undo", "Björk")]
    source = write_source(place.root.parent / "later", plays, [UNDO])
    flatten(str(source), str(place.root), accept=True)
    _, flattened = read_flattened(place.flat)
    target = open_warehouse("redshift", place, "1GB")
    elsewhere = replace(flattened, address="s3://elsewhere", engine="emr")
    with pytest.raises(JobError, match="the step failed"):
        write_by_connector(target, place, "redshift", elsewhere, Progress())
    with pytest.raises(ReconciliationError, match="has not been loaded"):
        build_star(str(on.workspace), warehouse="redshift")
    assert songplays(on) == 1
