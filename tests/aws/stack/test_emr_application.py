"""An EMR Serverless application costs nothing while no job runs, and has a limit."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest
from moto.servicequotas.models import ServiceQuotasBackend

from sparkify.aws.plan import Plan
from sparkify.aws.provision import apply
from sparkify.errors import CloudError, ParameterError
from tests.support.aws import ACCOUNT, Calls, client, settings
from tests.support.emr_serverless import look_serverless, make_serverless


def application(name: str) -> dict[str, Any]:
    with client("emr-serverless") as found:
        described: dict[str, Any] = found.get_application(applicationId=name)
    return dict(described["application"])


def test_a_plan_lists_the_application_and_what_a_job_run_costs(calls: Calls) -> None:
    planned = look_serverless()
    kinds = [(row.kind, row.action) for row in planned.resources]
    assert kinds == [
        ("s3 bucket", "create"),
        ("iam role", "create"),
        ("emr application", "create"),
        ("emr job run", "later"),
    ]
    # Three workers of 4 vCPUs and 16 GB, at the list prices of a vCPU and of a GB.
    hour = 3 * (4 * 0.052624 + 16 * 0.0057785)
    assert planned.total == pytest.approx(hour, abs=0.001)
    assert planned.idle == 0.0
    said = f"5 minutes are 1.0 vCPU-hours and 4.0 GB-hours, {hour / 12:.2f} dollars"
    assert said in planned.resources[-1].state
    assert calls.changes == []


def test_more_workers_cost_more_and_an_unknown_region_has_no_price(
    calls: Calls,
) -> None:
    six = look_serverless(settings(emr_instances=6))
    three = look_serverless()
    assert six.total == pytest.approx(2 * (three.total or 0), abs=0.001)
    unknown = look_serverless(settings(region="eu-west-3"))
    assert unknown.total is None
    assert "unknown price" in unknown.resources[-1].state


def test_the_application_starts_and_stops_by_itself_and_has_a_limit(
    calls: Calls,
) -> None:
    cloud = make_serverless()
    found = application(cloud.emr_application)
    assert found["autoStartConfiguration"] == {"enabled": True}
    assert found["autoStopConfiguration"] == {"enabled": True, "idleTimeoutMinutes": 5}
    limit = {"cpu": "12 vCPU", "memory": "48 GB", "disk": "60 GB"}
    assert found["maximumCapacity"] == limit
    assert found["tags"] == {"sparkify": "sparkify"}
    assert "initialCapacity" not in found
    [asked] = calls.of("CreateApplication")
    assert asked["architecture"] == "X86_64"
    assert cloud.emr_job_role == f"arn:aws:iam::{ACCOUNT}:role/sparkify-emr-job"
    assert cloud.subnet == cloud.emr_instance_profile == ""


def test_a_second_provisioning_changes_nothing(calls: Calls) -> None:
    cloud = make_serverless()
    calls.live()
    assert make_serverless() == cloud
    assert calls.changes == []


def test_another_size_or_release_changes_the_stopped_application(calls: Calls) -> None:
    cloud = make_serverless()
    with client("emr-serverless") as emr:
        emr.start_application(applicationId=cloud.emr_application)
    other = settings(emr_instances=2, release="emr-7.12.0")
    planned = look_serverless(other)
    actions = {row.kind: row.action for row in planned.resources}
    assert actions["emr application"] == "change: release, capacity"
    calls.live()
    assert make_serverless(other) == replace(cloud, settings=other)
    assert calls.changes == [
        "emr-serverless.StopApplication",
        "emr-serverless.UpdateApplication",
    ]
    found = application(cloud.emr_application)
    assert found["releaseLabel"] == "emr-7.12.0"
    assert found["maximumCapacity"]["cpu"] == "8 vCPU"
    assert look_serverless(other).resources[-2].action == "keep"


def test_an_application_of_others_with_our_name_is_left_alone(calls: Calls) -> None:
    with client("emr-serverless") as emr:
        theirs = emr.create_application(
            name="sparkify", type="SPARK", releaseLabel="emr-7.10.0"
        )["applicationId"]
    cloud = make_serverless()
    assert cloud.emr_application != theirs
    assert application(theirs)["releaseLabel"] == "emr-7.10.0"


@pytest.mark.parametrize(
    ("given", "said"),
    [
        ({"emr_cluster": "j-1"}, "emr_cluster is 'j-1', but engine 'emr_serverless'"),
        ({"emr_instances": 1}, r"emr_instances is 1.*write emr_instances=2 or more"),
        ({"release": "emr-7.9.0"}, "'emr-7.9.0', and the jobs need Spark 3.5 and S3A"),
    ],
)
def test_a_bad_setting_is_refused_before_any_call(
    given: dict[str, Any], said: str, calls: Calls
) -> None:
    with pytest.raises(ParameterError, match=said):
        look_serverless(settings(**given))
    assert calls.names == []


def test_a_source_that_the_job_cannot_read_is_refused(calls: Calls) -> None:
    with pytest.raises(ParameterError, match="source 'data' is not in S3"):
        look_serverless(source="data")


def quota(most: float, monkeypatch: pytest.MonkeyPatch) -> Plan:
    """Plan in an account with a quota of virtual CPUs, which moto does not know."""

    def get(_: Any, service_code: str, quota_code: str) -> dict[str, Any]:
        assert (service_code, quota_code) == ("emr-serverless", "L-D05C8A75")
        return {"QuotaCode": quota_code, "Value": most}

    monkeypatch.setattr(ServiceQuotasBackend, "get_service_quota", get)
    return look_serverless()


def test_a_quota_that_may_not_be_asked_for_refuses_nothing(calls: Calls) -> None:
    calls.refuse("GetServiceQuota", code="AccessDeniedException")
    planned = look_serverless()
    assert planned.checks[0].state == "not checked (AccessDeniedException)"
    assert planned.refusals == []


def test_a_quota_that_is_too_small_is_refused_with_the_remedy(
    calls: Calls, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert quota(12, monkeypatch).checks[0].state == "12 of 12 vCPUs"
    refused = quota(8, monkeypatch)
    [refusal] = refused.refusals
    assert "3 workers of EMR Serverless have 12 vCPUs" in refusal
    assert "write emr_instances=2, or ask for more with 'aws service-quotas" in refusal
    with pytest.raises(CloudError, match="may run 8 at once"):
        apply(refused)
