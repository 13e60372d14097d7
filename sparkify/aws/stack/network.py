"""The network of the machines: the account's default VPC and its subnets."""

from __future__ import annotations

from functools import cached_property
from typing import Any

from sparkify.aws.session import Clients
from sparkify.aws.settings import Settings
from sparkify.aws.stack.finding import ABSENT, THERE, Finding


class Network:
    """The default VPC of the region, which is used as it is.

    Args:
        clients: The clients.
        settings: The AWS parameters.
        needs_emr: Whether EMR's instances will run in it.
    """

    kind = "vpc"
    cost = 0.0

    def __init__(
        self, clients: Clients, settings: Settings, *, needs_emr: bool
    ) -> None:
        self._ec2 = clients.ec2
        self._settings = settings
        self._needs_emr = needs_emr

    @property
    def name(self) -> str:
        """The VPC's id."""
        return self.vpc or "default"

    @cached_property
    def vpc(self) -> str:
        """The VPC's id; empty if the region has no default VPC."""
        found = self._ec2.describe_vpcs(
            Filters=[{"Name": "is-default", "Values": ["true"]}]
        )["Vpcs"]
        return str(found[0]["VpcId"]) if found else ""

    @cached_property
    def _default_subnets(self) -> list[dict[str, Any]]:
        if not self.vpc:
            return []
        found = self._ec2.describe_subnets(
            Filters=[
                {"Name": "vpc-id", "Values": [self.vpc]},
                {"Name": "default-for-az", "Values": ["true"]},
            ]
        )["Subnets"]
        return sorted(found, key=lambda subnet: str(subnet["AvailabilityZone"]))

    @property
    def subnets(self) -> list[str]:
        """The ids of the default subnets, by zone."""
        return [subnet["SubnetId"] for subnet in self._default_subnets]

    @cached_property
    def emr_subnet(self) -> str:
        """The first default subnet whose zone offers EMR's instances; else empty."""
        pages = self._ec2.get_paginator("describe_instance_type_offerings").paginate(
            LocationType="availability-zone",
            Filters=[
                {"Name": "instance-type", "Values": [self._settings.emr_instance_type]}
            ],
        )
        zones = {
            offering["Location"]
            for page in pages
            for offering in page["InstanceTypeOfferings"]
        }
        for subnet in self._default_subnets:
            if subnet["AvailabilityZone"] in zones:
                return str(subnet["SubnetId"])
        return ""

    def look(self) -> Finding:
        """Return the state of the VPC; change nothing."""
        region = self._settings.region
        if not self.vpc:
            return Finding(
                ABSENT,
                refusal=f"{region} has no default VPC; create one with 'aws ec2 "
                f"create-default-vpc --region {region}'",
            )
        if not self.subnets:
            return Finding(
                THERE,
                refusal=f"the default VPC '{self.vpc}' has no default subnet; create "
                "one with 'aws ec2 create-default-subnet --availability-zone "
                f"{region}a --region {region}'",
            )
        if self._needs_emr and not self.emr_subnet:
            return Finding(
                THERE,
                refusal=f"emr_instance_type '{self._settings.emr_instance_type}' is "
                f"not offered in any zone of {region} with a default subnet; choose "
                "m5.xlarge",
            )
        return Finding(THERE)
