"""What is asked for is made on AWS, once, safely, and finished if it was cut short."""

from __future__ import annotations

import json
from typing import Any

import pytest

from sparkify.aws.names import EMR_TAG
from sparkify.aws.provision import apply
from sparkify.aws.stack.policies import trust_account
from sparkify.errors import CloudError
from sparkify.rehearsal.aws import account
from tests.support.aws import (
    ACCOUNT,
    ADDRESS,
    BUCKET,
    CHANGED,
    REGION,
    TAGS,
    Calls,
    Killed,
    actions,
    client,
    group,
    look,
    make,
    operations,
    policies,
    recorded,
    settings,
    sources,
)


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


def test_an_unknown_price_is_shown_as_unknown_and_so_is_the_total(
    calls: Calls,
) -> None:
    table = look(settings(region="eu-west-3")).table()
    shown = {row["kind"]: row["dollars an hour"] for row in table}
    assert shown["redshift cluster"] == shown["total"] == "unknown"
    assert shown["s3 bucket"] == 0.0


def test_applying_makes_all_of_it_and_again_changes_nothing(calls: Calls) -> None:
    first = make()
    assert operations(CHANGED) >= set(calls.changes)
    assert not first.is_unchanged
    calls.live()
    second = make()
    assert second.is_unchanged
    assert set(actions(second.resources).values()) == {"keep", "later"}
    assert calls.changes == []
    assert second.cloud == first.cloud


def test_a_cloud_knows_what_later_steps_need(calls: Calls) -> None:
    cloud = make().cloud
    assert cloud.bucket == BUCKET
    assert (cloud.cluster, cloud.user, cloud.port) == ("sparkify", "sparkify", 5439)
    assert cloud.secret.startswith("arn:aws:secretsmanager:")
    assert cloud.copy_role == f"arn:aws:iam::{ACCOUNT}:role/sparkify-redshift-copy"
    assert cloud.emr_instance_profile == "sparkify-emr-instances"
    assert cloud.emr_security_group == group("sparkify-emr")["GroupId"]
    assert cloud.subnet.startswith("subnet-")


def test_everything_carries_the_tag(calls: Calls) -> None:
    make()
    for operation in ("CreateCluster", "CreateClusterSubnetGroup", "CreateRole"):
        assert calls.of(operation)
        for params in calls.of(operation):
            assert TAGS[0] in params["Tags"]
    for params in calls.of("CreateSecurityGroup"):
        assert TAGS[0] in params["TagSpecifications"][0]["Tags"]
    [params] = calls.of("CreateInstanceProfile")
    assert params["Tags"] == [*TAGS, {"Key": EMR_TAG, "Value": "true"}]
    [params] = calls.of("CreateBucket")
    assert params["CreateBucketConfiguration"]["Tags"] == TAGS
    with client("s3") as s3:
        assert s3.get_bucket_tagging(Bucket=BUCKET)["TagSet"] == TAGS


def test_what_was_changed_by_hand_is_mended(calls: Calls) -> None:
    make()
    kept = policies()
    other = json.dumps(kept["sparkify-redshift-copy"])
    with client("s3") as s3, client("iam") as iam:
        s3.delete_public_access_block(Bucket=BUCKET)
        s3.delete_bucket_policy(Bucket=BUCKET)
        iam.put_role_policy(
            RoleName="sparkify-dashboard", PolicyName="sparkify", PolicyDocument=other
        )
        iam.update_assume_role_policy(
            RoleName="sparkify-emr-service",
            PolicyDocument=json.dumps(trust_account(ACCOUNT)),
        )
    calls.live()
    done = actions(make().resources)
    assert done["s3 bucket", BUCKET] == "change: public access, policy"
    assert done["iam role", "sparkify-dashboard"] == "change: policy"
    assert done["iam role", "sparkify-emr-service"] == "change: trust"
    assert len(calls.changes) == 4
    assert policies() == kept
    assert make().is_unchanged


def test_a_run_killed_after_any_change_is_finished_by_the_next(
    calls: Calls, endpoint: str
) -> None:
    whole_cloud = make().cloud
    whole, kept = calls.changes, policies()
    with recorded(endpoint) as again:
        done = []
        for _ in whole[1:]:  # each run makes one change, and is killed before the next
            again.kill_after(1)
            with pytest.raises(Killed):
                make()
            done += again.changes
        again.live()
        cloud = make().cloud
        assert sorted(done + again.changes) == sorted(whole)
        assert policies().keys() == kept.keys()
        assert sources() == {ADDRESS, cloud.emr_security_group}
        assert (cloud.bucket, cloud.user) == (whole_cloud.bucket, whole_cloud.user)
        again.live()
        assert make().is_unchanged
        assert again.changes == []


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
        ({"ingress": "2001:db8::1/128"}, "no IPv4 address"),
        ({"ingress": "here/32"}, "no IPv4 address"),
        ({"name": "a--b"}, "two hyphens in a row"),
        ({"bucket": "My_Bucket"}, "'My_Bucket' is no bucket's name"),
        ({"region": "cn-north-1"}, "no commercial region"),
        ({"region": "nowhere"}, "no commercial region"),
    ],
)
def test_what_cannot_be_is_refused_before_aws_is_asked(
    given: dict[str, Any], said: str, calls: Calls
) -> None:
    with pytest.raises(CloudError, match=said):
        look(settings(**given))
    assert calls.names == []


