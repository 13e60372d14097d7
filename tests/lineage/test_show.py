"""A trace on the command line: as text for a terminal, and exactly as JSON."""

import json
from pathlib import Path

import pytest
from typer.testing import CliRunner

from sparkify import cli
from tests.support.records import play, song, write_source
from tests.support.stars import build

# What JSON may hold as it is, and a terminal would act on.
HOSTILE = "Mozilla\x7f\x9b2J\u202e"


@pytest.fixture
def arguments(tmp_path: Path) -> list[str]:
    """Return the parameters of a star whose only play has a hostile text."""
    event = play(0, "Undo", "Björk", userAgent=HOSTILE, level="PAID")
    source = write_source(
        tmp_path / "source", [], [song("SO1", "Undo", "Björk", "AR1")]
    )
    text = json.dumps(event, ensure_ascii=False)
    (source / "log_data" / "all.json").write_text(text, encoding="utf-8")
    build(source, tmp_path / "workspace")
    return ["-p", f"source={source}", "-p", f"workspace={tmp_path / 'workspace'}"]


def test_the_text_names_all_and_escapes_what_a_terminal_acts_on(
    arguments: list[str],
) -> None:
    done = CliRunner().invoke(cli.app, ["trace", "26-7-0", *arguments])
    assert done.exit_code == 0
    words = " ".join(done.stdout.split())
    for part in (
        "songplay_id 26-7-0",
        "song Undo (SO1)",
        "artist Björk (AR1)",
        "user Ada Byron (26)",
        "object log_data/all.json",
        "record 1",
        "line 1",
        "repairs a level in another case",
        r"Mozilla\x7f\x9b2J\u202e",
    ):
        assert part in words
    assert not set(done.stdout) & set("\x7f\x9b\u202e")


def test_json_is_exact(arguments: list[str], tmp_path: Path) -> None:
    done = CliRunner().invoke(
        cli.app, ["trace", "26-7-0", "params/local.yaml", *arguments, "--format=json"]
    )
    (found,) = json.loads(done.stdout)
    raw = (tmp_path / "source" / "log_data" / "all.json").read_text(encoding="utf-8")
    assert found["raw"] == raw
    assert found["object"] == "log_data/all.json"
    assert found["play"]["user_agent"] == json.loads(raw)["userAgent"] == HOSTILE
    assert found["event"]["ts"] == json.loads(raw)["ts"]
    assert found["notes"] == []


def test_an_unknown_play_gives_status_2_and_no_output(
    arguments: list[str],
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    monkeypatch.setattr("sys.argv", ["sparkify", "trace", "26-7-5", *arguments])
    with pytest.raises(SystemExit) as ended:
        cli.main()
    shown = capsys.readouterr()
    assert ended.value.code == 2
    assert "there is no play '26-7-5'" in shown.err
    assert "26-7-0" in shown.err
    assert shown.out == ""


def test_the_help_says_what_a_trace_shows() -> None:
    done = CliRunner().invoke(cli.app, ["trace", "--help"], env={"COLUMNS": "200"})
    assert done.exit_code == 0
    for word in ("SONGPLAY_ID", "--param", "--format", "raw text", "2 no such play"):
        assert word in done.stdout
