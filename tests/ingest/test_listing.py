"""The folder of each kind of record is found by its name, or by what it holds."""

import bz2
import json
from collections.abc import Mapping
from pathlib import Path

import pytest

from sparkify.errors import SourceError
from sparkify.ingest.listing import list_source
from sparkify.ingest.record_schema import EVENTS, SONGS
from sparkify.ingest.stores import open_store
from tests.support.records import play, song
from tests.support.stored import put_folder

PLAY = json.dumps(play(1, "Under Pressure", "Queen")).encode()
SONG = json.dumps(song("SO1", "Under Pressure", "Queen", "AR1")).encode()


def listed(root: Path, files: Mapping[str, bytes]) -> tuple[list[str], list[str]]:
    """Return the names of the objects of each kind in a source of these files."""
    put_folder(root, files)
    found = list_source(open_store(root))
    events, songs = (
        [entry.name for entry in found[schema].objects] for schema in (EVENTS, SONGS)
    )
    return events, songs


def refusal(root: Path, files: Mapping[str, bytes]) -> str:
    with pytest.raises(SourceError) as error:
        listed(root, files)
    return str(error.value)


def test_the_usual_folders_are_taken_by_name_whatever_they_hold(tmp_path: Path) -> None:
    files = {
        "log_data/a.json": SONG,
        "song_data/b.json": b"rubbish",
        "logs/c.json": PLAY,
        "songs/d.json": SONG,
    }
    assert listed(tmp_path, files) == (["log_data/a.json"], ["song_data/b.json"])


@pytest.mark.parametrize("names", [("log-data", "song-data"), ("Logs 2018", "tracks")])
def test_folders_with_other_names_are_found_by_what_they_hold(
    names: tuple[str, str], tmp_path: Path
) -> None:
    logs, songs = names
    files = {
        f"{logs}/2018/11/a.json": PLAY,
        f"{songs}/A/b.json": SONG,
        "docs/c.json": b'{"name":"package"}',
        "empty/notes.txt": b"",
    }
    expected = ([f"{logs}/2018/11/a.json"], [f"{songs}/A/b.json"])
    assert listed(tmp_path, files) == expected


@pytest.mark.parametrize(
    "content",
    [
        PLAY + PLAY,
        b"[" + PLAY + b"]",
        b"\n [\n" + json.dumps(json.loads(PLAY), indent=2).encode(),
        PLAY.lower(),
        bz2.compress(PLAY),
        PLAY.decode().encode("utf-16"),
        b"\xef\xbb\xbf" + PLAY + b"\n" * 200_000,
        json.dumps({"ts": "1", "sessionId": "2", "duration": "3"}).encode(),
    ],
    ids=[
        *("glued", "array", "pretty", "lower case", "bzip2", "UTF-16", "marked"),
        "listen events",
    ],
)
def test_a_folder_is_recognised_in_any_layout(content: bytes, tmp_path: Path) -> None:
    files = {"clicks/a.json": content, "song_data/b.json": SONG}
    assert listed(tmp_path, files) == (["clicks/a.json"], ["song_data/b.json"])


def test_a_folder_is_recognised_behind_an_object_that_cannot_be_parsed(
    tmp_path: Path,
) -> None:
    files = {"clicks/a.json": b"", "clicks/b.json": b"rubbish", "clicks/c.json": PLAY}
    assert listed(tmp_path, files) == (sorted(files), [])


def test_a_usual_folder_without_objects_does_not_hide_another(tmp_path: Path) -> None:
    files = {"log_data/notes.txt": b"", "logs/a.json": PLAY, "song_data/b.json": SONG}
    assert listed(tmp_path, files) == (["logs/a.json"], ["song_data/b.json"])


def test_a_folder_is_recognised_by_records_within_another_object(
    tmp_path: Path,
) -> None:
    files = {
        "logs/a.json": b'{"Count":1,"Records":[%s]}' % PLAY,
        "tracks/b.json": b'{"1":%s}' % SONG,
    }
    assert listed(tmp_path, files) == (["logs/a.json"], ["tracks/b.json"])


