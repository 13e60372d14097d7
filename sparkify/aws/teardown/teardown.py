"""Takes away what was made on AWS: by its tag, in order, and looks again after."""

from __future__ import annotations

from collections.abc import Callable

from sparkify.aws.session import Clients, clients, explained
from sparkify.aws.settings import Settings
from sparkify.aws.teardown import removal
from sparkify.aws.teardown.orphans import (
    KEPT,
    REMOVED,
    STILL_THERE,
    OrphanedResource,
    find_orphans,
)
from sparkify.errors import CloudError
from sparkify.progress import Progress

Remove = Callable[[Clients, Settings, str, Progress], None]

REMOVE: dict[str, Remove] = {
    "emr cluster": removal.terminate_emr_cluster,
    "redshift cluster": removal.delete_redshift_cluster,
    "subnet group": removal.delete_subnet_group,
    "security group": removal.delete_security_group,
    "emr instance profile": removal.delete_instance_profile,
    "iam role": removal.delete_role,
    "s3 bucket": removal.delete_bucket,
    "s3 objects": removal.delete_prefix,
    "secret": removal.delete_secret,
}


def remove_resources(
    settings: Settings, *, apply: bool = False, progress: Progress | None = None
) -> list[OrphanedResource]:
    """Removes whatever carries our tag; without `apply` only lists it.

    What cannot be removed does not keep the rest from going. In the end it looks
    again, and says what is still there and why.

    Args:
        settings: Whose tag to look for, and which existing resources are named.
        apply: Whether to remove what is listed.
        progress: Is told what is done, and the state of what is waited for.

    Returns:
        What was, or would be, removed, what is kept and what is still there; empty
        if nothing is left.

    Raises:
        CloudError: AWS cannot be asked.
    """
    progress = progress or Progress()
    with explained(), clients(settings.region) as aws:
        found = list(find_orphans(aws, settings))
        if not apply:
            return found
        doomed = [leftover for leftover in found if not leftover.is_kept]
        reasons = {}
        for number, leftover in enumerate(doomed, start=1):
            try:
                with explained():
                    REMOVE[leftover.kind](aws, settings, leftover.name, progress)
            except CloudError as error:
                reasons[leftover.kind, leftover.name] = str(error)
            progress.start(len(doomed), "cloud resources")
            progress.advance(number)
        left = {(each.kind, each.name) for each in find_orphans(aws, settings)}
    return [_outcome(leftover, left, reasons) for leftover in found]


def _outcome(
    leftover: OrphanedResource,
    left: set[tuple[str, str]],
    reasons: dict[tuple[str, str], str],
) -> OrphanedResource:
    kind, name = leftover.kind, leftover.name
    if leftover.state.startswith(KEPT):
        return leftover
    if (kind, name) not in left:
        return OrphanedResource(kind, name, REMOVED)
    reason = reasons.get((kind, name), "AWS still lists it; run 99_teardown again")
    return OrphanedResource(kind, name, f"{STILL_THERE}: {reason}")
