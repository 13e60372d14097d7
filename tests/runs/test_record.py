"""What a run leaves behind: its record, its log, and a command at its end."""

import json
import os
import re
import shlex
import subprocess
import sys
from collections.abc import Callable
from importlib.metadata import version
from pathlib import Path
from types import SimpleNamespace

import pytest

from sparkify.console import show_summary
from sparkify.errors import ParameterError
from sparkify.params import check
from sparkify.project import ROOT
from sparkify.runs import chain, on_end
from sparkify.runs.chain import StepError, run_chain
from sparkify.runs.run import Run, Status
from sparkify.runs.software import software
from tests.support.project import Project
from tests.support.watchers import Silent

TIME = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ ")
CHECKS = {"artists_with_several_names": 3, "keys_are_unique": 0}
Command = Callable[..., list[str]]


def write_figures(run: Run, name: str, _: object) -> SimpleNamespace:
    """Do what a notebook does that finds something and goes on."""
    summary = {"summary": "done", "figures": {"checks": CHECKS}}
    (run.folder / "summary.json").write_text(json.dumps(summary))
    return SimpleNamespace(cells=[])


def fail(*_: object) -> None:
    raise ValueError("no such file")


@pytest.fixture
def given(tmp_path: Path) -> dict[str, str | int | bool]:
    return check({"workspace": str(tmp_path / "workspace")})


@pytest.fixture
def noting(tmp_path: Path) -> Command:
    """Return a command that notes the state in the record that it is given."""
    code = (
        "import json, sys\n"
        "status = json.load(open(sys.argv[-1]))['status']\n"
        f"print(status, file=open({str(tmp_path / 'noted')!r}, 'a'))\n"
        "sys.exit(int(sys.argv[1]))"
    )
    return lambda status=0: [sys.executable, "-c", code, str(status)]


def noted(tmp_path: Path) -> list[str]:
    path = tmp_path / "noted"
    return path.read_text().split() if path.exists() else []


