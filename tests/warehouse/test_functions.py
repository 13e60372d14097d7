"""A function means on DuckDB what it means on Redshift, or is refused by name."""

import re
from collections.abc import Iterator
from datetime import UTC, datetime
from decimal import Decimal
from pathlib import Path
from typing import TYPE_CHECKING, Any

import duckdb
import pytest
import sqlglot
from sqlglot import exp

from sparkify.errors import SqlError, WarehouseError
from sparkify.project import ROOT
from sparkify.warehouse import Session, functions, open_warehouse, sql
from sparkify.warehouse.duckdb import DuckDBWarehouse
from sparkify.warehouse.functions.date_formats import NAMES, NUMBERS, OTHERS
from sparkify.warehouse.functions.table import REFUSED, RENDERED, SAME
from sparkify.warehouse.query import run_query
from sparkify.workspace import Workspace
from tests.support.function_cases import CASES, Case
from tests.support.redshift import redshift_emulator

if TYPE_CHECKING:
    from sparkify.rehearsal.redshift.postgres import Postgres

PAGE = ROOT / "docs" / "query-functions.md"


IDS = [case.expression for case in CASES]


@pytest.fixture(scope="module")
def local(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Session]:
    warehouse = DuckDBWarehouse(tmp_path_factory.mktemp("functions"), "256MB")
    with warehouse.writing() as session:
        session.execute("create table notes (text varchar)", {})
    warehouse.publish()
    with warehouse.reading() as session:
        yield session


@pytest.fixture(scope="module")
def emulated(
    tmp_path_factory: pytest.TempPathFactory, postgres: "Postgres"
) -> Iterator[Session]:
    folder = tmp_path_factory.mktemp("emulated")
    with redshift_emulator(folder, postgres) as on:
        warehouse = open_warehouse("redshift", Workspace(on.workspace), "256MB")
        warehouse.prepare()
        with warehouse.writing() as session:
            yield session


def value_of(session: Session, query: str) -> Any:
    (row,) = run_query(session, query).to_pylist()
    return row["value"]


@pytest.mark.parametrize("case", CASES, ids=IDS)
def test_duckdb_gives_the_value_of_redshift(case: Case, local: Session) -> None:
    value = value_of(local, case.query)
    assert value == case.value
    assert isinstance(value, datetime) == isinstance(case.value, datetime)


@pytest.mark.xdist_group("redshift")
@pytest.mark.filterwarnings("ignore::ResourceWarning")
@pytest.mark.parametrize(
    "case",
    [case for case in CASES if case.has_postgres],
    ids=[case.expression for case in CASES if case.has_postgres],
)
def test_the_emulator_gives_the_value_of_redshift(
    case: Case, emulated: Session
) -> None:
    assert value_of(emulated, case.query) == case.value


@pytest.mark.xdist_group("redshift")
@pytest.mark.filterwarnings("ignore::ResourceWarning")
def test_show_tables_answers_on_redshift(emulated: Session) -> None:
    emulated.execute("create table plays (text varchar(10))", {})
    emulated.execute("create view loud_plays as select text from plays", {})
    assert run_query(emulated, "show tables").to_pylist() == [
        {"table_name": "loud_plays", "table_type": "view"},
        {"table_name": "plays", "table_type": "table"},
    ]


@pytest.mark.xdist_group("redshift")
@pytest.mark.filterwarnings("ignore::ResourceWarning")
def test_redshift_gives_every_digit_and_the_zone(emulated: Session) -> None:
    text = "select 12345678901234567890.12 as price, null as nothing, "
    text += "timestamptz '2008-01-01 01:00:00+01' as midnight"
    (row,) = run_query(emulated, text).to_pylist()
    assert row["price"] == Decimal("12345678901234567890.12")
    assert row["midnight"] == datetime(2008, 1, 1, tzinfo=UTC)
    assert row["nothing"] is None


def test_show_tables_answers_on_duckdb(local: Session) -> None:
    for text in ("show tables", "SHOW TABLES;"):
        assert run_query(local, text).to_pylist() == [
            {"table_name": "notes", "table_type": "table"}
        ]


