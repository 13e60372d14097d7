"""What would be made on AWS, and what it costs, before anything is made."""

from __future__ import annotations

from dataclasses import dataclass

from sparkify.aws.ingress import find_ingress
from sparkify.aws.preconditions import check_settings
from sparkify.aws.session import clients, explained
from sparkify.aws.settings import NEW, Settings
from sparkify.aws.stack.finding import CloudResource, Finding
from sparkify.aws.stack.stack import Stack

UNKNOWN = "unknown"


@dataclass(frozen=True)
class PlannedResource:
    """One resource, as it is and as it will be.

    Attributes:
        kind: What it is.
        name: What it is called.
        state: How it is now.
        action: What is to be done: `keep`, `create`, `later`, `change: …` or
            `refuse: …`.
        cost: US dollars an hour; None where that is unknown.
    """

    kind: str
    name: str
    state: str
    action: str
    cost: float | None


@dataclass(frozen=True)
class Plan:
    """What would be made.

    Attributes:
        settings: What was asked for.
        needs_emr: Whether EMR will flatten.
        needs_redshift: Whether Redshift will hold the star.
        source: Where the raw files lie.
        ingress: The address that may reach Redshift, as `a.b.c.d/32`; empty where
            no cluster is made.
        resources: One row a resource, in the order in which they are made.
    """

    settings: Settings
    needs_emr: bool
    needs_redshift: bool
    source: str
    ingress: str
    resources: tuple[PlannedResource, ...]

    @property
    def total(self) -> float | None:
        """US dollars an hour while all of it runs; None if a part is unknown."""
        costs = [resource.cost for resource in self.resources]
        known = [cost for cost in costs if cost is not None]
        return round(sum(known), 3) if len(known) == len(costs) else None

    @property
    def refusals(self) -> list[str]:
        """Why the plan cannot be carried out; empty if it can."""
        return [
            resource.action.removeprefix("refuse: ")
            for resource in self.resources
            if resource.action.startswith("refuse: ")
        ]

    def table(self) -> list[dict[str, str | float]]:
        """Gives the rows to show, with the total as the last."""
        rows = [
            {
                "kind": resource.kind,
                "name": resource.name,
                "state": resource.state,
                "action": resource.action,
                "dollars an hour": _shown(resource.cost),
            }
            for resource in self.resources
        ]
        blank = {"name": "", "state": "", "action": ""}
        return [
            *rows,
            {"kind": "total", **blank, "dollars an hour": _shown(self.total)},
        ]


def _shown(cost: float | None) -> str | float:
    return UNKNOWN if cost is None else cost


def plan(
    settings: Settings,
    *,
    needs_emr: bool,
    needs_redshift: bool,
    source: str = "",
) -> Plan:
    """Looks at what is there, changes nothing, and says what would be made.

    Args:
        settings: What is asked for.
        needs_emr: Whether EMR will flatten.
        needs_redshift: Whether Redshift will hold the star.
        source: Where the raw files lie; EMR's instances may read it if it is
            an `s3://` prefix.

    Returns:
        The plan; what cannot be made is in it, as a refusal.

    Raises:
        CloudError: The settings ask for what AWS cannot make, or AWS cannot be asked.
    """
    with explained():
        check_settings(
            settings,
            needs_emr=needs_emr,
            needs_redshift=needs_redshift,
            source=source,
        )
    makes_cluster = needs_redshift and settings.cluster == NEW
    ingress = find_ingress(settings.ingress) if makes_cluster else ""
    with explained(), clients(settings.region) as aws:
        stack = Stack(
            aws,
            settings,
            needs_emr=needs_emr,
            needs_redshift=needs_redshift,
            source=source,
            ingress=ingress,
        )
        rows = tuple(as_row(found, found.look()) for found in stack.resources())
    return Plan(settings, needs_emr, needs_redshift, source, ingress, rows)


def as_row(resource: CloudResource, finding: Finding) -> PlannedResource:
    """Gives the row of a resource that was looked at."""
    return PlannedResource(
        kind=resource.kind,
        name=resource.name,
        state=finding.state,
        action=finding.action,
        cost=resource.cost,
    )
