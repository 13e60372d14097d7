"""The AWS profile runs whole against the emulators, and leaves nothing behind."""

from pathlib import Path

import pytest

from sparkify.rehearsal.redshift.copy_statement import parse_copy
from sparkify.warehouse import open_star
from tests.support.aws import ASKED, CHANGED, LOOKED_FOR, REMOVED, operations
from tests.support.rehearsing import (
    ASKED_BY_STEPS,
    LOADED,
    TABLES,
    Rehearsed,
    Rows,
    read,
    rehearse,
)

pytestmark = [
    pytest.mark.jvm,
    pytest.mark.kernel,
    pytest.mark.server,
    pytest.mark.xdist_group("rehearsal"),
]

ORDER = (
    ("redshift", "DeleteCluster"),
    ("redshift", "DeleteClusterSubnetGroup"),
    ("ec2", "DeleteSecurityGroup"),
    ("iam", "RemoveRoleFromInstanceProfile"),
    ("iam", "DeleteInstanceProfile"),
    ("iam", "DeleteRolePolicy"),
    ("iam", "DeleteRole"),
)


@pytest.fixture(scope="module")
def rehearsed(
    real_source: Path, wheels: Path, tmp_path_factory: pytest.TempPathFactory
) -> Rehearsed:
    folder = tmp_path_factory.mktemp("rehearsal")
    return rehearse(folder, real_source, wheels)


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
    real_source: Path, wheels: Path, local: Rows, tmp_path: Path
) -> None:
    found = rehearse(tmp_path, real_source, wheels, "load=connector")
    for table in TABLES:
        assert found.rows[table] == local[table], table
    assert jobs(found) == 2
    assert copied(found, by_connector=False) == []
    assert copied(found, by_connector=True) == ["quarantine", *LOADED]
    assert found.left == []
    assert found.theirs[0] == found.theirs[1]
