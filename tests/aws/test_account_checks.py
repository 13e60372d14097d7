"""What would fail later, after money is spent, is refused by the plan."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from moto.servicequotas.models import ServiceQuotasBackend

from sparkify.aws.plan import Plan
from sparkify.aws.provision import apply
from sparkify.errors import CloudError, ParameterError, SourceError
from sparkify.steps.provision import provision_cloud
from tests.support.aws import BUCKET, Calls, client, in_region, look, settings

WHO = "sts.GetCallerIdentity"


def state(planned: Plan, kind: str) -> str:
    (row,) = (row for row in planned.checks if row.kind == kind)
    return row.state


@pytest.fixture
def quota(monkeypatch: pytest.MonkeyPatch) -> Iterator[list[float]]:
    """Let the account's Service Quotas answer for EC2, which moto leaves out."""
    found = [12.0]

    def get(_: Any, service_code: str, quota_code: str) -> dict[str, Any]:
        assert (service_code, quota_code) == ("ec2", "L-1216C47A")
        return {"QuotaCode": quota_code, "Value": found[0]}

    monkeypatch.setattr(ServiceQuotasBackend, "get_service_quota", get)
    yield found


@pytest.mark.parametrize("kind", ["m7g.xlarge", "c6g.2xlarge"])
def test_graviton_with_wheels_for_x86_is_refused(kind: str, calls: Calls) -> None:
    planned = look(settings(emr_instance_type=kind))
    (refusal,) = planned.refusals
    assert f"'{kind}' is arm64" in refusal
    assert "for x86_64; write emr_instance_type=m5.xlarge" in refusal
    with pytest.raises(CloudError, match="is arm64"):
        apply(planned)
    assert calls.changes == []


def test_an_instance_type_that_the_wheels_are_for_is_kept(calls: Calls) -> None:
    planned = look()
    assert state(planned, "instance type") == "x86_64"
    assert planned.refusals == []
    assert look(needs_emr=False, source="demo").refusals == []


@pytest.mark.parametrize("release", ["emr-6.15.0", "emr-7.9.0", "emr-8.0.0"])
def test_a_release_that_cannot_run_the_jobs_is_refused(
    release: str, calls: Calls
) -> None:
    said = rf"'{release}', and .*choose emr-7\.13\.0"
    with pytest.raises(ParameterError, match=said):
        look(settings(release=release))
    assert calls.names == []
    look(settings(release=release), needs_emr=False)


@pytest.mark.parametrize("release", ["emr-7.10.0", "emr-7.13.0"])
def test_a_release_that_runs_the_jobs_is_kept(release: str, calls: Calls) -> None:
    assert look(settings(release=release)).refusals == []


@pytest.mark.parametrize(("release", "is_kept"), [("6.9.0", False), ("7.12.0", True)])
def test_the_release_of_an_existing_cluster_counts(
    release: str, is_kept: bool, calls: Calls
) -> None:
    with client("emr") as emr:
        cluster = emr.run_job_flow(
            Name="theirs",
            ReleaseLabel=f"emr-{release}",
            Instances={"InstanceCount": 1, "KeepJobFlowAliveWhenNoSteps": True},
            JobFlowRole="x",
            ServiceRole="x",
        )["JobFlowId"]
    planned = look(settings(emr_cluster=cluster))
    assert state(planned, "emr release") == f"emr-{release}"
    found = [each for each in planned.refusals if "Spark 3.5" in each]
    assert found == [] if is_kept else "or use emr_cluster=new" in found[0]


def test_a_private_default_subnet_is_refused_with_the_remedy(calls: Calls) -> None:
    with client("ec2") as ec2:
        subnet = ec2.describe_subnets()["Subnets"][0]["SubnetId"]
        ec2.modify_subnet_attribute(
            SubnetId=subnet, MapPublicIpOnLaunch={"Value": False}
        )
    (refusal,) = look().refusals
    assert f"'{subnet}' gives no public address" in refusal
    assert f"--subnet-id {subnet} --map-public-ip-on-launch" in refusal


