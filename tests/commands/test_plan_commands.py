"""`provision` and `teardown` show a plan, and act on `--apply` and a confirmation."""

import sys
from io import StringIO
from pathlib import Path

import pytest

from sparkify.demo import generate
from tests.commands.conftest import Command
from tests.support.aws import ADDRESS, REGION, Calls
from tests.support.stars import build


class Keyboard(StringIO):
    """A terminal at which somebody types."""

    def isatty(self) -> bool:
        return True


def contents(folder: Path) -> set[str]:
    return {path.relative_to(folder).as_posix() for path in folder.rglob("*")}


@pytest.fixture
def workspace(tmp_path: Path) -> Path:
    generate(tmp_path / "workspace" / "demo", events=100, songs=10, seed=1)
    (tmp_path / "workspace" / "lock").touch()
    return tmp_path / "workspace"


def test_without_apply_nothing_is_made_here(
    sparkify: Command, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert sparkify("provision", "-p", f"workspace={tmp_path}/new") == 0
    shown = capsys.readouterr().out
    assert "nothing was made; --apply makes it" in shown
    assert "demo data" in shown
    assert contents(tmp_path) == set()


def test_with_apply_and_yes_the_demo_data_is_made(
    sparkify: Command, tmp_path: Path
) -> None:
    given = ("-p", f"workspace={tmp_path}/new", "-p", "demo_events=500")
    assert sparkify("provision", *given, "--apply", "--yes") == 0
    assert (tmp_path / "new" / "demo" / "log_data").is_dir()


@pytest.mark.parametrize("command", ["provision", "teardown"])
@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (("-p", "apply=true"), "write --apply"),
        (("-p", "apply=false", "--apply"), "write --apply"),
        (("--yes",), "write --apply --yes"),
        (("--apply",), "the input is no terminal"),
    ],
)
def test_what_is_no_confirmation_makes_and_removes_nothing(
    command: str,
    arguments: tuple[str, ...],
    words: str,
    sparkify: Command,
    workspace: Path,
    capsys: pytest.CaptureFixture[str],
) -> None:
    before = contents(workspace)
    assert sparkify(command, "-p", f"workspace={workspace}", *arguments) == 2
    assert words in " ".join(capsys.readouterr().err.split())
    assert contents(workspace) == before


@pytest.mark.parametrize("typed", ["", "yes", "y", "Workspace"])
def test_another_word_removes_nothing(
    typed: str, sparkify: Command, workspace: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    before = contents(workspace)
    monkeypatch.setattr(sys, "stdin", Keyboard(f"{typed}\n"))
    assert sparkify("teardown", "-p", f"workspace={workspace}", "--apply") == 2
    assert contents(workspace) == before


def test_the_typed_word_removes_what_was_listed_and_nothing_else(
    sparkify: Command,
    workspace: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    build(workspace / "demo", workspace)
    (workspace / "notes.txt").write_text("mine")
    before = contents(workspace)
    assert sparkify("teardown", "-p", f"workspace={workspace}") == 0
    assert "would be removed" in capsys.readouterr().out
    assert contents(workspace) == before
    own = ("teardown", "-p", f"workspace={workspace}")
    assert sparkify(*own, "-p", "pause=true", "--apply", "--yes") == 0
    assert "there is nothing to pause" in capsys.readouterr().out
    assert contents(workspace) == before
    monkeypatch.setattr(sys, "stdin", Keyboard(f"{workspace.name}\n"))
    assert sparkify("teardown", "-p", f"workspace={workspace}", "--apply") == 0
    assert contents(workspace) == {"notes.txt"}
    assert sparkify("teardown", "-p", f"workspace={workspace}") == 0
    assert "there is nothing to remove" in capsys.readouterr().out


def test_a_cluster_is_planned_made_and_removed(
    sparkify: Command,
    calls: Calls,
    tmp_path: Path,
    capsys: pytest.CaptureFixture[str],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    parameters = tmp_path / "own.yaml"
    parameters.write_text(
        f"warehouse: redshift\nregion: {REGION}\ningress: {ADDRESS}\napply: true\n"
        f"workspace: {tmp_path}/workspace\ndemo_events: 100\n"
    )
    assert sparkify("provision", str(parameters)) == 0
    assert "dollars an hour" in capsys.readouterr().out
    assert calls.changes == []
    monkeypatch.setattr(sys, "stdin", Keyboard("workspace\n"))  # not the name
    assert sparkify("provision", str(parameters), "--apply") == 2
    assert calls.changes == []
    monkeypatch.setattr(sys, "stdin", Keyboard("sparkify\n"))
    assert sparkify("provision", str(parameters), "--apply") == 0
    assert "redshift.CreateCluster" in calls.changes
    calls.live()
    assert sparkify("teardown", str(parameters)) == 0
    assert "would be removed" in capsys.readouterr().out
    assert calls.changes == []
    pause = ("teardown", str(parameters), "-p", "pause=true", "--apply", "--yes")
    assert sparkify(*pause) == 0
    assert {*calls.changes} == {"redshift.PauseCluster"}
    assert (tmp_path / "workspace").exists()
    assert sparkify("teardown", str(parameters), "--apply", "--yes") == 0
    assert "redshift.DeleteCluster" in calls.changes
    assert not (tmp_path / "workspace").exists()


def test_a_confirmation_is_never_an_empty_word(
    sparkify: Command, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    generate(tmp_path / "demo", events=100, songs=10, seed=1)
    monkeypatch.setenv("SPARKIFY_HOME", str(tmp_path))
    monkeypatch.setattr(sys, "stdin", Keyboard("\n"))
    assert sparkify("teardown", "-p", "workspace=.", "--apply") == 2
    assert (tmp_path / "demo").is_dir()
