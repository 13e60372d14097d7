"""A play leads back to its object, its line and its raw text, and to what changed."""

import gzip
import json
import shutil
from pathlib import Path
from typing import Any

import pytest

from sparkify.errors import TraceError
from sparkify.ingest.verdict import LEVEL_CASE, NUMBER_AS_TEXT, WHOLE_AS_FRACTION
from sparkify.lineage.trace import Trace, trace_play
from sparkify.params import PARAMETERS
from sparkify.steps.provision import provision
from sparkify.warehouse import open_star
from tests.support.records import Record, play, song, write_source
from tests.support.reference.records import repair
from tests.support.stars import build

LONGEST = int(PARAMETERS["most_record_bytes"].default)
CATALOGUE = [song("SO1", "Undo", "Björk", "AR1")]


def trace(source: object, workspace: Path, songplay_id: str) -> Trace:
    with open_star(str(workspace)) as session:
        return trace_play(
            session,
            songplay_id,
            workspace=str(workspace),
            source=str(source),
            most_record_bytes=LONGEST,
        )


def star(folder: Path, *events: Record) -> tuple[Path, Path]:
    """Build a star of some events; return its source and its workspace."""
    source = write_source(folder / "source", events, CATALOGUE)
    build(source, folder / "workspace")
    return source, folder / "workspace"


def logs(source: Path) -> Path:
    return source / "log_data" / "all.json"


def plays_of(source: Path) -> dict[str, tuple[str, int, str, dict[str, Any]]]:
    """Return the place, the text and the record of each play, with plain `json`."""
    found = {}
    for path in sorted((source / "log_data").rglob("*.json")):
        for line, text in enumerate(path.read_text().splitlines(), start=1):
            record = json.loads(text)
            if record["page"] == "NextSong":
                keys = (record[key] for key in ("userId", "sessionId", "itemInSession"))
                name = path.relative_to(source).as_posix()
                found["-".join(map(str, keys))] = (name, line, text, record)
    return found


def test_each_play_leads_to_its_line_and_its_text(
    demo_source: Path, demo_workspace: Path
) -> None:
    plays = plays_of(demo_source)
    assert len(plays) > 1_000
    for songplay_id in sorted(plays)[::97]:
        name, line, text, record = plays[songplay_id]
        found = trace(demo_source, demo_workspace, songplay_id)
        assert found.place == (name, line)
        assert (found.record.line, found.record.raw) == (line, text)
        assert found.notes == []
        assert found.play is not None
        assert found.play["song_title"] == repair(record["song"])
        assert found.play["artist_name"] == repair(record["artist"])
        assert found.play["first_name"] == repair(record["firstName"])
        assert found.event is not None
        assert found.event["ts"] == record["ts"]


def test_the_demo_data_of_the_workspace_is_a_source(tmp_path: Path) -> None:
    provision("demo", str(tmp_path), demo_events=90, demo_songs=30)  # without flaws
    build(tmp_path / "demo", tmp_path)
    songplay_id, (name, line, text, _) = next(iter(plays_of(tmp_path / "demo").items()))
    found = trace("demo", tmp_path, songplay_id)
    assert found.place == (name, line)
    assert found.record.raw == text
    assert found.notes == []


def test_a_user_may_have_hyphens_in_the_name(tmp_path: Path) -> None:
    source, workspace = star(
        tmp_path,
        play(0, "Undo", "Björk", userId="a-7-0", sessionId=7),
        play(0, "Undo", "Björk", userId="a", sessionId=7),
        play(1, "Undo", "Björk", userId="a-7", sessionId=0),
    )
    for number, songplay_id in enumerate(("a-7-0-7-0", "a-7-0", "a-7-0-1"), start=1):
        found = trace(source, workspace, songplay_id)
        assert found.place == ("log_data/all.json", number)
    with pytest.raises(TraceError, match=r"of its session: a-7-0-7-0$"):
        trace(source, workspace, "a-7-0-7-4")


@pytest.mark.parametrize("is_packed", [False, True])
def test_a_record_of_several_lines_is_shown_with_all_of_them(
    is_packed: bool, tmp_path: Path
) -> None:
    records = [play(item, "Undo", "Björk") for item in range(3)]
    source = write_source(tmp_path / "source", [], CATALOGUE)
    logs(source).unlink()
    text = json.dumps(records, indent=2, ensure_ascii=False)
    name = "2018.json.gz" if is_packed else "2018.json"
    content = text.encode()
    (source / "log_data" / name).write_bytes(
        gzip.compress(content) if is_packed else content
    )
    build(source, tmp_path / "workspace")
    found = trace(source, tmp_path / "workspace", "26-7-1")
    assert found.place == (f"log_data/{name}", 2)
    lines = text.splitlines()
    starts = [number for number, line in enumerate(lines, 1) if line.strip() == "{"]
    assert found.record.line == starts[1]
    assert found.record.raw is not None
    assert json.loads(found.record.raw) == records[1]
    assert found.record.raw in text


