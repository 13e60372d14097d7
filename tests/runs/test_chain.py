"""A run builds the star, or stops with a reason and keeps the last one."""

import signal
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from sparkify.errors import ParameterError
from sparkify.runs.chain import STEPS, select_steps
from sparkify.steps.create_schema import create_schema
from sparkify.steps.flatten import flatten
from sparkify.warehouse import open_star
from sparkify.workspace import Workspace
from tests.support.project import Project
from tests.support.stars import expected

pytestmark = [pytest.mark.kernel, pytest.mark.xdist_group("chain")]
FirstRun = tuple[Project, subprocess.CompletedProcess[str]]


@pytest.fixture(scope="module")
def first_run(source: Path, tmp_path_factory: pytest.TempPathFactory) -> FirstRun:
    project = Project(source, tmp_path_factory.mktemp("finished"))
    return project, project.run()


@pytest.fixture
def finished(first_run: FirstRun) -> Project:
    project, done = first_run
    assert done.returncode == 0, done.stdout + done.stderr
    return project


def test_a_run_builds_the_star_and_keeps_its_state(finished: Project) -> None:
    assert finished.star() == expected(finished.source)
    run = finished.run_file()
    assert run["status"] == "finished"
    assert [step["name"] for step in run["steps"]] == list(STEPS)
    assert all(step["status"] == "finished" for step in run["steps"])
    assert all(step["seconds"] > 0 for step in run["steps"])
    figures = {step["name"]: step["figures"] for step in run["steps"]}
    assert figures["03_flatten"]["events"]["records"] == 2_000
    assert figures["04_load"]["rows"]["staging_songs"] == 300
    assert figures["05_transform"]["rows"]["users"] == len(finished.star()["users"])
    folder = finished.runs / run["run_id"]
    assert {path.stem for path in folder.glob("*.ipynb")} == set(STEPS)


def test_a_second_run_of_all_changes_no_row_and_keeps_the_counts_of_the_first(
    finished: Project,
) -> None:
    before = finished.star()
    again = finished.run("--full")
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


def test_a_run_prints_a_line_for_each_step_and_the_next_command(
    first_run: FirstRun,
) -> None:
    project, done = first_run
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


def test_resuming_with_other_parameters_is_refused(finished: Project) -> None:
    refused = finished.run("--resume", "-p", "top=5")
    assert refused.returncode == 2
    assert "was started with a different" in refused.stderr
    assert "top; resume it with the same parameters" in refused.stderr


def test_a_star_is_not_built_from_rows_that_were_not_loaded(project: Project) -> None:
    create_schema(str(project.workspace))
    flatten(str(project.source), str(project.workspace))
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
    assert "log_data/ holds no file" in refused.stderr
    assert finished.star() == before


def test_a_second_run_on_one_workspace_is_refused(project: Project) -> None:
    with Workspace(project.workspace).lock("run 20181101"):
        refused = project.run()
    assert refused.returncode == 1
    assert "in use by run 20181101" in refused.stderr
    assert not project.runs.exists()


# It forks for each number that it is given, so that it imports DuckDB once.
BUILDER = """
import itertools, os, signal, sys
from sparkify.steps.create_schema import create_schema
from sparkify.steps.load import load_staging
from sparkify.steps.transform import build_star
from sparkify.warehouse.duckdb import DuckDBSession

statements = itertools.count()
carry_out = {method: getattr(DuckDBSession, method) for method in ("execute", "query")}

def dying(method, last):
    def carry(self, *arguments):
        if next(statements) == last:
            os.kill(os.getpid(), signal.SIGKILL)
        return carry_out[method](self, *arguments)
    return carry

for line in sys.stdin:
    if child := os.fork():
        status = os.waitstatus_to_exitcode(os.waitpid(child, 0)[1])
        if status != 0:
            print(status, flush=True)
        continue
    for method in carry_out:
        setattr(DuckDBSession, method, dying(method, int(line)))
    create_schema(sys.argv[1])
    load_staging(sys.argv[1])
    build_star(sys.argv[1])
    print(next(statements))
    break
"""


@pytest.fixture
def build_until(finished: Project) -> Iterator[Callable[[int], int]]:
    """Yield what builds the star and kills itself at a statement.

    It returns the number of statements, or minus the signal that killed the builder.
    """
    command = [sys.executable, "-c", BUILDER, str(finished.workspace)]
    pipe = subprocess.PIPE
    with subprocess.Popen(command, text=True, stdin=pipe, stdout=pipe) as builder:
        assert builder.stdin
        assert builder.stdout
        given, answers = builder.stdin, builder.stdout

        def build(last: int) -> int:
            given.write(f"{last}\n")
            given.flush()
            return int(answers.readline())

        yield build


def test_a_run_killed_at_any_statement_keeps_the_last_star_and_can_be_repeated(
    finished: Project, build_until: Callable[[int], int]
) -> None:
    star = finished.star()
    statements = build_until(-1)
    assert statements > 40
    for statement in range(3, statements, 4):
        assert build_until(statement) == -signal.SIGKILL
        assert finished.star() == star
    assert build_until(-1) == statements
    assert finished.star() == star
    with open_star(str(finished.workspace)) as session:
        twice = session.query(
            "select run_id, step from etl_runs group by all having count(*) > 1", {}
        )
    assert twice.num_rows == 0


def test_steps_can_be_named_by_number_or_name() -> None:
    assert select_steps("3", "05_transform") == STEPS[2:5]
    assert select_steps("load", "4") == ("04_load",)
    assert select_steps(None, None) == STEPS


@pytest.mark.parametrize(
    ("first", "last", "words"),
    [("7", None, "step '7' is unknown"), ("5", "3", "comes before")],
)
def test_unknown_or_reversed_steps_are_refused(
    first: str, last: str | None, words: str
) -> None:
    with pytest.raises(ParameterError, match=words):
        select_steps(first, last)
