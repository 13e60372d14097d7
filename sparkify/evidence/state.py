"""The state of a workspace: the steps that are done, the last runs, the sizes."""

from datetime import datetime
from pathlib import Path

import pandas as pd

from sparkify.errors import FlattenError, SparkifyError
from sparkify.evidence.svg import BLUE, GREY, Box, arrow, drawing
from sparkify.ingest.flat_folder import read_flattened
from sparkify.project import RUNS
from sparkify.runs.listing import seconds_of
from sparkify.runs.retention import state_of
from sparkify.runs.run import runs_of
from sparkify.steps.teardown import HOLDS
from sparkify.warehouse import open_warehouse
from sparkify.warehouse.versions import Versions
from sparkify.workspace import Workspace

FLOW = (
    ("source", ("log_data/", "song_data/"), 20, 90),
    ("01_provision", ("the workspace,", "demo data, cloud"), 20, 10),
    ("03_flatten", ("typed Parquet,", "quarantine"), 190, 90),
    ("02_create_schema", ("the tables",), 360, 10),
    ("04_load", ("staging_events", "staging_songs"), 360, 90),
    ("05_transform", ("the star, checked", "and published"), 530, 90),
    ("06_listening", ("the answers",), 715, 60),
    ("dashboard", ("make dashboard",), 715, 130),
)
ARROWS = (
    ("source", "03_flatten"),
    ("03_flatten", "04_load"),
    ("04_load", "05_transform"),
    ("05_transform", "06_listening"),
    ("05_transform", "dashboard"),
)
DOWN = (("01_provision", "source"), ("02_create_schema", "04_load"))


def flow() -> str:
    """Return the way of the data through the notebooks, as a drawing in SVG."""
    boxes = {
        name: Box(name, rows, x, y, 150, BLUE if name[0].isdigit() else GREY)
        for name, rows, x, y in FLOW
    }
    parts = [box.svg() for box in boxes.values()]
    for start, end in ARROWS:
        left, right = boxes[start], boxes[end]
        ends = [left.y + left.height // 2, right.y + right.height // 2]
        middle = (left.right + right.x) // 2
        parts.append(
            arrow(
                [
                    (left.right, ends[0]),
                    (middle, ends[0]),
                    (middle, ends[1]),
                    (right.x, ends[1]),
                ]
            )
        )
    for start, end in DOWN:
        above, below = boxes[start], boxes[end]
        x = above.x + above.width // 2
        parts.append(arrow([(x, above.y + above.height), (x, below.y)]))
    return drawing(885, 200, parts, "From the raw files to the dashboard")


def steps(workspace: str, *, warehouse: str, memory_limit: str) -> pd.DataFrame:
    """Return what each step has left in a workspace, or which step to run.

    Args:
        workspace: The workspace parameter.
        warehouse: The engine, `duckdb`, `redshift` or `redshift_serverless`.
        memory_limit: The most memory that DuckDB may use, such as `4GB`.
    """
    place = Workspace.at(workspace)
    found = {
        "01_provision": ("a workspace", "there" if place.root.is_dir() else ""),
        "02_create_schema": ("the tables", _tables(place, warehouse)),
        "03_flatten": ("flattened rows", _flattened(place)),
        "05_transform": (
            "a published star",
            _plays(place, warehouse, memory_limit),
        ),
    }
    return pd.DataFrame(
        [
            (step, leaves, state or f"not yet: run {step}")
            for step, (leaves, state) in found.items()
        ],
        columns=["step", "leaves", "state"],
    )


def last_runs(workspace: str, runs: Path = RUNS, most: int = 5) -> pd.DataFrame:
    """Return the last runs of a workspace, the newest first.

    Args:
        workspace: The workspace parameter.
        runs: The folder of all runs.
        most: How many runs.
    """
    found = []
    for run in reversed(runs_of(runs, workspace)[-most:] if runs.is_dir() else []):
        last = run.steps[-1] if run.steps else None
        started = datetime.fromisoformat(run.started_at)
        what = (last.error or last.summary) if last else run.unchanged
        state = state_of(run)
        found.append(
            (
                f"{started:%Y-%m-%d %H:%M}",
                str(state),
                last.name if last else "",
                f"{seconds_of(run, state):,} s",
                what.partition("\n")[0][:120],
            )
        )
    columns = ["started, UTC", "state", "last step", "took", "what it said"]
    return pd.DataFrame(found, columns=columns)


def sizes(workspace: str) -> pd.DataFrame:
    """Return the files and bytes of each folder that runs wrote, and of the runs."""
    root = Workspace.at(workspace).root
    folders = {f"{workspace}/{name}": root / name for name in HOLDS}
    found = []
    for name, folder in {**folders, "runs": RUNS}.items():
        files = [path for path in folder.rglob("*") if path.is_file()]
        size = sum(path.stat().st_size for path in files)
        if files:
            found.append((name, len(files), f"{size / 1_000_000:,.1f} MB"))
    return pd.DataFrame(found, columns=["folder", "files", "size"])


def staying() -> pd.DataFrame:
    """Return what no teardown removes, and how it goes."""
    rows = [
        ("runs/", "the executed notebooks of the last runs", "rm -r runs"),
        ("the source", "the raw files, unless they are demo data", "not by Sparkify"),
        ("~/.cache/sparkify", "downloaded jars", "rm -r ~/.cache/sparkify"),
        (".venv/", "the installed packages", "make clean"),
    ]
    return pd.DataFrame(rows, columns=["what stays", "it holds", "it goes by"])


def _tables(place: Workspace, warehouse: str) -> str:
    """Return where the tables are; empty if they are not there."""
    if warehouse != "duckdb":
        return "in the cluster" if (place.root / "cloud.json").is_file() else ""
    versions = Versions(place.warehouse)
    if versions.unfinished():
        return "in a version that is being built"
    return "published" if versions.current() else ""


def _flattened(place: Workspace) -> str:
    """Return how much is flattened; empty if nothing is."""
    try:
        _, flattened = read_flattened(place.flat)
    except FlattenError:
        return ""
    staged = sum(kind.staged for kind in flattened.counts.values())
    return f"{staged:,} rows, by {flattened.engine} at {flattened.started_at[:16]} UTC"


def _plays(place: Workspace, warehouse: str, memory_limit: str) -> str:
    """Return how many plays are published, or why it is not known; empty without."""
    if not _tables(place, warehouse):
        return ""
    try:
        with open_warehouse(warehouse, place, memory_limit).reading() as star:
            (row,) = star.query_file("load/star_plays").to_pylist()
    except SparkifyError as error:
        return str(error).partition("\n")[0]
    return f"{row['plays']:,} plays"
