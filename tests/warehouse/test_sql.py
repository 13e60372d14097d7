"""The files of `sql/` say what they make, are portable and agree with each other."""

import re

import duckdb
import pytest
import sqlglot
from sqlglot import exp

from sparkify.errors import SqlError
from sparkify.ingest.record_schema import PLAY, RECORD_SCHEMAS, RecordSchema, Type
from sparkify.project import SQL
from sparkify.warehouse import sql
from sparkify.warehouse.redshift_literals import write_literals
from sparkify.warehouse.tables import STAR, TABLES, VIEWS
from sparkify.warehouse.transform import INTERMEDIATE
from tests.support.ddl import (
    bound_names,
    columns,
    foreign_keys,
    parse,
    primary_key,
    text_limits,
)

FOLDERS = sorted(path.name for path in SQL.iterdir())
FILES = [name for folder in FOLDERS for name in sql.names(folder)]
PORTABLE = [name for name in FILES if not name.startswith("redshift/")]
CHECKS = sql.names("checks")
REPORTS = sql.names("reports")
DDL_TYPES = {
    Type.NUMBER: "DOUBLE PRECISION",
    Type.INTEGER: "INTEGER",
    Type.BIGINT: "BIGINT",
}


def test_every_file_is_in_a_known_folder() -> None:
    known = "checks lineage load redshift reports schema transform views"
    assert known.split() == FOLDERS
    found = {path.relative_to(SQL).with_suffix("") for path in SQL.rglob("*.*")}
    assert {path.as_posix() for path in found} == set(FILES)


@pytest.mark.parametrize("name", FILES)
def test_a_file_begins_with_what_it_makes(name: str) -> None:
    comment = sql.load(name).comment
    assert comment.endswith((".", "?"))
    makes_rows = name.startswith(("lineage/", "schema/", "transform/", "views/"))
    if makes_rows and name != "transform/empty":
        assert re.search(r"; one row an? [a-z, ]+\.$", comment)
    if name.startswith("reports/"):
        assert re.search(r"\? .*One row", comment)
    if name in CHECKS:
        assert re.match(r"(error|warn): [A-Z]", comment)


@pytest.mark.parametrize("dialect", ["duckdb", "redshift"])
@pytest.mark.parametrize("places", [("Rome",), ("Rome", "O Fallon :place", "$places")])
def test_each_item_of_a_tuple_is_a_value_of_its_own(
    dialect: str, places: tuple[str, ...]
) -> None:
    text = "select count(*) as n from plays where place in (:places) or place = :place"
    (statement,) = sql.render(text, dialect)
    bound, values = sql.bind(statement, {"places": places, "place": "Oslo", "x": 1})
    assert sorted(values.values()) == sorted([*places, "Oslo"])
    rows = [*places, "Oslo", "Paris", "places"]
    with duckdb.connect() as connection:
        connection.execute("create table plays as select unnest(?) as place", [rows])
        if dialect == "redshift":
            bound, values = write_literals(bound, values), {}
        found = connection.execute(bound, values).fetchall()
    assert found == [(len(places) + 1,)]


@pytest.mark.parametrize("dialect", ["duckdb", "postgres"])
@pytest.mark.parametrize("name", PORTABLE)
def test_a_file_renders_as_valid_sql_of_other_engines(name: str, dialect: str) -> None:
    statements = sql.render(sql.load(name).text, dialect)
    assert len(statements) == len(parse(name))
    for statement in statements:
        assert sqlglot.parse_one(statement.text, read=dialect)
        assert not re.search(r"dist(key|style)|sortkey", statement.text, re.IGNORECASE)
        assert "--" not in statement.text
        assert "/*" not in statement.text


def test_duckdb_runs_every_statement() -> None:
    connection = duckdb.connect()
    names = [
        *(f"schema/{table}" for table in TABLES),
        *(f"views/{view}" for view in VIEWS),
        *(f"transform/{name}" for name in INTERMEDIATE),
        "load/create_new_objects",
    ]
    names += [name for name in PORTABLE if name not in names]
    for name in names:
        for statement in sql.render(sql.load(name).text, "duckdb"):
            values = dict.fromkeys(statement.names, "1")
            if "started_at" in values:
                values["started_at"] = "2018-11-01"
            connection.execute(statement.text, values)


@pytest.mark.parametrize("name", FILES)
def test_a_file_uses_only_sql_that_all_engines_share(name: str) -> None:
    for statement in parse(name):
        assert not list(statement.find_all(exp.TruncateTable, exp.Qualify, exp.Merge))
        for star in statement.find_all(exp.Star):
            assert isinstance(star.parent, exp.Count)
    code = re.sub(r"--.*", "", sql.load(name).text).lower()
    assert not re.search(r"\b(truncate|qualify|merge|concat|identity|encode)\b", code)


@pytest.mark.parametrize("name", CHECKS + REPORTS)
def test_checks_and_reports_are_one_query_each(name: str) -> None:
    (statement,) = parse(name)
    assert isinstance(statement, exp.Select | exp.Union)


