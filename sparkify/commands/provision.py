"""`sparkify provision`: shows what a run needs, and makes it when told to."""

from collections.abc import Mapping
from dataclasses import asdict

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


def provision(
    params: ParameterFile = LOCAL,
    param: Overrides = None,
    apply: Apply = False,
    yes: Yes = False,
) -> None:
    """Show what a run needs and what it costs; with --apply, make it.

    The same as 01_provision: the cloud resources, the workspace and the demo data.
    What is there is kept. Without --apply nothing is made. Exit status: 0 shown or
    made, 1 failed, 2 bad input or not confirmed.
    """
    parameters = read_plan_parameters(params, param, is_applied=apply, is_sure=yes)
    planned = _provision_cloud(parameters, apply=False)
    show_table(planned or _needs(parameters))
    if not apply:
        out.print("nothing was made; --apply makes it", highlight=False)
        return
    if not yes:
        word = word_of(parameters, is_cloud=bool(planned))
        confirm("make what is missing", word)
    with err.status("making what is missing"):
        if planned:
            planned = _provision_cloud(parameters, apply=True)
        found = _provision_data(parameters)
    if planned:
        show_table(planned)
    show_table(found)


def _provision_cloud(
    parameters: Mapping[str, Value], *, apply: bool
) -> list[dict[str, str | float]]:
    """Plan or make the cloud resources; no rows if the run does not need the cloud."""
    from sparkify.steps.provision import provision_cloud

    return provision_cloud(
        str(parameters["workspace"]),
        cloud_settings(parameters),
        engine=str(parameters["engine"]),
        warehouse=str(parameters["warehouse"]),
        source=str(parameters["source"]),
        apply=apply,
        load=str(parameters["load"]),
    )


def _provision_data(parameters: Mapping[str, Value]) -> list[dict[str, str]]:
    """Make the workspace and the demo data."""
    from sparkify.steps import provision as step

    found = step.provision(
        str(parameters["source"]),
        str(parameters["workspace"]),
        demo_events=int(parameters["demo_events"]),
        demo_songs=int(parameters["demo_songs"]),
        demo_seed=int(parameters["demo_seed"]),
    )
    return [asdict(resource) for resource in found]


def _needs(parameters: Mapping[str, Value]) -> list[dict[str, str]]:
    """Return what a run on one machine needs."""
    from sparkify.workspace import DEMO, Workspace

    place = Workspace.at(str(parameters["workspace"]))
    needed = {"workspace": place.root}
    if parameters["source"] == DEMO:
        needed["demo data"] = place.demo
    return [
        {
            "kind": kind,
            "name": str(path),
            "state": "exists" if path.is_dir() else "missing",
            "action": "keep" if path.is_dir() else "create",
        }
        for kind, path in needed.items()
    ]
