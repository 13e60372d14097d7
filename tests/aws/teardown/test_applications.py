"""A teardown leaves no EMR Serverless application, whatever state it is in."""

from __future__ import annotations

import pytest
from moto.emrserverless.models import EMRServerlessBackend

from sparkify.aws import waiting
from sparkify.aws.cloud import Cloud
from sparkify.aws.teardown.orphans import list_all
from tests.support.aws import Calls, Killed, client, settings
from tests.support.emr_serverless import make_serverless
from tests.support.teardown import states, tear_down


def provisioned(calls: Calls, *, with_run: bool = False) -> Cloud:
    cloud = make_serverless()
    if with_run:
        start(cloud)
    calls.live()
    return cloud


def start(cloud: Cloud) -> None:
    with client("emr-serverless") as emr:
        emr.start_job_run(
            applicationId=cloud.emr_application,
            executionRoleArn=cloud.emr_job_role,
            jobDriver={
                "sparkSubmit": {
                    "entryPoint": "s3://b/job.py",
                    "sparkSubmitParameters": "--conf spark.executor.cores=4",
                }
            },
        )


def test_everything_is_removed_and_a_second_teardown_finds_nothing(
    calls: Calls,
) -> None:
    cloud = provisioned(calls, with_run=True)
    listed = list_all(settings())
    assert [each.kind for each in listed] == [
        "emr application",
        "iam role",
        "s3 bucket",
    ]
    assert listed[0].name == cloud.emr_application
    assert states(tear_down()) == {"removed"}
    changes = [each for each in calls.changes if each.startswith("emr-")]
    assert changes == [
        "emr-serverless.CancelJobRun",
        "emr-serverless.StopApplication",
        "emr-serverless.DeleteApplication",
    ]
    assert calls.changes.index("iam.DeleteRole") > calls.changes.index(changes[-1])
    calls.live()
    assert tear_down() == []
    assert calls.changes == []


def test_an_application_that_never_ran_is_deleted_at_once(calls: Calls) -> None:
    provisioned(calls)
    assert states(tear_down()) == {"removed"}
    assert "emr-serverless.StopApplication" not in calls.changes


def test_the_next_teardown_finishes_one_killed_after_any_change(calls: Calls) -> None:
    provisioned(calls, with_run=True)
    tear_down()
    whole = calls.changes
    provisioned(calls, with_run=True)
    done = []
    for _ in whole[1:]:  # each makes one change, and is killed before the next
        calls.kill_after(1)
        with pytest.raises(Killed):
            tear_down()
        done += calls.changes
    calls.live()
    tear_down()
    assert sorted(done + calls.changes) == sorted(whole)
    assert list_all(settings()) == []


def test_an_application_of_others_stays(calls: Calls) -> None:
    with client("emr-serverless") as emr:
        given = {"name": "sparkify", "type": "SPARK", "releaseLabel": "emr-7.13.0"}
        emr.create_application(**given, tags={"sparkify": "another"})
        emr.create_application(**given)
        assert tear_down() == []
        left = emr.list_applications()["applications"]
    assert len(left) == 2
    assert calls.changes == []


def test_an_application_that_does_not_stop_is_listed_as_still_there(
    calls: Calls, monkeypatch: pytest.MonkeyPatch
) -> None:
    cloud = provisioned(calls, with_run=True)
    now = iter(range(0, 100_000, 600))
    monkeypatch.setattr(waiting, "monotonic", lambda: next(now))
    monkeypatch.setattr(EMRServerlessBackend, "stop_application", lambda *_, **__: None)
    left = [each for each in tear_down() if each.state != "removed"]
    assert [each.name for each in left] == [cloud.emr_application]
    assert left[0].state.startswith(
        f"still there: EMR Serverless application '{cloud.emr_application}' is still "
        "'STARTED' after 30 minutes"
    )
