"""A failed, interrupted or killed run resumes from its last step."""

import re
import shutil
import signal
from collections.abc import Iterator
from pathlib import Path
from time import sleep

import pytest

from sparkify.runs.chain import STEPS
from tests.support.project import (
    SECONDS_TO_WAIT,
    Project,
    is_running,
    kernels_of,
    wait_until,
)
from tests.support.stars import build, expected, stage

pytestmark = pytest.mark.kernel


@pytest.fixture
def no_process_left(project: Project) -> Iterator[None]:
    """Make sure that no kernel of the project's runs is left behind."""
    yield
    wait_until(lambda: not kernels_of(project))


def test_a_failed_step_is_named_with_its_reason_and_can_be_resumed(
    project: Project, tmp_path: Path
) -> None:
    missing = Project(tmp_path / "missing", tmp_path)
    failed = missing.run("--to", "2")
    assert failed.returncode == 1
    line = r"^\d{4}-\d\d-\d\dT\S+Z 01_provision failed: source '.*' is not a folder"
    assert re.search(line, failed.stderr, re.MULTILINE)
    assert "01_provision.ipynb" in failed.stderr
    assert missing.run_file()["status"] == "failed"
    missing.source.symlink_to(project.source)
    resumed = missing.run("--resume")
    assert resumed.returncode == 0, resumed.stdout + resumed.stderr
    run = missing.run_file()
    assert f"run {run['run_id']}" in resumed.stdout
    assert f"resuming at 01_provision; the run started at {run['started_at']}" in (
        resumed.stdout
    )
    assert len(list(missing.runs.iterdir())) == 1
    assert [step["status"] for step in run["steps"]] == ["finished"] * 2


def test_resuming_without_a_run_is_refused(project: Project) -> None:
    refused = project.run("--resume")
    assert refused.returncode == 1
    assert "no run to resume" in refused.stderr


def test_resuming_after_the_last_chosen_step_does_nothing(
    project: Project, tmp_path: Path
) -> None:
    growing = Project(tmp_path / "source", tmp_path)
    shutil.copytree(project.source, growing.source)
    build(growing.source, growing.workspace)
    (growing.source / "log_data" / "more.json").write_text(
        '{"artist": "Björk", "itemInSession": 0, "level": "paid", "page": "NextSong", '
        '"sessionId": 987654, "song": "Undo", "ts": 1541105830796, "userId": "new"}'
    )
    assert growing.run("--from", "3", "--to", "4").returncode == 0
    ended = growing.run_file()["steps"][-1]["started_at"]
    resumed = growing.run("--resume")
    assert resumed.returncode == 0
    assert "; nothing to resume" in resumed.stdout
    assert f"run {growing.run_file()['run_id']} finished at {ended[:10]}" in (
        resumed.stdout
    )
    assert "star is ready" not in resumed.stdout
    assert growing.run("--from", "5", "--to", "5").returncode == 0
    assert growing.star() == expected(growing.source)


@pytest.mark.parametrize("kind", [signal.SIGINT, signal.SIGTERM])
def test_an_interrupted_run_stops_at_once_and_publishes_nothing(
    project: Project, kind: signal.Signals, no_process_left: None
) -> None:
    stage(project.source, project.workspace)
    with project.start("--from", "5") as run:
        wait_until(is_running(project, "05_transform"))
        run.send_signal(kind)
        output = run.communicate(timeout=SECONDS_TO_WAIT)[0]
    assert run.returncode == 130, output
    assert "interrupted" in output
    assert project.run_file()["status"] == "interrupted"
    assert not (project.workspace / "warehouse" / "current").exists()


def test_resume_finishes_a_run_killed_in_each_step(
    project: Project, no_process_left: None
) -> None:
    killed = set()
    for step in STEPS:
        with project.start(*(["--resume"] if step != STEPS[0] else [])) as run:
            wait_until(is_running(project, step, run.pid))
            sleep(0.4)  # into the step, past the start of its kernel
            run.kill()
        assert run.returncode == -signal.SIGKILL
        killed.add(project.run_file()["steps"][-1]["name"])
        wait_until(lambda: not kernels_of(project))
    assert len(killed) >= len(STEPS) - 1  # one may be faster than the signal
    resumed = project.run("--resume")
    assert resumed.returncode == 0, resumed.stdout + resumed.stderr
    assert project.star() == expected(project.source)
    statuses = [each["status"] for each in project.run_file()["steps"]]
    assert statuses == ["finished"] * 6
    assert len(list(project.runs.iterdir())) == 1
