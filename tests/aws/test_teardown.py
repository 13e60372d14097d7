"""What was made on AWS goes away whole, in order, and nothing else does."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

import pytest
from moto.emr.models import ElasticMapReduceBackend

from sparkify.aws import waiting
from sparkify.aws.settings import Settings
from sparkify.aws.stack.policies import redshift_copy
from sparkify.aws.teardown import removal
from sparkify.aws.teardown.orphans import OrphanedResource, list_all
from sparkify.aws.teardown.teardown import remove_resources
from sparkify.errors import CloudError
from tests.support.aws import (
    ACCOUNT,
    BUCKET,
    LOOKED_FOR,
    REMOVED,
    Calls,
    Killed,
    client,
    in_region,
    make,
    operations,
    recorded,
    settings,
)

OURS = [{"Key": "sparkify", "Value": "sparkify"}]


@pytest.fixture
def calls(endpoint: str, monkeypatch: pytest.MonkeyPatch) -> Iterator[Calls]:
    monkeypatch.setattr(waiting, "sleep", lambda _: None)
    with recorded(endpoint) as calls:
        yield calls
        assert set(calls.names) <= operations(LOOKED_FOR, REMOVED)


def provisioned(calls: Calls, asked: Settings | None = None) -> None:
    make(asked)
    calls.live()


def tear_down(asked: Settings | None = None) -> list[OrphanedResource]:
    return remove_resources(asked or settings(), apply=True)


def states(found: list[OrphanedResource]) -> set[str]:
    return {each.state for each in found}


def start_emr(**given: Any) -> str:
    with client("emr") as emr:
        instances = {
            "MasterInstanceType": "m5.xlarge",
            "InstanceCount": 1,
            "KeepJobFlowAliveWhenNoSteps": True,
            **given,
        }
        answer = emr.run_job_flow(Name="ours", Instances=instances, Tags=OURS)
    return str(answer["JobFlowId"])


def put_objects(bucket: str, *keys: str) -> None:
    """Puts two versions of each object, and deletes the last of them."""
    with client("s3") as s3:
        enabled = {"Status": "Enabled"}
        s3.put_bucket_versioning(Bucket=bucket, VersioningConfiguration=enabled)
        for key in (*keys, *keys):
            s3.put_object(Bucket=bucket, Key=key, Body=b"x")
        s3.delete_object(Bucket=bucket, Key=keys[-1])


def test_an_empty_account_has_nothing_left(calls: Calls) -> None:
    assert list_all(settings()) == []
    assert tear_down() == []
    assert calls.changes == []


def test_a_teardown_is_listed_before_anything_is_removed(calls: Calls) -> None:
    provisioned(calls)
    start_emr()
    listed = remove_resources(settings())
    assert listed == list_all(settings())
    assert [each.kind for each in listed] == [
        "emr cluster",
        "redshift cluster",
        "subnet group",
        "security group",
        "security group",
        "emr instance profile",
        "iam role",
        "iam role",
        "iam role",
        "iam role",
        "s3 bucket",
    ]
    assert states(listed) == {"would be removed"}
    assert calls.changes == []


def test_everything_goes_in_order_and_the_second_time_nothing_is_left(
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


def test_the_cluster_is_waited_for_before_what_it_stands_on_goes(calls: Calls) -> None:
    provisioned(calls)
    tear_down()
    [params] = calls.of("DeleteCluster")
    assert params == {"ClusterIdentifier": "sparkify", "SkipFinalClusterSnapshot": True}
    names = calls.names
    deleted = names.index("redshift.DeleteCluster")
    group = names.index("redshift.DeleteClusterSubnetGroup")
    assert "redshift.DescribeClusters" in names[deleted:group]


def test_a_protected_emr_cluster_of_ours_is_ended_too(calls: Calls) -> None:
    start_emr(TerminationProtected=True)
    assert states(tear_down()) == {"removed"}
    assert calls.changes == ["emr.SetTerminationProtection", "emr.TerminateJobFlows"]


def test_a_teardown_killed_after_any_change_is_finished_by_the_next(
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


def test_what_is_not_tagged_stays(calls: Calls) -> None:
    in_region("theirs")
    with client("iam") as iam, client("redshift") as redshift, client("ec2") as ec2:
        iam.create_role(RoleName="sparkify-theirs", AssumeRolePolicyDocument="{}")
        other = [{"Key": "sparkify", "Value": "another"}]
        iam.create_role(
            RoleName="sparkify-other", AssumeRolePolicyDocument="{}", Tags=other
        )
        redshift.create_cluster(
            ClusterIdentifier="sparkify", NodeType="ra3.large", MasterUsername="a"
        )
        ec2.create_security_group(GroupName="sparkify-redshift", Description="x")
    assert tear_down() == []
    assert calls.changes == []


def test_named_existing_resources_are_kept_and_said_so(calls: Calls) -> None:
    in_region("shared", raw__a=b"theirs")
    with client("redshift") as redshift:
        redshift.create_cluster(
            ClusterIdentifier="theirs",
            NodeType="ra3.large",
            MasterUsername="admin",
            IamRoles=[f"arn:aws:iam::{ACCOUNT}:role/sparkify-redshift-copy"],
            Tags=OURS,  # even so
        )
    name = start_emr()
    asked = settings(bucket="shared", cluster="theirs", emr_cluster=name)
    provisioned(calls, asked)
    with client("s3") as s3:
        for key in ("flat/a", "temp/b", "manifests/c", "logs/d", "jobs/e"):
            s3.put_object(Bucket="shared", Key=key, Body=b"ours")
    done = tear_down(asked)
    kept = {each.kind: each.state for each in done if each.is_kept}
    assert kept == {
        "emr cluster": "kept: emr_cluster names it as an existing one",
        "redshift cluster": "kept: cluster names it as an existing one",
        "s3 bucket": "kept: bucket names it as an existing one",
    }
    gone = [each.name for each in done if each.kind == "s3 objects"]
    assert gone == [
        "shared/flat/",
        "shared/jobs/",
        "shared/temp/",
        "shared/manifests/",
        "shared/logs/",
    ]
    with client("s3") as s3:
        left = s3.list_objects_v2(Bucket="shared")["Contents"]
    assert [each["Key"] for each in left] == ["raw/a"]
    assert not {"redshift.DeleteCluster", "emr.TerminateJobFlows"} & set(calls.changes)
    calls.live()
    assert all(each.is_kept for each in tear_down(asked))
    assert calls.changes == []


def test_a_named_bucket_that_we_never_wrote_keeps_all_of_its_objects(
    calls: Calls,
) -> None:
    in_region("shared", flat__a=b"theirs")
    [kept] = tear_down(settings(bucket="shared"))
    assert kept.is_kept
    assert calls.changes == []


def test_a_bucket_of_an_earlier_name_is_found_by_its_tag(calls: Calls) -> None:
    provisioned(calls, settings(bucket="first-name"))
    tear_down(settings())
    with client("s3") as s3:
        assert s3.list_buckets()["Buckets"] == []


def test_many_versions_in_many_pages_all_go(
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


def test_a_backup_that_a_person_made_is_kept_and_said_so(calls: Calls) -> None:
    provisioned(calls)
    with client("redshift") as redshift:
        redshift.create_cluster_snapshot(
            SnapshotIdentifier="before", ClusterIdentifier="sparkify", Tags=OURS
        )
    [kept] = [each for each in tear_down() if each.is_kept]
    assert kept.name == "before"
    assert "delete it by 'aws redshift delete-cluster-snapshot" in kept.state


def test_a_tagged_secret_goes(calls: Calls) -> None:
    with client("secretsmanager") as secrets:
        secrets.create_secret(Name="ours", SecretString="x", Tags=OURS)
        secrets.create_secret(Name="theirs", SecretString="x")
    assert tear_down() == [OrphanedResource("secret", "ours", "removed")]
    with client("secretsmanager") as secrets:
        [left] = secrets.list_secrets()["SecretList"]
    assert left["Name"] == "theirs"


def test_managed_policies_are_taken_off_a_role_first(calls: Calls) -> None:
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


def test_what_cannot_be_removed_is_said_and_the_rest_goes(calls: Calls) -> None:
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


def test_a_group_that_is_still_in_use_is_asked_for_again(calls: Calls) -> None:
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


def test_a_cluster_that_is_still_being_made_is_asked_to_go_again(calls: Calls) -> None:
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


def test_an_emr_cluster_that_does_not_end_is_still_there(
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


def test_expired_credentials_are_said_in_words(calls: Calls) -> None:
    calls.refuse("ListClusters", code="ExpiredToken")
    with pytest.raises(CloudError, match="the AWS credentials have expired"):
        tear_down()
