"""99_teardown: lists or removes what runs created, and nothing else."""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from sparkify import ownership
from sparkify.aws.settings import Settings
from sparkify.aws.teardown.orphaned_resource import KEPT, STILL_THERE, OrphanedResource
from sparkify.cloud_parameters import (
    EMR_ENGINES,
    REDSHIFT_SERVERLESS,
    REDSHIFT_WAREHOUSES,
)
from sparkify.errors import CloudError
from sparkify.params import as_switch
from sparkify.runs.step import begin_step
from sparkify.workspace import LOCKS, Workspace

NO_PAUSE = f"{KEPT}: it cannot be paused; while no query runs, only storage is billed"
HOLDS = {
    "demo": "the demo data",
    "flat": "the flattened data",
    "warehouse": "the warehouse, all versions",
    "wheels": "what EMR's nodes install, and the Python of EMR Serverless",
}


@dataclass(frozen=True)
class Removal:
    """A folder that a teardown removes.

    Attributes:
        place: Its path, as the parameters give it.
        holds: What it contains.
        state: `would be removed` or `removed`.
    """

    place: str
    holds: str
    state: str


def tear_down(
    workspace: str, *, apply: bool = False, pause: bool = False
) -> list[Removal]:
    """Remove the files of all runs in a workspace; without `apply`, only list them.

    Files that no run wrote are kept, and so are their folders.

    Args:
        workspace: The folder that the runs wrote to.
        apply: Whether to remove the files.
        pause: Whether the cloud is only paused: then all files are kept.

    Returns:
        The folders that were removed, or would be.

    Raises:
        ParameterError: `apply` or `pause` is neither true nor false.
        RunError: The workspace is in use; only with `apply`.
    """
    apply, pause = as_switch("apply", apply), as_switch("pause", pause)
    place = Workspace.at(workspace)
    if pause or not place.root.is_dir():
        return []
    with begin_step(place, "99_teardown", writes=apply):
        found = {name: ownership.owned(place.root / name) for name in HOLDS}
        found["demo"] = _demo_data(place)
        present = [name for name, paths in found.items() if paths]
        if apply:
            for name in present:
                for path in found[name]:
                    ownership.remove(path)
                ownership.remove_if_empty(place.root / name)
            for lock in map(place.root.joinpath, LOCKS):
                if ownership.is_ours(lock):
                    ownership.remove(lock)
            ownership.remove_if_empty(place.root)
    state = "removed" if apply else "would be removed"
    return [Removal(f"{workspace}/{name}", HOLDS[name], state) for name in present]


def tear_down_cloud(
    workspace: str,
    settings: Settings,
    *,
    engine: str,
    warehouse: str,
    apply: bool = False,
    pause: bool = False,
) -> list[OrphanedResource]:
    """Remove the cloud resources of all runs; without `apply`, only list them.

    With `pause`, nothing is removed: the Redshift cluster of the runs is paused, and
    with the next 01_provision it is there again as it was.

    Args:
        workspace: The folder of `cloud.json`, which is removed too.
        settings: The settings that name the tag and the existing resources.
        engine: The engine that flattened; `emr` and `emr_serverless` used the cloud.
        warehouse: The engine that held the star; `redshift` and
            `redshift_serverless` used the cloud.
        apply: Whether to remove the resources, or to pause the cluster.
        pause: Whether to pause the cluster and remove nothing.

    Returns:
        The resources with their states: removed (or would be), paused (or would be),
        kept, or still there and why; empty if the cloud was not used or holds no
        resource.

    Raises:
        CloudError: AWS refused a request.
        ParameterError: `apply` or `pause` is neither true nor false.
        RunError: The workspace is in use; only with `apply`.
    """
    apply, pause = as_switch("apply", apply), as_switch("pause", pause)
    if engine not in EMR_ENGINES and warehouse not in REDSHIFT_WAREHOUSES:
        return []
    from sparkify.aws.cloud import STATE
    from sparkify.aws.pausing import pause_cluster
    from sparkify.aws.teardown.teardown import remove_resources

    place = Workspace.at(workspace)
    with begin_step(place, "99_teardown", writes=apply) as step:
        if pause and warehouse == REDSHIFT_SERVERLESS:
            return [OrphanedResource("redshift workgroup", settings.name, NO_PAUSE)]
        if pause:
            return pause_cluster(settings, apply=apply, progress=step.progress)
        found = remove_resources(settings, apply=apply, progress=step.progress)
        if apply and not orphans_of(found):
            ownership.remove(place.root / STATE)
    return found


def orphans_of(found: Sequence[OrphanedResource]) -> list[OrphanedResource]:
    """Return the resources that a teardown could not remove."""
    return [each for each in found if each.state.startswith(STILL_THERE)]


def stop_at_orphans(found: Sequence[OrphanedResource]) -> None:
    """Raise an error if a teardown could not remove a resource: it may cost money.

    Raises:
        CloudError: The message names each such resource and the reason.
    """
    left = orphans_of(found)
    if left:
        names = "\n".join(f"- {each.kind} {each.name}: {each.state}" for each in left)
        raise CloudError(
            f"{len(left)} cloud resources are still there and may cost money; fix "
            f"the cause and run 99_teardown again:\n{names}"
        )


def _demo_data(place: Workspace) -> list[Path]:
    """Return the folder of the demo data, and what a killed run left of another."""
    folders = (place.demo, place.root / f"{place.demo.name}-next")
    unfinished = ownership.parts(place.root)
    return [*filter(ownership.is_ours, folders), *unfinished]
