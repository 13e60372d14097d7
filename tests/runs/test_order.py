"""Runs are ordered by their numbers; no clock decides which one is resumed."""

import json
import os
import signal
import subprocess
import sys
from pathlib import Path

import pytest

from sparkify.errors import RunError
from sparkify.params import Value, check
from sparkify.runs import chain
from sparkify.runs.chain import NothingToResumeError, run_chain
from sparkify.runs.run import Run, Status, StepRun, last_run
from sparkify.runs.step import new_run_id
from tests.support.watchers import Silent

LATE, EARLY = "20300101T000000.000000Z", "20180101T000000.000000Z"


def parameters(folder: Path) -> dict[str, Value]:
    return check({"workspace": str(folder / "workspace")})


def start(folder: Path, run_id: str, monkeypatch: pytest.MonkeyPatch) -> Run:
    """Run no step, at the time that an id names."""
    monkeypatch.setattr(chain, "new_run_id", lambda _known: run_id)
    return run_chain(parameters(folder), folder / "runs", Silent(), ())


def last(folder: Path) -> Run | None:
    return last_run(folder / "runs", str(folder / "workspace"))


def test_the_last_run_is_found_after_the_clock_was_set_back(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    start(tmp_path, LATE, monkeypatch)
    second = start(tmp_path, EARLY, monkeypatch)
    assert (found := last(tmp_path)) is not None
    assert found.run_id == second.run_id == EARLY
    numbers = [
        json.loads((tmp_path / "runs" / name / "run.json").read_text())["sequence"]
        for name in (LATE, EARLY)
    ]
    assert numbers == [1, 2]


def test_run_files_without_a_number_come_before_all_others(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    for run_id in (EARLY, LATE):
        file = start(tmp_path, run_id, monkeypatch).folder / "run.json"
        content = json.loads(file.read_text())
        del content["sequence"]
        file.write_text(json.dumps(content))
    assert (found := last(tmp_path)) is not None
    assert found.run_id == LATE
    new = start(tmp_path, "20200101T000000.000000Z", monkeypatch)
    assert (found := last(tmp_path)) is not None
    assert found.run_id == new.run_id


def test_a_broken_run_file_stops_a_resumption_only_if_its_run_may_be_the_last(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    for run_id in (EARLY, LATE):
        start(tmp_path, run_id, monkeypatch)
    (tmp_path / "runs" / EARLY / "run.json").write_text("[]")
    assert (found := last(tmp_path)) is not None
    assert found.run_id == LATE
    (tmp_path / "runs" / LATE / "run.json").write_text("5")
    with pytest.raises(RunError, match="cannot be read"):
        last(tmp_path)


def test_a_run_id_is_later_than_all_others_whatever_the_clock_says(
    tmp_path: Path,
) -> None:
    known = [LATE, EARLY, "mine", f"{LATE}-backup"]
    assert new_run_id(known) == "20300101T000000.000001Z"
    assert EARLY < new_run_id([EARLY]) < LATE
    (tmp_path / "workspace" / "flat" / LATE).mkdir(parents=True)
    run = run_chain(parameters(tmp_path), tmp_path / "runs", Silent(), ())
    assert run.run_id > LATE


@pytest.mark.parametrize("text", ['{"loss": 1}', "[", '{"sequence": "q"}', None])
def test_what_is_no_run_in_the_folder_of_runs_is_left_out(
    text: str | None, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    first = start(tmp_path, EARLY, monkeypatch)
    other = tmp_path / "runs" / "train-1"
    other.mkdir()
    if text is None:
        os.mkfifo(other / "run.json")
    else:
        (other / "run.json").write_text(text)
    assert (found := last(tmp_path)) is not None
    assert found.run_id == first.run_id
    assert start(tmp_path, LATE, monkeypatch).sequence == 2


@pytest.mark.parametrize("wrong", [{"sequence": "q"}, {"parameters": []}])
def test_a_run_file_of_other_types_is_broken(
    wrong: dict[str, object], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    file = start(tmp_path, EARLY, monkeypatch).folder / "run.json"
    file.write_text(json.dumps(json.loads(file.read_text()) | wrong))
    with pytest.raises(RunError, match="cannot be read"):
        last(tmp_path)
    assert start(tmp_path, LATE, monkeypatch).sequence == 1


def test_a_finished_run_is_not_resumed_and_its_end_is_told(tmp_path: Path) -> None:
    run = Run(EARLY, tmp_path / "runs" / EARLY, parameters(tmp_path), ["04_load"])
    run.steps = [
        StepRun("03_flatten", Status.FINISHED, "2018-11-01T10:00:00", seconds=1.0),
        StepRun("04_load", Status.FINISHED, "2018-11-01T10:59:58", seconds=4.2),
    ]
    run.status = Status.FINISHED
    run.save()
    before = (run.folder / "run.json").read_bytes()
    message = f"run {EARLY} finished at 2018-11-01T11:00:02 UTC; nothing to resume"
    with pytest.raises(NothingToResumeError, match=message):
        run_chain(
            parameters(tmp_path), tmp_path / "runs", Silent(), (), is_resumed=True
        )
    assert (run.folder / "run.json").read_bytes() == before


KILLED = """
import os, signal, sys
from itertools import count
from pathlib import Path
from sparkify.params import check
from sparkify.runs.chain import run_chain
from sparkify.runs.step import new_run_id
from tests.support.watchers import Silent

folder, die_at = Path(sys.argv[1]), int(sys.argv[2])
calls = count()

def dying(event, arguments):
    is_change = event in ("open", "os.mkdir", "os.rename")
    if is_change and str(folder / "runs") in str(arguments[0]):
        if next(calls) == die_at:
            os.kill(os.getpid(), signal.SIGKILL)

sys.addaudithook(dying)
parameters = check({"workspace": str(folder / "workspace")})
run_chain(parameters, folder / "runs", Silent(), ())
print(next(calls))
"""


def test_a_run_killed_as_it_starts_never_makes_the_one_before_look_resumed(
    tmp_path: Path,
) -> None:
    def kill_at(change: int) -> "subprocess.CompletedProcess[str]":
        command = [sys.executable, "-c", KILLED, str(tmp_path), str(change)]
        return subprocess.run(command, capture_output=True, text=True)

    done = kill_at(-1)
    changes = int(done.stdout)
    assert changes >= 4, done.stderr
    for change in range(changes):
        before = last(tmp_path)
        assert before is not None
        assert kill_at(change).returncode == -signal.SIGKILL
        try:
            resumed = run_chain(
                parameters(tmp_path), tmp_path / "runs", Silent(), is_resumed=True
            )
        except NothingToResumeError as error:
            assert (latest := last(tmp_path)) is not None
            assert str(error).startswith(f"run {latest.run_id} finished at")
        else:
            assert resumed.run_id != before.run_id
            assert resumed.sequence == before.sequence + 1
