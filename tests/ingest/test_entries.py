"""Links, pipes, deep folders and odd names are read, counted or refused by name."""

import os
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from sparkify.errors import SourceError
from sparkify.ingest.source import read
from sparkify.ingest.stores import IRREGULAR, open_store
from tests.support.stored import contents, put_folder

BLOCK_BYTES = 1024


def test_a_link_that_leads_nowhere_is_named_with_what_is_missing(
    tmp_path: Path,
) -> None:
    put_folder(tmp_path, {"log_data/a.json": b"{}"})
    (tmp_path / "log_data" / "gone.json").symlink_to("../nowhere.json")
    with pytest.raises(
        SourceError,
        match=r"cannot read 'log_data/gone\.json': it is a link to "
        r"'\.\./nowhere\.json', which is missing",
    ):
        open_store(tmp_path).list("log_data")


def test_a_link_that_is_not_read_is_counted(tmp_path: Path) -> None:
    put_folder(tmp_path, {"log_data/a.json": b"{}"})
    (tmp_path / "log_data" / "gone.csv").symlink_to(tmp_path / "nowhere.csv")
    assert open_store(tmp_path).list("log_data").unread == {IRREGULAR: 1}


def test_a_link_to_itself_is_counted(tmp_path: Path) -> None:
    put_folder(tmp_path, {"log_data/a.json": b"{}"})
    loop = tmp_path / "log_data" / "loop.json"
    loop.symlink_to(loop)
    listed = open_store(tmp_path).list("log_data")
    assert [entry.name for entry in listed.objects] == ["log_data/a.json"]
    assert listed.unread == {IRREGULAR: 1}


def test_a_link_is_read_as_what_it_points_to(tmp_path: Path) -> None:
    put_folder(tmp_path, {"log_data/a.json": b"{}", "elsewhere/b.json": b"[1]"})
    (tmp_path / "log_data" / "linked").symlink_to(tmp_path / "elsewhere")
    (tmp_path / "log_data" / "c.json").symlink_to(tmp_path / "elsewhere" / "b.json")
    assert contents(open_store(tmp_path), "log_data") == [
        ("log_data/a.json", b"{}"),
        ("log_data/c.json", b"[1]"),
        ("log_data/linked/b.json", b"[1]"),
    ]


def test_a_link_that_leads_back_is_counted_and_not_followed(tmp_path: Path) -> None:
    put_folder(tmp_path, {"log_data/a.json": b"{}", "log_data/x/y/b.json": b"{}"})
    (tmp_path / "log_data" / "loop").symlink_to(tmp_path / "log_data")
    (tmp_path / "log_data" / "x" / "y" / "up").symlink_to(tmp_path / "log_data" / "x")
    listed = open_store(tmp_path).list("log_data")
    names = [entry.name for entry in listed.objects]
    assert names == ["log_data/a.json", "log_data/x/y/b.json"]
    assert listed.unread == {IRREGULAR: 2}


def test_a_pipe_is_counted_and_nobody_waits_for_it(tmp_path: Path) -> None:
    put_folder(tmp_path, {"log_data/a.json": b"{}"})
    os.mkfifo(tmp_path / "log_data" / "pipe.json")
    listed = open_store(tmp_path).list("log_data")
    assert [entry.name for entry in listed.objects] == ["log_data/a.json"]
    assert listed.unread == {IRREGULAR: 1}


def test_nobody_waits_for_a_pipe_that_replaced_a_file(tmp_path: Path) -> None:
    put_folder(tmp_path, {"log_data/a.json": b"{}"})
    store = open_store(tmp_path)
    listed = store.list("log_data").objects
    (tmp_path / "log_data" / "a.json").unlink()
    os.mkfifo(tmp_path / "log_data" / "a.json")
    with pytest.raises(SourceError, match=r"'log_data/a\.json': it is not a regular"):
        [list(reading) for reading in read(store, listed, BLOCK_BYTES)]


@contextmanager
def nested(root: Path, name: str, levels: int) -> Iterator[None]:
    """Make a file in nested folders, and remove them at the end.

    The path may be too long for the system, and pytest cannot remove so many levels.
    """
    before = Path.cwd()
    root.mkdir()
    os.chdir(root)
    for _ in range(levels):
        Path(name).mkdir()
        os.chdir(name)
    Path("a.json").write_bytes(b"{}")
    try:
        yield
    finally:
        Path("a.json").unlink()
        for _ in range(levels):
            os.chdir("..")
            Path(name).rmdir()
        os.chdir(before)


def test_a_file_is_read_below_more_folders_than_calls_may_nest(tmp_path: Path) -> None:
    levels = sys.getrecursionlimit() + 100
    with nested(tmp_path / "log_data", "d", levels):
        found = contents(open_store(tmp_path), "log_data")
    assert found == [(f"log_data/{'d/' * levels}a.json", b"{}")]


def test_a_path_that_is_too_long_is_named_and_not_passed_over(tmp_path: Path) -> None:
    name = "d" * 200
    levels = os.pathconf(tmp_path, "PC_PATH_MAX") // len(name) + 1
    with nested(tmp_path / "log_data", name, levels), pytest.raises(SourceError) as e:
        open_store(tmp_path).list("log_data")
    assert str(e.value).startswith("cannot read 'log_data/ddd")
    assert str(e.value).endswith("ddd': File name too long")


def test_a_link_to_a_pipe_is_named(tmp_path: Path) -> None:
    put_folder(tmp_path, {"log_data/a.json": b"{}"})
    os.mkfifo(tmp_path / "pipe")
    (tmp_path / "log_data" / "link.json").symlink_to(tmp_path / "pipe")
    with pytest.raises(
        SourceError, match=r"'log_data/link\.json': it is not a regular"
    ):
        open_store(tmp_path).list("log_data")


def test_a_name_that_is_not_utf_8_is_shown_with_escapes(tmp_path: Path) -> None:
    put_folder(tmp_path, {"log_data/a.json": b"{}"})
    path = os.fsencode(tmp_path / "log_data") + b"/bj\xf6rk.json"
    os.close(os.open(path, os.O_CREAT))
    with pytest.raises(SourceError) as error:
        open_store(tmp_path).list("log_data")
    expected = r"'log_data/bj\xf6rk.json': its name is not UTF-8; rename it"
    assert expected in str(error.value)


def test_a_long_name_is_shortened_in_a_message(tmp_path: Path) -> None:
    name = "log_data" + "/folder-with-a-name" * 40 + "/gone.json"
    (tmp_path / name).parent.mkdir(parents=True)
    (tmp_path / name).symlink_to("nowhere.json")
    with pytest.raises(SourceError, match=r"log_data.*….*gone\.json") as error:
        open_store(tmp_path).list("log_data")
    assert len(str(error.value)) < 250
