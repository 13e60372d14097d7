"""Removes a cloud resource of each kind; one that is gone already is no error."""

from __future__ import annotations

from collections.abc import Iterator
from functools import partial
from typing import Any

from sparkify.aws.session import Clients, find
from sparkify.aws.settings import TAG, Settings
from sparkify.aws.stack.budget import NO_BUDGET
from sparkify.aws.stack.cluster import NO_SUBNET_GROUP, NOT_FOUND
from sparkify.aws.stack.groups import NO_GROUP, as_rule, singles
from sparkify.aws.stack.roles import UNKNOWN
from sparkify.aws.teardown.orphans import ENDED
from sparkify.aws.waiting import until_known, wait_until
from sparkify.errors import CloudError
from sparkify.progress import Progress

GONE = "gone"
OBJECTS_A_REQUEST = 1000


def terminate_emr_cluster(
    aws: Clients, settings: Settings, name: str, progress: Progress
) -> None:
    """Terminate an EMR cluster and wait until it is gone."""

    def look() -> tuple[bool, str]:
        state = aws.emr.describe_cluster(ClusterId=name)["Cluster"]["Status"]["State"]
        return state in ENDED, str(state)

    if aws.emr.describe_cluster(ClusterId=name)["Cluster"].get("TerminationProtected"):
        aws.emr.set_termination_protection(
            JobFlowIds=[name], TerminationProtected=False
        )
    aws.emr.terminate_job_flows(JobFlowIds=[name])
    wait_until(f"EMR cluster '{name}'", look, settings.deadline_minutes, progress)


def delete_redshift_cluster(
    aws: Clients, settings: Settings, name: str, progress: Progress
) -> None:
    """Delete a Redshift cluster without a final snapshot, and wait until it is gone.

    A cluster that is still being created cannot be deleted; the request is repeated
    until it can.
    """

    def status() -> str:
        found = find(aws.redshift.describe_clusters, *NOT_FOUND, ClusterIdentifier=name)
        if not found or not found["Clusters"]:
            return GONE
        return str(found["Clusters"][0]["ClusterStatus"])

    def look() -> tuple[bool, str]:
        if status() not in (GONE, "deleting"):
            find(
                aws.redshift.delete_cluster,
                *NOT_FOUND,
                "InvalidClusterState",
                ClusterIdentifier=name,
                SkipFinalClusterSnapshot=True,
            )
        now = status()
        return now == GONE, now

    what = f"redshift cluster '{name}'"
    wait_until(what, look, settings.deadline_minutes, progress)


def delete_subnet_group(aws: Clients, _: Settings, name: str, __: Progress) -> None:
    """Delete a Redshift subnet group."""
    find(
        aws.redshift.delete_cluster_subnet_group,
        *NO_SUBNET_GROUP,
        ClusterSubnetGroupName=name,
    )


def delete_security_group(
    aws: Clients, settings: Settings, name: str, _: Progress
) -> None:
    """Delete a security group, once its last network interface is gone."""
    _unlink_security_groups(aws, settings)
    delete = partial(find, aws.ec2.delete_security_group, NO_GROUP, GroupId=name)
    until_known(delete, "DependencyViolation", seconds=settings.deadline_minutes * 60)


def _unlink_security_groups(aws: Clients, settings: Settings) -> None:
    """Revoke rules of our groups that name a group: such groups block each other."""
    tagged = [{"Name": f"tag:{TAG}", "Values": [settings.name]}]
    for group in aws.ec2.describe_security_groups(Filters=tagged)["SecurityGroups"]:
        for key, revoke in (
            ("IpPermissions", aws.ec2.revoke_security_group_ingress),
            ("IpPermissionsEgress", aws.ec2.revoke_security_group_egress),
        ):
            rules = [
                single
                for single in singles(group.get(key, ()))
                if as_rule(single)[-1].startswith("sg-")
            ]
            if rules:
                revoke(GroupId=group["GroupId"], IpPermissions=rules)


