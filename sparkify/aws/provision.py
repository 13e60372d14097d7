"""Creates on AWS what a plan says, except what already exists.

Each call is small, and each resource is looked at again before it is changed. So a run
that was killed half-way can be finished by running it again.
"""

from __future__ import annotations

from dataclasses import dataclass

from sparkify.aws.cloud import Cloud
from sparkify.aws.plan import Plan, PlannedResource, as_row
from sparkify.aws.session import clients, explained
from sparkify.aws.stack.finding import KEEP, LATER, Awaited, Finding
from sparkify.aws.stack.stack import Stack
from sparkify.errors import CloudError
from sparkify.progress import Progress


@dataclass(frozen=True)
class Provisioned:
    """What was created.

    Attributes:
        cloud: The state that the later steps need.
        resources: Each resource: how it was found, and what was done.
    """

    cloud: Cloud
    resources: tuple[PlannedResource, ...]

    @property
    def is_unchanged(self) -> bool:
        """Whether everything already existed as it must be."""
        return all(row.action in (KEEP, LATER) for row in self.resources)


def apply(plan: Plan, progress: Progress | None = None) -> Provisioned:
    """Create what a plan says; leave what is already as it must be.

    Args:
        plan: What to create; `sparkify.aws.plan.plan` returns it.
        progress: Receives the resources done, and the state of a cluster that is
            not available yet.

    Returns:
        What exists now, and what was done for it.

    Raises:
        CloudError: Something cannot be created or used, or takes longer than the
            deadline. What was created stays; the next run finds it.
    """
    progress = progress or Progress()
    _refuse(plan.refusals)
    with explained(), clients(plan.settings.region) as aws:
        stack = Stack(
            aws,
            plan.settings,
            needs_emr=plan.needs_emr,
            needs_redshift=plan.needs_redshift,
            needs_workgroup=plan.needs_workgroup,
            source=plan.source,
            ingress=plan.ingress,
            needs_emr_serverless=plan.needs_emr_serverless,
        )
        resources = stack.resources()
        _refuse([found.look().refusal for found in resources])
        rows = []
        for number, resource in enumerate(resources, start=1):
            finding = resource.look()
            _make(finding)
            if isinstance(resource, Awaited):
                resource.wait(progress)
            rows.append(as_row(resource, finding))
            progress.start(len(resources), "cloud resources")
            progress.advance(number)
        return Provisioned(stack.cloud(), tuple(rows))


def _make(finding: Finding) -> None:
    _refuse([finding.refusal])
    for change in finding.changes:
        change.make()


def _refuse(refusals: list[str]) -> None:
    """Raise an error that names everything that cannot be created, if anything."""
    if reasons := [refusal for refusal in refusals if refusal]:
        raise CloudError("; ".join(reasons))
