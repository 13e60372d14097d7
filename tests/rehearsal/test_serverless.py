"""The AWS profile runs whole on EMR Serverless, and leaves nothing behind."""

from pathlib import Path

import pytest

from sparkify.errors import JarsError
from sparkify.project import HOME
from sparkify.warehouse import open_star
from tests.support.aws import ASKED, CHANGED, LOOKED_FOR, REMOVED, operations
from tests.support.rehearsing import ASKED_BY_STEPS, TABLES, read, rehearse

pytestmark = [
    pytest.mark.jvm,
    pytest.mark.kernel,
    pytest.mark.server,
    pytest.mark.xdist_group("rehearsal"),
]

ASKED_BY_JOBS = {"emr-serverless": "StartJobRun GetJobRun"}


def test_each_table_equals_that_of_the_local_profile_and_nothing_is_left(
    demo_source: Path,
    demo_workspace: Path,
    wheels: Path,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setenv(HOME, str(tmp_path))
    try:
        found = rehearse(tmp_path, demo_source, wheels, "engine=emr_serverless")
    except JarsError as error:
        pytest.skip(f"needs jars from Maven Central: {error}")
    with open_star(str(demo_workspace)) as session:
        local = read(session)
    assert local["songplays"]
    for table in TABLES:
        assert found.rows[table] == local[table], table
    until_the_star, teardown = found.calls
    assert until_the_star.count(("emr-serverless", "StartJobRun")) == 1
    assert not [name for service, name in until_the_star if service == "emr"]
    ran = operations(ASKED, CHANGED, ASKED_BY_STEPS, ASKED_BY_JOBS)
    assert {f"{service}.{name}" for service, name in until_the_star} <= ran
    removed = {f"{service}.{name}" for service, name in teardown}
    assert removed <= operations(LOOKED_FOR, REMOVED)
    assert "emr-serverless.DeleteApplication" in removed
    assert found.left == []
    assert found.theirs[0] == found.theirs[1]
    for path in found.files:
        content = path.read_bytes()
        for secret in found.secrets:
            assert secret.encode() not in content, path.name
