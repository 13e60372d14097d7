"""Declared keys are trusted by the emulator, as by Redshift, and the star has none."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from sparkify.rehearsal.redshift.postgres import Postgres
from sparkify.warehouse import Session, open_warehouse, sql
from sparkify.warehouse.tables import create_tables
from sparkify.workspace import Workspace
from tests.support.faults import FAULTS
from tests.support.redshift import redshift_emulator

pytestmark = [
    pytest.mark.server,
    pytest.mark.xdist_group("redshift"),
    pytest.mark.filterwarnings("ignore::ResourceWarning"),
]

KEY_CHECKS = [
    name.removeprefix("checks/")
    for name in sql.names("checks")
    if name.endswith(("_key", "_id", "_start_time"))
]
DECLARED = """
create table singers (singer_id integer, primary key (singer_id));
create table hits (
    hit_id integer, singer_id integer, primary key (hit_id),
    foreign key (singer_id) references singers (singer_id)
);
"""
REPEATED = "select hit_id from hits group by hit_id having count(*) > 1"
ORPHANED = (
    "select hits.hit_id from hits left join singers "
    "on hits.singer_id = singers.singer_id where singers.singer_id is null"
)


@pytest.fixture(scope="module")
def session(
    tmp_path_factory: pytest.TempPathFactory, postgres: Postgres
) -> Iterator[Session]:
    with redshift_emulator(tmp_path_factory.mktemp("keys"), postgres) as on:
        warehouse = open_warehouse("redshift", Workspace(Path(on.workspace)), "1GB")
        warehouse.prepare()
        with warehouse.writing() as session:
            with session.transaction():
                create_tables(session)
            yield session


@pytest.mark.parametrize("is_declared", [True, False])
def test_broken_keys_are_found_only_where_none_is_declared(
    session: Session, is_declared: bool
) -> None:
    session._begin()
    for statement in DECLARED.split(";")[:-1]:
        text = statement
        if not is_declared:
            text = text.partition(", primary key")[0] + ")"
            for name in ("singers", "hits"):
                text = text.replace(name, f"loose_{name}")
        session.execute(text, {})
    prefix = "" if is_declared else "loose_"
    session.execute(f"insert into {prefix}hits values (1, 7), (1, 7)", {})
    for query, rows in ((REPEATED, 1), (ORPHANED, 2)):
        asked = query.replace("hits", f"{prefix}hits")
        asked = asked.replace("singers", f"{prefix}singers")
        expected = 0 if is_declared else rows
        assert session.query(asked, {}).num_rows == expected
    session._roll_back()


def test_every_check_of_a_key_has_a_fault() -> None:
    assert {fault.check for fault in FAULTS} >= set(KEY_CHECKS)
    assert len(KEY_CHECKS) == 10


@pytest.mark.parametrize(
    ("table", "check"),
    [(check.partition("_")[0], check) for check in KEY_CHECKS],
)
def test_a_check_of_a_key_reads_the_rows(
    session: Session, table: str, check: str
) -> None:
    """Two equal rows, which name nothing that exists, are found by each check."""
    columns = {
        row["column_name"]: row["data_type"]
        for row in session.query(
            "select column_name, data_type from information_schema.columns "
            "where table_name = :table",
            {"table": table},
        ).to_pylist()
    }
    examples = {
        "character varying": "'planted'",
        "timestamp without time zone": "timestamp '2018-11-01'",
        "boolean": "true",
    }
    values = ", ".join(examples.get(kind, "1") for kind in columns.values())
    session._begin()
    insert = f"insert into {table} ({', '.join(columns)}) values ({values}), ({values})"
    session.execute(insert, {})
    found = session.query_file(f"checks/{check}").num_rows
    session._roll_back()
    assert found == (1 if check.endswith("_key") else 2)


def test_the_keys_of_a_dropped_table_are_forgotten(session: Session) -> None:
    session._begin()
    session.execute("create table short_lived (id integer, primary key (id))", {})
    session.execute("drop table short_lived", {})
    session.execute("create table short_lived (id integer)", {})
    session.execute("insert into short_lived values (1), (1)", {})
    repeated = "select id from short_lived group by id having count(*) > 1"
    assert session.query(repeated, {}).num_rows == 1
    session._roll_back()
