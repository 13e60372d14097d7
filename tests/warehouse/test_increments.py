"""A run that reads only what is new ends in the star that a rebuild would give.

There are few sequences of changes and few kills here; SPARKIFY_SEQUENCES=200 and
SPARKIFY_KILLS=100 make them many.
"""

import json
import os
import shutil
import sys
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from random import Random
from subprocess import Popen
from time import sleep

import pytest
from sqlglot import exp

from sparkify.errors import FlattenError
from sparkify.ingest.flat_folder import read_flattened
from sparkify.steps.flatten import flatten
from sparkify.steps.load import load_staging
from sparkify.warehouse import sql
from sparkify.warehouse.duckdb import DuckDBSession
from sparkify.warehouse.sql import Statement
from sparkify.workspace import Workspace
from tests.support.changing_source import Source, change
from tests.support.stars import build, content

SEQUENCES = int(os.environ.get("SPARKIFY_SEQUENCES", "2"))
CHANGES = 6  # of a sequence
KILLS = int(os.environ.get("SPARKIFY_KILLS", "2"))
LONGEST_RUN = 1.5  # seconds; a run on a busy machine may take longer
WRITER = """
import sys
from pathlib import Path
from tests.support.stars import build
source, workspace, started = map(Path, sys.argv[1:])
started.touch()
build(source, workspace, accept=True)
"""


def run(source: Path, workspace: Path, *, full: bool = False) -> None:
    build(source, workspace, accept=True, full=full)


def batches(workspace: Path) -> int:
    _, flattened = read_flattened(Workspace(workspace).flat)
    return len(flattened.batches)


@pytest.mark.parametrize("seed", range(SEQUENCES))
def test_the_star_is_that_of_a_rebuild_after_any_changes(
    seed: int, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    source = Source(tmp_path / "source", Random(seed))
    workspace = tmp_path / "workspace"
    run(source.root, workspace)
    for number in range(CHANGES):
        done = change(source)
        with monkeypatch.context() as patch:
            # The star to compare with has one span.
            patch.setattr(DuckDBSession, "most_rows_sorted", 5)
            run(source.root, workspace)
        rebuilt = tmp_path / "rebuilt"
        run(source.root, rebuilt)
        assert content(workspace) == content(rebuilt), (number, done)
        shutil.rmtree(rebuilt)


@pytest.mark.parametrize("seed", range(KILLS))
def test_a_killed_run_leaves_what_the_next_one_needs(seed: int, tmp_path: Path) -> None:
    random = Random(seed)
    source = Source(tmp_path / "source", random)
    workspace = tmp_path / "workspace"
    run(source.root, workspace)
    started = tmp_path / "started"
    for _ in range(2):
        source.add_events()
        change(source)
        started.unlink(missing_ok=True)
        writer = Popen(
            [
                sys.executable,
                "-c",
                WRITER,
                str(source.root),
                str(workspace),
                str(started),
            ]
        )
        while not started.exists():
            sleep(0.01)
        sleep(random.random() * LONGEST_RUN)
        writer.kill()
        writer.wait()
    run(source.root, workspace)
    rebuilt = tmp_path / "rebuilt"
    run(source.root, rebuilt)
    assert content(workspace) == content(rebuilt)


def test_new_files_are_added_and_nothing_else_is_read(tmp_path: Path) -> None:
    source = Source(tmp_path / "source", Random(1))
    workspace = tmp_path / "workspace"
    run(source.root, workspace)
    for expected in (2, 3):
        source.add_events()
        run(source.root, workspace)
        assert batches(workspace) == expected
    run(source.root, workspace)
    assert batches(workspace) == 3
    run(source.root, workspace, full=True)
    assert batches(workspace) == 1


REREAD: dict[Callable[[Source], None], str] = {
    Source.repeat_events: "have the key of a new one",
    Source.correct_events: "changed or gone",
    Source.move_events: "changed or gone",
    Source.add_songs: "new in the catalogue",
}


@pytest.mark.parametrize("rarer", REREAD, ids=lambda rarer: rarer.__name__)
def test_what_is_rarer_reads_all_and_says_why(
    rarer: Callable[[Source], None], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    source = Source(tmp_path / "source", Random(2))
    workspace = tmp_path / "workspace"
    run(source.root, workspace)
    source.add_events()
    run(source.root, workspace)
    rarer(source)
    runs = tmp_path / "run"
    runs.mkdir()
    monkeypatch.setenv("SPARKIFY_RUN_FOLDER", str(runs))
    flatten(str(source.root), str(workspace), accept=True)
    summary = json.loads((runs / "summary.json").read_text())["summary"]
    assert "read all, because" in summary
    assert REREAD[rarer] in summary
    assert batches(workspace) == 1


def test_a_batch_that_is_gone_is_read_again(tmp_path: Path) -> None:
    source = Source(tmp_path / "source", Random(3))
    workspace = tmp_path / "workspace"
    run(source.root, workspace)
    before = content(workspace)
    (file, *_) = (workspace / "flat").glob("*/events/*.parquet")
    file.unlink()
    run(source.root, workspace)
    assert content(workspace) == before
    assert batches(workspace) == 1


def test_sql_that_is_translated_otherwise_rebuilds_the_star(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    source = Source(tmp_path / "source", Random(6))
    workspace = tmp_path / "workspace"
    run(source.root, workspace)
    write = sql.write

    def write_otherwise(tree: exp.Expr, dialect: str) -> Statement:
        statement = write(tree, dialect)
        return replace(statement, text=statement.text.replace("MONTH", "YEAR"))

    monkeypatch.setattr(sql, "write", write_otherwise)
    sql.render.cache_clear()
    try:
        source.add_events()
        run(source.root, workspace)
        rebuilt = tmp_path / "rebuilt"
        run(source.root, rebuilt)
    finally:
        sql.render.cache_clear()
    assert batches(workspace) == 2
    assert content(workspace) == content(rebuilt)


def damage_pointer(flat: Path) -> None:
    (flat / "current").write_bytes(b"\xff\xfe")


def damage_manifest(flat: Path) -> None:
    (manifest,) = flat.glob("*/manifest.json")
    manifest.write_bytes(manifest.read_bytes()[:100])


@pytest.mark.parametrize("damage", [damage_pointer, damage_manifest])
def test_damaged_flattened_data_is_named_and_flattened_again(
    damage: Callable[[Path], None], tmp_path: Path
) -> None:
    source = Source(tmp_path / "source", Random(4))
    workspace = tmp_path / "workspace"
    run(source.root, workspace)
    before = content(workspace)
    damage(workspace / "flat")
    with pytest.raises(FlattenError, match=r"damaged: .*; run 03_flatten again"):
        load_staging(str(workspace))
    run(source.root, workspace)
    assert content(workspace) == before
