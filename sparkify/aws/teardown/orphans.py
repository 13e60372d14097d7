"""Finds the resources that carry our tag, service by service.

No single service lists them all.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from sparkify.aws.names import PREFIXES, Names, is_ours
from sparkify.aws.session import FORBIDDEN, Clients, clients, explained, find
from sparkify.aws.settings import AUTO, NEW, TAG, Settings
from sparkify.aws.stack.budget import NO_BUDGET
from sparkify.aws.stack.cluster import NOT_FOUND
from sparkify.aws.stack.emr_application import our_applications
from sparkify.aws.teardown.orphaned_resource import (
    KEPT,
    OrphanedResource,
)
from sparkify.aws.teardown.serverless import serverless_orphans

ENDED = ("TERMINATED", "TERMINATED_WITH_ERRORS")
ALIVE = ["STARTING", "BOOTSTRAPPING", "RUNNING", "WAITING", "TERMINATING"]


def list_all(settings: Settings) -> list[OrphanedResource]:
    """Return what a teardown would remove, in its order, and what it would keep.

    Args:
        settings: The AWS parameters, with the tag and the existing resources.

    Raises:
        CloudError: AWS cannot be reached, or refuses.
    """
    with explained(), clients(settings.region) as aws:
        return list(find_orphans(aws, settings))


def find_orphans(aws: Clients, settings: Settings) -> Iterator[OrphanedResource]:
    """Yield the resources in the order in which they can be removed."""
    yield from _emr_clusters(aws, settings)
    yield from _emr_applications(aws, settings)
    yield from _redshift_clusters(aws, settings)
    yield from _snapshots(aws, settings)
    yield from serverless_orphans(aws, settings)
    yield from _subnet_groups(aws, settings)
    yield from _security_groups(aws, settings)
    yield from _instance_profiles(aws, settings)
    yield from _roles(aws, settings)
    yield from _buckets(aws, settings)
    yield from _secrets(aws, settings)
    yield from _budgets(aws, settings)


def _pages(client: Any, operation: str, key: str, **request: Any) -> Iterator[Any]:
    for page in client.get_paginator(operation).paginate(**request):
        yield from page[key]


def _named(kind: str, name: str, parameter: str) -> OrphanedResource:
    return OrphanedResource(
        kind, name, f"{KEPT}: {parameter} names it as an existing one"
    )


def _emr_clusters(aws: Clients, settings: Settings) -> Iterator[OrphanedResource]:
    for listed in _pages(aws.emr, "list_clusters", "Clusters", ClusterStates=ALIVE):
        name = listed["Id"]
        if name == settings.emr_cluster:
            yield _named("emr cluster", name, "emr_cluster")
            continue
        found = aws.emr.describe_cluster(ClusterId=name)["Cluster"]
        if is_ours(found.get("Tags"), settings):
            yield OrphanedResource("emr cluster", name)


def _emr_applications(aws: Clients, settings: Settings) -> Iterator[OrphanedResource]:
    for found in our_applications(aws, settings):
        yield OrphanedResource("emr application", found["applicationId"])


def _redshift_clusters(aws: Clients, settings: Settings) -> Iterator[OrphanedResource]:
    if settings.cluster != NEW:
        request = {"ClusterIdentifier": settings.cluster}
        if find(aws.redshift.describe_clusters, *NOT_FOUND, **request):
            yield _named("redshift cluster", settings.cluster, "cluster")
    for found in _pages(aws.redshift, "describe_clusters", "Clusters"):
        name = found["ClusterIdentifier"]
        if name != settings.cluster and is_ours(found.get("Tags"), settings):
            yield OrphanedResource("redshift cluster", name)


def _snapshots(aws: Clients, settings: Settings) -> Iterator[OrphanedResource]:
    """Yield the manual snapshots; the automatic ones are deleted with the cluster."""
    for found in _pages(
        aws.redshift, "describe_cluster_snapshots", "Snapshots", SnapshotType="manual"
    ):
        is_manual = found.get("SnapshotType") == "manual"
        if is_manual and is_ours(found.get("Tags"), settings):
            name = found["SnapshotIdentifier"]
            yield OrphanedResource(
                "redshift snapshot",
                name,
                f"{KEPT}: it was made by hand, and its storage costs; delete it with "
                f"'aws redshift delete-cluster-snapshot --snapshot-identifier {name} "
                f"--region {settings.region}'",
            )


def _subnet_groups(aws: Clients, settings: Settings) -> Iterator[OrphanedResource]:
    for found in _pages(
        aws.redshift, "describe_cluster_subnet_groups", "ClusterSubnetGroups"
    ):
        if is_ours(found.get("Tags"), settings):
            yield OrphanedResource("subnet group", found["ClusterSubnetGroupName"])


def _security_groups(aws: Clients, settings: Settings) -> Iterator[OrphanedResource]:
    tagged = [{"Name": f"tag:{TAG}", "Values": [settings.name]}]
    for found in _pages(
        aws.ec2, "describe_security_groups", "SecurityGroups", Filters=tagged
    ):
        if is_ours(found.get("Tags"), settings):
            yield OrphanedResource("security group", found["GroupId"])


# IAM lists resources without their tags. We ask for the tags only where the name may be
# one of ours.
def _instance_profiles(aws: Clients, settings: Settings) -> Iterator[OrphanedResource]:
    for listed in _pages(aws.iam, "list_instance_profiles", "InstanceProfiles"):
        name = listed["InstanceProfileName"]
        if name.startswith(f"{settings.name}-"):
            found = aws.iam.get_instance_profile(InstanceProfileName=name)
            if is_ours(found["InstanceProfile"].get("Tags"), settings):
                yield OrphanedResource("emr instance profile", name)


def _roles(aws: Clients, settings: Settings) -> Iterator[OrphanedResource]:
    for listed in _pages(aws.iam, "list_roles", "Roles"):
        name = listed["RoleName"]
        if name.startswith(f"{settings.name}-"):
            found = aws.iam.get_role(RoleName=name)["Role"]
            if is_ours(found.get("Tags"), settings):
                yield OrphanedResource("iam role", name)


def _buckets(aws: Clients, settings: Settings) -> Iterator[OrphanedResource]:
    names = Names(settings, aws.account)
    listed = _pages(aws.s3, "list_buckets", "Buckets", BucketRegion=settings.region)
    for name in [bucket["Name"] for bucket in listed]:
        ask = {"Bucket": name, "ExpectedBucketOwner": aws.account}
        # The bucket of the settings must be readable; other buckets may refuse.
        allowed = () if name == names.bucket else ("AccessDenied",)
        found = find(
            aws.s3.get_bucket_tagging, "NoSuchTagSet", "NoSuchBucket", *allowed, **ask
        )
        if found and is_ours(found["TagSet"], settings):
            yield OrphanedResource("s3 bucket", name)
        elif name == names.bucket and settings.bucket != AUTO:
            yield _named("s3 bucket", name, "bucket")
            if find(aws.s3.head_object, "404", **ask, Key=names.marker):
                yield from _objects(aws, name)


def _objects(aws: Clients, bucket: str) -> Iterator[OrphanedResource]:
    for prefix in PREFIXES:
        found = aws.s3.list_object_versions(Bucket=bucket, Prefix=prefix, MaxKeys=1)
        if found.get("Versions") or found.get("DeleteMarkers"):
            yield OrphanedResource("s3 objects", f"{bucket}/{prefix}")


def _secrets(aws: Clients, settings: Settings) -> Iterator[OrphanedResource]:
    """Yield our secrets; Redshift's own is deleted with its cluster."""
    tagged = [{"Key": "tag-key", "Values": [TAG]}]
    for found in _pages(
        aws.secretsmanager, "list_secrets", "SecretList", Filters=tagged
    ):
        if is_ours(found.get("Tags"), settings) and not found.get("OwningService"):
            yield OrphanedResource("secret", found["Name"])


def _budgets(aws: Clients, settings: Settings) -> Iterator[OrphanedResource]:
    """Yield our budget, whose name is its mark; who may not see it made none."""
    request = {
        "AccountId": aws.account,
        "BudgetName": Names(settings, aws.account).budget,
    }
    if find(aws.budgets.describe_budget, NO_BUDGET, *FORBIDDEN, **request):
        yield OrphanedResource("budget alarm", request["BudgetName"])
