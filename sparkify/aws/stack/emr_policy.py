"""The permissions of EMR itself: what it may do with EC2 to run one of our clusters.

The policy follows AWS's own `AmazonEMRServicePolicy_v2` (version 6), but is narrower.
It names one region, one role to pass, and the ARNs of one subnet and one security group
instead of all that carry EMR's tag. It leaves out automatic scaling, placement groups
and endpoints, which we do not use. So the account's default subnet needs no tag, and
EMR may not create security groups. Instances, volumes, launch templates and network
interfaces do not exist beforehand; the policy selects them by EMR's tag, which EMR
copies from the cluster.
"""

from __future__ import annotations

from sparkify.aws.names import EMR_TAG
from sparkify.aws.stack.statements import Policy, allow, policy

TAGGED = {"StringEquals": {f"aws:ResourceTag/{EMR_TAG}": "true"}}
TAGGED_BY_REQUEST = {"StringEquals": {f"aws:RequestTag/{EMR_TAG}": "true"}}
TAGGED_RESOURCES = ("instance", "volume", "network-interface", "launch-template")
LAUNCH = (
    "ec2:CreateFleet",
    "ec2:CreateLaunchTemplate",
    "ec2:CreateLaunchTemplateVersion",
    "ec2:RunInstances",
)
DESCRIBE = (
    "ec2:DescribeAccountAttributes",
    "ec2:DescribeCapacityReservations",
    "ec2:DescribeDhcpOptions",
    "ec2:DescribeImages",
    "ec2:DescribeInstanceTypeOfferings",
    "ec2:DescribeInstances",
    "ec2:DescribeLaunchTemplates",
    "ec2:DescribeNetworkAcls",
    "ec2:DescribeNetworkInterfaces",
    "ec2:DescribePlacementGroups",
    "ec2:DescribeRouteTables",
    "ec2:DescribeSecurityGroups",
    "ec2:DescribeSubnets",
    "ec2:DescribeVolumeStatus",
    "ec2:DescribeVolumes",
    "ec2:DescribeVpcAttribute",
    "ec2:DescribeVpcEndpoints",
    "ec2:DescribeVpcs",
)
CREATING = ["CreateFleet", "CreateLaunchTemplate", "RunInstances"]


def emr_service(
    account: str, region: str, subnet: str, group: str, instance_role: str
) -> Policy:
    """Return the policy of EMR: run tagged instances in one subnet and one group.

    Args:
        account: The account's id.
        region: The cluster's region.
        subnet: The subnet's id.
        group: The security group's id.
        instance_role: The ARN of the role of the instances.
    """

    def ec2(*kinds: str) -> list[str]:
        return [f"arn:aws:ec2:{region}:{account}:{kind}/*" for kind in kinds]

    group_arn = f"arn:aws:ec2:{region}:{account}:security-group/{group}"
    subnet_arn = f"arn:aws:ec2:{region}:{account}:subnet/{subnet}"
    return policy(
        allow("LaunchInOurNetwork", LAUNCH, [subnet_arn, group_arn]),
        allow(
            "LaunchFrom",
            LAUNCH,
            [
                f"arn:aws:ec2:{region}::image/ami-*",
                *ec2("capacity-reservation", "fleet", "network-interface"),
            ],
        ),
        allow(
            "LaunchTagged",
            ("ec2:CreateFleet", "ec2:RunInstances"),
            ec2("instance", "volume"),
            TAGGED_BY_REQUEST,
        ),
        allow(
            "MakeTaggedTemplate",
            ("ec2:CreateLaunchTemplate",),
            ec2("launch-template"),
            TAGGED_BY_REQUEST,
        ),
        allow(
            "LaunchFromTaggedTemplate",
            ("ec2:CreateFleet", "ec2:CreateLaunchTemplateVersion", "ec2:RunInstances"),
            ec2("launch-template"),
            TAGGED,
        ),
        allow(
            "ManageTagged",
            (
                "ec2:DeleteLaunchTemplate",
                "ec2:DeleteNetworkInterface",
                "ec2:ModifyInstanceAttribute",
                "ec2:TerminateInstances",
            ),
            ec2(*TAGGED_RESOURCES),
            TAGGED,
        ),
        allow(
            "TagWhatIsMade",
            ("ec2:CreateTags",),
            ec2(*TAGGED_RESOURCES),
            {"StringEquals": {"ec2:CreateAction": CREATING}},
        ),
        allow(
            "TagTagged",
            ("ec2:CreateTags", "ec2:DeleteTags"),
            ec2(*TAGGED_RESOURCES),
            TAGGED,
        ),
        allow(
            "OpenOurGroup",
            (
                "ec2:AuthorizeSecurityGroupEgress",
                "ec2:AuthorizeSecurityGroupIngress",
                "ec2:RevokeSecurityGroupEgress",
                "ec2:RevokeSecurityGroupIngress",
            ),
            [group_arn],
        ),
        allow("Look", DESCRIBE, ["*"]),  # EC2 cannot limit these to a resource
        allow(
            "PassInstanceRole",
            ("iam:PassRole",),
            [instance_role],
            {"StringEquals": {"iam:PassedToService": "ec2.amazonaws.com"}},
        ),
    )
