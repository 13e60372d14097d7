"""A folder is listed and read: each object once, and no other file unnoticed."""

import os
from collections.abc import Callable
from pathlib import Path

import pytest

from sparkify.errors import SourceError
from sparkify.ingest.source import read
from sparkify.ingest.stores import (
    HIDDEN,
    NO_SUFFIX,
    SourceObject,
    open_store,
)
from tests.support.stored import CONTENT, FOREIGN, UNREAD, put_folder

BLOCK_BYTES = 1024


def listed_names(root: Path, folder: str = "log_data") -> list[str]:
    return [entry.name for entry in open_store(root).list(folder).objects]


def modified(path: Path) -> str:
    return str(path.stat().st_mtime_ns)


def test_a_folder_lists_its_json_by_name_with_sizes_and_versions(
    tmp_path: Path,
) -> None:
    put_folder(tmp_path, {**CONTENT, **dict.fromkeys(FOREIGN, b"{}")})
    listed = open_store(tmp_path).list("log_data")
    assert listed.objects == tuple(
        SourceObject(name, len(CONTENT[name]), modified(tmp_path / name))
        for name in sorted(CONTENT)
    )


def test_what_is_not_read_is_counted_by_kind(tmp_path: Path) -> None:
    put_folder(tmp_path, {**CONTENT, **dict.fromkeys(FOREIGN, b"{}")})
    assert open_store(tmp_path).list("log_data").unread == UNREAD


@pytest.mark.parametrize(
    ("name", "kind"),
    [
        *((f"a.{suffix}", "") for suffix in ("json", "jsonl", "ndjson", "JsonL")),
        *((f"a.json.{suffix}", "") for suffix in ("gz", "bz2", "xz", "zst", "GZ")),
        *((name, "") for name in ("a.b.json", "a.csv.json", "a b.json", "é.json")),
        *((name, NO_SUFFIX) for name in ("json", "a", "part-0000", "a.")),
        *((name, "*.gz files") for name in ("a.gz", "a.csv.gz", "a.json.bz2.gz")),
        ("a.json.txt", "*.txt files"),
        ("A.CSV", "*.csv files"),
        ("a.json.crc", "*.crc files"),
        *((name, HIDDEN) for name in (".a.json", "_SUCCESS", ".DS_Store", "_a.json")),
        *((name, HIDDEN) for name in ("~$a.json", "a.json~", "~$x/a.json", "#a.json#")),
        *(
            (name, HIDDEN)
            for name in ("Thumbs.db", "desktop.ini", "$RECYCLE.BIN/a.json")
        ),
        *(
            (name, "")
            for name in ("~a.json", "a~.json", "my thumbs.db.json", "a~/b.json")
        ),
    ],
)
def test_a_file_is_read_by_its_suffix_or_counted_by_its_kind(
    name: str, kind: str, tmp_path: Path
) -> None:
    put_folder(tmp_path, {f"log_data/2018/{name}": b"{}"})
    listed = open_store(tmp_path).list("log_data")
    names = [entry.name for entry in listed.objects]
    expected = ([], {kind: 1}) if kind else ([f"log_data/2018/{name}"], {})
    assert (names, listed.unread) == expected


def test_the_files_of_a_hidden_folder_are_counted(tmp_path: Path) -> None:
    files = ["log_data/.git/a.json", "log_data/.git/b.json", "log_data/_tmp/x/a.json"]
    put_folder(tmp_path, dict.fromkeys(files, b"{}"))
    (tmp_path / "log_data" / ".empty").mkdir()
    listed = open_store(tmp_path).list("log_data")
    assert (listed.objects, listed.unread) == ((), {HIDDEN: len(files)})


def test_the_rarest_of_many_kinds_are_one(tmp_path: Path) -> None:
    numbers = range(1, 31)
    files = [f"log_data/{i}.x{number}" for number in numbers for i in range(number)]
    put_folder(tmp_path, dict.fromkeys(files, b""))
    unread = open_store(tmp_path).list("log_data").unread
    assert len(unread) == 20
    assert sum(unread.values()) == len(files)
    assert unread["*.x30 files"] == 30
    assert unread["files of other kinds"] == sum(range(1, 12))


def test_a_suffix_that_is_not_utf_8_is_counted_with_escapes(tmp_path: Path) -> None:
    put_folder(tmp_path, {"log_data/a.json": b"{}"})
    path = os.fsencode(tmp_path / "log_data") + b"/a.bj\xf6rk"
    os.close(os.open(path, os.O_CREAT))
    assert open_store(tmp_path).list("log_data").unread == {r"*.bj\xf6rk files": 1}


