"""A value reaches Redshift as a literal, whatever text it is, and never bound."""

from collections.abc import Iterator
from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Any

import pytest
import sqlglot
from hypothesis import given, settings
from hypothesis import strategies as st
from sqlglot import exp

from sparkify.errors import SqlError
from sparkify.rehearsal.redshift.backend import Backend
from sparkify.rehearsal.redshift.dialect import translate
from sparkify.rehearsal.redshift.postgres import Postgres
from sparkify.warehouse import Session, open_warehouse, sql
from sparkify.warehouse.redshift_literals import write_literals
from sparkify.warehouse.tables import create_tables
from sparkify.warehouse.transform import INTERMEDIATE
from sparkify.workspace import Workspace
from tests.support.emulator import VALUES
from tests.support.redshift import RedshiftEmulator, redshift_emulator

pytestmark = [
    pytest.mark.xdist_group("redshift"),
    pytest.mark.filterwarnings("ignore::ResourceWarning"),
]

# What ends a text, escapes, comments, quotes or names a value in some dialect.
PIECES = ["'", "''", "\\", "\\'", '"', "--", "/*", "*/", ";", ":v", "$1", "$$", "%s"]
PIECES += ["\n", "\r", "\t", "\\n", "\\0", "\x01", "\x7f", "E'", "%(v)s", "{v}", "?"]
PIECES += ["é", "日本", "\u2028", "\ufeff", "😀", "\u202e", " ", "a"]
TEXTS = st.lists(
    st.sampled_from(PIECES)
    | st.characters(exclude_categories=["Cs"], exclude_characters="\0"),
    max_size=12,
).map("".join)
LONG = "'\\é\n" * 13_107  # 65,535 bytes, which the longest column holds


@pytest.fixture(scope="module")
def on(
    tmp_path_factory: pytest.TempPathFactory, postgres: Postgres
) -> Iterator[RedshiftEmulator]:
    with redshift_emulator(tmp_path_factory.mktemp("literals"), postgres) as opened:
        yield opened


@pytest.fixture(scope="module")
def emulated(on: RedshiftEmulator) -> Iterator[Session]:
    warehouse = open_warehouse("redshift", Workspace(on.workspace), "256MB")
    warehouse.prepare()
    with warehouse.writing() as session:
        yield session


@pytest.fixture(scope="module")
def postgresql(on: RedshiftEmulator, postgres: Postgres) -> Iterator[Backend]:
    """Yield the PostgreSQL behind the emulator, with the texts of Redshift's parent."""
    login = {"user": postgres.superuser, "database": "postgres"}
    with Backend(postgres.socket, login) as backend:
        backend.execute("set standard_conforming_strings = off")
        backend.execute("set escape_string_warning = off")
        yield backend


@settings(max_examples=300, deadline=None)
@given(text=TEXTS)
def test_postgresql_returns_any_text_byte_for_byte(
    postgresql: Backend, text: str
) -> None:
    statement = write_literals("select :v as a, ':v' as b, :v || '|' as c", {"v": text})
    assert postgresql.execute(statement) == [(text, ":v", f"{text}|")]


@settings(max_examples=100, deadline=None)
@given(text=TEXTS)
def test_the_emulator_returns_any_text_byte_for_byte(
    emulated: Session, text: str
) -> None:
    rows = emulated.query("select :v as a, ':v' as b", {"v": text}).to_pylist()
    assert rows == [{"a": text, "b": ":v"}]
    # A statement on the catalog goes to PostgreSQL as it is.
    catalog = "select :v as a from pg_class limit 1"
    assert emulated.query(catalog, {"v": text}).to_pylist() == [{"a": text}]


@settings(max_examples=300, deadline=None)
@given(text=TEXTS)
def test_a_text_does_not_change_the_statement(text: str) -> None:
    statement = "select a from t where b = :v and c = 1 limit 2"
    written = write_literals(statement, {"v": text})
    (tree,) = sqlglot.parse(written, read="redshift")
    assert tree is not None
    found = [node for node in tree.find_all(exp.Literal) if node.is_string]
    assert [node.name for node in found] == [text]
    found[0].replace(exp.Placeholder(this="v"))
    assert tree == sqlglot.parse_one(statement, read="redshift")


