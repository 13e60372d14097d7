"""A teardown finds every resource with our tag, and keeps all others."""

from __future__ import annotations

from sparkify.aws.teardown.orphaned_resource import OrphanedResource
from sparkify.aws.teardown.orphans import list_all
from sparkify.aws.teardown.teardown import remove_resources
from tests.support.aws import ACCOUNT, TAGS, Calls, client, in_region, settings
from tests.support.teardown import provisioned, start_emr, states, tear_down


def test_an_empty_account_has_no_orphaned_resource(calls: Calls) -> None:
    assert list_all(settings()) == []
    assert tear_down() == []
    assert calls.changes == []


def test_a_teardown_without_apply_only_lists(calls: Calls) -> None:
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


def test_a_resource_without_our_tag_stays(calls: Calls) -> None:
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


def test_existing_resources_that_the_settings_name_are_listed_as_kept(
    calls: Calls,
) -> None:
    in_region("shared", raw__a=b"theirs")
    with client("redshift") as redshift:
        redshift.create_cluster(
            ClusterIdentifier="theirs",
            NodeType="ra3.large",
            MasterUsername="admin",
            IamRoles=[f"arn:aws:iam::{ACCOUNT}:role/sparkify-redshift-copy"],
            Tags=TAGS,  # even so
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


def test_a_named_bucket_that_we_never_wrote_to_keeps_its_objects(
    calls: Calls,
) -> None:
    in_region("shared", flat__a=b"theirs")
    [kept] = tear_down(settings(bucket="shared"))
    assert kept.is_kept
    assert calls.changes == []


def test_a_bucket_with_an_earlier_name_is_found_by_its_tag(calls: Calls) -> None:
    provisioned(calls, settings(bucket="first-name"))
    tear_down(settings())
    with client("s3") as s3:
        assert s3.list_buckets()["Buckets"] == []


def test_a_manual_snapshot_is_listed_as_kept_with_the_remedy(calls: Calls) -> None:
    provisioned(calls)
    with client("redshift") as redshift:
        redshift.create_cluster_snapshot(
            SnapshotIdentifier="before", ClusterIdentifier="sparkify", Tags=TAGS
        )
    [kept] = [each for each in tear_down() if each.is_kept]
    assert kept.name == "before"
    assert "delete it with 'aws redshift delete-cluster-snapshot" in kept.state


def test_a_tagged_secret_is_removed(calls: Calls) -> None:
    with client("secretsmanager") as secrets:
        secrets.create_secret(Name="ours", SecretString="x", Tags=TAGS)
        secrets.create_secret(Name="theirs", SecretString="x")
    assert tear_down() == [OrphanedResource("secret", "ours", "removed")]
    with client("secretsmanager") as secrets:
        [left] = secrets.list_secrets()["SecretList"]
    assert left["Name"] == "theirs"
