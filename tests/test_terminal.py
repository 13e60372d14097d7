"""What is not ours is shown on a terminal as text; files get it exactly."""

import csv
import json
from io import StringIO

import pyarrow as pa
import pytest
from rich.console import Console
from typer.testing import CliRunner

from sparkify import cli
from sparkify.display import Rows
from sparkify.rows import show_table, write_csv, write_json
from sparkify.terminal import escape_controls

HOSTILE = {
    "\x1b[31mred\x1b[0m": r"\x1b[31mred\x1b[0m",
    "bell\x07": r"bell\x07",
    "\x1b]8;;http://host.invalid\x1b\\link\x1b]8;;\x1b\\": (
        r"\x1b]8;;http://host.invalid\x1b\link\x1b]8;;\x1b" + "\\"
    ),
    "\x9b31m": r"\x9b31m",
    "gpj.\u202eexe": r"gpj.\u202eexe",
    "\u2066isolated\u2069": r"\u2066isolated\u2069",
    "two\nlines\rback": r"two\nlines\rback",
}
PLAIN = ("Björk", "久石譲", "[bold]", "a\u200db", "👩\u200d🚀", r"\x1b", "")
TABLE = pa.table({"na\x1b[1mme": [*HOSTILE, *PLAIN], "n": range(14)})


@pytest.mark.parametrize("text", PLAIN)
def test_text_without_controls_stays_as_it_is(text: str) -> None:
    assert escape_controls(text) == text


@pytest.mark.parametrize("is_terminal", [True, False])
def test_a_table_shows_controls_as_escapes(is_terminal: bool) -> None:
    file = StringIO()
    show_table(
        Console(file=file, force_terminal=is_terminal, width=200, color_system=None),
        TABLE,
    )
    shown = file.getvalue()
    assert not [
        character
        for character in shown
        if character != "\n" and character in "".join((*HOSTILE, *TABLE.column_names))
        if not character.isprintable()
    ]
    for text in (*HOSTILE.values(), r"na\x1b[1mme", *PLAIN):
        assert text in shown


def test_csv_and_json_are_exact() -> None:
    texts = [*HOSTILE, *PLAIN, "=cmd|'/c calc'!A1", "@SUM(1)"]
    table = pa.table({"name": texts})
    written, objects = StringIO(newline=""), StringIO()
    write_csv(written, table)
    write_json(objects, table)
    written.seek(0)
    assert [row["name"] for row in csv.DictReader(written)] == texts
    assert [row["name"] for row in json.loads(objects.getvalue())] == texts


def test_the_help_says_that_csv_is_exact() -> None:
    done = CliRunner().invoke(cli.app, ["query", "--help"], env={"COLUMNS": "200"})
    assert "exact" in " ".join(done.stdout.split())
    assert "=1+1" in done.stdout


def test_a_message_shows_controls_as_escapes(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr("sys.argv", ["sparkify", "run", "no\x1b[31m.yaml"])
    monkeypatch.setattr("signal.signal", lambda *_: None)
    with pytest.raises(SystemExit):
        cli.main()
    shown = capsys.readouterr().err
    assert r"\x1b" in shown
    assert "\x1b" not in shown


def test_a_notebook_table_shows_controls_as_escapes() -> None:
    import pandas as pd

    rows = Rows(pd.DataFrame({"name": list(HOSTILE)}))
    for shown in (repr(rows), rows._repr_html_()):
        assert "\x1b" not in shown
        assert "\u202e" not in shown
        assert r"\x1b[31mred" in shown
