"""Plans what would be created on AWS and what it costs."""

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
    """A resource, as it is and as it will be.

    Attributes:
        kind: The kind of resource.
        name: Its name.
        state: Its state now.
        action: What has to be done: `keep`, `create`, `later`, `change: …` or
            `refuse: …`.
        cost: US dollars an hour; None if unknown.
    """

    kind: str
    name: str
    state: str
    action: str
    cost: float | None


@dataclass(frozen=True)
class Plan:
    """What would be created.

    Attributes:
        settings: The AWS parameters.
        needs_emr: Whether EMR will flatten.
        needs_redshift: Whether Redshift will hold the star.
        source: The address of the raw files.
        ingress: The address that may reach Redshift, as `a.b.c.d/32`; empty if
            no cluster is created.
        resources: The resources, in the order in which they are created.
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
        """Return the rows to show, with the total as the last."""
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
    """Look at what exists, change nothing, and return what would be created.

    Args:
        settings: The AWS parameters.
        needs_emr: Whether EMR will flatten.
        needs_redshift: Whether Redshift will hold the star.
        source: The address of the raw files; EMR's instances may read it if it is
            an `s3://` prefix.

    Returns:
        The plan; what cannot be created is in it as a refusal.

    Raises:
        CloudError: AWS cannot create what the settings name, or cannot be reached.
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
    """Return the row of a resource that was looked at."""
    return PlannedResource(
        kind=resource.kind,
        name=resource.name,
        state=finding.state,
        action=finding.action,
        cost=resource.cost,
    )
