"""The same SQL builds the same star on Redshift Serverless."""

import json
from collections.abc import Iterator
from pathlib import Path
from random import Random
from typing import Any
from unittest import mock

import boto3
import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from streamlit.testing.v1 import AppTest

from sparkify.aws.login import get_reader_login
from sparkify.aws.stack import roles
from sparkify.errors import CloudError, LoadError, WarehouseError
from sparkify.rehearsal.redshift.postgres import Postgres
from sparkify.steps.teardown import tear_down_cloud
from sparkify.warehouse import Session, open_star, open_warehouse
from sparkify.warehouse.redshift_copy import copy_files
from sparkify.warehouse.tables import ROLLUPS, STAR
from sparkify.workspace import Workspace
from tests.support.changing_source import Source, change
from tests.support.dashboards import APP, EVERY_PAGE, assert_sound, figures, turn_to
from tests.support.permission_rows import PAGE, Permission, plain, row
from tests.support.records import play, song, write_source
from tests.support.redshift import RedshiftEmulator
from tests.support.serverless import WAREHOUSE, serverless_emulator
from tests.support.stars import build

pytestmark = [
    pytest.mark.server,
    pytest.mark.xdist_group("redshift"),
    # The driver leaves the socket of a refused connection to the collector.
    pytest.mark.filterwarnings("ignore::pytest.PytestUnraisableExceptionWarning"),
    pytest.mark.filterwarnings("ignore::ResourceWarning"),
]

READER = "IAMR:sparkify-dashboard"
COUNT = "select count(*) as plays from songplays"


@pytest.fixture
def on(tmp_path: Path, postgres: Postgres) -> Iterator[RedshiftEmulator]:
    with serverless_emulator(tmp_path, postgres) as opened:
        yield opened


def build_of(on: RedshiftEmulator, plays: int) -> None:
    folder = on.workspace.parent / f"source-{plays}"
    catalogue = [song("SO1", "Undo", "Björk", "AR1")]
    played = [play(item, "Undo", "Björk") for item in range(plays)]
    build(write_source(folder, played, catalogue), on.workspace, WAREHOUSE)


def writing(on: RedshiftEmulator) -> Session:
    return open_warehouse(WAREHOUSE, Workspace(on.workspace), "1GB").writing()


def star(workspace: Path, warehouse: str) -> dict[str, list[str]]:
    with open_star(str(workspace), warehouse=warehouse) as session:
        return {
            table: sorted(
                repr([*row.values()])
                for row in session.query(f"select * from {table}", {}).to_pylist()
            )
            for table in (*STAR, *ROLLUPS)
        }


def test_the_star_is_that_of_the_local_warehouse_after_any_changes(
    on: RedshiftEmulator, tmp_path: Path
) -> None:
    source = Source(tmp_path / "source", Random(1))
    for number in range(3):
        local = tmp_path / f"local-{number}"
        build(source.root, on.workspace, WAREHOUSE, accept=True)
        build(source.root, local, accept=True)
        assert star(on.workspace, WAREHOUSE) == star(local, "duckdb")
        change(source)
        source.add_events()


@pytest.mark.parametrize(
    "table", ["stl_load_errors", "stv_slices", "svl_qlog", "svv_diskusage"]
)
def test_the_system_tables_of_a_cluster_are_refused(
    on: RedshiftEmulator, table: str
) -> None:
    warehouse = open_warehouse(WAREHOUSE, Workspace(on.workspace), "1GB")
    warehouse.prepare()
    with warehouse.writing() as session:
        denied = f"permission denied for relation {table}"
        with pytest.raises(WarehouseError, match=denied):
            session.query(f"select * from {table}", {})
        errors = "select count(*) as errors from sys_load_error_detail"
        found = session.query(errors, {})
        assert found.to_pylist() == [{"errors": 0}]


def test_the_layout_is_found_without_them(on: RedshiftEmulator) -> None:
    build_of(on, 1)
    with writing(on) as session:
        rows = {row["table_name"]: row for row in session.layout().to_pylist()}
    assert rows["songplays"]["row_count"] == 1


def load(on: RedshiftEmulator, column: Any) -> None:
    table = on.workspace.parent / "a.parquet"
    pq.write_table(pa.table({"name": column}), table)
    with writing(on) as session:
        session.execute("create temporary table loaded (name varchar(3))", {})
        copy_files(session, on.cloud, "loaded", [str(table)])


def test_a_refused_row_is_shown_with_its_column(on: RedshiftEmulator) -> None:
    open_warehouse(WAREHOUSE, Workspace(on.workspace), "1GB").prepare()
    with pytest.raises(LoadError, match="data column name is longer"):
        load(on, ["longer"])