def test_the_record_names_its_end_its_code_and_its_warnings(
    given: dict[str, str | int | bool], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(chain, "execute", write_figures)
    run = run_chain(given, tmp_path / "runs", Silent(), ("05_transform",))
    record = json.loads((run.folder / "run.json").read_text())
    assert record["started_at"] <= record["ended_at"]
    assert record["warnings"] == {"artists_with_several_names": 3}
    for name in ("sparkify", "duckdb", "pyarrow", "sqlglot", "papermill"):
        assert record["software"][name] == version(name)
    assert record["process"]["pid"] == os.getpid()
    assert Run.read(run.folder) == run


def test_the_commit_is_that_of_the_code_if_it_has_one(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    if not (ROOT / ".git").exists():
        pytest.skip("needs the project's git repository")
    head = ["git", "-C", str(ROOT), "rev-parse", "HEAD"]
    commit = subprocess.run(head, capture_output=True, text=True).stdout.strip()
    assert software()["commit"].removesuffix("-dirty") == commit
    monkeypatch.setattr("sparkify.runs.software.ROOT", tmp_path)
    assert "commit" not in software()


def test_a_record_of_an_earlier_version_can_be_read(tmp_path: Path) -> None:
    folder = tmp_path / "20200101T000000.000000Z"
    folder.mkdir()
    step = {"name": "01_provision", "status": "failed", "seconds": 61.0}
    old = {
        **{"run_id": folder.name, "parameters": {}, "chosen": [], "status": "failed"},
        **{"started_at": "2020-01-01T00:00:00"},
        "steps": [{**step, "started_at": "2020-01-01T00:00:01"}],
    }
    (folder / "run.json").write_text(json.dumps(old))
    assert Run.read(folder).ended_at == "2020-01-01T00:01:02"


def test_the_log_has_a_time_on_each_line_and_names_warnings_and_errors(
    given: dict[str, str | int | bool], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(chain, "execute", write_figures)
    run = run_chain(given, tmp_path / "runs", Silent(), ("05_transform",))
    monkeypatch.setattr(chain, "execute", fail)
    with pytest.raises(StepError) as failed:
        run_chain(given, tmp_path / "runs", Silent(), ("04_load",))
    log = (run.folder / "run.log").read_text().splitlines()
    assert all(TIME.match(line) for line in log)
    assert "warning: check artists_with_several_names found 3 rows" in "\n".join(log)
    assert log[-1].endswith(f"run {run.run_id} finished")
    log = (failed.value.run.folder / "run.log").read_text().splitlines()
    assert "ValueError: no such file" in "\n".join(log)
    assert log[-1].endswith("failed")


def test_the_command_at_the_end_gets_the_record_of_a_run_that_finished(
    given: dict[str, str | int | bool],
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    noting: Command,
) -> None:
    monkeypatch.setattr(chain, "execute", write_figures)
    run_chain(given, tmp_path / "runs", Silent(), ("04_load",), on_end=noting())
    assert noted(tmp_path) == ["finished"]


@pytest.mark.parametrize(
    ("error", "status"), [(ValueError, "failed"), (KeyboardInterrupt, "interrupted")]
)
def test_the_command_at_the_end_is_started_too_if_the_run_did_not_go_well(
    error: type[BaseException],
    status: str,
    given: dict[str, str | int | bool],
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    noting: Command,
) -> None:
    def stop(*_: object) -> None:
        raise error

    monkeypatch.setattr(chain, "execute", stop)
    with pytest.raises((StepError, KeyboardInterrupt)):
        run_chain(given, tmp_path / "runs", Silent(), ("04_load",), on_end=noting())
    assert noted(tmp_path) == [status]


def test_a_command_that_fails_is_told_and_the_run_is_finished(
    given: dict[str, str | int | bool],
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    noting: Command,
) -> None:
    monkeypatch.setattr(chain, "execute", write_figures)
    runs = tmp_path / "runs"
    for words, problem in (
        (noting(3), "failed with exit status 3"),
        (["/no/such/program"], "'/no/such/program' cannot be started"),
    ):
        run = run_chain(given, runs, Silent(), ("04_load",), on_end=words)
        assert run.status is Status.FINISHED
        assert problem in (run.folder / "run.log").read_text()


def test_a_command_that_hangs_is_stopped(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(on_end, "SECONDS", 0.5)
    waiting = [sys.executable, "-c", "import time; time.sleep(600)"]
    assert "took more than" in on_end.start_command(waiting, tmp_path)


@pytest.mark.parametrize("command", ["", "mail 'me"])
def test_a_command_that_is_none_is_refused(command: str) -> None:
    with pytest.raises(ParameterError, match="--on-end"):
        on_end.split_command(command)


@pytest.mark.kernel
def test_without_a_terminal_each_line_of_a_run_has_its_time(
    project: Project, noting: Command, tmp_path: Path
) -> None:
    done = project.run("--to", "2", "--on-end", shlex.join(noting(1)))
    assert done.returncode == 0, done.stdout + done.stderr
    lines = done.stdout.splitlines()
    assert len(lines) == 4
    assert all(TIME.match(line) for line in lines)
    assert "failed with exit status 1" in lines[-1]
    assert noted(tmp_path) == ["finished"]


@pytest.mark.parametrize("folder", ["mine", "my own $HOME's"])
def test_the_hint_opens_the_warehouse_of_the_run(
    folder: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    from rich.console import Console

    workspace = tmp_path / folder
    run = Run("1", tmp_path, check({"workspace": str(workspace)}), [])
    show_summary(Console(width=60), run, {"songplays": 1})
    shown = [TIME.sub("", line) for line in capsys.readouterr().out.splitlines()]
    query = next(line for line in shown if line.startswith("  query"))
    assert shlex.split(query)[-2:] == ["-p", f"workspace={workspace}"]
    hint = next(line for line in shown if line.startswith("  dashboard"))
    printed = subprocess.run(
        [*shlex.split(hint)[1:], "--dry-run", "--no-print-directory"],
        capture_output=True,
        text=True,
        cwd=ROOT,
        check=True,
    ).stdout
    assert shlex.split(printed.splitlines()[-1])[-1] == f"workspace={workspace}"
