"""The AWS account of a test: its settings, and a log of every call."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any
from unittest import mock
from urllib.request import Request, urlopen

import boto3
from botocore.exceptions import ClientError
from moto.iam.access_control import PermissionResult
from moto.s3.models import FakeBucket

from sparkify.aws import session
from sparkify.aws.plan import Plan, plan
from sparkify.aws.provision import Provisioned, apply
from sparkify.aws.settings import Settings

REGION = "us-west-2"
ADDRESS = "52.94.76.10/32"
READS = ("Describe", "Get", "Head", "List")
ACCOUNT = "123456789012"
BUCKET = f"sparkify-{ACCOUNT}-{REGION}"
ROLES = ("redshift-copy", "emr-service", "emr-instances", "dashboard")
TAGS = [{"Key": "sparkify", "Value": "sparkify"}]
# All that provisioning may ever call, by service.
ASKED = {
    "sts": "GetCallerIdentity",
    "s3": "HeadBucket GetBucketTagging GetPublicAccessBlock GetBucketEncryption "
    "GetBucketLifecycleConfiguration GetBucketPolicy ListObjectsV2 HeadObject",
    "iam": "GetRole GetRolePolicy GetInstanceProfile",
    "ec2": "DescribeVpcs DescribeSubnets DescribeSecurityGroups "
    "DescribeInstanceTypeOfferings DescribeInstanceTypes",
    "redshift": "DescribeClusters DescribeClusterSubnetGroups",
    "redshift-serverless": "GetNamespace GetWorkgroup ListUsageLimits "
    "ListTagsForResource",
    "emr": "DescribeCluster",
    "emr-serverless": "ListApplications GetApplication",
    "service-quotas": "GetServiceQuota",
    "budgets": "DescribeBudget",
}
CHANGED = {
    "s3": "CreateBucket PutBucketTagging PutPublicAccessBlock PutBucketEncryption "
    "PutBucketLifecycleConfiguration PutBucketPolicy PutObject",
    "iam": "CreateRole PutRolePolicy UpdateAssumeRolePolicy CreateInstanceProfile "
    "AddRoleToInstanceProfile",
    "ec2": "CreateSecurityGroup AuthorizeSecurityGroupIngress "
    "RevokeSecurityGroupIngress",
    "redshift": "CreateClusterSubnetGroup CreateCluster ResumeCluster",
    "redshift-serverless": "CreateNamespace UpdateNamespace CreateWorkgroup "
    "UpdateWorkgroup CreateUsageLimit UpdateUsageLimit",
    "emr-serverless": "CreateApplication StopApplication UpdateApplication",
    "budgets": "CreateBudget",
}


def settings(**given: Any) -> Settings:
    return Settings.of(**{"ingress": ADDRESS, "region": REGION, **given})


class Killed(BaseException):
    """What a test kills a run by; nothing in the package catches it."""


@dataclass
class Calls:
    """The log of calls to AWS, each after botocore checked its parameters.

    Attributes:
        made: The operation and its parameters, by service, in order.
        fail: May raise before a call is sent; takes the operation's name.
    """

    made: list[tuple[str, str, dict[str, Any]]] = field(default_factory=list)
    fail: Callable[[str], None] = lambda _: None
    _asked: dict[str, Any] = field(default_factory=dict)

    def keep(self, params: dict[str, Any], **_: Any) -> None:
        self._asked = params

    def log(self, model: Any, **_: Any) -> None:
        self.fail(model.name)
        service = model.service_model.service_name
        self.made.append((service, model.name, self._asked))

    @property
    def names(self) -> list[str]:
        return [f"{service}.{operation}" for service, operation, _ in self.made]

    @property
    def changes(self) -> list[str]:
        return [
            f"{service}.{operation}"
            for service, operation, _ in self.made
            if not operation.startswith(READS)
        ]

    def of(self, operation: str) -> list[dict[str, Any]]:
        return [params for _, name, params in self.made if name == operation]

    def kill_after(self, changes: int) -> None:
        """Kill the run at the call that would be one change too many."""
        self.live()

        def fail(operation: str) -> None:
            if not operation.startswith(READS) and len(self.changes) == changes:
                raise Killed

        self.fail = fail

    def live(self) -> None:
        self.made.clear()
        self.fail = lambda _: None

    def refuse(self, *operations: str, code: str, message: str = "no") -> None:
        """Answer some operations with an error of AWS."""

        def fail(operation: str) -> None:
            if operation in operations:
                answer: Any = {"Error": {"Code": code, "Message": message}}
                raise ClientError(answer, operation)

        self.fail = fail


@contextmanager
def logged(endpoint: str) -> Iterator[Calls]:
    """Empty the AWS account on loopback, and keep a log of the calls to it."""
    calls = Calls()

    def new_session(region: str) -> Any:
        made = boto3.Session(region_name=region)
        made.events.register("before-parameter-build", calls.keep)
        made.events.register("before-call", calls.log)
        return made

    with (
        mock.patch.object(session, "new_session", new_session),
        # moto passes over a policy's conditions, so "no TLS, no answer" denies all.
        mock.patch.object(
            FakeBucket, "get_permission", lambda *_: PermissionResult.NEUTRAL
        ),
    ):
        with urlopen(Request(f"{endpoint}/moto-api/reset", method="POST")):
            pass
        yield calls


@contextmanager
def client(service: str, region: str = REGION) -> Iterator[Any]:
    """Yield a client whose calls are not in the log."""
    made: Any = boto3.Session(region_name=region)
    opened = made.client(service)
    yield opened
    opened.close()


# All that a teardown may ever call, and what it may change.
LOOKED_FOR = {
    "sts": "GetCallerIdentity",
    "s3": "ListBuckets GetBucketTagging HeadObject ListObjectVersions "
    "ListMultipartUploads",
    "iam": "ListInstanceProfiles GetInstanceProfile ListRoles GetRole "
    "ListRolePolicies ListAttachedRolePolicies",
    "ec2": "DescribeSecurityGroups",
    "redshift": "DescribeClusters DescribeClusterSnapshots DescribeClusterSubnetGroups",
    "redshift-serverless": "ListWorkgroups ListNamespaces ListSnapshots "
    "ListUsageLimits ListTagsForResource GetWorkgroup GetNamespace",
    "emr": "ListClusters DescribeCluster",
    "emr-serverless": "ListApplications GetApplication ListJobRuns",
    "secretsmanager": "ListSecrets",
    "budgets": "DescribeBudget",
}
REMOVED = {
    "emr": "SetTerminationProtection TerminateJobFlows",
    "emr-serverless": "CancelJobRun StopApplication DeleteApplication",
    "redshift": "DeleteCluster DeleteClusterSubnetGroup",
    "redshift-serverless": "DeleteWorkgroup DeleteUsageLimit DeleteNamespace",
    "ec2": "RevokeSecurityGroupIngress RevokeSecurityGroupEgress DeleteSecurityGroup",
    "iam": "RemoveRoleFromInstanceProfile DeleteInstanceProfile DeleteRolePolicy "
    "DetachRolePolicy DeleteRole",
    "s3": "AbortMultipartUpload DeleteObjects DeleteBucket",
    "secretsmanager": "DeleteSecret",
    "budgets": "DeleteBudget",
}


def operations(*tables: dict[str, str]) -> set[str]:
    return {
        f"{service}.{name}"
        for table in tables
        for service, names in table.items()
        for name in names.split()
    }


def look(asked: Settings | None = None, **given: Any) -> Plan:
    return plan(
        asked or settings(),
        **{
            "needs_emr": True,
            "needs_redshift": True,
            "source": "s3://raw/2018",
            **given,
        },
    )


def make(asked: Settings | None = None, **given: Any) -> Provisioned:
    return apply(look(asked, **given))


def actions(rows: Any) -> dict[tuple[str, str], str]:
    return {(row.kind, row.name): row.action for row in rows}


def policies() -> dict[str, Any]:
    """Return what each role may do, with the ids of this account left out."""
    with client("iam") as iam:
        return {
            role["RoleName"]: iam.get_role_policy(
                RoleName=role["RoleName"], PolicyName="sparkify"
            )["PolicyDocument"]
            for role in iam.list_roles()["Roles"]
            if role["RoleName"].startswith("sparkify-")
        }


def group(name: str) -> Any:
    with client("ec2") as ec2:
        found = ec2.describe_security_groups(
            Filters=[{"Name": "group-name", "Values": [name]}]
        )
    return found["SecurityGroups"][0]


def sources(name: str = "sparkify-redshift") -> set[str]:
    """Return who may come in, and make sure that it is through one port."""
    permissions = group(name)["IpPermissions"]
    for each in permissions:
        assert (each["IpProtocol"], each["FromPort"], each["ToPort"]) == (
            "tcp",
            5439,
            5439,
        )
    return {
        source.get("CidrIp") or source["GroupId"]
        for each in permissions
        for source in each["IpRanges"] + each["UserIdGroupPairs"]
    }


def in_region(name: str, **objects: bytes) -> None:
    with client("s3") as s3:
        place = {"LocationConstraint": REGION}
        s3.create_bucket(Bucket=name, CreateBucketConfiguration=place)
        for key, body in objects.items():
            s3.put_object(Bucket=name, Key=key.replace("__", "/"), Body=body)


def put_cluster(name: str, roles: tuple[str, ...] = (), **given: Any) -> None:
    with client("redshift") as redshift:
        redshift.create_cluster(
            ClusterIdentifier=name,
            NodeType="ra3.large",
            MasterUsername="admin",
            IamRoles=[f"arn:aws:iam::{ACCOUNT}:role/{role}" for role in roles],
            **given,
        )
