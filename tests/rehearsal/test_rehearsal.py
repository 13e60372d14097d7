"""The AWS profile runs whole against the emulators, and leaves nothing behind."""

import shutil
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from unittest import mock

import pytest

from sparkify.aws.settings import Settings
from sparkify.aws.teardown.orphans import list_all
from sparkify.errors import JarsError
from sparkify.params import Value, read_parameters
from sparkify.project import HOME
from sparkify.rehearsal.__main__ import PARAMETERS, TEARDOWN
from sparkify.rehearsal.emulators import stage
from sparkify.rehearsal.redshift.copy_statement import parse_copy
from sparkify.rehearsal.redshift.loader import Loader
from sparkify.runs.chain import STEPS, run_chain
from sparkify.warehouse import Session, open_star
from sparkify.warehouse.tables import ROLLUPS, STAR
from tests.support.aws import ASKED, CHANGED, LOOKED_FOR, REMOVED, operations
from tests.support.strangers import belongings, move_in
from tests.support.watchers import Silent

pytestmark = [
    pytest.mark.jvm,
    pytest.mark.kernel,
    pytest.mark.server,
    pytest.mark.xdist_group("rehearsal"),
]

LOADED = ("staging_events", "staging_songs")  # the real data has no quarantine
TABLES = (*LOADED, *STAR, *ROLLUPS, "quarantine")
ORDER = (
    ("redshift", "DeleteCluster"),
    ("redshift", "DeleteClusterSubnetGroup"),
    ("ec2", "DeleteSecurityGroup"),
    ("iam", "RemoveRoleFromInstanceProfile"),
    ("iam", "DeleteInstanceProfile"),
    ("iam", "DeleteRolePolicy"),
    ("iam", "DeleteRole"),
)

# What steps call beyond provisioning, but for the objects of S3.
ASKED_BY_STEPS = {
    "emr": "RunJobFlow ListSteps DescribeStep DescribeCluster",
    "secretsmanager": "GetSecretValue",
    "redshift": "GetClusterCredentials",
    "redshift-serverless": "GetCredentials",
    "sts": "AssumeRole",
}

Rows = dict[str, list[tuple[Any, ...]]]


@dataclass(frozen=True)
class Rehearsed:
    """What a rehearsal showed.

    Attributes:
        rows: The rows of each table, in order.
        calls: The calls to AWS until the star was built, and then the teardown's.
        copies: The COPY statements that Redshift got.
        left: What a second teardown would find.
        secrets: What no file may hold.
        files: Every file that it wrote, with the wheels and jars left out.
        theirs: What others had in the database, before and after.
    """

    rows: Rows
    calls: tuple[list[tuple[str, str]], list[tuple[str, str]]]
    copies: list[str]
    left: list[str]
    secrets: list[str]
    files: list[Path]
    theirs: tuple[list[object], list[object]]


def read(session: Session) -> Rows:
    """Read the tables, without the run's own id and in an order of their own."""
    return {
        table: sorted(
            (
                tuple(row.values())
                for row in session.query(f"select * from {table}", {}).to_pylist()
            ),
            key=repr,
        )
        for table in TABLES
    }


def parameters(tmp_path: Path, *overrides: str) -> dict[str, Value]:
    return read_parameters(PARAMETERS, [f"workspace={tmp_path / 'ws'}", *overrides])


def rehearse(folder: Path, source: Path, wheels: Path, *overrides: str) -> Rehearsed:
    """Play everything, and keep what the tests need."""
    given = parameters(folder, *overrides)
    runs, workspace = folder / "runs", str(given["workspace"])
    Path(workspace).mkdir()
    shutil.copytree(wheels, Path(workspace) / "wheels")
    place = stage(
        folder / "stage",
        region=str(given["region"]),
        database=str(given["database"]),
        load=str(given["load"]),
        warehouse=str(given["warehouse"]),
    )
    copies = list[str]()
    execute = Loader.run

    def run(loader: Loader, text: str) -> Any:
        copies.append(text)
        return execute(loader, text)

    with place as on, mock.patch.object(Loader, "run", run):
        on.account.put(str(given["source"]), source)
        theirs = move_in(on.redshift)
        run_chain(given, runs, Silent(), STEPS)
        with open_star(workspace, warehouse=str(given["warehouse"])) as session:
            rows = read(session)
        until_here = len(on.account.calls)
        run_chain(given, runs, Silent(), (TEARDOWN,))
        calls = on.account.calls[:until_here], on.account.calls[until_here:]
        names = {key: given[key] for key in ("name", "region", "bucket", "cluster")}
        left = [f"{each.kind} {each.name}" for each in list_all(Settings.of(**names))]
        secrets = on.account.secrets
        theirs_now = belongings(on.redshift)
    files = [
        path
        for path in folder.rglob("*")
        if path.is_file() and path.suffix not in (".whl", ".jar")
    ]
    return Rehearsed(rows, calls, copies, left, secrets, files, (theirs, theirs_now))