def test_values_are_bound_by_name() -> None:
    names = {name: bound_names(name) for name in FILES if name not in REPORTS}
    assert {name: bound for name, bound in names.items() if bound} == {
        "lineage/near_plays": {"user_id", "session_id", "top"},
        "redshift/reader": {"user_name"},
        "lineage/play": {"songplay_id"},
        "lineage/staged_event": {"songplay_id"},
        "load/columns": {"table_name"},
        "load/delete_quarantine": {"run_id"},
        "load/forget_flatten": {"run_id"},
        "load/mark_star": {"star"},
        "load/take_objects": {"run_id"},
        "load/take_quarantine": {"run_id", "earlier_run_id"},
        "load/write_objects": {"batch", "run_id"},
        "load/write_check": set(columns("check_results")),
        "load/write_step": set(columns("etl_runs")),
        "load/staged_rows": {"run_id"},
        "load/steps_of_run": {"run_id"},
        "transform/songplays": {"first_ts", "last_ts"},
        "redshift/layout": {"schema"},
        "redshift/load_errors": {"since", "top"},
        "redshift/relations": {"schema"},
        "redshift/schema": {"schema"},
    }


def test_a_colon_within_a_text_binds_nothing() -> None:
    (statement,) = sql.render("select ':top' as a, b::text from c", "duckdb")
    assert statement.names == frozenset()


@pytest.mark.parametrize("schema", RECORD_SCHEMAS, ids=lambda schema: schema.name)
def test_a_staging_table_has_the_columns_of_its_record_schema(
    schema: RecordSchema,
) -> None:
    assert list(columns(schema.table).items()) == [
        (
            column.name,
            (
                f"VARCHAR({column.bytes})"
                if column.type is Type.TEXT
                else DDL_TYPES[column.type],
                not column.is_required and column.name not in schema.key,
            ),
        )
        for column in schema.columns
    ] + [("object", ("VARCHAR(1024)", False)), ("record", ("BIGINT", False))]


def test_a_table_is_created_after_those_that_it_refers_to() -> None:
    assert sorted(TABLES) == [name.split("/")[1] for name in sql.names("schema")]
    for table, _, referred, _ in foreign_keys():
        assert TABLES.index(referred) < TABLES.index(table)


@pytest.mark.parametrize("table", STAR)
def test_a_primary_key_has_a_check(table: str) -> None:
    key = primary_key(table)
    (check,) = parse(f"checks/{table}_key")
    assert [source.name for source in check.find_all(exp.Table)] == [table]
    assert [column.name for column in check.args["group"].expressions] == [key]
    having = check.args["having"].sql().lower()
    assert having == f"having {key} is null or count(*) > 1"


def test_the_star_has_its_foreign_keys() -> None:
    assert set(foreign_keys()) == {
        ("songplays", "start_time", "time", "start_time"),
        ("songplays", "user_id", "users", "user_id"),
        ("songplays", "song_id", "songs", "song_id"),
        ("songplays", "artist_id", "artists", "artist_id"),
        ("songs", "artist_id", "artists", "artist_id"),
    }


@pytest.mark.parametrize(
    "key", list(foreign_keys()), ids=lambda key: f"{key[0]}_{key[1]}"
)
def test_a_foreign_key_has_a_check(key: tuple[str, str, str, str]) -> None:
    table, column, referred, its_column = key
    (check,) = parse(f"checks/{table}_{column}")
    (join,) = check.args["joins"]
    assert check.args["from_"].this.name == table
    assert (join.side, join.this.name) == ("LEFT", referred)
    assert {join.args["on"].left.sql(), join.args["on"].right.sql()} == {
        f"{table}.{column}",
        f"{referred}.{its_column}",
    }
    assert check.args["where"].this.sql().lower() == f"{referred}.{its_column} is null"


@pytest.mark.parametrize("table", [table for table in STAR if text_limits(table)])
def test_every_text_of_the_star_is_checked_in_bytes(table: str) -> None:
    (check,) = parse(f"checks/{table}_text_length")
    checked = {
        comparison.this.expressions[0].name: int(comparison.expression.name)
        for comparison in check.find_all(exp.GT)
        if comparison.this.name.lower() == "octet_length"
    }
    assert checked == text_limits(table)
    assert not check.find(exp.And)


def test_a_missing_file_and_invalid_sql_are_refused() -> None:
    with pytest.raises(SqlError, match=r"there is no sql/reports/nowhere\.sql"):
        sql.load("reports/nowhere")
    with pytest.raises(SqlError, match="the SQL is not valid for duckdb"):
        sql.render("select from where (", "duckdb")


def test_a_play_is_defined_in_one_file() -> None:
    files = [name for name in FILES if f"'{PLAY}'" in sql.load(name).text]
    # What is no play, though it is of that page, is the other one.
    assert files == ["checks/plays_of_nobody", "views/staging_plays"]
    (nobody,) = parse("checks/plays_of_nobody")
    where = nobody.args["where"].this.sql("redshift")
    assert where == f"page = '{PLAY}' AND user_id = ''"
    view, _ = parse("views/staging_plays")
    (where,) = view.find_all(exp.Where)
    assert where.this.sql("redshift") == f"page = '{PLAY}' AND user_id <> ''"
