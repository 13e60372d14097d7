"""The dashboard answers while a run writes, and then shows what it built."""

import shutil
import subprocess
import sys
from datetime import timedelta
from pathlib import Path

import pandas as pd
import pytest
from websockets.sync.client import connect

from sparkify.demo import generate
from sparkify.project import ROOT
from sparkify.warehouse import open_star
from tests.support.dashboards import served
from tests.support.report_stars import read_star
from tests.support.visitors import Visitor

EVERYTHING = "period=All"

pytestmark = [pytest.mark.server, pytest.mark.kernel]


def plays_by_date(workspace: Path) -> pd.Series:
    with open_star(str(workspace)) as session:
        plays = read_star(session).all_plays
    return plays["play_date"].value_counts()


def plays_of(address: str, query: str) -> str:
    """Open a link in a new tab; return the plays that it shows."""
    url = address.replace("http", "ws") + "/_stcore/stream"
    with connect(url, max_size=None) as line:
        visitor = Visitor(line)
        visitor.open(query)
    assert not visitor.errors
    return visitor.figures.get("Plays", "0")


def test_a_dashboard_answers_during_a_run_and_shows_the_new_star_after(
    demo_workspace: Path, tmp_path: Path
) -> None:
    workspace = tmp_path / "workspace"
    shutil.copytree(demo_workspace, workspace)
    before = plays_by_date(workspace)
    span = (before.index.max() - before.index.min()).days + 1
    days = [before.index.min() + timedelta(days=number) for number in range(span)]
    generate(tmp_path / "more", events=4_000, songs=400, seed=6)
    command = [
        *(sys.executable, "-m", "sparkify.cli", "run", "params/local.yaml"),
        *("-p", f"source={tmp_path / 'more'}", "-p", f"workspace={workspace}"),
        *("--runs", str(tmp_path / "runs")),
    ]
    with served(workspace) as address:
        assert plays_of(address, EVERYTHING) == f"{before.sum():,}"
        seen = {}
        with subprocess.Popen(command, cwd=ROOT, stdout=subprocess.DEVNULL) as run:
            for day in days:  # each for the first time: no answer is known
                plays = plays_of(address, f"period=Custom&days={day}&days={day}")
                if run.poll() is not None:
                    break
                seen[day] = plays
        assert run.returncode == 0
        last = plays_of(address, EVERYTHING)
    after = plays_by_date(workspace)
    assert last == f"{after.sum():,}" != f"{before.sum():,}"
    assert len(seen) >= 10
    for day, plays in seen.items():  # the run shows its star before it ends
        assert plays in {f"{star.get(day, 0):,}" for star in (before, after)}
