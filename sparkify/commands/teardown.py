"""`sparkify teardown`: shows what the runs left, and removes it when told to."""

from collections.abc import Mapping
from typing import TYPE_CHECKING

from sparkify.commands.arguments import LOCAL, Overrides, ParameterFile
from sparkify.commands.cloud import cloud_settings
from sparkify.commands.confirmation import (
    Apply,
    Yes,
    confirm,
    read_plan_parameters,
    word_of,
)
from sparkify.commands.output import err, out, show_table
from sparkify.params import Value

if TYPE_CHECKING:
    from sparkify.aws.teardown.orphaned_resource import OrphanedResource
    from sparkify.steps.teardown import Removal


def teardown(
    params: ParameterFile = LOCAL,
    param: Overrides = None,
    apply: Apply = False,
    yes: Yes = False,
) -> None:
    """Show what the runs left, in the cloud and here; with --apply, remove it.

    The same as 99_teardown: the cloud resources first, then the files of the
    workspace. Without --apply nothing is removed; the runs' notebooks stay in any
    case. With -p pause=true nothing is removed either: Redshift is paused. Exit
    status: 0 shown, removed or paused, 1 something is still there, 2 bad input or not
    confirmed.
    """
    from sparkify.steps.teardown import stop_at_orphans

    parameters = read_plan_parameters(params, param, is_applied=apply, is_sure=yes)
    cloud = _tear_down_cloud(parameters, apply=False)
    files = _tear_down(parameters, apply=False)
    _show(cloud, files)
    if not files and all(each.is_kept for each in cloud):
        verb = "pause" if parameters["pause"] else "remove"
        out.print(f"there is nothing to {verb}", highlight=False)
        return
    if not apply:
        done = "paused" if parameters["pause"] else "removed"
        out.print(f"nothing was {done}; --apply does it", highlight=False)
        return
    if not yes:
        word = word_of(parameters, is_cloud=bool(cloud))
        confirm("pause it" if parameters["pause"] else "remove all of this", word)
    with err.status("removing"):
        cloud = _tear_down_cloud(parameters, apply=True)
    _show(cloud, [])
    stop_at_orphans(cloud)
    with err.status("removing"):
        files = _tear_down(parameters, apply=True)
    _show([], files)


def _tear_down_cloud(
    parameters: Mapping[str, Value], *, apply: bool
) -> list["OrphanedResource"]:
    from sparkify.steps.teardown import tear_down_cloud

    return tear_down_cloud(
        str(parameters["workspace"]),
        cloud_settings(parameters),
        engine=str(parameters["engine"]),
        warehouse=str(parameters["warehouse"]),
        apply=apply,
        pause=bool(parameters["pause"]),
    )


def _tear_down(parameters: Mapping[str, Value], *, apply: bool) -> list["Removal"]:
    from sparkify.steps.teardown import tear_down

    return tear_down(
        str(parameters["workspace"]), apply=apply, pause=bool(parameters["pause"])
    )


def _show(cloud: list["OrphanedResource"], files: list["Removal"]) -> None:
    found = [(each.kind, each.name, each.state) for each in cloud]
    found += [(each.holds, each.place, each.state) for each in files]
    if found:
        show_table(
            {"what": what, "name": name, "state": state} for what, name, state in found
        )
