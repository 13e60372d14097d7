"""Provisioning makes each resource once, and finishes a run that was killed."""

from __future__ import annotations

import json

import pytest

from sparkify.aws.names import EMR_TAG
from sparkify.aws.stack.policies import trust_account
from sparkify.errors import CloudError
from tests.support.aws import (
    ACCOUNT,
    ADDRESS,
    BUCKET,
    CHANGED,
    TAGS,
    Calls,
    Killed,
    actions,
    client,
    group,
    logged,
    make,
    operations,
    policies,
    settings,
    sources,
)


def test_apply_creates_everything_and_a_second_apply_changes_nothing(
    calls: Calls,
) -> None:
    first = make()
    assert operations(CHANGED) >= set(calls.changes)
    assert not first.is_unchanged
    calls.live()
    second = make()
    assert second.is_unchanged
    assert set(actions(second.resources).values()) == {"keep", "later"}
    assert calls.changes == []
    assert second.cloud == first.cloud


def test_the_cloud_names_what_later_steps_need(calls: Calls) -> None:
    cloud = make().cloud
    assert cloud.bucket == BUCKET
    assert (cloud.cluster, cloud.user, cloud.port) == ("sparkify", "sparkify", 5439)
    assert cloud.secret.startswith("arn:aws:secretsmanager:")
    assert cloud.copy_role == f"arn:aws:iam::{ACCOUNT}:role/sparkify-redshift-copy"
    assert cloud.emr_instance_profile == "sparkify-emr-instances"
    assert cloud.emr_security_group == group("sparkify-emr")["GroupId"]
    assert cloud.subnet.startswith("subnet-")


def test_every_resource_carries_the_tag(calls: Calls) -> None:
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


def test_apply_fixes_what_was_changed_by_hand(calls: Calls) -> None:
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


def test_the_next_run_finishes_one_killed_after_any_change(
    calls: Calls, endpoint: str
) -> None:
    whole_cloud = make().cloud
    whole, kept = calls.changes, policies()
    with logged(endpoint) as again:
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


def test_a_local_engine_needs_no_emr(calls: Calls) -> None:
    made = make(needs_emr=False, source="data")
    assert made.cloud.emr_instance_profile == made.cloud.emr_security_group == ""
    assert sources() == {ADDRESS}
    assert not any("emr" in row.kind for row in made.resources)


def test_a_local_warehouse_needs_no_redshift(calls: Calls) -> None:
    made = make(needs_redshift=False)
    assert made.cloud.cluster == made.cloud.host == made.cloud.copy_role == ""
    assert not any("redshift" in name for name in calls.changes)


def test_a_missing_permission_names_the_denied_call(calls: Calls) -> None:
    said = "User: arn:aws:iam::1:user/a is not authorized to perform: iam:CreateRole"
    calls.refuse("CreateRole", code="AccessDenied", message=said)
    with pytest.raises(CloudError, match=r"may not do CreateRole.*not authorized to"):
        make()
    calls.live()
    make()
