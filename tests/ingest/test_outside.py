"""The files of a source outside its two folders are counted, and none is read."""

import json
import os
from pathlib import Path

import pytest

from sparkify.ingest import listing
from sparkify.ingest.listing import list_source
from sparkify.ingest.record_schema import EVENTS, SONGS
from sparkify.ingest.stores import open_store
from tests.support.records import play, song
from tests.support.stored import put_folder

PLAY = json.dumps(play(1, "Under Pressure", "Queen")).encode()
SONG = json.dumps(song("SO1", "Under Pressure", "Queen", "AR1")).encode()
OUTSIDE = {
    "events.json": PLAY,
    "README.txt": b"",
    ".gitignore": b"",
    "old_logs/2017/a.json": PLAY,
    "old_logs/b.JSON.gz": PLAY,
    "old_logs/_tmp/c.json": PLAY,
    ".git/d": b"",
    "log_data_old/e": b"",
}
COUNTED = {
    "*.txt files in the source itself": 1,
    "JSON files in other folders": 2,
    "JSON files in the source itself": 1,
    "files without a suffix in other folders": 1,
    "hidden or system files in other folders": 2,
    "hidden or system files in the source itself": 1,
}


def test_each_file_outside_the_two_folders_is_counted(tmp_path: Path) -> None:
    files = {"log_data/a.json": PLAY, "log_data/b.csv": b"", "song_data/c.json": SONG}
    put_folder(tmp_path, {**files, **OUTSIDE})
    found = list_source(open_store(tmp_path))
    assert found[EVENTS].unread == {"*.csv files": 1, **COUNTED}
    assert found[SONGS].unread == {}
    every = [path for path in tmp_path.rglob("*") if path.is_file()]
    read = [entry for listing in found.values() for entry in listing.objects]
    assert len(read) + sum(found[EVENTS].unread.values()) == len(every)


def test_a_usual_folder_that_is_not_read_is_counted(tmp_path: Path) -> None:
    put_folder(tmp_path, {"log_data/notes.txt": b"", "logs/a.json": PLAY})
    found = list_source(open_store(tmp_path))
    assert found[EVENTS].unread == {"*.txt files in other folders": 1}


def test_links_outside_the_two_folders_are_counted_and_not_followed(
    tmp_path: Path,
) -> None:
    files = {"log_data/a.json": PLAY, "song_data/a.json": SONG, "other/b.json": PLAY}
    put_folder(tmp_path, files)
    for name in ("up", "other/up"):
        (tmp_path / name).symlink_to(tmp_path)
    (tmp_path / "latest").symlink_to(tmp_path / "log_data")
    (tmp_path / "loop").symlink_to(tmp_path / "loop")
    (tmp_path / "gone.json").symlink_to(tmp_path / "nowhere")
    os.mkfifo(tmp_path / "other" / "pipe.json")
    assert list_source(open_store(tmp_path))[EVENTS].unread == {
        "JSON files in other folders": 1,
        "entries that are not files in other folders": 2,
        "entries that are not files in the source itself": 4,
    }


def test_a_huge_source_is_counted_up_to_a_limit(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(listing, "MOST_OUTSIDE", 5)
    files = {f"other/{number}.txt": b"" for number in range(6)}
    put_folder(tmp_path, {"log_data/a.json": PLAY, **files})
    unread = list_source(open_store(tmp_path))[EVENTS].unread
    assert unread == {"*.txt files in other folders, at least": 5}
    (tmp_path / "other" / "5.txt").unlink()
    unread = list_source(open_store(tmp_path))[EVENTS].unread
    assert unread == {"*.txt files in other folders": 5}
