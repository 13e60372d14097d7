"""Takes away what runs made, listed first, and nothing else."""

import shutil
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from sparkify.aws.settings import Settings
from sparkify.aws.teardown.orphans import STILL_THERE, OrphanedResource
from sparkify.demo import RECORD
from sparkify.errors import CloudError
from sparkify.ingest.flat_folder import PART, POINTER
from sparkify.ingest.manifest import MANIFEST
from sparkify.runs.step import begin_step
from sparkify.workspace import Workspace

HOLDS = {
    "demo": "the demo data",
    "flat": "the flattened data",
    "warehouse": "the warehouse, all versions",
    "wheels": "what EMR's nodes install",
}


@dataclass(frozen=True)
class Removal:
    """Something that a teardown takes away.

    Attributes:
        place: Where it is, as the parameters have it.
        holds: What it holds.
        state: `would be removed` or `removed`.
    """

    place: str
    holds: str
    state: str


def tear_down(workspace: str, *, apply: bool = False) -> list[Removal]:
    """Removes what runs made in a workspace; without `apply` only lists it.

    Whatever else a person put there stays, and with it the folder that it lies in.

    Args:
        workspace: The folder that runs wrote.
        apply: Whether to remove what is listed.

    Returns:
        What was, or would be, removed.

    Raises:
        RunError: The workspace is in use.
    """
    place = Workspace.at(workspace)
    if not place.root.is_dir():
        return []
    with begin_step(place, "99_teardown"):
        found = {name: list(_ours(place.root / name)) for name in HOLDS}
        there = [name for name, paths in found.items() if paths]
        if apply:
            for name in there:
                for path in found[name]:
                    _remove(path)
                _remove_if_empty(place.root / name)
            for lock in place.root.glob("lock*"):
                lock.unlink()
            _remove_if_empty(place.root)
    state = "removed" if apply else "would be removed"
    return [Removal(f"{workspace}/{name}", HOLDS[name], state) for name in there]


def tear_down_cloud(
    workspace: str,
    settings: Settings,
    *,
    engine: str,
    warehouse: str,
    apply: bool = False,
) -> list[OrphanedResource]:
    """Removes what runs made in the cloud; without `apply` only lists it.

    Args:
        workspace: The folder whose `cloud.json` goes with it.
        settings: Whose tag to look for, and which existing resources were named.
        engine: What flattened; `emr` used the cloud.
        warehouse: What held the star; `redshift` used the cloud.
        apply: Whether to remove what is listed.

    Returns:
        What was, or would be, removed, what is kept, and what is left and why; empty
        where the cloud was not used, or nothing is left.

    Raises:
        CloudError: AWS cannot be asked.
        RunError: The workspace is in use.
    """
    if engine != "emr" and warehouse != "redshift":
        return []
    from sparkify.aws.cloud import STATE
    from sparkify.aws.teardown.teardown import remove_resources

    place = Workspace.at(workspace)
    with begin_step(place, "99_teardown") as step:
        found = remove_resources(settings, apply=apply, progress=step.progress)
        if apply and not orphans_of(found):
            (place.root / STATE).unlink(missing_ok=True)
    return found


def orphans_of(found: Sequence[OrphanedResource]) -> list[OrphanedResource]:
    """Gives what a teardown could not remove."""
    return [each for each in found if each.state.startswith(STILL_THERE)]


def stop_at_orphans(found: Sequence[OrphanedResource]) -> None:
    """Stops where a teardown could not remove something, for it may go on costing.

    Raises:
        CloudError: The message names each and why.
    """
    left = orphans_of(found)
    if left:
        names = "\n".join(f"- {each.kind} {each.name}: {each.state}" for each in left)
        raise CloudError(
            f"{len(left)} cloud resources are still there and may cost; mend the cause "
            f"and run 99_teardown again:\n{names}"
        )


def _ours(folder: Path) -> Iterator[Path]:
    """Lists what a run wrote into a folder of the workspace, by what it left there."""
    if folder.name == "demo" and (folder / RECORD).is_file():
        names = (RECORD, "log_data", "song_data")
        yield from (folder / name for name in names if (folder / name).exists())
    if folder.name == "flat":
        yield from (manifest.parent for manifest in folder.glob(f"*/{MANIFEST}"))
        yield from folder.glob(f"{PART}*")
        yield from folder.glob(POINTER)
    if folder.name == "wheels":
        yield from (done.parent for done in folder.glob("*/done"))
    if folder.name == "warehouse":
        yield from folder.glob("warehouse-[0-9]*.duckdb*")
        yield from folder.glob("current")


def _remove(path: Path) -> None:
    if path.is_dir():
        shutil.rmtree(path)
    else:
        path.unlink()


def _remove_if_empty(folder: Path) -> None:
    if not any(folder.iterdir()):
        folder.rmdir()