def delete_instance_profile(aws: Clients, _: Settings, name: str, __: Progress) -> None:
    """Remove the role from an instance profile, and delete the profile."""
    found = find(aws.iam.get_instance_profile, UNKNOWN, InstanceProfileName=name)
    for role in found["InstanceProfile"]["Roles"] if found else ():
        find(
            aws.iam.remove_role_from_instance_profile,
            UNKNOWN,
            InstanceProfileName=name,
            RoleName=role["RoleName"],
        )
    find(aws.iam.delete_instance_profile, UNKNOWN, InstanceProfileName=name)


def delete_role(aws: Clients, _: Settings, name: str, __: Progress) -> None:
    """Delete a role with its policies."""
    inline = find(aws.iam.list_role_policies, UNKNOWN, RoleName=name)
    for policy in inline["PolicyNames"] if inline else ():
        find(aws.iam.delete_role_policy, UNKNOWN, RoleName=name, PolicyName=policy)
    managed = find(aws.iam.list_attached_role_policies, UNKNOWN, RoleName=name)
    for policy in managed["AttachedPolicies"] if managed else ():
        arn = policy["PolicyArn"]
        find(aws.iam.detach_role_policy, UNKNOWN, RoleName=name, PolicyArn=arn)
    find(aws.iam.delete_role, UNKNOWN, RoleName=name)


def delete_bucket(aws: Clients, _: Settings, name: str, progress: Progress) -> None:
    """Delete one of our buckets with every version of every object in it."""
    _empty(aws, name, "", progress)
    find(
        aws.s3.delete_bucket,
        "NoSuchBucket",
        Bucket=name,
        ExpectedBucketOwner=aws.account,
    )


def delete_prefix(aws: Clients, _: Settings, name: str, progress: Progress) -> None:
    """Delete every version of every object below `bucket/prefix/`."""
    bucket, _slash, prefix = name.partition("/")
    _empty(aws, bucket, prefix, progress)


def _empty(aws: Clients, bucket: str, prefix: str, progress: Progress) -> None:
    """List all versions, then delete them: deleting during a listing upsets it."""
    place = {"Bucket": bucket, "ExpectedBucketOwner": aws.account}
    uploads = aws.s3.get_paginator("list_multipart_uploads")
    for page in list(uploads.paginate(**place, Prefix=prefix)):
        for upload in page.get("Uploads", ()):
            find(
                aws.s3.abort_multipart_upload,
                "NoSuchUpload",
                **place,
                Key=upload["Key"],
                UploadId=upload["UploadId"],
            )
    found = list(_versions(aws, place, prefix))
    progress.start(len(found), f"objects of {bucket}")
    for start in range(0, len(found), OBJECTS_A_REQUEST):
        batch = found[start : start + OBJECTS_A_REQUEST]
        answer = aws.s3.delete_objects(
            **place, Delete={"Objects": batch, "Quiet": True}
        )
        if errors := answer.get("Errors"):
            raise CloudError(
                f"{len(errors)} objects of bucket '{bucket}' cannot be deleted; the "
                f"first is '{errors[0].get('Key')}' ({errors[0].get('Code')}); fix the "
                "cause and run 99_teardown again"
            )
        progress.advance(start + len(batch))


def _versions(
    aws: Clients, place: dict[str, Any], prefix: str
) -> Iterator[dict[str, str]]:
    pages = aws.s3.get_paginator("list_object_versions")
    for page in pages.paginate(**place, Prefix=prefix):
        for kind in ("Versions", "DeleteMarkers"):
            for entry in page.get(kind, ()):
                yield {"Key": entry["Key"], "VersionId": entry["VersionId"]}


def delete_secret(aws: Clients, _: Settings, name: str, __: Progress) -> None:
    """Delete one of our secrets at once."""
    find(
        aws.secretsmanager.delete_secret,
        "ResourceNotFoundException",
        SecretId=name,
        ForceDeleteWithoutRecovery=True,
    )


def delete_budget(aws: Clients, _: Settings, name: str, __: Progress) -> None:
    """Delete our budget with its alarms."""
    find(aws.budgets.delete_budget, NO_BUDGET, AccountId=aws.account, BudgetName=name)
