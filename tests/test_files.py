"""A file is written whole, or stays as it was."""

from pathlib import Path
from threading import Event, Thread

import pytest

from sparkify.files import write_atomic


def test_a_file_is_written_as_utf_8_and_nothing_is_left_next_to_it(
    tmp_path: Path,
) -> None:
    path = tmp_path / "pointer"
    for text in ("old", "Jóga 歌\n", ""):
        write_atomic(path, text)
        assert path.read_bytes() == text.encode()
        assert list(tmp_path.iterdir()) == [path]


def test_a_failing_write_leaves_the_old_content(tmp_path: Path) -> None:
    path = tmp_path / "pointer"
    write_atomic(path, "old")
    with pytest.raises(UnicodeEncodeError):
        write_atomic(path, "new \ud800")  # half a character cannot be written
    assert path.read_text() == "old"
    write_atomic(path, "new")
    assert path.read_text() == "new"
    assert list(tmp_path.iterdir()) == [path]


def test_a_missing_folder_is_an_error(tmp_path: Path) -> None:
    with pytest.raises(FileNotFoundError):
        write_atomic(tmp_path / "nowhere" / "pointer", "text")


def test_a_reader_sees_no_part_of_a_file(tmp_path: Path) -> None:
    path = tmp_path / "pointer"
    texts = {letter * 1_000_000 for letter in "ab"}
    write_atomic(path, "a" * 1_000_000)
    is_done = Event()

    def write() -> None:
        for _ in range(50):
            for text in texts:
                write_atomic(path, text)
        is_done.set()

    writer = Thread(target=write)
    writer.start()
    while not is_done.is_set():
        assert path.read_text() in texts
    writer.join()
