"""A run goes through, or stops with a reason, and can be picked up from anywhere."""

import json
import shutil
import signal
import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from time import monotonic, sleep
from typing import Any

import psutil
import pytest

from sparkify.demo import generate
from sparkify.errors import ParameterError
from sparkify.runs.chain import STEPS, select_steps
from sparkify.runs.step import RUN_FOLDER
from sparkify.warehouse import open_star
from sparkify.workspace import Workspace
from tests.support.stars import Rows, expected, read

pytestmark = pytest.mark.kernel

SECONDS_TO_WAIT = 120


@dataclass(frozen=True)
class Project:
    """A source, a workspace and a folder for runs."""

    source: Path
    folder: Path

    @property
    def workspace(self) -> Path:
        return self.folder / "workspace"

    @property
    def runs(self) -> Path:
        return self.folder / "runs"

    def command(self, *more: str) -> list[str]:
        return [
            *(sys.executable, "-m", "sparkify.cli", "run", "params/local.yaml"),
            *("-p", f"source={self.source}", "-p", f"workspace={self.workspace}"),
            *("--runs", str(self.runs), *more),
        ]

    def run(self, *more: str) -> subprocess.CompletedProcess[str]:
        return subprocess.run(self.command(*more), capture_output=True, text=True)

    def start(self, *more: str) -> subprocess.Popen[str]:
        return subprocess.Popen(
            self.command(*more),
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
        )

    def record(self) -> dict[str, Any]:
        """Gives the record of the last run."""
        latest = sorted(self.runs.glob("*/run.json"))[-1]
        content: dict[str, Any] = json.loads(latest.read_text())
        return content

    def star(self) -> Rows:
        with open_star(str(self.workspace)) as session:
            return read(session)


