"""The roles of an emulated EMR cluster, and what EMR asks for with them.

EMR's calls to EC2 are not documented one by one. Here they are those of AWS's own
policy for the role, without the features that our clusters do not use.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

from moto.core.models import DEFAULT_ACCOUNT_ID
from moto.emr.models import Cluster
from moto.iam.aws_managed_policies import aws_managed_policies_data
from moto.iam.models import iam_backends

from sparkify.rehearsal.iam import Iam, RoleError
from sparkify.rehearsal.iam_policies import Asked

AWS_POLICY = "AmazonEMRServicePolicy_v2"
# For private subnets, groups that EMR makes, placement groups and endpoints.
NOT_USED = {
    "ec2:CreateNetworkInterface",
    "ec2:CreatePlacementGroup",
    "ec2:CreateSecurityGroup",
    "ec2:CreateVpcEndpoint",
    "ec2:DeletePlacementGroup",
    "ec2:ModifyVpcEndpoint",
}
MADE = ("instance", "volume", "network-interface", "launch-template")
LAUNCHED_FROM = {
    "ec2:CreateFleet": (
        "subnet",
        "security-group",
        "fleet",
        "image",
        "launch-template",
    ),
    "ec2:CreateLaunchTemplateVersion": ("launch-template",),
    "ec2:RunInstances": (
        *("subnet", "security-group", "image", "network-interface"),
        "launch-template",
    ),
}
LAUNCHED = {
    "ec2:CreateFleet": ("instance", "volume"),
    "ec2:CreateLaunchTemplate": ("launch-template",),
    "ec2:RunInstances": ("instance", "volume"),
}
MANAGED = {
    "ec2:DeleteLaunchTemplate": ("launch-template",),
    "ec2:DeleteNetworkInterface": ("network-interface",),
    "ec2:DeleteTags": MADE,
    "ec2:ModifyInstanceAttribute": ("instance",),
    "ec2:TerminateInstances": ("instance",),
}
CREATING = ("CreateFleet", "CreateLaunchTemplate", "RunInstances")
ID = "0123456789abcdef0"  # of what does not exist yet


class LaunchError(Exception):
    """EMR may not launch a cluster; the message says what was denied."""


def launch(iam: Iam, cluster: Cluster) -> dict[str, str]:
    """Launch a cluster with its service role; return its instances' credentials.

    Args:
        iam: The account's IAM.
        cluster: The cluster.

    Raises:
        LaunchError: A role does not trust its service, or may not do what EMR does.
    """
    account, region = DEFAULT_ACCOUNT_ID, iam.region
    service_role = str(cluster.service_role).rpartition("/")[2]
    instance_role = _instance_role(str(cluster.role))
    try:
        iam.assume(
            service_role,
            "elasticmapreduce.amazonaws.com",
            "CCSSession",
            SourceAccount=account,
            SourceArn=f"arn:aws:elasticmapreduce:{region}:{account}:cluster/{cluster.id}",
        )
        for asked in launch_requests(cluster, region, instance_role):
            if words := iam.check(service_role, "CCSSession", asked):
                raise LaunchError(
                    f"Service role {service_role} has insufficient EC2 permissions: "
                    f"{words}"
                )
        # EC2 gives no account: such a condition in the trust would refuse it.
        return iam.assume(instance_role, "ec2.amazonaws.com", f"i-{ID}")
    except RoleError as error:
        raise LaunchError(str(error)) from error


def _instance_role(profile: str) -> str:
    profiles = iam_backends[DEFAULT_ACCOUNT_ID]["aws"].instance_profiles.values()
    roles = [
        role.name for each in profiles if each.name == profile for role in each.roles
    ]
    if not roles:
        raise LaunchError(f"Invalid InstanceProfile: {profile}.")
    return str(roles[0])


def launch_requests(
    cluster: Cluster, region: str, instance_role: str
) -> Iterator[Asked]:
    """Yield what EMR asks for in the life of one of our clusters.

    Args:
        cluster: The cluster.
        region: The region.
        instance_role: The role of its instances.
    """
    place = f"arn:aws:ec2:{region}:{DEFAULT_ACCOUNT_ID}"
    group = f"{place}:security-group/{cluster.master_security_group}"
    arns = {
        "image": f"arn:aws:ec2:{region}::image/ami-{ID}",
        "security-group": group,
        "subnet": f"{place}:subnet/{cluster.ec2_subnet_id}",
    }
    tags: dict[str, str] = {tag["Key"]: tag["Value"] for tag in cluster.tags}
    requested = {f"aws:RequestTag/{key}": value for key, value in tags.items()}
    tagged = {f"aws:ResourceTag/{key}": value for key, value in tags.items()}

    def arn(kind: str) -> str:
        return arns.get(kind, f"{place}:{kind}/{ID}")

    for action in actions_of_aws():
        if action.startswith("ec2:Describe"):
            yield Asked(action)
        for kind in LAUNCHED_FROM.get(action, ()):
            yield Asked(action, arn(kind), tagged if kind in MADE else {})
        for kind in LAUNCHED.get(action, ()):
            yield Asked(action, arn(kind), requested)
        for kind in MANAGED.get(action, ()):
            yield Asked(action, arn(kind), tagged)
        if "SecurityGroup" in action and "Describe" not in action:
            yield Asked(action, group)
    for creating in CREATING:
        for kind in MADE:
            yield Asked("ec2:CreateTags", arn(kind), {"ec2:CreateAction": creating})
    yield Asked(
        "iam:PassRole",
        f"arn:aws:iam::{DEFAULT_ACCOUNT_ID}:role/{instance_role}",
        {"iam:PassedToService": "ec2.amazonaws.com"},
    )


def actions_of_aws() -> list[str]:
    """Return the actions on EC2 of AWS's own policy that our clusters use."""
    document: Any = json.loads(aws_managed_policies_data)[AWS_POLICY]["Document"]
    named: set[str] = set()
    for statement in document["Statement"]:
        action = statement["Action"]
        named.update([action] if isinstance(action, str) else action)
    return sorted(each for each in named - NOT_USED if each.startswith("ec2:"))
