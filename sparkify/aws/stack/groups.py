"""The security groups of Redshift and of EMR's instances."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from functools import partial
from typing import Any

from sparkify.aws.names import is_ours, tags
from sparkify.aws.session import Clients
from sparkify.aws.settings import Settings
from sparkify.aws.stack.finding import ABSENT, NOT_OURS, THERE, Change, Finding
from sparkify.aws.stack.network import Network
from sparkify.aws.waiting import until_known, wait_for

PORT = 5439
NO_GROUP = "InvalidGroup.NotFound"
PORTS = ("IpProtocol", "FromPort", "ToPort")

# A rule: protocol, first and last port, and the source (an address or a group's id).
Rule = tuple[str, int, int, str]


def redshift_rules(sources: Iterable[str]) -> set[Rule]:
    """Return the rules that let addresses and groups reach Redshift."""
    return {("tcp", PORT, PORT, source) for source in sources}


class SecurityGroup:
    """One of our security groups.

    Args:
        clients: The clients.
        settings: The AWS parameters.
        network: The VPC that it belongs to.
        name: The group's name.
        description: What the group is for.
        wanted: Returns the only ingress rules that it may have; None leaves the rules
            to EMR, which adds those between its instances by itself.
    """

    kind = "security group"
    cost = 0.0

    def __init__(
        self,
        clients: Clients,
        settings: Settings,
        network: Network,
        name: str,
        description: str,
        wanted: Callable[[], set[Rule]] | None = None,
    ) -> None:
        self._ec2 = clients.ec2
        self._settings = settings
        self._network = network
        self.name = name
        self._description = description
        self._wanted = wanted
        self._created = ""  # the id, which EC2 may not list for some seconds

    def find(self) -> dict[str, Any] | None:
        """Return EC2's description of the group; None if it does not exist."""
        if not self._network.vpc:
            return None
        found = self._ec2.describe_security_groups(
            Filters=[
                {"Name": "group-name", "Values": [self.name]},
                {"Name": "vpc-id", "Values": [self._network.vpc]},
            ]
        )["SecurityGroups"]
        return dict(found[0]) if found else None

    @property
    def id(self) -> str:
        """The group's id; empty if it does not exist."""
        if self._created:
            return self._created
        found = self.find()
        return str(found["GroupId"]) if found else ""

    def look(self) -> Finding:
        """Return the state of the group; change nothing."""
        found = self.find()
        wanted = self._wanted() if self._wanted else set()
        if found is None:
            opened = (self._opening(wanted),) if self._wanted else ()
            return Finding(ABSENT, (Change("create", self._create), *opened))
        if not is_ours(found.get("Tags"), self._settings):
            return Finding(
                NOT_OURS,
                refusal=f"security group '{self.name}' exists and is not tagged as "
                "ours; choose another name, or delete the group",
            )
        if self._wanted is None:
            return Finding(THERE)
        return Finding(THERE, tuple(self._changes(found, wanted)))

    def _changes(self, found: dict[str, Any], wanted: set[Rule]) -> Iterable[Change]:
        there = {
            rule: single
            for single in map(dict, singles(found["IpPermissions"]))
            for rule in [as_rule(single)]
        }
        surplus = sorted(there.keys() - wanted)
        if surplus:
            closed = [there[rule] for rule in surplus]
            yield Change(
                f"no ingress from {_sources(surplus)}",
                lambda: self._ec2.revoke_security_group_ingress(
                    GroupId=self.id, IpPermissions=closed
                ),
            )
        if wanted - there.keys():
            yield self._opening(wanted - there.keys())

    def _opening(self, rules: set[Rule]) -> Change:
        def authorize() -> None:
            # Ask again: a group that a rule names may have been created meanwhile.
            missing = rules | (self._wanted() if self._wanted else set())
            found = self.find() or {}
            permissions = found.get("IpPermissions", ())
            there = {as_rule(single) for single in singles(permissions)}
            allow = partial(
                self._ec2.authorize_security_group_ingress,
                GroupId=self.id,
                IpPermissions=[as_permission(rule) for rule in sorted(missing - there)],
            )
            until_known(allow, NO_GROUP)

        return Change(f"ingress from {_sources(sorted(rules))}", authorize)

    def _create(self) -> None:
        answer = self._ec2.create_security_group(
            GroupName=self.name,
            Description=self._description,
            VpcId=self._network.vpc,
            TagSpecifications=[
                {
                    "ResourceType": "security-group",
                    "Tags": tags(self._settings, is_for_emr=self._wanted is None),
                }
            ],
        )
        self._created = str(answer["GroupId"])
        what = f"security group '{self.name}'"
        wait_for(self._ec2, "security_group_exists", what, GroupIds=[self._created])


def singles(permissions: Iterable[dict[str, Any]]) -> Iterable[dict[str, Any]]:
    """Split permissions, so that each has one source."""
    sources = ("IpRanges", "Ipv6Ranges", "PrefixListIds", "UserIdGroupPairs")
    for permission in permissions:
        ports = {name: permission[name] for name in PORTS if name in permission}
        for kind in sources:
            for source in permission.get(kind, ()):
                yield {**ports, kind: [source]}


def as_rule(single: dict[str, Any]) -> Rule:
    """Return a permission with one source as a rule."""
    source = next(single[kind][0] for kind in single if kind not in PORTS)
    keys = ("CidrIp", "CidrIpv6", "PrefixListId", "GroupId")
    return (
        single["IpProtocol"],
        single.get("FromPort", -1),
        single.get("ToPort", -1),
        next(source[key] for key in keys if source.get(key)),
    )


def as_permission(rule: Rule) -> dict[str, Any]:
    """Return a rule as a permission for EC2."""
    protocol, first, last, source = rule
    ports = {"IpProtocol": protocol, "FromPort": first, "ToPort": last}
    if source.startswith("sg-"):
        return {**ports, "UserIdGroupPairs": [{"GroupId": source}]}
    return {**ports, "IpRanges": [{"CidrIp": source}]}


def _sources(rules: Iterable[Rule]) -> str:
    return " and ".join(source for *_, source in rules)
