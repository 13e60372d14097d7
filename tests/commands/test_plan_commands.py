"""`provision` and `teardown` show a plan, and act on `--apply` and a confirmation."""

import os
import sys
from io import StringIO
from pathlib import Path

import pytest

from sparkify.demo import generate
from sparkify.rehearsal.aws import account
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


@pytest.fixture
def cloud(tmp_path: Path) -> tuple[str, ...]:
    """Return the arguments of a run on AWS, whose source is not there."""
    given = {
        "workspace": tmp_path / "workspace",
        "region": REGION,
        "ingress": ADDRESS,
        "source": "s3://no-such-bucket/2018",
    }
    pairs = [("-p", f"{name}={value}") for name, value in given.items()]
    return "params/aws.yaml", *(word for pair in pairs for word in pair)


@pytest.mark.parametrize("command", ["provision", "run"])
def test_a_load_that_cannot_work_is_refused_before_anything_is_made(
    command: str,
    cloud: tuple[str, ...],
    sparkify: Command,
    calls: Calls,
    tmp_path: Path,
    capsys: pytest.CaptureFixture[str],
) -> None:
    more = ("--runs", f"{tmp_path}/runs") if command == "run" else ()
    for wrong in ("login=iam", "engine=emr_serverless", "warehouse=duckdb"):
        given = (*cloud, "-p", "load=connector", "-p", wrong, *more)
        assert sparkify(command, *given) == 2
        said = " ".join(capsys.readouterr().err.split())
        assert f"'{wrong.partition('=')[2]}'" in said
        assert said.endswith("or load 'copy'")
    assert calls.names == []
    assert contents(tmp_path) == set()


@pytest.mark.parametrize(
    ("wrong", "words"),
    [
        ("nodes=20", "choose from 1 to 16"),
        ("region=nowhere", "choose one such as us-west-2"),
        ("ingress=0.0.0.0/0", "use one public address"),
        ("release=emr-6.15.0", "choose emr-7.13.0"),
        ("budget_usd=20", "set budget_email"),
        ("source=demo", "use s3://bucket/prefix"),
    ],
)
def test_a_bad_value_is_bad_input_and_is_told_first(
    wrong: str,
    words: str,
    cloud: tuple[str, ...],
    sparkify: Command,
    calls: Calls,
    capsys: pytest.CaptureFixture[str],
) -> None:
    assert sparkify("provision", *cloud, "-p", wrong) == 2
    assert words in " ".join(capsys.readouterr().err.split())
    assert calls.names == []


def test_without_a_login_the_login_is_told_first(
    cloud: tuple[str, ...],
    sparkify: Command,
    capsys: pytest.CaptureFixture[str],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    with account(region=REGION):
        for name in ("AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY"):
            monkeypatch.delenv(name)
        for name in ("AWS_SHARED_CREDENTIALS_FILE", "AWS_CONFIG_FILE"):
            monkeypatch.setenv(name, os.devnull)
        assert sparkify("provision", *cloud) == 1
    said = " ".join(capsys.readouterr().err.split())
    assert said.startswith("error: no AWS credentials were found")
    assert "run 'aws configure'" in said


def test_a_mistyped_bucket_is_told_with_the_remedy(
    cloud: tuple[str, ...],
    sparkify: Command,
    calls: Calls,
    capsys: pytest.CaptureFixture[str],
) -> None:
    assert sparkify("provision", *cloud) == 1
    said = " ".join(capsys.readouterr().err.split())
    assert "cannot read 's3://no-such-bucket/2018/" in said
    assert said.endswith("correct the bucket in source; 'aws s3 ls' lists yours")


@pytest.mark.parametrize("pause", ["true", "false"])
def test_a_plan_leaves_nothing_here(
    pause: str, sparkify: Command, calls: Calls, tmp_path: Path
) -> None:
    generate(tmp_path / "source", events=100, songs=10, seed=1)
    before = contents(tmp_path)
    parameters = {"region": REGION, "ingress": ADDRESS, "warehouse": "redshift"}
    parameters |= {"source": f"{tmp_path}/source", "workspace": f"{tmp_path}/ws"}
    pairs = [("-p", f"{name}={value}") for name, value in parameters.items()]
    given = [word for pair in pairs for word in pair]
    assert sparkify("provision", *given) == 0
    assert sparkify("teardown", *given, "-p", f"pause={pause}") == 0
    assert contents(tmp_path) == before


def test_a_confirmation_is_never_an_empty_word(
    sparkify: Command, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    generate(tmp_path / "demo", events=100, songs=10, seed=1)
    monkeypatch.setenv("SPARKIFY_HOME", str(tmp_path))
    monkeypatch.setattr(sys, "stdin", Keyboard("\n"))
    assert sparkify("teardown", "-p", "workspace=.", "--apply") == 2
    assert (tmp_path / "demo").is_dir()
