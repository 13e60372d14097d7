"""The star goes back to the version before, and later runs are right again."""

import shutil
from pathlib import Path

import pytest

from sparkify.demo import generate
from sparkify.errors import ParameterError, RunError, WarehouseError
from sparkify.steps.create_schema import create_schema
from sparkify.steps.flatten import flatten
from sparkify.steps.load import load_staging
from sparkify.steps.transform import build_star
from sparkify.warehouse import open_star
from sparkify.warehouse.rollback import Version, roll_back
from sparkify.warehouse.versions import Versions
from sparkify.workspace import Workspace
from tests.support.stars import Rows, build, expected, read


def star(workspace: Path) -> Rows:
    with open_star(str(workspace)) as session:
        return read(session)


def go_back(workspace: Path, warehouse: str = "duckdb") -> tuple[Version, Version]:
    return roll_back(str(workspace), warehouse=warehouse, memory_limit="1GB")


@pytest.fixture
def source(tmp_path: Path) -> Path:
    """Return a growing source: its last days are beside it."""
    generate(tmp_path / "source", events=2_000, songs=200, seed=9)
    days = sorted((tmp_path / "source" / "log_data").rglob("*.json"))
    for day in days[-4:]:
        day.rename(tmp_path / day.name)
    return tmp_path / "source"


def grow(source: Path, days: int) -> None:
    for day in sorted(source.parent.glob("*-events.json"))[:days]:
        shutil.move(day, source / "log_data" / day.name)


def test_the_star_is_the_one_before_and_the_next_run_adds_what_it_lacks(
    source: Path, tmp_path: Path
) -> None:
    workspace = tmp_path / "workspace"
    build(source, workspace)
    first = expected(source)
    grow(source, 2)
    build(source, workspace)
    second = expected(source)
    assert star(workspace) == second != first
    was, is_now = go_back(workspace)
    assert star(workspace) == first
    assert (was.plays, is_now.plays) == (
        len(second["songplays"]),
        len(first["songplays"]),
    )
    assert was.run_id > is_now.run_id
    build(source, workspace)  # nothing is new in the source
    assert star(workspace) == second
    go_back(workspace)
    assert star(workspace) == first  # the version before is the one gone back to
    grow(source, 2)
    build(source, workspace)
    assert star(workspace) == expected(source) != second


def test_a_run_that_was_not_finished_does_not_bring_the_later_star_back(
    source: Path, tmp_path: Path
) -> None:
    workspace = tmp_path / "workspace"
    build(source, workspace)
    first = expected(source)
    grow(source, 4)
    build(source, workspace)
    create_schema(str(workspace))  # and here the run stopped
    go_back(workspace)
    assert Versions(workspace / "warehouse").unfinished() is None
    assert star(workspace) == first
    flatten(str(source), str(workspace))
    load_staging(str(workspace))
    build_star(str(workspace))
    assert star(workspace) == expected(source)


def test_without_a_version_before_nothing_changes(source: Path, tmp_path: Path) -> None:
    workspace = tmp_path / "workspace"
    with pytest.raises(WarehouseError, match="no finished warehouse yet"):
        go_back(workspace)
    assert not workspace.exists()
    build(source, workspace)
    for _ in range(2):
        with pytest.raises(WarehouseError, match="no version before 'warehouse-"):
            go_back(workspace)
    assert star(workspace) == expected(source)


def test_a_damaged_version_before_is_not_published(
    source: Path, tmp_path: Path
) -> None:
    workspace = tmp_path / "workspace"
    for _ in range(2):
        build(source, workspace)
    earlier = min((workspace / "warehouse").glob("*.duckdb"))
    earlier.write_bytes(earlier.read_bytes()[:5_000])
    with pytest.raises(WarehouseError, match="is damaged"):
        go_back(workspace)
    assert star(workspace) == expected(source)


def test_a_workspace_in_use_and_another_engine_are_refused(
    source: Path, tmp_path: Path
) -> None:
    workspace = tmp_path / "workspace"
    build(source, workspace)
    with Workspace(workspace).lock("run 1"), pytest.raises(RunError, match="in use"):
        go_back(workspace)
    with pytest.raises(ParameterError, match="restore a snapshot"):
        go_back(workspace, "redshift")