def test_objects_are_read_whole_in_small_blocks(tmp_path: Path) -> None:
    put_folder(tmp_path, {"log_data/a.json": b"x" * 3000, "log_data/b.json": b""})
    store = open_store(str(tmp_path))
    for reading in read(store, store.list("log_data").objects, BLOCK_BYTES):
        blocks = list(reading)
        stored = (tmp_path / reading.source_object.name).read_bytes()
        assert b"".join(blocks) == stored
        assert all(0 < len(block) <= BLOCK_BYTES for block in blocks)
        assert reading.bytes == len(stored)


def test_a_missing_folder_lists_nothing(tmp_path: Path) -> None:
    listed = open_store(tmp_path).list("log_data")
    assert (listed.objects, listed.unread) == ((), {})


def test_the_folders_of_a_source_are_those_that_are_not_hidden(tmp_path: Path) -> None:
    put_folder(tmp_path, dict.fromkeys(["b/x", "a/x", ".git/x", "_tmp/x", "c"], b""))
    assert open_store(tmp_path).folders() == ["a", "b"]


def test_a_file_that_vanishes_after_listing_is_named(tmp_path: Path) -> None:
    put_folder(tmp_path, {"log_data/a.json": b"{}", "log_data/b.json": b"{}"})
    store = open_store(tmp_path)
    listed = store.list("log_data").objects
    (tmp_path / "log_data" / "b.json").unlink()
    with pytest.raises(SourceError, match=r"cannot read 'log_data/b\.json'"):
        [list(reading) for reading in read(store, listed, BLOCK_BYTES)]


def append(path: Path) -> None:
    with path.open("ab") as file:
        file.write(b"{}\n")


def cut(path: Path) -> None:
    os.truncate(path, 1500)


def rewrite(path: Path) -> None:
    later = path.stat().st_mtime_ns + 1
    path.write_bytes(b"y" * path.stat().st_size)
    os.utime(path, ns=(later, later))


def replace(path: Path) -> None:
    other = path.with_name("other")
    other.write_bytes(b"z" * 1000)
    other.replace(path)


CHANGES = pytest.mark.parametrize("change", [append, cut, rewrite, replace])


@CHANGES
def test_an_object_that_changes_after_listing_is_refused(
    change: Callable[[Path], None], tmp_path: Path
) -> None:
    put_folder(tmp_path, {"log_data/a.json": b"x" * 3000})
    store = open_store(tmp_path)
    listed = store.list("log_data").objects
    change(tmp_path / "log_data" / "a.json")
    with pytest.raises(SourceError, match=r"'log_data/a\.json' changed while it was"):
        [list(reading) for reading in read(store, listed, BLOCK_BYTES)]


@pytest.mark.parametrize("change", [append, cut, rewrite])
@pytest.mark.parametrize("blocks_before", [0, 1, 2, 3])
def test_an_object_that_changes_while_it_is_read_is_refused(
    change: Callable[[Path], None], blocks_before: int, tmp_path: Path
) -> None:
    put_folder(tmp_path, {"log_data/a.json": b"x" * 3000})
    store = open_store(tmp_path)
    readings = read(store, store.list("log_data").objects, BLOCK_BYTES)
    blocks = iter(next(readings))
    for _ in range(blocks_before):
        next(blocks)
    change(tmp_path / "log_data" / "a.json")
    with pytest.raises(SourceError, match=r"'log_data/a\.json' changed while it was"):
        list(blocks)


@pytest.mark.parametrize("address", ["s3://", "s3:///raw"])
def test_an_address_needs_a_bucket(address: str) -> None:
    with pytest.raises(SourceError, match="names no bucket; use s3://bucket/prefix"):
        open_store(address)


def test_a_source_that_is_no_folder_is_named(tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    for name in ("missing", "file"):
        with pytest.raises(SourceError, match=rf"{name}' is not a folder"):
            open_store(tmp_path / name)


def test_an_object_that_grows_is_refused_before_it_is_read_to_its_end(
    tmp_path: Path,
) -> None:
    put_folder(tmp_path, {"log_data/a.json": b""})
    store = open_store(tmp_path)
    listed = store.list("log_data").objects
    (tmp_path / "log_data" / "a.json").write_bytes(b"x" * 100)
    with pytest.raises(SourceError, match="had 0 bytes when it was listed, and 1 were"):
        [list(reading) for reading in read(store, listed, BLOCK_BYTES)]
