"""What is not ours stays, byte for byte, whatever is run in a workspace."""

import ast
import subprocess
import sys
from pathlib import Path

import pytest

from sparkify import ownership
from sparkify.demo import generate
from sparkify.errors import SparkifyError
from sparkify.project import ROOT
from sparkify.steps.provision import provision
from sparkify.steps.teardown import tear_down
from tests.support.project import Project
from tests.support.stars import build, expected

MANIFEST = '{"name": "my theme", "run_id": "mytheme", "counts": {}, "files": {}}'
COPY = "20181103T120000.000000Z"  # of a run's folder, kept in a workspace
RUN = (
    f'{{"run_id": "{COPY}", "parameters": {{}}, "chosen": [], "status": "finished", '
    '"started_at": "2018-11-03T12:00:00", "steps": []}'
)
PLANTED = {
    "lockers.txt": "",
    "lock-notes.md": "",
    "lock-step.txt": "",
    "locks/lock": "",
    "notes.txt": "",
    "current": "mine",
    "run.json": "{}",
    "progress.json": "{}",
    "summary.json": "{}",
    "manifest.json": MANIFEST,
    "warehouse.duckdb": "",
    "warehouse-000001.duckdb.txt": "",
    "demo-backup/demo.json": "{}",
    "demo-next/thesis.txt": "",
    ".demo.partial/thesis.txt": "",
    ".sparkify-part-mine": "",
    ".sparkify-part-notebook/mine.txt": "",
    ".sparkify-notes/mine.txt": "",
    "demo/notes.txt": "",
    "demo/log_data/mine.json": "",
    "demo/song_data/README": "",
    "flat/mytheme/manifest.json": MANIFEST,
    "flat/mytheme/events/part-0000.parquet": "",
    "flat/20181101T120000.000000Z/manifest.json": MANIFEST,
    "flat/backup/manifest.json": "{}",
    "flat/current.bak": "",
    "flat/.sparkify-part-abcdefgh/mine.txt": "",
    "flat/.sparkify-part-abcdefgh/events/mine.csv": "",
    "flat/notes.txt": "",
    f"flat/{COPY}/run.json": RUN,
    f"flat/{COPY}/03_flatten.ipynb": "",
    "warehouse/warehouse-2018.duckdb": "",
    "warehouse/warehouse-201811.duckdb": "",
    "warehouse/warehouse-000001-backup.duckdb": "",
    "warehouse/warehouse-000001-20261125.duckdb": "",
    "warehouse/warehouse-201811-20181130.duckdb": "",
    "warehouse/warehouse-backup.duckdb": "",
    "warehouse/warehouse-000001.duckdb.bak": "",
    "warehouse/warehouse-000009.duckdb.tmp/mine.txt": "",
    "warehouse/warehouse-notes/mine.txt": "",
    "warehouse/current.old": "",
    "warehouse/my.duckdb.wal": "",
    "warehouse/my.part": "",
    "wheels/mine/keys": "",
    "wheels/mine/done": "",
    "wheels/0123456789abcdef/keys": "",
    "wheels/notes.whl": "",
}
LATE = {  # planted into what a run made
    "flat/{run}/notes.txt": "",
    "flat/{run}/events/mine.parquet": "",
    "flat/{run}/events/part-0000.parquet.bak": "",
    "flat/{run}/events/part-0007-mine.csv": "",
    "flat/{run}/scratch-notes.txt": "",
    "flat/{run}/spill/mine.txt": "",
    "flat/{run}-backup/manifest.json": MANIFEST,
}
# In the demo data they keep it from being replaced.
IN_DEMO = ("demo/notes.txt", "demo/log_data/mine.json", "demo/song_data/README")


def plant(workspace: Path, planted: dict[str, str]) -> None:
    for name, text in planted.items():
        path = workspace / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text or f"{name} is mine")


def link(workspace: Path, outside: Path) -> None:
    """Plant links to a folder outside that holds what would be ours."""
    plant(outside, {"warehouse-000001.duckdb": "", "events/part-0000.parquet": ""})
    part = outside / f"{ownership.PART_PREFIX}abcdefgh"
    part.mkdir()
    for name in (
        "wheels/fedcba9876543210",
        "flat/20181102T120000.000000Z",
        "flat/.sparkify-part-00000000",
        "warehouse/warehouse-000008.duckdb.tmp",
    ):
        (workspace / name).symlink_to(outside, target_is_directory=True)
    (workspace / "warehouse" / "warehouse-000007.duckdb").symlink_to(
        outside / "warehouse-000001.duckdb"
    )
    (workspace / "flat" / ".sparkify-part-abcdefgh" / "songs").symlink_to(outside)


