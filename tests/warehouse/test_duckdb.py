"""Readers see one finished version, whatever writers do."""

import subprocess
import sys
from datetime import datetime
from pathlib import Path

import pytest

from sparkify.errors import ParameterError, WarehouseError
from sparkify.warehouse import open_star, open_warehouse
from sparkify.warehouse.duckdb import DuckDBWarehouse
from sparkify.workspace import Workspace
from tests.support.versions import texts, versions, write

NASTY = "Robert'); drop table notes; -- \" $text :text ? % \\ 歌\n"


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return tmp_path / "warehouse"


@pytest.fixture
def warehouse(folder: Path) -> DuckDBWarehouse:
    return DuckDBWarehouse(folder, "256MB")


def test_an_unpublished_warehouse_cannot_be_read(
    warehouse: DuckDBWarehouse,
) -> None:
    message = "there is no finished warehouse yet in workspace .*; build one with"
    with pytest.raises(WarehouseError, match=message):
        warehouse.reading()
    write(warehouse, "unpublished")
    with pytest.raises(WarehouseError, match=message):
        warehouse.reading()


def test_a_reader_keeps_its_version_and_a_new_one_sees_what_was_published(
    warehouse: DuckDBWarehouse,
) -> None:
    write(warehouse, "old")
    warehouse.publish()
    with warehouse.reading() as early:
        write(warehouse, "new")
        with warehouse.reading() as meanwhile:
            assert texts(early) == texts(meanwhile) == ["old"]
        warehouse.publish()
        with warehouse.reading() as late:
            assert texts(late) == ["new"]
        assert texts(early) == ["old"]


def test_a_reader_can_read_while_a_writer_is_open(
    warehouse: DuckDBWarehouse,
) -> None:
    write(warehouse, "old")
    warehouse.publish()
    with warehouse.writing() as writer, writer.transaction():
        writer.execute("insert into notes values ('half')", {})
        with warehouse.reading() as reader:
            assert texts(reader) == ["old"]


def test_a_reader_outlives_its_version(
    warehouse: DuckDBWarehouse, folder: Path
) -> None:
    write(warehouse, *(f"{number:05}" for number in range(3)))
    warehouse.publish()
    first = warehouse.version()
    with warehouse.reading() as reader:
        for _ in range(3):
            write(warehouse, "later")
            warehouse.publish()
        assert first not in versions(folder)
        assert texts(reader) == ["00000", "00001", "00002"]


def test_the_steps_of_a_run_build_one_version(
    warehouse: DuckDBWarehouse, folder: Path
) -> None:
    write(warehouse, "first step")
    with warehouse.writing() as session:
        assert texts(session) == ["first step"]
    assert len(versions(folder)) == 1


def test_a_new_version_begins_with_what_the_last_one_had(
    warehouse: DuckDBWarehouse,
) -> None:
    write(warehouse, "kept")
    warehouse.publish()
    with warehouse.writing() as session:
        assert texts(session) == ["kept"]


def test_only_the_last_versions_are_kept(
    warehouse: DuckDBWarehouse, folder: Path
) -> None:
    published = []
    for number in range(1, 6):
        write(warehouse, str(number))
        warehouse.publish()
        published.append(warehouse.version())
    assert versions(folder) == published[-2:]


def test_preparing_replaces_an_unfinished_version_and_no_other(
    warehouse: DuckDBWarehouse, folder: Path
) -> None:
    for text in ("first", "published"):
        write(warehouse, text)
        warehouse.publish()
    finished = versions(folder)
    write(warehouse, "unfinished")
    (unfinished,) = set(versions(folder)) - set(finished)
    assert warehouse.prepare() == ""
    started = set(versions(folder)) - set(finished)
    assert set(finished) < set(versions(folder))
    assert len(started) == 1
    assert unfinished not in started
    with warehouse.writing() as session:
        assert texts(session) == ["published"]


def test_preparing_removes_what_killed_writers_left(
    warehouse: DuckDBWarehouse, folder: Path
) -> None:
    write(warehouse, "published")
    warehouse.publish()
    write(warehouse, "unfinished")
    (unfinished,) = set(versions(folder)) - {warehouse.version()}
    for name in (unfinished, "warehouse-000001-abcd01234567.duckdb"):
        (folder / f"{name}.tmp").mkdir()  # DuckDB makes it when it spills
        (folder / f"{name}.tmp" / "duckdb_temp_1_0_storage_DEFAULT-0.tmp").touch()
        (folder / f"{name}.wal").touch()
        (folder / f"{name}.part").touch()
    (folder / "warehouse-000002.duckdb.tmp").mkdir()  # an older release's
    (folder / "warehouse-000002.duckdb.wal").touch()
    (folder / "warehouse-000002.part").touch()
    foreign = folder / "warehouse-2018.duckdb.tmp"
    foreign.mkdir()
    warehouse.prepare()
    write(warehouse, "next")
    warehouse.publish()
    assert {path.suffix for path in folder.iterdir() if path != foreign} == {
        "",
        ".duckdb",
    }
    assert foreign.is_dir()
    with warehouse.reading() as session:
        assert texts(session) == ["next"]


