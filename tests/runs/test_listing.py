"""`sparkify runs` tells the truth of each run, also of one that was killed."""

import json
import os
import subprocess
import sys
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from sparkify.evidence.state import last_runs
from sparkify.runs.listing import list_runs, seconds_of
from sparkify.runs.process import Process, has_ended, this_process
from sparkify.runs.retention import claim, prune, state_of
from sparkify.runs.run import Run, Status, StepRun
from tests.support.project import Project, is_running, kernels_of, wait_until

needs_proc = pytest.mark.skipif(
    not Path("/proc/self/stat").exists(), reason="needs Linux's /proc"
)


def add(runs: Path, days: int, number: int, **given: Any) -> Run:
    """Add the record of a run that started some days ago."""
    started = datetime.now(UTC) - timedelta(days=days)
    run_id = started.strftime("%Y%m%dT%H%M%S.%fZ")
    run = Run(run_id, runs / run_id, {"workspace": "mine"}, [], Status.FINISHED)
    run.started_at = started.replace(tzinfo=None).isoformat(timespec="seconds")
    run.sequence = number
    for name, value in given.items():
        setattr(run, name, value)
    run.save()
    return run


def ask(*arguments: object) -> subprocess.CompletedProcess[str]:
    """Call `sparkify runs` without a display."""
    environment = {
        name: value
        for name, value in os.environ.items()
        if name not in ("DISPLAY", "WAYLAND_DISPLAY")
    }
    command = [sys.executable, "-m", "sparkify.cli", "runs", *map(str, arguments)]
    return subprocess.run(command, capture_output=True, text=True, env=environment)


@needs_proc
def test_a_process_is_known_by_its_start_not_by_its_number_alone() -> None:
    own = this_process()
    assert has_ended(own) is False
    assert has_ended({**own, "started": own["started"] - 1}) is True
    assert has_ended({**own, "boot": "another"}) is True
    assert has_ended({**own, "host": "another"}) is None


@needs_proc
def test_a_killed_process_that_nobody_has_waited_for_has_ended() -> None:
    code = (
        "import json, sys; from sparkify.runs.process import this_process;"
        "print(json.dumps(this_process()), flush=True); sys.stdin.read()"
    )
    with subprocess.Popen(
        [sys.executable, "-c", code],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    ) as process:
        assert process.stdout is not None
        told: Process = json.loads(process.stdout.readline())
        assert has_ended(told) is False
        process.kill()
        wait_until(lambda: has_ended(told) is True)  # a zombie still
        process.communicate()
    assert has_ended(told) is True


def test_an_older_record_without_a_process_is_judged_by_the_claim(
    tmp_path: Path,
) -> None:
    run = add(tmp_path, 0, 1, status=Status.RUNNING)
    with claim(run.folder):
        assert state_of(run) is Status.RUNNING
    assert state_of(run) is Status.DIED


def test_every_run_is_listed_the_last_one_first_and_a_broken_one_too(
    tmp_path: Path,
) -> None:
    first = add(tmp_path, 1, 2)
    second = add(tmp_path, 3, 5, warnings={"artists_with_several_names": 3})
    broken = tmp_path / "20180101T000000.000000Z"
    broken.mkdir()
    (broken / "run.json").write_text("{")
    rows = list_runs(tmp_path).to_pylist()
    assert [row["run"] for row in rows] == [second.run_id, first.run_id, broken.name]
    assert [row["state"] for row in rows] == ["finished", "finished", "unreadable"]
    assert rows[0]["warnings"] == "artists_with_several_names"


def test_no_run_is_no_error(tmp_path: Path) -> None:
    listed = ask("--runs", tmp_path)
    assert listed.returncode == 0
    assert "there is no run" in listed.stdout


def test_pruning_keeps_the_last_finished_run_and_what_is_not_ours(
    tmp_path: Path,
) -> None:
    old = [add(tmp_path, 40 - number, number) for number in range(3)]
    failed = add(tmp_path, 36, 3, status=Status.FAILED)
    young = add(tmp_path, 29, 4, status=Status.FAILED)
    other = add(tmp_path, 50, 5, parameters={"workspace": "other"})
    (old[0].folder / "notes.txt").write_text("mine")
    done = ask("--runs", tmp_path, "--prune", "30d")
    assert "removed the folders of 3 old runs" in done.stdout
    assert "not Sparkify's" in done.stderr
    left = {path.name for path in tmp_path.iterdir()}
    kept = (old[0], old[2], young, other)
    assert left == {run.run_id for run in kept}
    assert [path.name for path in old[0].folder.iterdir()] == ["notes.txt"]
    assert failed.run_id not in left


def test_pruning_leaves_a_run_that_is_at_work(tmp_path: Path) -> None:
    run = add(tmp_path, 40, 1, status=Status.RUNNING)
    with claim(run.folder):
        assert prune(tmp_path, 30) == (0, [])
    assert prune(tmp_path, 30) == (1, [])