def contents(folder: Path) -> dict[str, bytes]:
    """Return the files below a folder, and where its links lead."""
    return {
        path.relative_to(folder).as_posix(): (
            bytes(path.readlink()) if path.is_symlink() else path.read_bytes()
        )
        for path in folder.rglob("*")
        if path.is_symlink() or path.is_file()
    }


def run_id(workspace: Path) -> str:
    return (workspace / "flat" / "current").read_text()


def make_demo(workspace: Path, seed: int) -> None:
    provision("demo", str(workspace), demo_events=300, demo_songs=30, demo_seed=seed)


def test_runs_prunes_new_demo_data_and_a_teardown_leave_what_is_not_ours(
    demo_source: Path, tmp_path: Path
) -> None:
    workspace, outside = tmp_path / "workspace", tmp_path / "outside"
    plant(workspace, PLANTED)
    link(workspace, outside)
    demo = workspace / "demo"
    with pytest.raises(SparkifyError, match="already holds something other"):
        make_demo(workspace, seed=1)
    for name in IN_DEMO:
        (workspace / name).unlink()
    for folder in ("log_data", "song_data"):
        (demo / folder).rmdir()
    make_demo(workspace, seed=1)
    build(demo, workspace)
    late = {name.format(run=run_id(workspace)): text for name, text in LATE.items()}
    plant(workspace, late)
    make_demo(workspace, seed=2)  # replaced, for there is nothing else in it
    again = generate(demo, events=300, songs=30, seed=2, has_flaws=True)
    assert again.events == 300
    plant(workspace, dict.fromkeys(IN_DEMO, ""))
    with pytest.raises(SparkifyError, match="is not Sparkify's"):
        make_demo(workspace, seed=3)
    names = {*PLANTED, *late}
    before = contents(workspace)
    assert len(names) >= 40
    for _ in range(3):
        build(demo_source, workspace, accept=True)
    versions = list((workspace / "warehouse").glob("warehouse-*.duckdb"))
    assert sum(map(ownership.is_ours, versions)) == 2
    tear_down(str(workspace), apply=True)
    after = contents(workspace)
    assert after.keys() >= names
    assert after == {name: before[name] for name in after}
    assert {name for name in before if (workspace / name).is_symlink()} <= after.keys()
    assert contents(outside).keys() == {
        "warehouse-000001.duckdb",
        "events/part-0000.parquet",
    }
    assert not (workspace / "lock").exists()


@pytest.mark.kernel
def test_the_chain_its_resumption_and_the_command_demo_leave_it_too(
    demo_source: Path, tmp_path: Path
) -> None:
    project = Project(tmp_path / "source", tmp_path)
    plant(project.workspace, PLANTED)
    before = contents(project.workspace)
    assert project.run("--to", "3").returncode == 1
    project.source.symlink_to(demo_source)
    resumed = project.run("--resume")
    assert resumed.returncode == 0, resumed.stdout + resumed.stderr
    assert project.run("--from", "4").returncode == 0
    assert project.star() == expected(demo_source)
    made = subprocess.run(
        [
            *(sys.executable, "-m", "sparkify.cli", "demo"),
            *(str(project.workspace / "demo"), "--events", "100", "--songs", "10"),
        ],
        capture_output=True,
        text=True,
    )
    assert made.returncode == 2
    assert "choose another folder" in made.stderr
    tear_down(str(project.workspace), apply=True)
    assert contents(project.workspace) == before


REMOVERS = {"rmtree", "unlink", "rmdir", "remove", "removedirs"}
TEMPORARY = {"mkdtemp", "TemporaryDirectory", "NamedTemporaryFile"}
OWNER = "ownership"
MODULES = [
    path
    for package in ("sparkify", "dashboard")
    for path in sorted((ROOT / package).rglob("*.py"))
]


def called(node: ast.AST) -> set[str]:
    """Return the names of what is called in a piece of code."""
    names = set[str]()
    for each in ast.walk(node):
        if isinstance(each, ast.Call) and isinstance(each.func, ast.Name):
            names.add(each.func.id)
        elif isinstance(each, ast.Call) and isinstance(each.func, ast.Attribute):
            base = each.func.value
            is_owner = isinstance(base, ast.Name) and base.id == OWNER
            names |= set() if is_owner else {each.func.attr}
    return names


@pytest.mark.parametrize("path", MODULES, ids=lambda path: path.stem)
def test_nothing_else_in_the_package_removes_a_file(path: Path) -> None:
    if path.stem == OWNER:
        return
    tree = ast.parse(path.read_text())
    functions = [node for node in ast.walk(tree) if isinstance(node, ast.FunctionDef)]
    for function in functions:
        names = called(function)
        assert not names & REMOVERS or names & TEMPORARY, function.name