def test_preparing_a_new_folder_does_nothing(
    warehouse: DuckDBWarehouse, folder: Path
) -> None:
    warehouse.prepare()
    assert not folder.exists()


def test_a_failed_transaction_is_rolled_back(warehouse: DuckDBWarehouse) -> None:
    write(warehouse, "before")
    with warehouse.writing() as session:
        with pytest.raises(WarehouseError), session.transaction():
            session.execute("create table others (text varchar)", {})
            session.execute("delete from notes", {})
            session.execute("insert into notes values ('half')", {})
            session.execute("insert into nowhere values (1)", {})
        with pytest.raises(KeyboardInterrupt), session.transaction():
            session.execute("delete from notes", {})
            raise KeyboardInterrupt
        assert texts(session) == ["before"]
        with pytest.raises(WarehouseError, match="others"):
            session.query("select * from others", {})


def test_an_error_is_raised_even_if_its_transaction_has_ended(
    warehouse: DuckDBWarehouse,
) -> None:
    with warehouse.writing() as session:
        with pytest.raises(KeyboardInterrupt), session.transaction():
            session.execute("rollback", {})  # as after a fatal error of DuckDB
            raise KeyboardInterrupt
        within = pytest.raises(WarehouseError, match="within a transaction")
        with within, session.transaction(), session.transaction():
            pass


def test_a_finished_transaction_is_stored(
    warehouse: DuckDBWarehouse,
) -> None:
    write(warehouse, "before")
    with warehouse.writing() as session, session.transaction():
        session.execute("insert into notes values ('after')", {})
    with warehouse.writing() as session:
        assert texts(session) == ["after", "before"]


@pytest.mark.parametrize(
    "statement",
    [
        "insert into notes values ('more')",
        "update notes set text = 'other'",
        "delete from notes",
        "drop table notes",
        "create table others (text varchar)",
    ],
)
def test_a_reading_session_cannot_write(
    statement: str, warehouse: DuckDBWarehouse
) -> None:
    write(warehouse, "published")
    warehouse.publish()
    with warehouse.reading() as session:
        with pytest.raises(WarehouseError, match="read-only"):
            session.execute(statement, {})
        assert texts(session) == ["published"]


def test_values_are_bound_and_come_back_unchanged(
    warehouse: DuckDBWarehouse,
) -> None:
    write(warehouse, NASTY, "harmless")
    with warehouse.writing() as session:
        assert texts(session) == sorted([NASTY, "harmless"])
        query = "select text from notes where text = $text"
        assert session.query(query, {"text": NASTY}).to_pylist() == [{"text": NASTY}]


def test_an_sql_file_gets_its_values_by_name(warehouse: DuckDBWarehouse) -> None:
    values = {
        "run_id": NASTY,
        "step": "flatten events",
        "started_at": datetime(2018, 11, 1, 20, 57, 10, 796000),
        "seconds": 1.5,
        "rows_in": 10,
        "rows_staged": 7,
        "rows_duplicate": 2,
        "rows_quarantined": 1,
        "rows_repaired": 3,
        "lines_blank": None,
        "files_unread": 4,
        "repairs": "2 numbers",
        "unread": None,
    }
    with warehouse.writing() as session:
        session.run_file("schema/etl_runs")
        for _ in range(2):
            assert session.run_file("load/write_step", **values) == 1
        assert session.query("select * from etl_runs", {}).to_pylist() == [values]


def test_whole_numbers_divide_as_on_redshift(warehouse: DuckDBWarehouse) -> None:
    with warehouse.writing() as session:
        rows = session.query("select 7 / 2 as quotient", {}).to_pylist()
    assert rows == [{"quotient": 3}]


OPEN_TO_WRITE = """
import sys
from pathlib import Path
from sparkify.warehouse.duckdb import DuckDBWarehouse
DuckDBWarehouse(Path(sys.argv[1]), "256MB").writing()
"""


def test_a_second_writing_process_is_told_to_wait(
    warehouse: DuckDBWarehouse, folder: Path
) -> None:
    with warehouse.writing():
        second = subprocess.run(
            [sys.executable, "-c", OPEN_TO_WRITE, str(folder)],
            capture_output=True,
            text=True,
            check=False,
        )
    assert second.returncode == 1
    assert (
        "WarehouseError: another process is writing this workspace's warehouse; wait "
        "until it has finished, or stop it"
    ) in second.stderr


def test_a_workspace_has_its_own_warehouse(tmp_path: Path) -> None:
    workspace = Workspace(tmp_path)
    target = open_warehouse("duckdb", workspace, "256MB")
    assert isinstance(target, DuckDBWarehouse)
    write(target, "published")
    target.publish()
    with open_star(str(tmp_path)) as session:
        assert texts(session) == ["published"]


def test_an_unknown_warehouse_lists_the_choices(tmp_path: Path) -> None:
    with pytest.raises(ParameterError, match="unknown; choose one of duckdb, redshift"):
        open_warehouse("redhsift", Workspace(tmp_path), "256MB")
