"""Pauses our Redshift cluster: a paused one costs its storage alone.

01_provision resumes it. A cluster of others is never paused or resumed.
"""

from __future__ import annotations

from sparkify.aws.cloud import Cloud
from sparkify.aws.names import Names, is_ours
from sparkify.aws.session import Clients, clients, explained
from sparkify.aws.settings import NEW, Settings
from sparkify.aws.stack.cluster import RedshiftCluster, describe_cluster
from sparkify.aws.teardown.orphaned_resource import KEPT, OrphanedResource
from sparkify.aws.waiting import wait_until
from sparkify.errors import CloudError
from sparkify.progress import Progress

AVAILABLE = "available"
PAUSED = "paused"
PAUSING = "pausing"
RESUMING = "resuming"
WOULD_BE_PAUSED = "would be paused"


def pause_cluster(
    settings: Settings, *, apply: bool = False, progress: Progress | None = None
) -> list[OrphanedResource]:
    """Pause our Redshift cluster, and wait until it is; without `apply`, only look.

    Args:
        settings: The AWS parameters.
        apply: Whether to pause it.
        progress: Receives the cluster's state.

    Returns:
        The cluster with its state: paused (or would be), or kept and why; empty if
        there is none.

    Raises:
        CloudError: The cluster cannot be paused now, or AWS refused.
    """
    with explained(), clients(settings.region) as aws:
        name = Names(settings, aws.account).cluster
        found = describe_cluster(aws.redshift, name)
        if found is None:
            return []
        if settings.cluster != NEW or not is_ours(found.get("Tags"), settings):
            state = f"{KEPT}: it is not ours; whoever owns it may pause it"
            return [OrphanedResource(RedshiftCluster.kind, name, state)]
        state = str(found["ClusterStatus"])
        if state not in (AVAILABLE, PAUSED, PAUSING):
            raise CloudError(
                f"redshift cluster '{name}' is '{state}' and only an available one "
                "can be paused; wait, and run 99_teardown again"
            )
        if state == AVAILABLE and not apply:
            return [OrphanedResource(RedshiftCluster.kind, name, WOULD_BE_PAUSED)]
        if state == AVAILABLE:
            aws.redshift.pause_cluster(ClusterIdentifier=name)
        if apply:
            _wait(aws, settings, name, progress or Progress())
        return [OrphanedResource(RedshiftCluster.kind, name, PAUSED)]


def explain_paused(cloud: Cloud) -> str:
    """Return that a cluster is paused, with the remedy; else, or if unknown, empty."""
    settings = cloud.settings
    if cloud.workgroup:  # which wakes by itself
        return ""
    try:
        with explained(), clients(settings.region) as aws:
            found = describe_cluster(aws.redshift, cloud.cluster)
    except CloudError:  # the error that this explains is the one to show
        return ""
    state = str((found or {}).get("ClusterStatus", ""))
    if state not in (PAUSED, PAUSING, RESUMING):
        return ""
    what = f"redshift cluster '{cloud.cluster}' is {state}"
    if state == RESUMING:
        return f"{what}; run the step again in some minutes"
    if settings.cluster == NEW:
        return f"{what}; run 01_provision with apply=true, which resumes it"
    return (
        f"{what}; resume it with 'aws redshift resume-cluster --cluster-identifier "
        f"{cloud.cluster} --region {settings.region}'"
    )


def _wait(aws: Clients, settings: Settings, name: str, progress: Progress) -> None:
    def look() -> tuple[bool, str]:
        state = str(
            (describe_cluster(aws.redshift, name) or {}).get("ClusterStatus", "gone")
        )
        return state in (PAUSED, "gone"), state

    what = f"redshift cluster '{name}'"
    wait_until(what, look, settings.deadline_minutes, progress)