def test_repairs_and_unknown_keys_of_the_record_are_named(tmp_path: Path) -> None:
    event = play(0, "Undo", "Björk", userId=26.0, level="PAID", sessionId="7", colour=1)
    source, workspace = star(tmp_path, event)
    verdict = trace(source, workspace, "26-7-0").record.verdict
    assert verdict is not None
    assert set(verdict.repairs) == {WHOLE_AS_FRACTION, LEVEL_CASE, NUMBER_AS_TEXT}
    assert verdict.extra_keys == ["colour"]


def test_an_object_that_is_gone_is_named_and_the_rest_is_shown(tmp_path: Path) -> None:
    source, workspace = star(tmp_path, play(0, "Undo", "Björk"))
    logs(source).unlink()
    found = trace(source, workspace, "26-7-0")
    assert found.place == ("log_data/all.json", 1)
    assert found.play is not None
    assert found.play["song_title"] == "Undo"
    assert found.record.raw is None
    (note,) = found.notes
    assert "'log_data/all.json' is no longer in source" in note
    shutil.rmtree(source)
    (note,) = trace(source, workspace, "26-7-0").notes
    assert "the source cannot be read again" in note
    assert "is not a folder" in note


def test_an_object_that_was_written_again_is_told_and_still_shown(
    tmp_path: Path,
) -> None:
    source, workspace = star(tmp_path, play(0, "Undo", "Björk"))
    text = logs(source).read_text()
    logs(source).unlink()
    logs(source).write_text(text)
    found = trace(source, workspace, "26-7-0")
    assert found.record.raw == text
    changed, still = found.notes
    assert "'log_data/all.json' has changed since it was read" in changed
    assert still == "record 1 of 'log_data/all.json' still gives this play"


@pytest.mark.parametrize(
    ("events", "note"),
    [
        ([play(1, "Undo", "Björk")], "it has another item_in_session, ts"),
        ([play(0, "Pagan", "Björk")], "it has another song"),
        ([{"page": "Home"}], "itemInSession is missing"),
        ([], "has no record 1"),
    ],
)
def test_a_record_that_does_not_give_the_play_any_more_is_told(
    events: list[Record], note: str, tmp_path: Path
) -> None:
    source, workspace = star(tmp_path, play(0, "Undo", "Björk"))
    logs(source).write_text("\n".join(map(json.dumps, events)))
    notes = trace(source, workspace, "26-7-0").notes
    size = logs(source).stat().st_size
    assert f"now it has {size:,} bytes" in notes[0]
    assert notes[1].endswith(note)
    assert "record 1" in notes[1]


def test_an_object_that_cannot_be_read_is_told(tmp_path: Path) -> None:
    source, workspace = star(tmp_path, play(0, "Undo", "Björk"))
    logs(source).write_bytes(gzip.compress(logs(source).read_bytes())[:-9])
    found = trace(source, workspace, "26-7-0")
    assert found.record.raw is None
    assert "cannot read 'log_data/all.json'" in found.notes[-1]


def test_without_the_flattened_data_a_change_is_not_known(tmp_path: Path) -> None:
    source, workspace = star(tmp_path, play(0, "Undo", "Björk"))
    shutil.rmtree(workspace / "flat")
    found = trace(source, workspace, "26-7-0")
    assert found.record.raw == logs(source).read_text()
    assert "whether 'log_data/all.json' has changed is not known" in found.notes[0]


def test_an_unknown_play_is_refused_with_near_ones(tmp_path: Path) -> None:
    source, workspace = star(
        tmp_path,
        play(0, "Undo", "Björk"),
        play(1, "Undo", "Björk", page="Home"),
        play(0, "Undo", "Björk", sessionId=8),
    )
    for songplay_id, words in {
        "26-7-4": "near plays of its session: 26-7-0$",
        "26-9-0": "near plays of user '26': 26-8-0, 26-7-0$",
        "27-7-0": "user '27' has no plays$",
        "26": "a play is named USER-SESSION-ITEM",
        "26-7-1": "its page is 'Home'; it is record 2 of 'log_data/all.json'$",
    }.items():
        with pytest.raises(TraceError, match=words):
            trace(source, workspace, songplay_id)
