"""Only what Sparkify wrote is Sparkify's; only that is removed."""

from pathlib import Path

import pytest

from sparkify import ownership
from sparkify.errors import RemovalError

RUN = "20181101T120000.000001Z"
VERSIONS = [
    "warehouse-000001.duckdb",
    "warehouse-000003.duckdb",
    "warehouse-000003.duckdb.wal",
    "warehouse-000003.part",
    "warehouse-000900-abcd01234567.duckdb",
    "warehouse-000900-abcd01234567.duckdb.part",
    "warehouse-1000000-abcd01234567.duckdb",
]
FOREIGN = [
    "warehouse-2018.duckdb",
    "warehouse-201811.duckdb",
    "warehouse-000001-backup.duckdb",
    "warehouse-000001-ABCD01234567.duckdb",
    "warehouse-000001-20261125.duckdb",
    "warehouse-000001-202611251200.duckdb",
    "warehouse-000001.duckdb.bak",
    "warehouse-000001.duckdb.wal.old",
    "warehouse-backup.duckdb",
    "my-warehouse-000001.duckdb",
    "warehouse-000001.DUCKDB",
    "current.old",
    "lockers.txt",
    "lock-notes.md",
    "lock-step.txt",
    "progress.json",
    "summary.json",
    "cloud.json",
]


def write(folder: Path, *names: str) -> None:
    for name in names:
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text("mine")


def test_versions_are_ours_by_their_exact_names(tmp_path: Path) -> None:
    write(tmp_path, *VERSIONS, *FOREIGN)
    (tmp_path / "current").write_text("warehouse-000002.duckdb")
    ours = {path.name for path in ownership.owned(tmp_path)}
    assert ours == {*VERSIONS, "current"}
    assert ownership.owned(tmp_path)[-1].name == "current"


@pytest.mark.parametrize("name", FOREIGN)
def test_what_is_not_ours_is_not_removed(tmp_path: Path, name: str) -> None:
    write(tmp_path, name)
    with pytest.raises(RemovalError, match="is not Sparkify's"):
        ownership.remove(tmp_path / name)
    assert (tmp_path / name).read_text() == "mine"


@pytest.mark.parametrize("name", ["current", "lock", "lock-step"])
def test_a_pointer_or_lock_with_other_content_is_not_ours(
    tmp_path: Path, name: str
) -> None:
    write(tmp_path, name)
    assert not ownership.is_ours(tmp_path / name)


def test_a_link_is_never_ours_nor_followed(tmp_path: Path) -> None:
    outside = tmp_path / "outside"
    write(outside, "kept", "events/part-0000.parquet")
    part = tmp_path / f"{ownership.PART_PREFIX}abcdefgh"
    write(part, "events/part-0001.parquet")
    ownership.mark(part)
    (part / "songs").symlink_to(outside)
    (part / "events" / "part-0002.parquet").symlink_to(outside / "kept")
    (tmp_path / "warehouse-000001.duckdb").symlink_to(outside / "kept")
    assert not ownership.is_ours(tmp_path / "warehouse-000001.duckdb")
    ownership.remove(part)
    assert (outside / "kept").read_text() == "mine"
    assert (outside / "events" / "part-0000.parquet").read_text() == "mine"
    assert (part / "songs").is_symlink()
    assert not (part / "events" / "part-0001.parquet").exists()


def test_a_marked_folder_is_ours_and_a_copy_of_it_is_not(tmp_path: Path) -> None:
    folder = tmp_path / RUN
    write(folder, "events/part-0000.parquet", "events/notes.txt", "songs/mine/a")
    assert not ownership.is_ours(folder)
    ownership.mark(folder)
    assert ownership.is_ours(folder)
    copy = folder.rename(tmp_path / "backup")
    assert not ownership.is_ours(copy)
    copy.rename(folder)
    assert {
        path.relative_to(folder).as_posix() for path in ownership.foreign(folder)
    } == {
        "events/notes.txt",
        "songs/mine",
        "songs/mine/a",
    }
    ownership.remove(folder)
    left = {path.relative_to(folder).as_posix() for path in folder.rglob("*")}
    assert left == {"events", "events/notes.txt", "songs", "songs/mine", "songs/mine/a"}


def test_the_folder_of_a_spill_is_ours_with_what_duckdb_writes(tmp_path: Path) -> None:
    spill = tmp_path / "warehouse-000001.duckdb.tmp"
    write(spill, "duckdb_temp_storage_DEFAULT-0.tmp", "duckdb_temp_block-1.block")
    ownership.remove(spill)
    assert not spill.exists()


def test_what_is_not_there_is_no_error(tmp_path: Path) -> None:
    ownership.remove(tmp_path / "lock")