def test_a_text_that_fills_the_longest_column_arrives_whole(emulated: Session) -> None:
    assert len(LONG.encode()) == 65_535
    with emulated.transaction():
        emulated.execute("create temp table long_texts (a varchar(65535))", {})
        emulated.execute("insert into long_texts values (:v)", {"v": LONG})
        found = emulated.query("select a from long_texts where a = :v", {"v": LONG})
    assert found.to_pylist() == [{"a": LONG}]


@pytest.mark.parametrize(
    ("value", "type_"),
    [
        (0, "integer"),
        (-(2**31), "integer"),
        (2**63 - 1, "bigint"),
        (0.1, "double precision"),
        (-2.5e-300, "double precision"),
        (True, "boolean"),
        (False, "boolean"),
        (date(1, 2, 3), "date"),
        (date(9999, 12, 31), "date"),
        (datetime(2018, 11, 1, 23, 59, 59, 999_999), "timestamp"),
        (datetime(1, 1, 1), "timestamp"),
    ],
)
def test_a_value_arrives_as_it_is(emulated: Session, value: Any, type_: str) -> None:
    statement = f"select cast(:v as {type_}) as a, cast(null as {type_}) as b"
    (row,) = emulated.query(statement, {"v": value}).to_pylist()
    assert row == {"a": value, "b": None}
    assert type(row["a"]) is type(value)
    found = emulated.query(
        f"select 1 as a where cast(:v as {type_}) = :v", {"v": value}
    )
    assert found.num_rows == 1


def test_nothing_arrives_as_null(emulated: Session) -> None:
    (row,) = emulated.query("select :v is null as a", {"v": None}).to_pylist()
    assert row == {"a": True}


@pytest.mark.parametrize("value", ["1.10", "-1E+5", "1E-30", "123456789.123456789"])
def test_a_decimal_keeps_its_digits(emulated: Session, value: str) -> None:
    statement = write_literals("select :v as a", {"v": Decimal(value)})
    (row,) = emulated.query_exactly(statement).to_pylist()
    assert row["a"] == Decimal(value)


def test_a_timestamp_with_a_zone_keeps_its_instant(emulated: Session) -> None:
    value = datetime(2018, 11, 1, 12, tzinfo=UTC)
    statement = "select cast(:v at time zone 'UTC' as timestamp) as a"
    found = emulated.query(statement, {"v": value}).to_pylist()
    assert found == [{"a": value.replace(tzinfo=None)}]


@pytest.mark.parametrize(
    "value",
    ["a\0b", "\ud800", float("nan"), float("-inf"), Decimal("NaN"), b"bytes", ["list"]],
    ids=repr,
)
def test_a_value_that_has_no_literal_is_refused_with_the_remedy(value: Any) -> None:
    with pytest.raises(SqlError, match=r":v is .* cannot store; give a text"):
        write_literals("select :v", {"v": value})


FILES = [
    name
    for folder in ("checks", "load", "redshift", "reports", "transform")
    for name in sql.names(folder)
]


@pytest.mark.parametrize("name", FILES)
def test_a_file_with_literals_differs_by_them_alone(name: str) -> None:
    """No value is left by name; without the literals it is the statement again."""
    for statement in sql.render(sql.load(name).text, "redshift"):
        values = {each: f"value of {each}" for each in statement.names}
        tree = sqlglot.parse_one(write_literals(statement.text, values), "redshift")
        assert not tree.find(exp.Placeholder)
        for node in list(tree.find_all(exp.Literal)):
            if node.is_string and node.name.startswith("value of "):
                node.replace(exp.Placeholder(this=node.name[len("value of ") :]))
        assert tree == sqlglot.parse_one(statement.text, "redshift")


def test_no_file_binds_a_value(
    on: RedshiftEmulator, monkeypatch: pytest.MonkeyPatch
) -> None:
    """What the emulator is sent has no `$1`."""
    sent = list[str]()

    def record(text: str) -> Any:
        sent.append(text)
        return translate(text)

    monkeypatch.setattr("sparkify.rehearsal.redshift.session.translate", record)
    warehouse = open_warehouse("redshift", Workspace(on.workspace), "256MB")
    warehouse.prepare()
    with warehouse.writing() as session, session.transaction():
        create_tables(session)
        for name in INTERMEDIATE:
            session.run_file(f"transform/{name}")
        for name in FILES:
            if name.startswith(("load/", "checks/")):
                session.run_file(name, **VALUES)
            elif name.startswith("reports/"):
                session.query_file(name, **VALUES)
    assert any("'Björk'" in text for text in sent)
    assert len(sent) > len(sql.names("reports"))
    assert not [text for text in sent if "$1" in text]
