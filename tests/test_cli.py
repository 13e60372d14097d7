"""The command line says what it does, and its exit status says how it went."""

import subprocess
import sys
from collections.abc import Sequence
from importlib.metadata import version
from pathlib import Path

import pytest
from typer.testing import CliRunner, Result

from sparkify import cli
from sparkify.errors import WarehouseError


def ask(*arguments: str) -> Result:
    """Ask for what typer answers itself, on a wide terminal."""
    return CliRunner().invoke(cli.app, arguments, env={"COLUMNS": "200"})


def status(arguments: Sequence[str], monkeypatch: pytest.MonkeyPatch) -> object:
    """Return the exit status of the command line."""
    monkeypatch.setattr("sys.argv", ["sparkify", *arguments])
    monkeypatch.setattr("signal.signal", lambda *_: None)  # Ctrl-C stays pytest's
    with pytest.raises(SystemExit) as ended:
        cli.main()
    return ended.value.code


def test_the_version_is_that_of_the_package() -> None:
    answer = ask("--version")
    assert answer.exit_code == 0
    assert answer.stdout == f"sparkify {version('sparkify')}\n"


def test_the_help_names_every_command() -> None:
    answer = ask("--help")
    assert answer.exit_code == 0
    for command in (
        *("run", "runs", "rollback", "query", "trace", "demo", "provision"),
        "teardown",
    ):
        assert f" {command} " in answer.stdout


SLOW_IMPORTS = "boto3 duckdb numpy pandas papermill pyarrow sqlglot"
HELP = f"""
import sys
from sparkify.cli import app

app(["--help"], standalone_mode=False)
print("imported", sorted(set(sys.modules) & set("{SLOW_IMPORTS}".split())))
"""


def test_the_help_imports_nothing_that_is_slow() -> None:
    command = [sys.executable, "-c", HELP]
    shown = subprocess.run(command, capture_output=True, text=True, check=True)
    assert shown.stdout.splitlines()[-1] == "imported []"


def test_the_help_of_run_names_its_options_and_exit_statuses() -> None:
    answer = ask("run", "--help")
    assert answer.exit_code == 0
    for option in ("--param", "--from", "--to", "--resume", "--runs"):
        assert option in answer.stdout
    words = " ".join(answer.stdout.split())
    assert "0 finished, 1 a step failed, 2 bad input, 130 interrupted" in words


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (["run", "params/nowhere.yaml"], "no parameter file 'params/nowhere.yaml'"),
        (["run", "params/local.yaml", "-p", "engin=spark"], "did you mean 'engine'?"),
        (["run", "params/local.yaml", "-p", "top"], "write it as KEY=VALUE"),
        (["run", "params/local.yaml", "-p", "top=0"], "must be from 1 to"),
        (["run", "params/local.yaml", "--from", "9"], "9"),
        (["run", "params/local.yaml", "--resume", "--to", "2"], "leave out --from"),
        (["query", "select 1", "-p", "warehouse=oracle"], "choose one of duckdb"),
        (["demo", "s3://raw/demo"], "s3://raw/demo"),
    ],
)
def test_bad_input_is_named_and_gives_status_2(
    arguments: list[str],
    message: str,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    assert status(arguments, monkeypatch) == 2
    shown = capsys.readouterr()
    assert message in shown.err
    assert "Traceback" not in shown.err
    assert shown.out == ""


@pytest.mark.parametrize(
    "arguments", [["rum"], ["run"], ["demo", "x", "--events", "0"]]
)
def test_what_typer_refuses_gives_status_2_too(
    arguments: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    assert status(arguments, monkeypatch) == 2


def test_a_folder_of_something_else_is_bad_input_and_stays_as_it_is(
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    (tmp_path / "thesis.txt").write_text("draft")
    assert status(["demo", str(tmp_path)], monkeypatch) == 2
    assert "choose another folder" in capsys.readouterr().err
    assert [path.name for path in tmp_path.iterdir()] == ["thesis.txt"]


def test_a_missing_star_is_no_bad_input_but_a_failure(
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    arguments = ["query", "select 1", "-p", f"workspace={tmp_path}"]
    assert status(arguments, monkeypatch) == 1
    assert "there is no finished warehouse yet" in capsys.readouterr().err


def test_an_error_with_brackets_is_shown_as_it_is(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    def fail(*_: object) -> None:
        raise WarehouseError("the table [bold] is missing")

    monkeypatch.setattr(cli, "app", fail)
    assert status([], monkeypatch) == 1
    assert capsys.readouterr().err == "error: the table [bold] is missing\n"
