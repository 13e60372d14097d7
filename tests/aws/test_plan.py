"""A plan lists all resources with their costs, and refuses what cannot be made."""

from __future__ import annotations

from typing import Any

import pytest

from sparkify.aws.provision import apply
from sparkify.errors import CloudError, ParameterError
from sparkify.rehearsal.aws import account
from tests.support.aws import REGION, Calls, client, look, settings


def test_a_plan_lists_everything_with_its_cost_and_changes_nothing(
    calls: Calls,
) -> None:
    planned = look()
    assert [(row.kind, row.state, row.action, row.cost) for row in planned.resources][
        0:1
    ] == [("s3 bucket", "absent", "create", 0.0)]
    assert [row.kind for row in planned.resources] == [
        "s3 bucket",
        "vpc",
        "security group",
        "iam role",
        "security group",
        "subnet group",
        "redshift cluster",
        "iam role",
        "iam role",
        "emr instance profile",
        "iam role",
        "emr cluster",
    ]
    assert {row.action for row in planned.resources} == {"create", "keep", "later"}
    costs = {row.kind: row.cost for row in planned.resources if row.cost}
    assert costs == {"redshift cluster": 2 * 0.543, "emr cluster": 3 * (0.192 + 0.048)}
    assert planned.total == pytest.approx(sum(costs.values()))
    assert calls.changes == []


def test_an_unknown_price_makes_the_total_unknown(
    calls: Calls,
) -> None:
    table = look(settings(region="eu-west-3")).table()
    shown = {row["kind"]: row["dollars an hour"] for row in table}
    assert shown["redshift cluster"] == shown["total"] == "unknown"
    assert shown["s3 bucket"] == 0.0


@pytest.mark.parametrize(
    ("given", "said"),
    [
        (
            {"node_type": "dc2.large"},
            "'dc2.large' can no longer be created; choose ra3",
        ),
        ({"node_type": "ra3.huge"}, "'ra3.huge' is unknown; choose one of ra3.large"),
        ({"nodes": 17}, "17 nodes of ra3.large; choose from 1 to 16"),
        ({"node_type": "ra3.4xlarge", "nodes": 1}, "choose from 2 to 32"),
        ({"ingress": "0.0.0.0/0"}, "'0.0.0.0/0' is not one address"),
        ({"ingress": "52.94.76.0/24"}, "not one address"),
        ({"ingress": "52.94.76.10"}, "not one address"),
        ({"ingress": "10.0.0.1/32"}, "not a public address"),
        ({"ingress": "127.0.0.1/32"}, "not a public address"),
        ({"ingress": "224.0.0.1/32"}, "not a public address"),
        ({"ingress": "2001:db8::1/128"}, "not an IPv4 address"),
        ({"ingress": "here/32"}, "not an IPv4 address"),
        ({"name": "a--b"}, "two hyphens in a row"),
        ({"bucket": "My_Bucket"}, "'My_Bucket' is not a valid bucket name"),
        ({"region": "cn-north-1"}, "not a commercial region"),
        ({"region": "nowhere"}, "not a commercial region"),
    ],
)
def test_a_bad_setting_is_refused_before_any_call(
    given: dict[str, Any], said: str, calls: Calls
) -> None:
    with pytest.raises(ParameterError, match=said):
        look(settings(**given))
    assert calls.names == []


def test_a_source_that_emr_cannot_read_is_refused(calls: Calls) -> None:
    with pytest.raises(ParameterError, match="source 'data' is not in S3"):
        look(source="data")
    assert calls.names == []


@pytest.mark.parametrize("kind", ["security group", "iam role", "subnet group"])
def test_a_resource_with_our_name_but_not_our_tag_is_refused(
    kind: str, calls: Calls
) -> None:
    with client("ec2") as ec2, client("iam") as iam, client("redshift") as redshift:
        if kind == "security group":
            ec2.create_security_group(GroupName="sparkify-redshift", Description="x")
        if kind == "iam role":
            iam.create_role(
                RoleName="sparkify-dashboard", AssumeRolePolicyDocument="{}"
            )
        if kind == "subnet group":
            subnet = ec2.describe_subnets()["Subnets"][0]["SubnetId"]
            redshift.create_cluster_subnet_group(
                ClusterSubnetGroupName="sparkify", Description="x", SubnetIds=[subnet]
            )
    planned = look()
    assert [row.kind for row in planned.resources if "refuse" in row.action] == [kind]
    with pytest.raises(
        CloudError, match=r"'sparkify.*' exists and is not tagged as ours; choose"
    ):
        apply(planned)
    assert calls.changes == []


def test_a_missing_emr_cluster_is_refused(calls: Calls) -> None:
    [refusal] = look(settings(emr_cluster="j-GONE")).refusals
    assert "there is no EMR cluster 'j-GONE'" in refusal


def test_a_missing_default_vpc_or_subnet_is_refused_with_the_remedy(
    calls: Calls, monkeypatch: pytest.MonkeyPatch
) -> None:
    with client("ec2") as ec2:
        vpc = ec2.describe_vpcs()["Vpcs"][0]["VpcId"]
        for subnet in ec2.describe_subnets()["Subnets"]:
            ec2.delete_subnet(SubnetId=subnet["SubnetId"])
        [refusal] = look().refusals
        assert "has no default subnet; create one" in refusal
        ec2.delete_vpc(VpcId=vpc)
    [refusal] = look().refusals
    assert "us-west-2 has no default VPC; create one with 'aws ec2 create" in refusal


def test_an_instance_type_that_no_zone_offers_is_refused(calls: Calls) -> None:
    [refusal] = look(settings(emr_instance_type="m5.none")).refusals
    assert (
        "emr_instance_type 'm5.none' is not offered in any zone of us-west-2" in refusal
    )


def test_expired_credentials_are_reported_without_the_token(calls: Calls) -> None:
    calls.refuse("GetCallerIdentity", code="ExpiredToken", message="secret-token")
    with pytest.raises(CloudError, match="have expired") as caught:
        look()
    assert "secret-token" not in str(caught.value)


def test_missing_credentials_are_reported_with_the_remedy(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    with account(region=REGION):
        for name in ("AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY"):
            monkeypatch.delenv(name)
        monkeypatch.setenv("AWS_SHARED_CREDENTIALS_FILE", "/dev/null")
        monkeypatch.setenv("AWS_CONFIG_FILE", "/dev/null")
        with pytest.raises(CloudError, match=r"no AWS credentials.*aws configure"):
            look()
