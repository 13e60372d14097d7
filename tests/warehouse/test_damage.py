"""A damaged warehouse is reported to readers, and built anew beside by writers."""

import shutil
from pathlib import Path
from random import Random

import duckdb
import pytest

from sparkify.errors import DamagedError, WarehouseError
from sparkify.steps.create_schema import create_schema
from sparkify.warehouse.duckdb import DuckDBWarehouse
from sparkify.warehouse.query import run_query
from sparkify.warehouse.versions import WAL, beside
from sparkify.workspace import Workspace
from tests.support.versions import HEADERS, texts, versions, write

NOTES = [f"note {number:06} {number * 7919 % 100_003}" for number in range(40_000)]
REMEDY = r"; build the warehouse anew with sparkify run params/local.yaml -p workspace="


def published(folder: Path, *notes: str) -> tuple[DuckDBWarehouse, Path]:
    """Publish a version with these notes; return the warehouse and the version."""
    warehouse = DuckDBWarehouse(folder, "256MB")
    write(warehouse, *notes)
    warehouse.publish()
    return warehouse, folder / warehouse.version()


@pytest.fixture(scope="module")
def large(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Publish a version with many blocks; return its workspace."""
    root = tmp_path_factory.mktemp("large")
    warehouse, _ = published(root / "warehouse")
    with warehouse.writing() as session, session.transaction():
        values = {"notes": NOTES}
        session.execute("insert into notes select unnest($notes)", values)
    warehouse.publish()
    return root


def assert_built_anew(folder: Path) -> None:
    """Assert that the next run starts empty, says so, and can be read."""
    before = {path: path.read_bytes() for path in folder.glob("*.duckdb")}
    warehouse = DuckDBWarehouse(folder, "256MB")
    with pytest.raises(DamagedError, match=REMEDY):
        warehouse.writing()  # a step on its own must not go on with nothing
    assert warehouse.prepare()
    write(warehouse, "new")
    assert {path: path.read_bytes() for path in before} == before
    warehouse.publish()
    with warehouse.reading() as session:
        assert texts(session) == ["new"]


@pytest.mark.parametrize(
    "content",
    [
        b"",
        b"\n",
        b"\xff\xfe\x00\x80",
        b"warehouse-000009-abcd01234567.duckdb",
        b"warehouse-000009.duckdb",
        b"../../etc/passwd",
        b"../warehouse-000001.duckdb",
        b"warehouse-000001.duckdb\x00",
        b"x" * 100_000,
    ],
    ids=lambda content: repr(content[:20]),
)
def test_a_pointer_that_names_no_version_is_reported_and_built_anew(
    content: bytes, tmp_path: Path
) -> None:
    folder = tmp_path / "warehouse"
    warehouse, _ = published(folder, "old")
    (folder / "current").write_bytes(content)
    for read in (warehouse.reading, warehouse.version):
        with pytest.raises(DamagedError, match=f"current' (holds|names) .*{REMEDY}"):
            read()
    assert_built_anew(folder)


def test_a_pointer_with_an_editor_s_newline_is_read(tmp_path: Path) -> None:
    warehouse, version = published(tmp_path / "warehouse", "old")
    (version.parent / "current").write_text(f"{version.name}\n")
    assert warehouse.version() == version.name
    assert warehouse.prepare() == ""
    with warehouse.reading() as reader, warehouse.writing() as writer:
        assert texts(reader) == texts(writer) == ["old"]


def test_what_is_being_built_survives_a_pointer_that_is_broken(tmp_path: Path) -> None:
    folder = tmp_path / "warehouse"
    warehouse, version = published(folder, "old")
    (folder / "current").write_bytes(b"")
    assert warehouse.prepare()
    write(warehouse, "first step")
    with DuckDBWarehouse(folder, "256MB").writing() as session:
        assert texts(session) == ["first step"]
    assert warehouse.prepare()  # another run: the last one died
    assert version.name in versions(folder)
    with warehouse.writing() as session, pytest.raises(WarehouseError):
        texts(session)


def test_a_truncated_version_is_reported_and_built_anew(
    large: Path, tmp_path: Path
) -> None:
    for number, share in enumerate((0, 0.001, 0.1, 0.5, 0.9, 1)):
        folder = tmp_path / str(number) / "warehouse"
        shutil.copytree(large / "warehouse", folder)
        version = folder / DuckDBWarehouse(folder, "256MB").version()
        content = version.read_bytes()
        version.write_bytes(content[: int(share * (len(content) - 1))])
        assert_reported(folder)
        assert_built_anew(folder)


def test_a_changed_bit_in_any_block_is_reported_and_built_anew(
    large: Path, tmp_path: Path
) -> None:
    version = DuckDBWarehouse(large / "warehouse", "256MB").version()
    content = (large / "warehouse" / version).read_bytes()
    with duckdb.connect(large / "warehouse" / version, read_only=True) as connection:
        sizes = connection.execute(
            "select block_size, total_blocks, free_blocks from pragma_database_size()"
        ).fetchall()
    ((size, blocks, free),) = sizes
    assert HEADERS + size * blocks == len(content)
    random = Random(4)
    places = [0, 4096, HEADERS, len(content) - 1]
    places += [
        HEADERS + size * block + random.randrange(size) for block in range(blocks)
    ]
    unharmed = 0
    for number, place in enumerate(places):
        folder = tmp_path / str(number) / "warehouse"
        shutil.copytree(large / "warehouse", folder)
        harmed = bytearray(content)
        harmed[place] ^= 1 << random.randrange(8)
        (folder / version).write_bytes(harmed)
        if DuckDBWarehouse(folder, "256MB").prepare():
            DuckDBWarehouse(folder, "256MB")._versions.clear()
            assert_reported(folder)
            assert_built_anew(folder)
        else:
            unharmed += 1
            with DuckDBWarehouse(folder, "256MB").writing() as session:
                assert texts(session) == NOTES
        shutil.rmtree(folder)
    assert unharmed <= free + 2  # blocks without data, and the older of two headers


def assert_reported(folder: Path) -> None:
    """Assert that a reader learns what is damaged and what to do."""

    def read() -> None:
        with DuckDBWarehouse(folder, "256MB").reading() as session:
            run_query(session, "select max(text) from notes")

    with pytest.raises(
        DamagedError, match=r"warehouse-\d{6}-\w{12}\.duckdb' is damage"
    ):
        read()
    with pytest.raises(DamagedError, match=REMEDY):
        read()


def test_a_step_of_a_run_says_what_was_lost(tmp_path: Path) -> None:
    warehouse, _ = published(Workspace(tmp_path).warehouse, "old")
    (Workspace(tmp_path).warehouse / "current").write_bytes(b"\xff")
    with pytest.warns(UserWarning, match=r"names no version; so .* etl_runs .* lost"):
        create_schema(str(tmp_path))
    warehouse.publish()
    create_schema(str(tmp_path))


def test_an_unwritable_copy_is_not_taken_for_damage(tmp_path: Path) -> None:
    warehouse, version = published(tmp_path / "warehouse", "old")
    with duckdb.connect(version) as connection:
        connection.execute("create table later as select 1 as number")
        with pytest.raises(WarehouseError, match="rejected a statement"):
            warehouse.prepare()  # DuckDB refuses a second way of opening the file
    assert warehouse.prepare() == ""
    with warehouse.writing() as session:
        assert texts(session) == ["old"]


def test_a_version_that_was_published_with_its_log_is_copied_with_it(
    tmp_path: Path,
) -> None:
    warehouse, version = published(tmp_path / "warehouse", "old")
    with duckdb.connect(version) as connection:
        connection.execute("pragma disable_checkpoint_on_shutdown")
        connection.execute("insert into notes values ('only in the log')")
    assert beside(version, WAL).exists()
    with warehouse.reading() as session:
        assert texts(session) == ["old", "only in the log"]
    warehouse.prepare()
    with warehouse.writing() as session:
        assert texts(session) == ["old", "only in the log"]
    warehouse.publish()
    assert not beside(version.parent / warehouse.version(), WAL).exists()
    with warehouse.reading() as session:
        assert texts(session) == ["old", "only in the log"]


def test_an_older_release_s_versions_are_read(tmp_path: Path) -> None:
    folder = tmp_path / "warehouse"
    warehouse, version = published(folder, "old")
    version.rename(folder / "warehouse-000001.duckdb")
    (folder / "current").write_text("warehouse-000001.duckdb")
    assert warehouse.version() == "warehouse-000001.duckdb"
    warehouse.prepare()
    with warehouse.writing() as session:
        assert texts(session) == ["old"]
    warehouse.publish()
    assert warehouse.version().startswith("warehouse-000002-")


def test_a_name_is_never_given_twice(tmp_path: Path) -> None:
    names = set()
    for _ in range(3):
        _, version = published(tmp_path / "warehouse", "same")
        names.add(version.name)
        shutil.rmtree(tmp_path / "warehouse")
    assert len(names) == 3
