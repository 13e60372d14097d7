"""Makes on AWS what a plan says, and nothing that is there already.

Each call is small and each resource is looked at again before it is touched, so a run
that was killed half-way is finished by running it again.
"""

from __future__ import annotations

from dataclasses import dataclass

from sparkify.aws.cloud import Cloud
from sparkify.aws.plan import Plan, PlannedResource, as_row
from sparkify.aws.session import clients, explained
from sparkify.aws.stack.finding import KEEP, LATER, Finding
from sparkify.aws.stack.stack import Stack
from sparkify.errors import CloudError
from sparkify.progress import Progress


@dataclass(frozen=True)
class Provisioned:
    """What was made.

    Attributes:
        cloud: The state that the later steps need.
        resources: One row a resource: how it was found, and what was done.
    """

    cloud: Cloud
    resources: tuple[PlannedResource, ...]

    @property
    def is_unchanged(self) -> bool:
        """Whether everything was there already, as it must be."""
        return all(row.action in (KEEP, LATER) for row in self.resources)


def apply(plan: Plan, progress: Progress | None = None) -> Provisioned:
    """Makes what a plan says; what is there as it must be stays untouched.

    Args:
        plan: What to make, by `sparkify.aws.plan.plan`.
        progress: Is told what is done, and the state of what is waited for.

    Returns:
        What is there now, and what was done for it.

    Raises:
        CloudError: Something cannot be made or used, or takes longer than the
            deadline. What was made stays, and is found when run again.
    """
    progress = progress or Progress()
    _refuse(plan.refusals)
    with explained(), clients(plan.settings.region) as aws:
        stack = Stack(
            aws,
            plan.settings,
            needs_emr=plan.needs_emr,
            needs_redshift=plan.needs_redshift,
            source=plan.source,
            ingress=plan.ingress,
        )
        resources = stack.resources()
        _refuse([found.look().refusal for found in resources])
        rows = []
        for number, resource in enumerate(resources, start=1):
            finding = resource.look()
            _make(finding)
            if resource is stack.cluster:
                stack.cluster.wait(progress)
            rows.append(as_row(resource, finding))
            progress.start(len(resources), "cloud resources")
            progress.advance(number)
        return Provisioned(stack.cloud(), tuple(rows))


def _make(finding: Finding) -> None:
    _refuse([finding.refusal])
    for change in finding.changes:
        change.make()


def _refuse(refusals: list[str]) -> None:
    """Stops where something cannot be made, and says all that cannot."""
    if reasons := [refusal for refusal in refusals if refusal]:
        raise CloudError("; ".join(reasons))
