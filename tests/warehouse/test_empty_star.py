"""What the plays of nobody and a star without plays tell the person who runs it."""

import json
from collections.abc import Mapping
from pathlib import Path

import pytest
from rich.console import Console

from sparkify import display
from sparkify.console import show_summary
from sparkify.runs.run import Run
from sparkify.runs.step import RUN_FOLDER, SUMMARY
from sparkify.steps.create_schema import create_schema
from sparkify.steps.flatten import flatten
from sparkify.steps.load import load_staging
from sparkify.steps.transform import Star, build_star
from sparkify.warehouse import open_star
from tests.support.records import play

HOME = {**play(1, "", ""), "page": "Home", "song": None, "artist": None}
PLAY = play(2, "Under Pressure", "Queen")
NOBODY = {**PLAY, "userId": "", "itemInSession": 3}


def star_of(
    root: Path, monkeypatch: pytest.MonkeyPatch, *events: Mapping[str, object]
) -> tuple[Star, str]:
    """Return the star of some events, and the step's summary."""
    folder, workspace = root / "source" / "log_data", str(root / "workspace")
    folder.mkdir(parents=True)
    (folder / "a.json").write_text("\n".join(map(json.dumps, events)))
    create_schema(workspace)
    flatten(str(folder.parent), workspace)
    load_staging(workspace)
    monkeypatch.setenv(RUN_FOLDER, str(root))
    star = build_star(workspace)
    summary = json.loads((root / SUMMARY).read_text())["summary"]
    return star, summary


def closing(root: Path, rows: dict[str, int]) -> str:
    """Return what the terminal shows at the end of a run."""
    console = Console(width=80)
    with console.capture() as shown:
        show_summary(console, Run("1", root, {"workspace": str(root)}, []), rows)
    return shown.get()


@pytest.mark.parametrize("events", [(), (HOME,)], ids=["no event", "no play"])
def test_a_star_without_plays_is_built_with_a_warning(
    events: tuple[Mapping[str, object], ...],
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    star, summary = star_of(tmp_path, monkeypatch, *events)
    assert summary.startswith("no songplays, ")
    with open_star(str(tmp_path / "workspace")) as session:
        (row,) = session.query("select count(*) as n from songplays", {}).to_pylist()
    assert row == {"n": 0}
    last = closing(tmp_path, star.rows)
    assert "The star is ready, but it has no plays: no event has the page" in last
    shown = display.counts(star.rows, star.warning)
    for text in (repr(shown), shown._repr_html_()):
        assert "The star is empty: it has no plays: no event has" in text


def test_a_star_with_plays_has_no_warning(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    star, summary = star_of(tmp_path, monkeypatch, PLAY)
    assert star.warning == ""
    failed = [check.name for check in star.checks if not check.is_passed]
    assert failed == []
    assert (
        summary
        == f"1 songplays, {len(star.checks)} of {len(star.checks)} checks passed"
    )
    assert "The star is ready after 0 s:" in closing(tmp_path, star.rows)
    plain = display.counts(star.rows)
    warned = display.counts(star.rows, star.warning)
    assert repr(plain) == repr(warned)
    assert plain._repr_html_() == warned._repr_html_()


def test_plays_of_nobody_are_in_the_summary(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    star, summary = star_of(tmp_path, monkeypatch, PLAY, NOBODY)
    assert star.rows["songplays"] == 1
    checks = len(star.checks)
    passed = f"{checks - 1} of {checks} checks passed"
    assert summary == f"1 songplays, {passed}, 1 plays of nobody"