@pytest.fixture(scope="module")
def source(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("demo") / "source"
    generate(folder, events=2_000, songs=300, seed=3)
    return folder


@pytest.fixture
def project(source: Path, tmp_path: Path) -> Project:
    return Project(source, tmp_path)


@pytest.fixture(scope="module")
def finished(source: Path, tmp_path_factory: pytest.TempPathFactory) -> Project:
    done = Project(source, tmp_path_factory.mktemp("finished"))
    assert done.run().returncode == 0
    return done


def wait_until(condition: Callable[[], bool]) -> None:
    """Waits for something that another process does."""
    until = monotonic() + SECONDS_TO_WAIT
    while not condition():
        assert monotonic() < until, "it did not happen"
        sleep(0.05)


def is_running(project: Project, step: str) -> Callable[[], bool]:
    """Tells whether the last run has begun a step and not yet another."""

    def check() -> bool:
        if not any(project.runs.glob("*/run.json")):
            return False
        steps = project.record()["steps"]
        return bool(steps) and steps[-1]["name"] == step

    return check


@pytest.fixture
def no_process_left(project: Project) -> Iterator[None]:
    """Make sure that no kernel of the project's runs is left behind."""
    yield
    wait_until(lambda: not kernels_of(project))


def kernels_of(project: Project) -> list[psutil.Process]:
    """Find the kernels of the project's runs, by the run that they were told of."""
    found = []
    for process in psutil.process_iter():
        with suppress(psutil.Error):
            folder = process.environ().get(RUN_FOLDER, "")
            if Path(folder).is_relative_to(project.runs) and folder:
                found.append(process)
    return found


def test_a_run_builds_the_star_and_keeps_its_record(finished: Project) -> None:
    assert finished.star() == expected(finished.source)
    record = finished.record()
    assert record["status"] == "finished"
    assert [step["name"] for step in record["steps"]] == list(STEPS)
    assert all(step["status"] == "finished" for step in record["steps"])
    assert all(step["seconds"] > 0 for step in record["steps"])
    figures = {step["name"]: step["figures"] for step in record["steps"]}
    assert figures["03_flatten"]["events"]["lines"] == 2_000
    assert figures["04_load"]["rows"]["staging_songs"] == 300
    assert figures["05_transform"]["rows"]["users"] == len(finished.star()["users"])
    folder = finished.runs / record["run_id"]
    assert {path.stem for path in folder.glob("*.ipynb")} == set(STEPS)


def test_a_second_run_changes_no_row_and_keeps_the_books_of_the_first(
    finished: Project,
) -> None:
    before = finished.star()
    again = finished.run()
    assert again.returncode == 0, again.stdout + again.stderr
    assert finished.star() == before
    with open_star(str(finished.workspace)) as session:
        runs = session.query(
            "select run_id, count(*) as steps, count(distinct step) as names "
            "from etl_runs group by run_id",
            {},
        ).to_pylist()
    assert len(runs) == len(list(finished.runs.iterdir()))
    assert all(run["steps"] == run["names"] == 5 for run in runs)


def test_a_run_tells_a_line_for_each_step_and_what_to_do_next(project: Project) -> None:
    done = project.run()
    lines = done.stdout.splitlines()
    for step in STEPS:
        assert sum(step in line for line in lines) == 1
    assert "make dashboard" in done.stdout
    assert f"{len(expected(project.source)['songplays']):,}  songplays" in done.stdout


def test_an_unknown_parameter_is_refused_before_anything_starts(
    project: Project,
) -> None:
    refused = project.run("-p", "engin=spark")
    assert refused.returncode == 2
    assert "did you mean 'engine'?" in refused.stderr
    assert not project.runs.exists()
    assert not project.workspace.exists()


def test_a_failed_step_is_named_with_its_reason_and_can_be_resumed(
    project: Project, tmp_path: Path
) -> None:
    missing = Project(tmp_path / "missing", tmp_path)
    failed = missing.run()
    assert failed.returncode == 1
    assert "01_provision failed" in failed.stderr
    assert "is not a folder" in failed.stderr
    assert "01_provision.ipynb" in failed.stderr
    assert missing.record()["status"] == "failed"
    missing.source.symlink_to(project.source)
    resumed = missing.run("--resume")
    assert resumed.returncode == 0, resumed.stdout + resumed.stderr
    assert len(list(missing.runs.iterdir())) == 1
    assert missing.star() == expected(project.source)


def test_resuming_with_other_parameters_is_refused(finished: Project) -> None:
    refused = finished.run("--resume", "-p", "top=5")
    assert refused.returncode == 2
    assert "had another top" in refused.stderr


def test_resuming_where_nothing_ran_says_so(project: Project) -> None:
    refused = project.run("--resume")
    assert refused.returncode == 1
    assert "no run to resume" in refused.stderr


def test_resuming_goes_on_after_the_last_step_of_the_chosen_ones(
    project: Project, tmp_path: Path
) -> None:
    growing = Project(tmp_path / "source", tmp_path)
    shutil.copytree(project.source, growing.source)
    assert growing.run().returncode == 0
    (growing.source / "log_data" / "more.json").write_text(
        '{"artist": "Björk", "itemInSession": 0, "level": "paid", "page": "NextSong", '
        '"sessionId": 987654, "song": "Undo", "ts": 1541105830796, "userId": "new"}'
    )
    assert growing.run("--from", "3", "--to", "4").returncode == 0
    resumed = growing.run("--resume")
    assert "nothing to do" in resumed.stdout
    assert growing.run("--from", "5").returncode == 0
    assert growing.star() == expected(growing.source)


def test_a_star_is_not_built_from_rows_that_were_not_loaded(project: Project) -> None:
    assert project.run("--to", "3").returncode == 0
    refused = project.run("--from", "5")
    assert refused.returncode == 1
    assert "run 04_load" in refused.stderr
    assert not (project.workspace / "warehouse" / "current").exists()


def test_a_source_without_a_file_does_not_replace_the_star(
    finished: Project, tmp_path: Path
) -> None:
    before = finished.star()
    (tmp_path / "log_data").mkdir()
    (tmp_path / "song_data").mkdir()
    refused = finished.run("-p", f"source={tmp_path}")
    assert refused.returncode == 1
    assert "there is no .json" in refused.stderr
    assert finished.star() == before


def test_a_second_run_on_one_workspace_is_refused(project: Project) -> None:
    with Workspace(project.workspace).lock("run 20181101"):
        refused = project.run()
    assert refused.returncode == 1
    assert "in use by run 20181101" in refused.stderr
    assert not project.runs.exists()


@pytest.mark.parametrize("kind", [signal.SIGINT, signal.SIGTERM])
def test_an_interrupted_run_stops_at_once_and_publishes_nothing(
    project: Project, kind: signal.Signals, no_process_left: None
) -> None:
    with project.start() as run:
        wait_until(is_running(project, "05_transform"))
        run.send_signal(kind)
        output = run.communicate(timeout=SECONDS_TO_WAIT)[0]
    assert run.returncode == 130, output
    assert "interrupted" in output
    assert project.record()["status"] == "interrupted"
    assert not (project.workspace / "warehouse" / "current").exists()


@pytest.mark.parametrize("step", STEPS)
def test_a_run_killed_in_any_step_is_picked_up_by_resume(
    project: Project, step: str, no_process_left: None
) -> None:
    with project.start() as run:
        wait_until(is_running(project, step))
        sleep(1.5)  # into the step, past the start of its kernel
        run.kill()
    resumed = project.run("--resume")
    assert resumed.returncode == 0, resumed.stdout + resumed.stderr
    assert project.star() == expected(project.source)
    assert [entry["status"] for entry in project.record()["steps"]] == ["finished"] * 6


CRASH = """
import itertools, os, signal, sys
from sparkify.warehouse.duckdb import DuckDBSession

statements = itertools.count()
carry_out = {method: getattr(DuckDBSession, method) for method in ("execute", "query")}

def dying(method):
    def carry(self, *arguments):
        if next(statements) == int(sys.argv[1]):
            os.kill(os.getpid(), signal.SIGKILL)
        return carry_out[method](self, *arguments)
    return carry

for method in carry_out:
    setattr(DuckDBSession, method, dying(method))

from sparkify.steps.load import load_staging
from sparkify.steps.create_schema import create_schema
from sparkify.steps.transform import build_star

create_schema(sys.argv[2])
load_staging(sys.argv[2])
build_star(sys.argv[2])
print(next(statements))
"""


def test_a_run_killed_at_any_statement_leaves_the_last_star_and_a_way_on(
    finished: Project,
) -> None:
    def crash_at(statement: int) -> subprocess.CompletedProcess[str]:
        return subprocess.run(
            [sys.executable, "-c", CRASH, str(statement), str(finished.workspace)],
            capture_output=True,
            text=True,
        )

    star = finished.star()
    statements = int(crash_at(-1).stdout)
    assert statements > 40
    for statement in range(3, statements, 4):
        assert crash_at(statement).returncode == -signal.SIGKILL
        assert finished.star() == star
    assert crash_at(-1).returncode == 0
    assert finished.star() == star
    with open_star(str(finished.workspace)) as session:
        twice = session.query(
            "select run_id, step from etl_runs group by all having count(*) > 1", {}
        )
    assert twice.num_rows == 0


def test_steps_are_named_by_number_or_name() -> None:
    assert select_steps("3", "05_transform") == STEPS[2:5]
    assert select_steps("load", "4") == ("04_load",)
    assert select_steps(None, None) == STEPS


@pytest.mark.parametrize(
    ("first", "last", "words"),
    [("7", None, "step '7' is unknown"), ("5", "3", "stands before")],
)
def test_steps_that_make_no_run_are_refused(
    first: str, last: str | None, words: str
) -> None:
    with pytest.raises(ParameterError, match=words):
        select_steps(first, last)