@pytest.mark.parametrize("service", ["redshift", "redshift-serverless"])
def test_copy_needs_a_role_that_trusts_both_services(
    on: RedshiftEmulator, service: str
) -> None:
    open_warehouse(WAREHOUSE, Workspace(on.workspace), "1GB").prepare()
    load(on, ["abc"])
    iam = boto3.client("iam")
    name = on.cloud.copy_role.rpartition("/")[2]
    trust = iam.get_role(RoleName=name)["Role"]["AssumeRolePolicyDocument"]
    trust["Statement"][0]["Principal"]["Service"].remove(f"{service}.amazonaws.com")
    document = json.dumps(trust)
    iam.update_assume_role_policy(RoleName=name, PolicyDocument=document)
    with pytest.raises(LoadError, match=f"{service}.amazonaws.com is not authorized"):
        load(on, ["abc"])


def test_copy_needs_a_role_of_the_namespace(on: RedshiftEmulator) -> None:
    open_warehouse(WAREHOUSE, Workspace(on.workspace), "1GB").prepare()
    boto3.client("redshift-serverless").update_namespace(
        namespaceName="sparkify", iamRoles=[]
    )
    with pytest.raises(LoadError, match="is not associated to the namespace"):
        load(on, ["abc"])


def test_a_reader_is_the_user_of_the_dashboards_role_and_cannot_write(
    on: RedshiftEmulator,
) -> None:
    build_of(on, 1)
    with open_star(str(on.workspace), warehouse=WAREHOUSE) as session:
        found = session.query("select current_user as name", {}).to_pylist()
        assert found == [{"name": READER}]
        with pytest.raises(WarehouseError, match="permission denied"):
            session.execute("delete from songplays", {})
        assert session.query(COUNT, {}).to_pylist() == [{"plays": 1}]


def as_dashboard() -> Any:
    answer = boto3.client("sts").assume_role(
        RoleArn="arn:aws:iam::123456789012:role/sparkify-dashboard",
        RoleSessionName="dashboard",
    )["Credentials"]
    login = {
        "AWS_ACCESS_KEY_ID": answer["AccessKeyId"],
        "AWS_SECRET_ACCESS_KEY": answer["SecretAccessKey"],
        "AWS_SESSION_TOKEN": answer["SessionToken"],
    }
    return mock.patch.dict("os.environ", login)


def test_whoever_has_the_dashboards_role_need_not_assume_it(
    on: RedshiftEmulator,
) -> None:
    with as_dashboard():
        before = len(on.account.calls)
        assert get_reader_login(on.cloud).user == READER
    assert ("sts", "AssumeRole") not in on.account.calls[before:]


def test_a_login_without_the_permission_names_it(on: RedshiftEmulator) -> None:
    boto3.client("iam").delete_role_policy(
        RoleName="sparkify-dashboard", PolicyName=roles.POLICY_NAME
    )
    action = "redshift-serverless:GetCredentials"
    with pytest.raises(CloudError, match=action) as raised:
        get_reader_login(on.cloud)
    line = row(Permission("dashboard", "LogIn", action), plain(str(raised.value)))
    assert line in PAGE.read_text().splitlines()


def test_a_dashboard_that_logged_in_before_the_first_run_reads_later(
    on: RedshiftEmulator,
) -> None:
    with pytest.raises(WarehouseError, match="there is no schema 'sparkify'"):
        open_star(str(on.workspace), warehouse=WAREHOUSE)  # which makes the user
    build_of(on, 2)
    with open_star(str(on.workspace), warehouse=WAREHOUSE) as session:
        assert session.query(COUNT, {}).to_pylist() == [{"plays": 2}]


def test_the_dashboard_shows_every_page_and_a_rerun_asks_nothing(
    on: RedshiftEmulator, monkeypatch: pytest.MonkeyPatch, fresh: None
) -> None:
    build_of(on, 1)
    arguments = [f"workspace={on.workspace}", f"warehouse={WAREHOUSE}"]
    monkeypatch.setattr("sys.argv", ["app", "params/local.yaml", *arguments])
    dashboard = AppTest.from_file(APP, default_timeout=60).run()
    assert figures(dashboard)["Plays"] == "1"
    dashboard.query_params |= {"title": "Undo", "artist": "Björk"}
    for page in (*EVERY_PAGE[1:], EVERY_PAGE[0]):
        assert_sound(turn_to(dashboard, page))
    build_of(on, 2)
    dashboard = AppTest.from_file(APP, default_timeout=60).run()  # a reload
    assert figures(dashboard)["Plays"] == "2"
    on.server.close()  # whoever asks it now gets an error, and would be billed
    assert_sound(dashboard.run())
    assert figures(dashboard)["Plays"] == "2"


def test_a_workgroup_is_not_paused(on: RedshiftEmulator) -> None:
    [kept] = tear_down_cloud(
        str(on.workspace),
        on.cloud.settings,
        engine="duckdb",
        warehouse=WAREHOUSE,
        apply=True,
        pause=True,
    )
    assert kept.is_kept
    assert "only storage is billed" in kept.state
