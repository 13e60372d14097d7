"""The benchmark program, on a small source."""

import json
import os
import signal
import subprocess
import sys
from pathlib import Path
from time import monotonic, sleep

import pytest

from sparkify.demo import generate
from sparkify.project import ROOT

pytestmark = [pytest.mark.jvm, pytest.mark.kernel]

QUICK = ("flatten_duckdb", "plain_reading", "duckdb_read_json", "flatten_spark")
PATIENCE_SECONDS = 60


@pytest.fixture(scope="module")
def source(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("benchmark") / "source"
    generate(folder, events=300, songs=40, seed=1)
    return folder


def start(temporary: Path, *arguments: str) -> subprocess.Popen[str]:
    temporary.mkdir()
    return subprocess.Popen(
        [sys.executable, "-m", "tests.benchmark", *arguments],
        cwd=ROOT,
        env={**os.environ, "TMPDIR": str(temporary)},
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
    )


def test_each_figure_is_positive_and_ratios_follow_from_the_seconds(
    source: Path, tmp_path: Path
) -> None:
    written = tmp_path / "figures.json"
    options = ("--quick", "--rounds", "1", "--source", str(source))
    with start(tmp_path / "temporary", *options, "--json", str(written)) as program:
        output, _ = program.communicate()
    assert program.returncode == 0, output
    assert "between machines they mean nothing" in " ".join(output.split())
    content = json.loads(written.read_text())
    files = len([*source.glob("*_data/**/*.json")])
    assert content["source"]["files"] == files
    figures = content["figures"]
    assert tuple(figures) == QUICK
    for figure in figures.values():
        (seconds,) = figure["seconds"]
        assert seconds > 0
        assert figure["median"] == figure["shortest"] == seconds
        assert figure["files"] == files
        assert figure["ratios"] == {
            ours: pytest.approx(seconds / figures[ours]["median"])
            for ours in ("flatten_duckdb", "flatten_spark")
        }
    assert list((tmp_path / "temporary").iterdir()) == []


@pytest.mark.parametrize("how", [signal.SIGINT, signal.SIGTERM])
def test_an_interrupted_measurement_leaves_nothing_behind(
    how: signal.Signals, source: Path, tmp_path: Path
) -> None:
    temporary = tmp_path / "temporary"
    options = ("--quick", "--rounds", "1000", "--source", str(source))
    with start(temporary, *options) as program:
        patience = monotonic() + PATIENCE_SECONDS
        while not [*temporary.glob("*/workspace")] and monotonic() < patience:
            sleep(0.01)
        program.send_signal(how)
        output, _ = program.communicate()
    assert program.returncode == 130, output
    assert list(temporary.iterdir()) == []


@pytest.mark.parametrize(
    ("option", "value", "reason"),
    [
        ("--rounds", "0", "choose a whole number from 1 up"),
        ("--source", "nowhere", "has no folder 'log_data'"),
        ("--json", "nowhere/figures.json", "there is no folder"),
    ],
)
def test_a_wrong_option_is_named_before_anything_is_measured(
    option: str, value: str, reason: str, tmp_path: Path
) -> None:
    with start(tmp_path / "temporary", option, value) as program:
        output, _ = program.communicate()
    assert program.returncode == 2
    assert reason in output
