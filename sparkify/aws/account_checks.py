"""Checks of the account that change nothing, before anything costs money."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

from sparkify.aws.artefacts import MACHINE
from sparkify.aws.preconditions import release_problem
from sparkify.aws.quotas import check_workers, quota
from sparkify.aws.session import FORBIDDEN, Clients, find
from sparkify.aws.settings import NEW, Settings
from sparkify.aws.stack.finding import NOT_CHECKED, THERE, Finding
from sparkify.aws.stack.network import Network

# Service Quotas' code of "Running On-Demand Standard instances", in virtual CPUs, and
# the letters of the instance types that it counts.
STANDARD_QUOTA = "L-1216C47A"
STANDARD_TYPES = tuple("acdhimrtz")


@dataclass(frozen=True)
class Check:
    """Something that is looked at and not made; a plan shows it like a resource.

    Attributes:
        kind: What is checked.
        name: The name of the thing.
        look: Returns what was found.
        cost: US dollars an hour.
    """

    kind: str
    name: str
    look: Callable[[], Finding]
    cost: float | None = 0.0


def account_checks(
    aws: Clients,
    settings: Settings,
    network: Network,
    *,
    needs_emr: bool,
    needs_redshift: bool,
    needs_emr_serverless: bool = False,
) -> Iterator[Check]:
    """Yield the checks of what is about to be made or used.

    Args:
        aws: The clients.
        settings: The AWS parameters.
        network: The default VPC.
        needs_emr: Whether EMR will flatten.
        needs_redshift: Whether Redshift will hold the star.
        needs_emr_serverless: Whether EMR Serverless will flatten.
    """
    if needs_emr_serverless:
        name = f"{settings.emr_instances} workers"
        yield Check("emr quota", name, lambda: check_workers(aws, settings))
    makes_emr = needs_emr and settings.emr_cluster == NEW
    makes_cluster = needs_redshift and settings.cluster == NEW
    if makes_emr:
        name = settings.emr_instance_type
        yield Check("instance type", name, lambda: _architecture(aws, settings))
        yield Check("ec2 quota", name, lambda: _quota(aws, settings))
    elif needs_emr:
        name = settings.emr_cluster
        yield Check("emr release", name, lambda: _release(aws, settings))
    if makes_emr or makes_cluster:
        subnets = set(network.subnets if makes_cluster else ())
        subnets |= {network.emr_subnet} - {""} if makes_emr else set()
        if subnets:
            yield Check(
                "subnets", network.name, lambda: _public(aws, settings, sorted(subnets))
            )


def _instance_type(aws: Clients, settings: Settings) -> dict[str, Any]:
    """Return EC2's description of the instance type; empty if it does not tell."""
    found = find(
        aws.ec2.describe_instance_types,
        "InvalidInstanceType",
        *FORBIDDEN,
        InstanceTypes=[settings.emr_instance_type],
    )
    return dict(found["InstanceTypes"][0]) if found and found["InstanceTypes"] else {}


def _architecture(aws: Clients, settings: Settings) -> Finding:
    described = _instance_type(aws, settings)
    offered = described.get("ProcessorInfo", {}).get("SupportedArchitectures", [])
    if not offered:
        return Finding(NOT_CHECKED)
    state = ", ".join(offered)
    if MACHINE in offered:
        return Finding(state)
    return Finding(
        state,
        refusal=f"emr_instance_type '{settings.emr_instance_type}' is {state}, but the "
        f"wheels of EMR's nodes are for {MACHINE}; write emr_instance_type=m5.xlarge",
    )


def _quota(aws: Clients, settings: Settings) -> Finding:
    """Compare the instances' virtual CPUs with the most that may run at once."""
    each = _instance_type(aws, settings).get("VCpuInfo", {}).get("DefaultVCpus")
    if not each or not settings.emr_instance_type.startswith(STANDARD_TYPES):
        return Finding(NOT_CHECKED)
    most = quota(aws, "ec2", STANDARD_QUOTA)
    if isinstance(most, str):
        return Finding(most)
    needed = each * settings.emr_instances
    state = f"{needed} of {most} vCPUs"
    if needed <= most:
        return Finding(state)
    return Finding(
        state,
        refusal=f"{settings.emr_instances} instances of {settings.emr_instance_type} "
        f"have {needed} vCPUs, but {settings.region} may run {most} at once; choose "
        f"fewer emr_instances, or ask for more with 'aws service-quotas "
        f"request-service-quota-increase --service-code ec2 --quota-code "
        f"{STANDARD_QUOTA} --desired-value {needed} --region {settings.region}'",
    )


def _release(aws: Clients, settings: Settings) -> Finding:
    """Check the release of an existing EMR cluster."""
    request = {"ClusterId": settings.emr_cluster}
    found = find(aws.emr.describe_cluster, "InvalidRequestException", **request)
    release = str((found or {"Cluster": {}})["Cluster"].get("ReleaseLabel", ""))
    if not release:
        return Finding(NOT_CHECKED)
    problem = release_problem(release)
    if not problem:
        return Finding(release)
    cluster = f"EMR cluster '{settings.emr_cluster}' has {problem}"
    return Finding(release, refusal=f"{cluster}, or use emr_cluster=new")


def _public(aws: Clients, settings: Settings, subnets: list[str]) -> Finding:
    """Check that what starts in the subnets gets a public address."""
    described = aws.ec2.describe_subnets(SubnetIds=subnets)["Subnets"]
    private = sorted(
        subnet["SubnetId"]
        for subnet in described
        if not subnet.get("MapPublicIpOnLaunch")
    )
    if not private:
        return Finding(THERE)
    return Finding(
        "private",
        refusal=f"default subnet '{private[0]}' gives no public address, so the "
        "machines in it are cut off; if its route table has an internet gateway, "
        f"run 'aws ec2 modify-subnet-attribute --subnet-id {private[0]} "
        f"--map-public-ip-on-launch --region {settings.region}'",
    )
