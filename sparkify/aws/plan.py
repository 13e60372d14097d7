"""Plans what would be created on AWS and what it costs."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from sparkify.aws.account_checks import account_checks
from sparkify.aws.ingress import find_ingress
from sparkify.aws.names import Names
from sparkify.aws.preconditions import check_settings
from sparkify.aws.prices import HOURS_A_DAY, paused_dollars
from sparkify.aws.session import clients, explained
from sparkify.aws.settings import NEW, Settings
from sparkify.aws.stack.budget import Budget
from sparkify.aws.stack.finding import KEEP, LATER, THERE, CloudResource, Finding
from sparkify.aws.stack.stack import Stack
from sparkify.aws.stack.workgroup import Workgroup

UNKNOWN = "unknown"
OFFER = "offer: budget_usd=20 and budget_email=you@example.org"
PAUSED_GB = 1  # what a paused cluster is taken to store
BILLED_BY_USE = {Workgroup.kind}


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
        needs_redshift: Whether a Redshift cluster will hold the star.
        source: The address of the raw files.
        ingress: The address that may reach Redshift, as `a.b.c.d/32`; empty if
            neither a cluster nor a workgroup is created.
        resources: The resources, in the order in which they are created.
        checks: What was looked at and is not made: the machines, quotas, subnets.
        needs_workgroup: Whether Redshift Serverless will hold the star.
        needs_emr_serverless: Whether EMR Serverless will flatten.
        budget: The budget alarm, where the settings ask for none: it is there, or
            an offer.
    """

    settings: Settings
    needs_emr: bool
    needs_redshift: bool
    source: str
    ingress: str
    resources: tuple[PlannedResource, ...]
    checks: tuple[PlannedResource, ...] = ()
    needs_workgroup: bool = False
    needs_emr_serverless: bool = False
    budget: PlannedResource | None = None

    @property
    def total(self) -> float | None:
        """US dollars an hour while all of it runs; None if a part is unknown."""
        return _sum([resource.cost for resource in self.resources])

    @property
    def idle(self) -> float | None:
        """US dollars an hour while no step runs; None if a part is unknown."""
        return _sum([_idle(row) for row in self.resources])

    @property
    def makes_cluster(self) -> bool:
        """Whether the Redshift cluster is ours, so that we pay for it."""
        return self.needs_redshift and self.settings.cluster == NEW

    @property
    def refusals(self) -> list[str]:
        """Why the plan cannot be carried out; empty if it can."""
        return [
            resource.action.removeprefix("refuse: ")
            for resource in (*self.checks, *self.resources)
            if resource.action.startswith("refuse: ")
        ]

    def table(self) -> list[dict[str, str | float]]:
        """Return the rows to show; the last ones are the total and what a day costs.

        A day is one on which no step runs: EMR's machines are gone, the cluster waits.
        """
        rows = [_row(each, _idle(each)) for each in (*self.checks, *self.resources)]
        if self.budget:
            rows.append(_row(self.budget, 0.0))
        rows.append(_row(PlannedResource("total", "", "", "", self.total), self.idle))
        if self.makes_cluster:
            rows.append(self._stored("paused", "pause=true in 99_teardown"))
        if self.needs_workgroup:
            rows.append(self._stored("idle", "while no query runs"))
        return rows

    def _stored(self, what: str, when: str) -> dict[str, str | float]:
        """Return the row of what is billed while the warehouse only stores."""
        dollars = paused_dollars(PAUSED_GB, self.settings.region)
        note = f"{when}; with {PAUSED_GB} GB stored"
        row = PlannedResource(f"total, {what}", "", "", note, dollars)
        return _row(row, dollars)


def _idle(resource: PlannedResource) -> float | None:
    """Return US dollars an hour while no step runs; None if unknown."""
    is_free = resource.action == LATER or resource.kind in BILLED_BY_USE
    return 0.0 if is_free else resource.cost


def _sum(costs: Sequence[float | None]) -> float | None:
    known = [cost for cost in costs if cost is not None]
    return round(sum(known), 3) if len(known) == len(costs) else None


def _row(resource: PlannedResource, idle: float | None) -> dict[str, str | float]:
    """Return a row to show.

    Args:
        resource: What it shows.
        idle: US dollars an hour while no step runs; None if unknown.
    """
    return {
        "kind": resource.kind,
        "name": resource.name,
        "state": resource.state,
        "action": resource.action,
        "dollars an hour": _shown(resource.cost, 3),
        "dollars an idle day": _shown(idle and HOURS_A_DAY * idle, 2),
    }


def _shown(cost: float | None, digits: int) -> str | float:
    return UNKNOWN if cost is None else round(cost, digits)


def plan(
    settings: Settings,
    *,
    needs_emr: bool,
    needs_redshift: bool,
    needs_workgroup: bool = False,
    source: str = "",
    needs_emr_serverless: bool = False,
) -> Plan:
    """Look at what exists, change nothing, and return what would be created.

    Args:
        settings: The AWS parameters.
        needs_emr: Whether EMR will flatten.
        needs_redshift: Whether a Redshift cluster will hold the star.
        needs_workgroup: Whether Redshift Serverless will hold the star.
        source: The address of the raw files; EMR's instances may read it if it is
            an `s3://` prefix.
        needs_emr_serverless: Whether EMR Serverless will flatten.

    Returns:
        The plan; what cannot be created is in it as a refusal.

    Raises:
        ParameterError: A setting is not possible.
        CloudError: AWS cannot be reached, or does not accept the login.
    """
    check_settings(
        settings,
        needs_emr=needs_emr,
        needs_redshift=needs_redshift,
        needs_workgroup=needs_workgroup,
        source=source,
        needs_emr_serverless=needs_emr_serverless,
    )
    needs = {
        "needs_emr": needs_emr,
        "needs_redshift": needs_redshift,
        "needs_emr_serverless": needs_emr_serverless,
    }
    makes_cluster = needs_redshift and settings.cluster == NEW
    makes_endpoint = makes_cluster or needs_workgroup
    ingress = find_ingress(settings.ingress) if makes_endpoint else ""
    with explained(), clients(settings.region) as aws:
        stack = Stack(
            aws,
            settings,
            **needs,
            needs_workgroup=needs_workgroup,
            source=source,
            ingress=ingress,
        )
        needs["needs_redshift"] = needs_redshift or needs_workgroup
        checks = tuple(
            as_row(check, check.look())
            for check in account_checks(aws, settings, stack.network, **needs)
        )
        rows = tuple(as_row(found, found.look()) for found in stack.resources())
        budget = Budget(aws, Names(settings, aws.account))
        offered = None if settings.budget_usd else _offer(budget)
    return Plan(
        settings,
        needs_emr,
        needs_redshift,
        source,
        ingress,
        rows,
        checks,
        needs_workgroup,
        needs_emr_serverless,
        offered,
    )


def _offer(budget: Budget) -> PlannedResource:
    """Return the row of a budget alarm that the settings do not ask for."""
    state = budget.offered()
    action = KEEP if state.startswith(THERE) else OFFER
    return PlannedResource(Budget.kind, budget.name, state, action, Budget.cost)


def as_row(resource: CloudResource, finding: Finding) -> PlannedResource:
    """Return the row of a resource that was looked at."""
    return PlannedResource(
        kind=resource.kind,
        name=resource.name,
        state=finding.state,
        action=finding.action,
        cost=resource.cost,
    )