@pytest.mark.parametrize(("record", "usual"), [(PLAY, "log_data"), (SONG, "song_data")])
def test_several_folders_that_may_be_meant_are_named(
    record: bytes, usual: str, tmp_path: Path
) -> None:
    files = {"one/a.json": record, "two/a.json": record, "three/a.txt": record}
    message = refusal(tmp_path, files)
    assert str(tmp_path) in message
    assert f"may be {usual}: one, two; rename one to {usual}" in message


def test_a_source_without_logs_says_what_is_there(tmp_path: Path) -> None:
    files = {"music/a.json": b"{}", "song_data/b.json": SONG, ".git/c.json": PLAY}
    message = refusal(tmp_path, files)
    assert f"source '{tmp_path}' has no activity logs" in message
    expected = "there is no log_data/; there is music/, song_data/, "
    expected += "1 JSON files in other folders, 1 hidden or system files"
    assert expected in message


def test_an_empty_source_says_so(tmp_path: Path) -> None:
    message = refusal(tmp_path, {})
    assert "there is no log_data/; there is nothing else; put the logs" in message


def test_a_source_of_files_only_says_where_they_belong(tmp_path: Path) -> None:
    message = refusal(tmp_path, {f"{number}.json": PLAY for number in range(30)})
    assert "there is no log_data/; there is 30 JSON files in the source" in message
    assert "put the logs (.json, .jsonl or .ndjson) into log_data/" in message


def test_a_folder_of_logs_without_json_says_what_it_holds(tmp_path: Path) -> None:
    files = [f"log_data/2018/{name}.csv" for name in "abc"] + ["log_data/~$a.json"]
    message = refusal(tmp_path, {**dict.fromkeys(files, b""), "notes.txt": b""})
    expected = "log_data/ holds 3 *.csv files, 1 hidden or system files; there is "
    assert f"{expected}1 *.txt files in the source itself; put" in message
    assert "there is no log_data/" not in message


def test_only_some_of_many_folders_are_named(tmp_path: Path) -> None:
    message = refusal(tmp_path, {f"f{number:02}/a.txt": b"" for number in range(50)})
    assert "f00/" in message
    assert "f49/" not in message
    assert "40 more folders" in message


def test_a_source_without_songs_lists_none(tmp_path: Path) -> None:
    assert listed(tmp_path, {"log_data/a.json": PLAY}) == (["log_data/a.json"], [])


def test_what_is_not_read_is_counted_for_each_kind(tmp_path: Path) -> None:
    files = {"log_data/a.json": PLAY, "log_data/a.csv": b"", "song_data/_SUCCESS": b""}
    put_folder(tmp_path, files)
    found = list_source(open_store(tmp_path))
    assert found[EVENTS].unread == {"*.csv files": 1}
    assert found[SONGS].unread == {"hidden or system files": 1}


@pytest.mark.parametrize(
    "content",
    [b"[" * 100_000, b'{"a":' * 100_000, b"\xff" * 100, b"1", b"null", b'"ts"', b"[]"],
)
def test_a_folder_of_anything_else_is_not_recognised(
    content: bytes, tmp_path: Path
) -> None:
    files = {"log_data/a.json": PLAY, "other/b.json": content}
    assert listed(tmp_path, files) == (["log_data/a.json"], [])


def test_a_source_that_is_too_high_is_refused_with_the_right_one(
    tmp_path: Path,
) -> None:
    files = {"data/all/log_data/a.json": PLAY, "data/all/song_data/b.json": SONG}
    message = refusal(tmp_path, files)
    assert f"choose source '{tmp_path}/data/all'" in message
    put_folder(tmp_path, {"log_data/a.json": PLAY})
    events, _ = listed(tmp_path, {})
    assert events == ["log_data/a.json"]