@pytest.fixture(scope="module")
def rehearsed(
    real_source: Path, wheels: Path, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Rehearsed]:
    with pytest.MonkeyPatch.context() as patch:
        folder = tmp_path_factory.mktemp("rehearsal")
        patch.setenv(HOME, str(folder))
        try:
            yield rehearse(folder, real_source, wheels)
        except JarsError as error:
            pytest.skip(f"needs jars from Maven Central: {error}")


@pytest.fixture(scope="module")
def local(real_workspace: Path) -> Rows:
    """Return the tables of the local profile."""
    with open_star(str(real_workspace)) as session:
        return read(session)


def test_each_table_equals_that_of_the_local_profile_row_by_row(
    rehearsed: Rehearsed, local: Rows
) -> None:
    assert len(local["songplays"]) == 6_820
    for table in TABLES:
        assert rehearsed.rows[table] == local[table], table


def test_what_others_have_in_the_database_is_untouched(rehearsed: Rehearsed) -> None:
    before, after = rehearsed.theirs
    assert after == before


def test_only_the_listed_calls_are_made(
    rehearsed: Rehearsed,
) -> None:
    until_the_star, teardown = rehearsed.calls
    ran = operations(ASKED, CHANGED, ASKED_BY_STEPS)
    assert {f"{service}.{name}" for service, name in until_the_star} <= ran
    assert {f"{service}.{name}" for service, name in teardown} <= operations(
        LOOKED_FOR, REMOVED
    )


def test_the_teardown_removes_resources_in_order(rehearsed: Rehearsed) -> None:
    _, calls = rehearsed.calls
    assert set(ORDER) <= set(calls)
    first = {call: calls.index(call) for call in ORDER}
    last = {call: len(calls) - calls[::-1].index(call) for call in ORDER}
    assert last[ORDER[0]] <= first[ORDER[1]] < first[ORDER[2]] < first[ORDER[3]]
    assert first[ORDER[3]] < first[ORDER[4]] <= last[ORDER[4]] <= first[ORDER[6]]
    assert first[ORDER[5]] < first[ORDER[6]]


def test_no_orphaned_resource_remains(rehearsed: Rehearsed) -> None:
    assert rehearsed.left == []


def test_no_file_of_the_run_contains_a_secret(rehearsed: Rehearsed) -> None:
    names = {path.name for path in rehearsed.files}
    assert {"run.json", "01_provision.ipynb", "04_load.ipynb", "stderr"} <= names
    assert len(rehearsed.secrets) >= 2
    for path in rehearsed.files:
        content = path.read_bytes()
        for secret in rehearsed.secrets:
            assert secret.encode() not in content, path.name


def test_the_serverless_warehouse_gives_the_same_rows_and_leaves_nothing(
    demo_source: Path,
    demo_workspace: Path,
    wheels: Path,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setenv(HOME, str(tmp_path))
    try:
        found = rehearse(tmp_path, demo_source, wheels, "warehouse=redshift_serverless")
    except JarsError as error:
        pytest.skip(f"needs jars from Maven Central: {error}")
    with open_star(str(demo_workspace)) as session:
        here = read(session)
    assert here["songplays"]
    for table in (*LOADED, *STAR, *ROLLUPS):  # the quarantine has the run's addresses
        assert found.rows[table] == here[table], table
    _, teardown = found.calls
    order = ("DeleteWorkgroup", "DeleteUsageLimit", "DeleteNamespace")
    places = [teardown.index(("redshift-serverless", name)) for name in order]
    assert places == sorted(places)
    assert found.left == []
    assert found.theirs[0] == found.theirs[1]


def jobs(rehearsed: Rehearsed) -> int:
    """Count the jobs that ran: each has an EMR cluster of its own."""
    return rehearsed.calls[0].count(("emr", "RunJobFlow"))


def copied(rehearsed: Rehearsed, *, by_connector: bool) -> list[str]:
    """List the tables that were loaded from the connector's own files, or from ours."""
    copies = [parse_copy(text) for text in rehearsed.copies]
    return sorted(
        copy.table[-1]
        for copy in copies
        if ("/temp/connector/" in copy.source) == by_connector
    )


def test_a_load_by_copy_is_one_copy_for_each_table(rehearsed: Rehearsed) -> None:
    assert jobs(rehearsed) == 1
    assert copied(rehearsed, by_connector=False) == ["new_objects", *LOADED]
    assert copied(rehearsed, by_connector=True) == []


def test_the_connector_gives_the_same_rows(
    real_source: Path,
    wheels: Path,
    local: Rows,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setenv(HOME, str(tmp_path))
    try:
        found = rehearse(tmp_path, real_source, wheels, "load=connector")
    except JarsError as error:
        pytest.skip(f"needs jars from Maven Central: {error}")
    for table in TABLES:
        assert found.rows[table] == local[table], table
    assert jobs(found) == 2
    assert copied(found, by_connector=False) == []
    assert copied(found, by_connector=True) == ["quarantine", *LOADED]
    assert found.left == []
    assert found.theirs[0] == found.theirs[1]
