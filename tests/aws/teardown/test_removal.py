"""A teardown removes resources in order, and finishes one that was killed."""

from __future__ import annotations

import json

import pytest
from moto.emr.models import ElasticMapReduceBackend

from sparkify.aws import waiting
from sparkify.aws.stack.policies import redshift_copy
from sparkify.aws.teardown import removal
from sparkify.aws.teardown.orphans import list_all
from sparkify.errors import CloudError
from tests.support.aws import BUCKET, Calls, Killed, client, settings
from tests.support.teardown import (
    provisioned,
    put_objects,
    start_emr,
    states,
    tear_down,
)


def test_a_teardown_removes_everything_in_order_and_a_second_finds_nothing(
    calls: Calls,
) -> None:
    provisioned(calls)
    start_emr()
    put_objects(BUCKET, "flat/a", "other/b")
    listed = list_all(settings())
    done = tear_down()
    assert states(done) == {"removed"}
    assert [each.name for each in done] == [each.name for each in listed]
    first = {change: calls.changes.index(change) for change in calls.changes}
    last = {change: number for number, change in enumerate(calls.changes)}
    for before, after in (
        ("emr.TerminateJobFlows", "redshift.DeleteCluster"),
        ("redshift.DeleteCluster", "redshift.DeleteClusterSubnetGroup"),
        ("redshift.DeleteClusterSubnetGroup", "ec2.RevokeSecurityGroupIngress"),
        ("ec2.RevokeSecurityGroupIngress", "ec2.DeleteSecurityGroup"),
        ("ec2.DeleteSecurityGroup", "iam.RemoveRoleFromInstanceProfile"),
        ("iam.RemoveRoleFromInstanceProfile", "iam.DeleteInstanceProfile"),
        ("iam.DeleteInstanceProfile", "iam.DeleteRolePolicy"),
        ("iam.DeleteRole", "s3.DeleteObjects"),
        ("s3.DeleteObjects", "s3.DeleteBucket"),
    ):
        assert last[before] < first[after]
    for name in calls.of("DeleteRole"):
        policies = [each["RoleName"] for each in calls.of("DeleteRolePolicy")]
        assert name["RoleName"] in policies
    calls.live()
    assert tear_down() == []
    assert calls.changes == []


def test_a_teardown_waits_for_the_cluster_before_it_deletes_the_subnet_group(
    calls: Calls,
) -> None:
    provisioned(calls)
    tear_down()
    [params] = calls.of("DeleteCluster")
    assert params == {"ClusterIdentifier": "sparkify", "SkipFinalClusterSnapshot": True}
    names = calls.names
    deleted = names.index("redshift.DeleteCluster")
    group = names.index("redshift.DeleteClusterSubnetGroup")
    assert "redshift.DescribeClusters" in names[deleted:group]


def test_a_protected_emr_cluster_is_terminated_too(calls: Calls) -> None:
    start_emr(TerminationProtected=True)
    assert states(tear_down()) == {"removed"}
    assert calls.changes == ["emr.SetTerminationProtection", "emr.TerminateJobFlows"]


def test_the_next_teardown_finishes_one_killed_after_any_change(
    calls: Calls,
) -> None:
    provisioned(calls)
    put_objects(BUCKET, "flat/a")
    tear_down()
    whole = calls.changes
    provisioned(calls)
    put_objects(BUCKET, "flat/a")
    done = []
    for _ in whole[1:]:  # each run makes one change, and is killed before the next
        calls.kill_after(1)
        with pytest.raises(Killed):
            tear_down()
        done += calls.changes
    calls.live()
    tear_down()
    assert sorted(done + calls.changes) == sorted(whole)
    assert list_all(settings()) == []


def test_all_object_versions_are_deleted_over_many_pages(
    calls: Calls, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("MOTO_S3_DEFAULT_MAX_KEYS", "5")
    monkeypatch.setattr(removal, "OBJECTS_A_REQUEST", 7)
    provisioned(calls)
    put_objects(BUCKET, *(f"flat/{number}" for number in range(20)))
    with client("s3") as s3:
        s3.create_multipart_upload(Bucket=BUCKET, Key="temp/torn")
    assert states(tear_down()) == {"removed"}
    deleted = sum(len(each["Delete"]["Objects"]) for each in calls.of("DeleteObjects"))
    assert deleted == 2 * 20 + 1
    assert len(calls.of("AbortMultipartUpload")) == 1


def test_managed_policies_are_detached_from_a_role_before_it_is_deleted(
    calls: Calls,
) -> None:
    provisioned(calls)
    with client("iam") as iam:
        document = json.dumps(redshift_copy("any"))
        arn = iam.create_policy(PolicyName="p", PolicyDocument=document)["Policy"][
            "Arn"
        ]
        iam.attach_role_policy(RoleName="sparkify-dashboard", PolicyArn=arn)
    assert states(tear_down()) == {"removed"}
    assert calls.of("DetachRolePolicy") == [
        {"RoleName": "sparkify-dashboard", "PolicyArn": arn}
    ]


def test_a_failed_removal_is_listed_and_the_rest_is_removed(calls: Calls) -> None:
    provisioned(calls)
    calls.refuse("DeleteRole", code="AccessDenied", message="not authorized")
    done = tear_down()
    left = [each for each in done if each.state != "removed"]
    assert {each.kind for each in left} == {"iam role"}
    assert all(
        each.state.startswith("still there: the AWS credentials may not do DeleteRole")
        for each in left
    )
    calls.live()
    assert {each.kind for each in tear_down()} == {"iam role"}
    assert list_all(settings()) == []


def test_deleting_a_security_group_in_use_is_retried(calls: Calls) -> None:
    provisioned(calls)
    calls.refuse("DeleteSecurityGroup", code="DependencyViolation")
    refuse, asked = calls.fail, []

    def twice(operation: str) -> None:
        if operation == "DeleteSecurityGroup":
            asked.append(operation)
        if len(asked) < 3:
            refuse(operation)

    calls.fail = twice
    assert states(tear_down()) == {"removed"}


def test_deleting_a_cluster_that_is_being_created_is_retried(calls: Calls) -> None:
    provisioned(calls)
    calls.refuse("DeleteCluster", code="InvalidClusterState")
    refuse, asked = calls.fail, []

    def twice(operation: str) -> None:
        if operation == "DeleteCluster":
            asked.append(operation)
        if len(asked) < 3:
            refuse(operation)

    calls.fail = twice
    assert states(tear_down()) == {"removed"}
    assert len(asked) == 3


def test_an_emr_cluster_that_does_not_end_is_listed_as_still_there(
    calls: Calls, monkeypatch: pytest.MonkeyPatch
) -> None:
    name = start_emr()
    now = iter(range(0, 10_000, 600))
    monkeypatch.setattr(waiting, "monotonic", lambda: next(now))
    monkeypatch.setattr(ElasticMapReduceBackend, "terminate_job_flows", lambda *_: None)
    [left] = tear_down()
    assert left.name == name
    assert left.state.startswith(
        f"still there: EMR cluster '{name}' is still 'WAITING' after 30 minutes"
    )


def test_expired_credentials_are_reported(calls: Calls) -> None:
    calls.refuse("ListClusters", code="ExpiredToken")
    with pytest.raises(CloudError, match="the AWS credentials have expired"):
        tear_down()