@pytest.mark.parametrize(
    ("expression", "message"),
    [
        (
            "to_hex(255)",
            "function 'to_hex' of Redshift is not supported on DuckDB; use",
        ),
        ("initcapp('a')", "'initcapp' is unknown on DuckDB; did you mean 'initcap'"),
        ("frobnicate('a')", r"'frobnicate' is unknown on DuckDB; docs/query-functions"),
        ("read_text('/etc/passwd')", "function 'read_text' is unknown on DuckDB"),
        ("current_user", "function 'current_user' of Redshift is not supported"),
        ("nvl2(1, 2)", "function 'nvl2' has 2 arguments; it takes 3"),
        ("to_char(125.8, '999D99S')", "format '999D99S' is not supported on DuckDB"),
        ("to_char(sysdate, 'YYYY-MM-DDTHH24')", "has 'TH', which to_char does not"),
        (
            "to_char(sysdate, text)",
            "to_char needs a literal format on DuckDB, not text",
        ),
        ("to_date('2008', 'MM')", "format 'MM' has no YYYY; to_date needs it"),
        ("regexp_substr('a', '(?=a)', 1, 1, 'p')", "cannot look ahead or behind"),
        ("regexp_replace('a', '(a)', '$1')", "which refers to a group, is not"),
        ("regexp_count('a', 'a', 1, 'x')", "does not know the parameter 'x'; choose"),
        ("convert_timezone('PST', sysdate)", "the zone 'PST' is not supported on"),
        ("date_part(timezone, sysdate)", "'timezone' is no part of a date that date_p"),
        ("dateadd(dow, 1, sysdate)", "'dow' is no part of a date that dateadd"),
        ("sha2('a', 512)", "sha2 is supported with 256 bits only"),
        ("'a' similar to 'a!%' escape '!'", "'similar to … escape' is not supported"),
        ("'a' similar to text", "'similar to' needs a literal pattern on DuckDB"),
        (
            "approximate percentile_disc(0.5) within group (order by text)",
            "function 'approximate percentile_disc' of Redshift is not supported",
        ),
    ],
)
def test_what_duckdb_cannot_do_is_refused_by_name(
    expression: str, message: str, local: Session
) -> None:
    with pytest.raises(SqlError, match=message):
        run_query(local, f"select {expression} from notes")


@pytest.mark.parametrize(
    ("expression", "message"),
    [
        ("split_part('a', 'b', 0)", "field position must be greater than zero"),
        ("substring('abc', 1, -1)", "negative substring length not allowed"),
        ("strtol('9', 8)", "the text is not a number of this base"),
        ("to_date('20010631', 'YYYYMMDD', true)", "the time is out of range"),
        ("to_date('June', 'YYYY')", "the text does not have this format: June"),
        ("to_timestamp('2011-12-18 24:38', 'YYYY-MM-DD HH24:MI', true)", "of range"),
    ],
)
def test_what_redshift_rejects_is_rejected(
    expression: str, message: str, local: Session
) -> None:
    with pytest.raises(WarehouseError, match=message):
        run_query(local, f"select {expression}")


@pytest.mark.parametrize("name", sorted(REFUSED))
def test_a_refused_function_says_what_to_do(name: str, local: Session) -> None:
    with pytest.raises(SqlError) as refused:
        run_query(local, f"select {name}(text) from notes")
    message = f"function '{name}' of Redshift is not supported on DuckDB; "
    assert str(refused.value) == message + REFUSED[name]


def test_a_function_is_in_one_table() -> None:
    assert not SAME & RENDERED.keys()
    assert not (SAME | RENDERED.keys()) & REFUSED.keys()


def test_the_page_lists_the_functions() -> None:
    listed: dict[str, set[str]] = {"same": set(), "rendered": set(), "refused": set()}
    for line in PAGE.read_text(encoding="utf-8").splitlines():
        row = re.fullmatch(r"\| (`.+?`) \| .+ \| (same|rendered|refused)\b.* \|", line)
        if row:
            listed[row[2]] |= set(re.findall(r"`(.+?)`", row[1]))
    assert listed["same"] == SAME
    assert listed["rendered"] == RENDERED.keys()
    assert listed["refused"] == REFUSED.keys()


def test_the_page_lists_the_parts_of_formats() -> None:
    page = PAGE.read_text(encoding="utf-8")
    for part in (*NUMBERS, *NAMES, *OTHERS):
        assert f"`{part}`" in page


def test_a_column_has_the_name_of_its_function(local: Session) -> None:
    rows = run_query(
        local, "select nvl(null, 1), nvl(null, 2), len('a') as size, 3 + 4"
    )
    assert rows.column_names[:3] == ["nvl", "nvl(NULL, 2)", "size"]


def test_the_macros_leave_nothing_in_the_file(local: Session) -> None:
    run_query(local, "select initcap('a')")
    found = local.query(
        "select distinct schema_name, database_name from duckdb_functions() "
        "where function_name like 'redshift_%'",
        {},
    ).to_pylist()
    assert [row["database_name"] for row in found] == ["temp"]


@pytest.mark.parametrize("name", [*sql.names("reports"), *sql.names("checks")])
def test_a_file_of_the_project_can_be_pasted_as_a_query(name: str) -> None:
    for statement in functions.render(sql.load(name).text):
        assert statement.is_query
        assert sqlglot.parse_one(statement.text, read="duckdb").find(exp.Select)


def test_the_zone_is_utc_on_every_machine(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setenv("TZ", "America/New_York")
    with DuckDBWarehouse(tmp_path / "warehouse", "256MB").writing() as session:
        query = "select cast(timestamptz '2008-01-01 00:00:00+00' as varchar) as value"
        assert value_of(session, query) == "2008-01-01 00:00:00+00"
        with session.cursor() as cursor:
            assert value_of(cursor, query) == "2008-01-01 00:00:00+00"


def test_duckdb_needs_no_download_for_zones() -> None:
    connection = duckdb.connect(config={"autoinstall_known_extensions": False})
    (found,) = connection.execute(
        "select install_mode from duckdb_extensions() where extension_name = 'icu'"
    ).fetchall()
    assert found == ("STATICALLY_LINKED",)
