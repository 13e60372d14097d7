"""01_provision: creates the workspace, the demo data and the cloud resources."""

from dataclasses import dataclass, replace
from pathlib import Path

from sparkify.aws.settings import Settings
from sparkify.cloud_parameters import REDSHIFT_SERVERLESS, check_load
from sparkify.demo import generate
from sparkify.ingest.listing import list_source
from sparkify.ingest.stores import open_store
from sparkify.params import as_switch
from sparkify.progress import Progress
from sparkify.runs.step import begin_step
from sparkify.workspace import DEMO, Workspace


@dataclass(frozen=True)
class Resource:
    """Something that a run needs.

    Attributes:
        name: The kind of resource.
        place: Its address, as the parameters give it.
        holds: What it contains.
    """

    name: str
    place: str
    holds: str


def provision(
    source: str,
    workspace: str,
    *,
    demo_events: int = 50_000,
    demo_songs: int = 5_000,
    demo_seed: int = 1,
) -> list[Resource]:
    """Create the workspace and, for the source `demo`, the demo data.

    Existing resources are kept, so a second call changes nothing. Demo data is
    replaced if it was generated with other parameters.

    Args:
        source: A folder or an `s3://` prefix, or `demo`.
        workspace: The folder that the run may write to.
        demo_events: The number of events in the demo data.
        demo_songs: The number of songs in its catalogue.
        demo_seed: The seed of its random numbers.

    Returns:
        The resources that the run will use.

    Raises:
        SourceError: The source is missing or cannot be listed.
        DemoError: The demo data cannot be generated.
        RunError: The workspace is in use.
    """
    place = Workspace.at(workspace)
    with begin_step(place, "01_provision") as step:
        if source == DEMO:
            _make_demo(place.demo, demo_events, demo_songs, demo_seed, step.progress)
        listed = list_source(open_store(place.source(source)))
        counts = {schema: len(listing.objects) for schema, listing in listed.items()}
        step.conclude(f"{sum(counts.values()):,} files in {source}")
    return [
        Resource("workspace", workspace, "all that the run writes"),
        *(
            Resource("source", f"{source}/{schema.folder}", f"{count:,} files")
            for schema, count in counts.items()
        ),
    ]


def provision_cloud(
    workspace: str,
    settings: Settings,
    *,
    engine: str,
    warehouse: str,
    source: str,
    apply: bool,
    load: str = "copy",
) -> list[dict[str, str | float]]:
    """Plan the cloud resources that a run needs; with `apply`, create them.

    Existing resources are kept. The addresses that later steps need are written to
    `cloud.json` in the workspace, which holds no secret. A plan leaves no file.

    What is wrong is told in this order: the parameters, the login to AWS, the source,
    and then what the account has.

    Args:
        workspace: The folder that the run may write to.
        settings: The settings of the resources.
        engine: The engine that flattens; `emr` and `emr_serverless` need the cloud.
        warehouse: The engine that holds the star; `redshift` and
            `redshift_serverless` need the cloud.
        source: The address of the raw files, which EMR may read.
        apply: Whether to create the resources.
        load: How 04_load will fill the staging tables, `copy` or `connector`.

    Returns:
        A row for each resource: its kind, name and state, the action, and its cost in
        US dollars per hour; no rows if the run does not need the cloud.

    Raises:
        ParameterError: A parameter is not possible, alone or with the others.
        CloudError: There is no login to AWS, AWS refused a request, or a resource
            cannot be created.
        SourceError: The source is missing, holds no logs or cannot be listed; nothing
            was asked of the account but its id.
        RunError: The workspace is in use; only with `apply`.
    """
    apply = as_switch("apply", apply)
    check_load(load, engine=engine, warehouse=warehouse, login=settings.login)
    needs = {
        "needs_emr": engine == "emr",
        "needs_emr_serverless": engine == "emr_serverless",
        "needs_redshift": warehouse == "redshift",
        "needs_workgroup": warehouse == REDSHIFT_SERVERLESS,
    }
    if not any(needs.values()):
        return []
    from sparkify.aws import plan, preconditions, provision, session

    place = Workspace.at(workspace)
    preconditions.check_settings(settings, source=source, **needs)
    session.find_account(settings.region)
    with begin_step(place, "01_provision", writes=apply) as step:
        if source != DEMO:  # a source that is not there must not buy a cluster
            list_source(open_store(place.source(source)))
        planned = plan.plan(settings, source=source, **needs)
        if not apply:
            return planned.table()
        made = provision.apply(planned, progress=step.progress)
        made.cloud.save(place.root)
        step.conclude("nothing to change" if made.is_unchanged else "made")
        done = replace(planned, resources=made.resources)
        return done.table()


def _make_demo(
    folder: Path, events: int, songs: int, seed: int, progress: Progress
) -> None:
    progress.start(events, "events")
    generate(
        folder,
        events=events,
        songs=songs,
        seed=seed,
        has_flaws=True,
        replace=True,
        on_progress=lambda done, _: progress.advance(done),
    )
