"""A step that loses, repeats or cuts a record stops the run; readers notice nothing.

Each mutant is one function of the package that does its work, and then some harm.
"""

import json
import shutil
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from sparkify.errors import CheckError, ReconciliationError
from sparkify.ingest import splitting
from sparkify.steps.flatten import flatten
from sparkify.steps.load import load_staging
from sparkify.steps.transform import build_star
from sparkify.warehouse import open_star
from tests.support.mutants import (
    ENGINE,
    LOAD,
    READER,
    SPARK,
    SPARK_WRITES,
    STAR,
    Mutant,
)
from tests.support.records import play, song, write_source
from tests.support.stars import Rows, build, read

if TYPE_CHECKING:
    from pyspark.sql import SparkSession

PLAYS = 60


@pytest.fixture
def changed(tmp_path: Path) -> Path:
    """Return a source with records of each fate, in several objects and layouts."""
    songs = [
        song(f"SO{number}", f"Song {number}", "Björk", f"AR{number}")
        for number in range(1, 10)
    ]
    plays = [play(item, "Song 1", "Björk") for item in range(PLAYS)]
    home = {"page": "Home", "userId": "silent", "song": None, "artist": None}
    silent = {**play(0, "Song 1", "Björk"), **home}
    repeated = [plays[0], plays[1], {**plays[2], "level": "paid"}, {"page": "Home"}]
    folder = write_source(tmp_path / "changed", [*plays, silent, *repeated], songs)
    for number in range(1, 4):
        record = json.dumps(play(PLAYS + number, "Other", "Björk"), indent=1)
        (folder / "log_data" / f"more-{number}.json").write_text(record)
    return folder


@pytest.fixture(scope="module")
def built(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return a workspace with a star of one play."""
    folder = tmp_path_factory.mktemp("mutants")
    build(
        write_source(folder / "first", [play(0, "Undo", "Björk")], []),
        folder / "workspace",
    )
    return folder / "workspace"


@pytest.fixture
def workspace(built: Path, tmp_path: Path) -> Path:
    """Return a workspace of the test's own, with a star that readers see."""
    shutil.copytree(built, tmp_path / "workspace")
    return tmp_path / "workspace"


def published(workspace: Path) -> Rows:
    with open_star(str(workspace)) as session:
        return read(session)


def flattened(workspace: Path) -> str:
    return (workspace / "flat" / "current").read_text()


@pytest.fixture(autouse=True)
def small_blocks(monkeypatch: pytest.MonkeyPatch) -> None:
    """Let the reader take several blocks for a small file."""
    monkeypatch.setattr(splitting, "BLOCK_BYTES", 4096)


def test_without_a_mutant_the_star_is_published(changed: Path, workspace: Path) -> None:
    flatten(str(changed), str(workspace), accept=True)
    load_staging(str(workspace))
    build_star(str(workspace))
    rows = published(workspace)
    assert len(rows["songplays"]) == PLAYS + 3
    assert [row[0] for row in rows["users"]] == ["26", "silent"]


@pytest.mark.parametrize("mutant", READER + ENGINE, ids=lambda mutant: mutant.name)
def test_a_flatten_that_does_harm_is_stopped(
    mutant: Mutant, changed: Path, workspace: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    before, current = published(workspace), flattened(workspace)
    mutant.plant(monkeypatch)
    with pytest.raises(ReconciliationError):
        flatten(str(changed), str(workspace), accept=True)
    assert flattened(workspace) == current
    assert published(workspace) == before


@pytest.mark.parametrize("mutant", LOAD, ids=lambda mutant: mutant.name)
def test_a_load_that_does_harm_is_stopped(
    mutant: Mutant, changed: Path, workspace: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    before = published(workspace)
    flatten(str(changed), str(workspace), accept=True)
    mutant.plant(monkeypatch)
    with pytest.raises(ReconciliationError, match="the load was rolled back"):
        load_staging(str(workspace))
    with pytest.raises(ReconciliationError, match="has not been loaded"):
        build_star(str(workspace))
    assert published(workspace) == before


@pytest.mark.parametrize("mutant", STAR, ids=lambda mutant: mutant.name)
def test_a_star_that_lost_something_is_not_published(
    mutant: Mutant, changed: Path, workspace: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    before = published(workspace)
    flatten(str(changed), str(workspace), accept=True)
    load_staging(str(workspace))
    mutant.plant(monkeypatch)
    with pytest.raises(CheckError, match="the new star was not published"):
        build_star(str(workspace), accept=True)
    assert published(workspace) == before


@pytest.mark.jvm
@pytest.mark.xdist_group("spark")
@pytest.mark.parametrize("mutant", SPARK, ids=lambda mutant: mutant.name)
def test_a_spark_job_that_does_harm_is_stopped(
    mutant: Mutant,
    changed: Path,
    tmp_path: Path,
    spark: "SparkSession",
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    from sparkify.ingest import spark_job

    output = str(tmp_path / "output")
    mutant.plant(monkeypatch)
    with pytest.raises(ReconciliationError):
        spark_job.flatten(spark, str(changed), output, run_id="harm", files=1)


@pytest.mark.jvm
@pytest.mark.xdist_group("spark")
@pytest.mark.parametrize("mutant", SPARK_WRITES, ids=lambda mutant: mutant.name)
def test_a_spark_job_that_loses_a_row_of_a_large_part_is_stopped(
    mutant: Mutant,
    changed: Path,
    tmp_path: Path,
    spark: "SparkSession",
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    from sparkify.ingest import spark_job

    output = str(tmp_path / "output")
    monkeypatch.setattr(spark_job, "FEW_ROWS", 0)
    mutant.plant(monkeypatch)
    with pytest.raises(ReconciliationError):
        spark_job.flatten(spark, str(changed), output, run_id="harm", files=1)