def test_too_many_instances_for_the_quota_are_refused(
    calls: Calls, quota: list[float]
) -> None:
    assert state(look(), "ec2 quota") == "12 of 12 vCPUs"  # m5.xlarge has 4
    quota[0] = 5.0
    (refusal,) = look().refusals
    assert "3 instances of m5.xlarge have 12 vCPUs, but us-west-2 may run 5" in refusal
    assert "--quota-code L-1216C47A --desired-value 12" in refusal


def test_a_quota_that_may_not_be_asked_for_is_not_checked(
    calls: Calls, quota: list[float]
) -> None:
    calls.refuse("GetServiceQuota", code="AccessDeniedException")
    planned = look()
    assert state(planned, "ec2 quota") == "not checked (AccessDeniedException)"
    assert planned.refusals == []
    calls.refuse("DescribeInstanceTypes", code="UnauthorizedOperation")
    planned = look()
    assert state(planned, "instance type") == state(planned, "ec2 quota")
    assert state(planned, "instance type") == "not checked"
    assert planned.refusals == []


def provision(
    workspace: Path, source: str, **given: Any
) -> list[dict[str, str | float]]:
    needs = {"engine": "duckdb", "warehouse": "redshift", "source": source}
    return provision_cloud(str(workspace), settings(**given), apply=True, **needs)


@pytest.mark.parametrize("source", ["s3://no-such-bucket/2018", "s3://raw/typo", "no"])
def test_a_source_that_is_not_there_buys_nothing(
    source: str, calls: Calls, tmp_path: Path
) -> None:
    in_region("raw", log_data__a_json=b"{}")
    address = source if source.startswith("s3") else str(tmp_path / source)
    with pytest.raises(SourceError, match=source):
        provision(tmp_path / "workspace", address)
    assert calls.names == [WHO]


@pytest.mark.parametrize(
    ("given", "said"),
    [
        ({"node_type": "dc2.large"}, "'dc2.large' can no longer be created"),
        ({"region": "nowhere"}, "region 'nowhere' is not a commercial region"),
    ],
)
def test_a_bad_value_is_told_before_a_source_that_is_not_there(
    given: dict[str, Any], said: str, calls: Calls, tmp_path: Path
) -> None:
    with pytest.raises(ParameterError, match=said):
        provision(tmp_path / "workspace", "s3://no-such-bucket", **given)
    assert calls.names == []


def test_a_missing_login_is_told_before_a_source_that_is_not_there(
    calls: Calls, tmp_path: Path
) -> None:
    calls.refuse("GetCallerIdentity", code="InvalidClientTokenId")
    with pytest.raises(
        CloudError, match=r"\(InvalidClientTokenId\); run 'aws configure"
    ):
        provision(tmp_path / "workspace", "s3://no-such-bucket")


@pytest.mark.parametrize(
    ("engine", "warehouse", "login"),
    [
        ("emr", "redshift", "iam"),
        ("emr", "redshift_serverless", "iam"),
        ("emr_serverless", "redshift", "secret"),
        ("duckdb", "redshift", "secret"),
        ("emr", "duckdb", "secret"),
        ("duckdb", "duckdb", "secret"),
    ],
)
def test_a_load_that_cannot_work_buys_nothing(
    engine: str, warehouse: str, login: str, calls: Calls, tmp_path: Path
) -> None:
    workspace = tmp_path / "workspace"
    needs = {"engine": engine, "warehouse": warehouse, "source": "s3://raw"}
    with pytest.raises(ParameterError, match="load 'connector' cannot go with"):
        provision_cloud(
            str(workspace), settings(login=login), apply=True, load="connector", **needs
        )
    assert calls.names == []
    assert not workspace.exists()


def test_a_source_without_files_buys_nothing(calls: Calls, tmp_path: Path) -> None:
    (tmp_path / "source" / "log_data").mkdir(parents=True)
    with pytest.raises(SourceError, match="has no activity logs"):
        provision(tmp_path / "workspace", str(tmp_path / "source"))
    assert calls.names == [WHO]


def test_a_source_with_logs_is_enough(calls: Calls, tmp_path: Path) -> None:
    with client("s3") as s3:
        in_region("raw")
        s3.put_object(Bucket="raw", Key="2018/log_data/a.json", Body=b'{"page": "x"}')
    rows = provision(tmp_path / "workspace", "s3://raw/2018")
    assert BUCKET in {row["name"] for row in rows}
    assert "redshift.CreateCluster" in calls.changes
