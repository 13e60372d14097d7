"""Makes what a run needs before it can begin: a workspace and, if asked, demo data."""

import shutil
from dataclasses import dataclass, replace
from pathlib import Path

from sparkify.aws.settings import Settings
from sparkify.demo import RECORD, generate
from sparkify.errors import DemoError
from sparkify.ingest.record_schema import RECORD_SCHEMAS
from sparkify.ingest.source import open_store
from sparkify.progress import Progress
from sparkify.runs.step import begin_step
from sparkify.workspace import DEMO, Workspace

OURS = {RECORD, *(schema.folder for schema in RECORD_SCHEMAS)}


@dataclass(frozen=True)
class Resource:
    """Something that a run needs.

    Attributes:
        name: What it is.
        place: Where it is, as the parameters have it.
        holds: What is in it.
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
    """Makes the workspace and, for the source `demo`, the demo data.

    What is there already stays as it is, so running it again changes nothing; demo
    data of other numbers is made anew.

    Args:
        source: A folder or an `s3://` prefix, or `demo`.
        workspace: The folder that the run may write.
        demo_events: How many events of demo data.
        demo_songs: How many songs in its catalogue.
        demo_seed: The seed of its dice.

    Returns:
        What the run will use.

    Raises:
        SourceError: The source is missing or cannot be listed.
        DemoError: The demo data cannot be made as asked.
        RunError: The workspace is in use.
    """
    place = Workspace.at(workspace)
    with begin_step(place, "01_provision") as step:
        if source == DEMO:
            _make_demo(place.demo, demo_events, demo_songs, demo_seed, step.progress)
        store = open_store(place.source(source))
        counts = {schema: len(store.list(schema.folder)) for schema in RECORD_SCHEMAS}
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
) -> list[dict[str, str | float]]:
    """Plans what a run needs in the cloud and, with `apply`, makes it.

    What is there already stays as it is. What later steps need is written into the
    workspace as `cloud.json`; it holds no secret.

    Args:
        workspace: The folder that the run may write.
        settings: What is asked for.
        engine: What flattens; `emr` needs the cloud.
        warehouse: What holds the star; `redshift` needs the cloud.
        source: Where the raw files lie; EMR may read it.
        apply: Whether to make what is planned.

    Returns:
        A row a resource: its kind, name, state, what is or was to be done, and its cost
        in US dollars an hour; no row where the cloud is not needed.

    Raises:
        CloudError: AWS refused, or cannot make what is asked for.
        RunError: The workspace is in use.
    """
    needs = {"needs_emr": engine == "emr", "needs_redshift": warehouse == "redshift"}
    if not any(needs.values()):
        return []
    from sparkify.aws import plan, provision

    place = Workspace.at(workspace)
    with begin_step(place, "01_provision") as step:
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

    def make(place: Path) -> None:
        generate(
            place,
            events=events,
            songs=songs,
            seed=seed,
            on_progress=lambda done, _: progress.advance(done),
        )

    try:
        make(folder)
    except DemoError:
        if not folder.is_dir() or {path.name for path in folder.iterdir()} != OURS:
            raise
        following = folder.with_name(f"{folder.name}-next")
        make(following)
        shutil.rmtree(folder)  # ours, of other numbers
        following.rename(folder)
