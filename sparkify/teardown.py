"""Takes away what a run made, listed first."""

import shutil
from dataclasses import dataclass

from sparkify.step import step
from sparkify.workspace import Workspace

# What of a workspace is ours to remove, and what it holds.
OURS = {
    "demo": "the demo data",
    "flat": "the flattened data",
    "warehouse": "the warehouse, all versions",
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
    """Removes the workspace; without `apply` only lists what would go.

    Whatever else a person put into the folder stays, and with it the folder.

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
    with step(place, "99_teardown"):
        there = {
            name: holds for name, holds in OURS.items() if (place.root / name).is_dir()
        }
        if apply:
            for name in there:
                shutil.rmtree(place.root / name)
            (place.root / "lock").unlink()
            if not any(place.root.iterdir()):
                place.root.rmdir()
    state = "removed" if apply else "would be removed"
    return [
        Removal(f"{workspace}/{name}", holds, state) for name, holds in there.items()
    ]
