"""Removes what was created on AWS: finds it by its tag, removes it, looks again."""

from __future__ import annotations

from collections.abc import Callable

from sparkify.aws.session import Clients, clients, explained
from sparkify.aws.settings import Settings
from sparkify.aws.teardown import removal, serverless
from sparkify.aws.teardown.applications import delete_emr_application
from sparkify.aws.teardown.orphaned_resource import (
    KEPT,
    REMOVED,
    STILL_THERE,
    OrphanedResource,
)
from sparkify.aws.teardown.orphans import find_orphans
from sparkify.errors import CloudError
from sparkify.params import as_switch
from sparkify.progress import Progress

Remove = Callable[[Clients, Settings, str, Progress], None]

REMOVE: dict[str, Remove] = {
    "emr cluster": removal.terminate_emr_cluster,
    "emr application": delete_emr_application,
    "redshift cluster": removal.delete_redshift_cluster,
    "redshift workgroup": serverless.delete_workgroup,
    "redshift usage limit": serverless.delete_usage_limit,
    "redshift namespace": serverless.delete_namespace,
    "subnet group": removal.delete_subnet_group,
    "security group": removal.delete_security_group,
    "emr instance profile": removal.delete_instance_profile,
    "iam role": removal.delete_role,
    "s3 bucket": removal.delete_bucket,
    "s3 objects": removal.delete_prefix,
    "secret": removal.delete_secret,
    "budget alarm": removal.delete_budget,
}


def remove_resources(
    settings: Settings, *, apply: bool = False, progress: Progress | None = None
) -> list[OrphanedResource]:
    """Remove the resources that carry our tag; without `apply`, only list them.

    If one resource cannot be removed, the others still are. At the end, a second look
    shows what is left.

    Args:
        settings: The AWS parameters, with the tag and the existing resources.
        apply: Whether to remove the resources.
        progress: Receives the resources done, and the state of one that takes long.

    Returns:
        The resources that were or would be removed, that are kept, and that are still
        there and why; empty if there are none.

    Raises:
        CloudError: AWS cannot be reached, or refuses.
        ParameterError: `apply` is neither true nor false.
    """
    apply = as_switch("apply", apply)
    progress = progress or Progress()
    with explained(), clients(settings.region) as aws:
        found = list(find_orphans(aws, settings))
        if not apply:
            return found
        removable = [orphan for orphan in found if not orphan.is_kept]
        reasons = {}
        for number, orphan in enumerate(removable, start=1):
            try:
                with explained():
                    REMOVE[orphan.kind](aws, settings, orphan.name, progress)
            except CloudError as error:
                reasons[orphan.kind, orphan.name] = str(error)
            progress.start(len(removable), "cloud resources")
            progress.advance(number)
        left = {(each.kind, each.name) for each in find_orphans(aws, settings)}
    return [_outcome(orphan, left, reasons) for orphan in found]


def _outcome(
    orphan: OrphanedResource,
    left: set[tuple[str, str]],
    reasons: dict[tuple[str, str], str],
) -> OrphanedResource:
    kind, name = orphan.kind, orphan.name
    if orphan.state.startswith(KEPT):
        return orphan
    if (kind, name) not in left:
        return OrphanedResource(kind, name, REMOVED)
    reason = reasons.get((kind, name), "AWS still lists it; run 99_teardown again")
    return OrphanedResource(kind, name, f"{STILL_THERE}: {reason}")
