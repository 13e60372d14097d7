"""The AWS profile runs whole on both serverless kinds, and leaves nothing behind."""

from pathlib import Path

import pytest

from sparkify.warehouse import open_star
from tests.support.aws import ASKED, CHANGED, LOOKED_FOR, REMOVED, operations
from tests.support.rehearsing import (
    ASKED_BY_STEPS,
    TABLES,
    Rehearsed,
    read,
    rehearse,
)

pytestmark = [
    pytest.mark.jvm,
    pytest.mark.kernel,
    pytest.mark.server,
    pytest.mark.xdist_group("rehearsal"),
]

ASKED_BY_JOBS = {"emr-serverless": "StartJobRun GetJobRun"}
BOTH = ("warehouse=redshift_serverless", "engine=emr_serverless")


@pytest.fixture(scope="module")
def rehearsed(
    demo_source: Path, wheels: Path, tmp_path_factory: pytest.TempPathFactory
) -> Rehearsed:
    folder = tmp_path_factory.mktemp("rehearsal")
    return rehearse(folder, demo_source, wheels, *BOTH)


def test_each_table_equals_that_of_the_local_profile(
    rehearsed: Rehearsed, demo_workspace: Path
) -> None:
    with open_star(str(demo_workspace)) as session:
        local = read(session)
    assert local["songplays"]
    for table in TABLES:
        assert rehearsed.rows[table] == local[table], table


def test_only_the_listed_calls_are_made_and_one_job_runs(rehearsed: Rehearsed) -> None:
    until_the_star, teardown = rehearsed.calls
    assert until_the_star.count(("emr-serverless", "StartJobRun")) == 1
    assert not [name for service, name in until_the_star if service == "emr"]
    ran = operations(ASKED, CHANGED, ASKED_BY_STEPS, ASKED_BY_JOBS)
    assert {f"{service}.{name}" for service, name in until_the_star} <= ran
    removed = {f"{service}.{name}" for service, name in teardown}
    assert removed <= operations(LOOKED_FOR, REMOVED)
    assert "emr-serverless.DeleteApplication" in removed


def test_the_teardown_removes_resources_in_order(rehearsed: Rehearsed) -> None:
    _, teardown = rehearsed.calls
    order = ("DeleteWorkgroup", "DeleteUsageLimit", "DeleteNamespace")
    places = [teardown.index(("redshift-serverless", name)) for name in order]
    assert places == sorted(places)


def test_nothing_is_left_and_what_others_have_is_untouched(
    rehearsed: Rehearsed,
) -> None:
    assert rehearsed.left == []
    before, after = rehearsed.theirs
    assert after == before


def test_no_file_of_the_run_contains_a_secret(rehearsed: Rehearsed) -> None:
    for path in rehearsed.files:
        content = path.read_bytes()
        for secret in rehearsed.secrets:
            assert secret.encode() not in content, path.name