@pytest.mark.parametrize("age", ["30", "0d", "-1d", "1w", "d"])
def test_an_age_that_is_none_removes_nothing(age: str, tmp_path: Path) -> None:
    add(tmp_path, 40, 1, status=Status.FAILED)
    refused = ask("--runs", tmp_path, f"--prune={age}")
    assert refused.returncode == 2
    assert "write days, such as 30d" in refused.stderr
    assert len(list(tmp_path.iterdir())) == 1


@pytest.mark.parametrize(
    ("name", "words"), [("2019", "there is no run '2019'"), ("20", "could be")]
)
def test_a_run_to_open_must_be_one(name: str, words: str, tmp_path: Path) -> None:
    for number in range(2):
        add(tmp_path, 40 + number, number)
    refused = ask("--runs", tmp_path, "--open", name)
    assert refused.returncode == 2
    assert words in refused.stderr


def test_a_run_file_that_is_broken_stands_where_its_run_would(tmp_path: Path) -> None:
    assert ask("--runs", tmp_path, "--open", "last").returncode == 2  # there is none
    older, broken, newer = (add(tmp_path, days, 4 - days) for days in (3, 2, 1))
    (broken.folder / "run.json").write_text("{bad")
    rows = list_runs(tmp_path).to_pylist()
    order = [newer.run_id, broken.run_id, older.run_id]
    assert [row["run"] for row in rows] == order
    assert [row["state"] for row in rows] == ["finished", "unreadable", "finished"]
    (newer.folder / "run.json").write_text("{bad")
    refused = ask("--runs", tmp_path, "--open", "last")
    assert refused.returncode == 1
    assert f"run '{newer.run_id}' cannot be read" in refused.stderr


def test_a_run_with_nothing_new_has_no_page_and_says_why(tmp_path: Path) -> None:
    add(tmp_path, 1, 1, unchanged="nothing new: all is there")
    refused = ask("--runs", tmp_path, "--open", "last")
    assert refused.returncode == 1
    assert "started no notebook (nothing new: all is there)" in refused.stderr


def test_the_wait_before_a_resumption_is_no_part_of_the_seconds(tmp_path: Path) -> None:
    steps = [
        StepRun("03_flatten", Status.FINISHED, "2018-11-01T10:00:00", seconds=20.0),
        StepRun("04_load", Status.FINISHED, "2018-11-02T08:00:00", seconds=4.2),
    ]
    run = add(tmp_path, 1, 1, steps=steps)
    assert seconds_of(run, Status.FINISHED) == 24
    assert seconds_of(run, Status.RUNNING) == 24  # between two steps
    ago = datetime.now(UTC).replace(tzinfo=None) - timedelta(hours=1)
    steps.append(StepRun("05_transform", Status.RUNNING, ago.isoformat()))
    assert seconds_of(run, Status.RUNNING) // 60 == 60
    assert seconds_of(run, Status.DIED) == 24


def test_the_notebook_and_the_command_tell_the_same_state(tmp_path: Path) -> None:
    gone = {**this_process(), "boot": "another"}
    add(tmp_path, 1, 1, status=Status.RUNNING, process=gone)
    (row,) = list_runs(tmp_path).to_pylist()
    shown = last_runs("mine", tmp_path)
    assert shown["state"].tolist() == [row["state"]] == ["died"]


@pytest.mark.kernel
def test_a_run_that_failed_names_its_step_and_opens_as_a_page(
    project: Project, tmp_path: Path
) -> None:
    missing = Project(tmp_path / "missing", tmp_path)
    assert missing.run().returncode == 1
    listed = json.loads(ask("--runs", missing.runs, "--format", "json").stdout)
    assert [row["state"] for row in listed] == ["failed"]
    assert listed[0]["failed_step"] == "01_provision"
    assert "is not a folder" in listed[0]["reason"]
    shown = ask("--runs", missing.runs, "--open", "last")
    assert shown.returncode == 0, shown.stderr
    page = Path(shown.stdout.strip())
    assert page.name == "01_provision.html"
    assert "is not a folder" in page.read_text()
    (again,) = missing.runs.iterdir()
    assert ask("--runs", missing.runs, "--open", again.name[:15]).returncode == 0


@pytest.mark.kernel
def test_a_killed_run_has_died_and_its_sockets_go(project: Project) -> None:
    with project.start("--to", "3") as started:
        wait_until(is_running(project, "03_flatten"))
        wait_until(lambda: any(map(Path.is_socket, project.runs.rglob("kernel*"))))
        assert list_runs(project.runs).to_pylist()[0]["state"] == "running"
        assert any(project.runs.rglob("kernel*"))
        started.kill()
    wait_until(lambda: not kernels_of(project))
    assert project.run_file()["status"] == "running"
    row = list_runs(project.runs).to_pylist()[0]
    assert (row["state"], row["failed_step"]) == ("died", "03_flatten")
    assert not list(project.runs.rglob("kernel*"))
    assert project.run("--resume").returncode == 0
    row = list_runs(project.runs).to_pylist()[0]
    assert row["state"] == "finished"
    assert row["rows"] == 2_000 + 300  # the events and the songs of the source
    assert row["quarantined"] == 0