def test_a_source_that_emr_cannot_read_is_refused(calls: Calls) -> None:
    with pytest.raises(CloudError, match="source 'data' is not in S3"):
        look(source="data")
    assert calls.names == []


@pytest.mark.parametrize("kind", ["security group", "iam role", "subnet group"])
def test_what_has_our_name_and_not_our_tag_is_refused(kind: str, calls: Calls) -> None:
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
        CloudError, match=r"'sparkify.*' is there and not tagged as ours; choose"
    ):
        apply(planned)
    assert calls.changes == []


def test_an_existing_emr_cluster_needs_no_roles_and_may_reach_redshift(
    calls: Calls,
) -> None:
    with client("ec2") as ec2, client("emr") as emr:
        theirs = ec2.create_security_group(GroupName="theirs", Description="x")
        name = emr.run_job_flow(
            Name="theirs",
            Instances={
                "MasterInstanceType": "m5.xlarge",
                "InstanceCount": 1,
                "KeepJobFlowAliveWhenNoSteps": True,
                "EmrManagedMasterSecurityGroup": theirs["GroupId"],
                "EmrManagedSlaveSecurityGroup": theirs["GroupId"],
            },
        )["JobFlowId"]
    made = make(settings(emr_cluster=name))
    assert sources() == {ADDRESS, theirs["GroupId"]}
    assert made.cloud.emr_service_role == ""
    assert made.resources[-1].action == "keep"
    assert "emr-instances" not in "".join(policies())


def test_a_missing_emr_cluster_is_refused(calls: Calls) -> None:
    [refusal] = look(settings(emr_cluster="j-GONE")).refusals
    assert "there is no EMR cluster 'j-GONE'" in refusal


def test_a_local_engine_needs_no_emr(calls: Calls) -> None:
    made = make(needs_emr=False, source="data")
    assert made.cloud.emr_instance_profile == made.cloud.emr_security_group == ""
    assert sources() == {ADDRESS}
    assert not any("emr" in row.kind for row in made.resources)


def test_a_local_warehouse_needs_no_redshift(calls: Calls) -> None:
    made = make(needs_redshift=False)
    assert made.cloud.cluster == made.cloud.host == made.cloud.copy_role == ""
    assert not any("redshift" in name for name in calls.changes)


def test_an_account_without_a_default_vpc_is_told_how_to_make_one(
    calls: Calls, monkeypatch: pytest.MonkeyPatch
) -> None:
    with client("ec2") as ec2:
        vpc = ec2.describe_vpcs()["Vpcs"][0]["VpcId"]
        for subnet in ec2.describe_subnets()["Subnets"]:
            ec2.delete_subnet(SubnetId=subnet["SubnetId"])
        [refusal] = look().refusals
        assert "has no default subnet; make one" in refusal
        ec2.delete_vpc(VpcId=vpc)
    [refusal] = look().refusals
    assert "us-west-2 has no default VPC; make one by 'aws ec2 create-default-vpc" in (
        refusal
    )


def test_an_instance_type_that_no_zone_offers_is_refused(calls: Calls) -> None:
    [refusal] = look(settings(emr_instance_type="m5.none")).refusals
    assert "emr_instance_type 'm5.none' is offered in no zone of us-west-2" in refusal


def test_expired_credentials_are_said_in_words(calls: Calls) -> None:
    calls.refuse("GetCallerIdentity", code="ExpiredToken", message="secret-token")
    with pytest.raises(CloudError, match="have expired") as caught:
        look()
    assert "secret-token" not in str(caught.value)


def test_missing_credentials_are_said_in_words(monkeypatch: pytest.MonkeyPatch) -> None:
    with account(region=REGION):
        for name in ("AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY"):
            monkeypatch.delenv(name)
        monkeypatch.setenv("AWS_SHARED_CREDENTIALS_FILE", "/dev/null")
        monkeypatch.setenv("AWS_CONFIG_FILE", "/dev/null")
        with pytest.raises(CloudError, match=r"no AWS credentials.*aws configure"):
            look()


def test_a_missing_permission_names_what_was_asked(calls: Calls) -> None:
    said = "User: arn:aws:iam::1:user/a is not authorized to perform: iam:CreateRole"
    calls.refuse("CreateRole", code="AccessDenied", message=said)
    with pytest.raises(CloudError, match=r"may not do CreateRole.*not authorized to"):
        make()
    calls.live()
    make()
