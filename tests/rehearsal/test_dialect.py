"""A statement for Redshift becomes one for PostgreSQL that means the same."""

import json

import pytest

from sparkify.rehearsal.redshift.bound_values import refuse_bound_values
from sparkify.rehearsal.redshift.dialect import translate
from sparkify.rehearsal.redshift.tokens import StatementError, split_statements


@pytest.mark.parametrize(
    ("redshift", "postgresql"),
    [
        ("insert into t values ($1,$2,$3)", "INSERT INTO t VALUES ($1, $2, $3)"),
        ("select '$1,$2' , $$it's; $1$$,$1", "SELECT '$1,$2', 'it''s; $1', $1"),
        ("select '$1', \"$2\" from t -- $3", "SELECT '$1', \"$2\" FROM t"),
        ("select nvl(a, $1) from t limit $2", "SELECT COALESCE(a, $1) FROM t LIMIT $2"),
        (
            "select datediff(day, a, b) from t",
            "SELECT DATEDIFF('day', CAST(a AS TIMESTAMP), CAST(b AS TIMESTAMP)) FROM t",
        ),
        ("select getdate()", "SELECT LOCALTIMESTAMP"),
        ("set query_group to 'x'", "set redshift.query_group to 'x'"),
        ("set timezone to 'UTC'", "set timezone to 'UTC'"),
        ("create user eve password disable", "create role eve login"),
        ("create user eve password 'x' createuser", "create role eve login superuser"),
        ("vacuum sort only public.t to 99 percent", "VACUUM public.t"),
        ("analyze", "ANALYZE"),
        ("explain select sysdate", "explain SELECT LOCALTIMESTAMP"),
        ("select * from pg_catalog.pg_class", "select * from pg_catalog.pg_class"),
        ("this is no SQL", "this is no SQL"),
    ],
)
def test_a_statement_is_translated(redshift: str, postgresql: str) -> None:
    assert translate(redshift).text == postgresql


@pytest.mark.parametrize(
    "statement",
    [
        "create group readers",
        "alter group readers add user eve",
        "alter default privileges grant select on tables to group readers",
    ],
)
def test_what_only_postgresql_understands_is_passed_on_without_a_warning(
    statement: str, caplog: pytest.LogCaptureFixture
) -> None:
    refuse_bound_values(statement, types=b"\0\0")
    assert translate(statement).text == statement
    assert caplog.messages == []


def test_a_copy_is_not_sent_to_postgresql() -> None:
    text = "/* now */ -- and then\ncopy t from 's3://bucket/key'"
    translation = translate(text)
    assert translation.copy == text
    assert "COPY" not in translation.text.upper()


@pytest.mark.parametrize(
    ("statement", "code", "message"),
    [
        ("unload ('select 1') to 's3://b/k'", "0A000", "UNLOAD is not supported by"),
        ("explain unload ('select 1')", "0A000", "UNLOAD is not supported by"),
        ("copy t from stdin", "0A000", "COPY FROM STDIN is not supported by"),
        ("select 'no end", "42601", "syntax error"),
    ],
)
def test_a_statement_that_is_not_supported_is_refused(
    statement: str, code: str, message: str
) -> None:
    with pytest.raises(StatementError, match=message) as refused:
        translate(statement)
    assert refused.value.code == code


@pytest.mark.parametrize(
    ("attributes", "style", "sort_key"),
    [
        ("", "AUTO(ALL)", []),
        ("diststyle all", "ALL", []),
        ("diststyle auto sortkey auto", "AUTO(ALL)", ["AUTO(SORTKEY)"]),
        ("diststyle key distkey (a) compound sortkey (a, b)", "KEY(a)", ["a", "b"]),
        ('backup no distkey("A b") interleaved sortkey(b)', "KEY(A b)", ["b"]),
    ],
)
def test_the_design_of_a_table_becomes_a_comment(
    attributes: str, style: str, sort_key: list[str]
) -> None:
    for statement in (
        f"create temp table if not exists s.t (a int) {attributes}",
        f"create table t {attributes} as select 1 as a",
    ):
        comment, _, plain = translate(statement).text.partition("*/")
        design = json.loads(comment.removeprefix("/*redshift table "))
        assert (design["table"], design["style"]) == ("t", style)
        assert design["sort_key"] == sort_key
        assert "KEY" not in plain
        assert "STYLE" not in plain


def test_a_column_can_declare_the_design() -> None:
    text = translate(
        "create table t (distkey int, a int encode zstd distkey, b int sortkey, "
        "c varchar primary key)"
    ).text
    assert '"style": "KEY(a)"' in text
    assert '"sort_key": ["b"]' in text
    assert text.endswith(
        "CREATE TABLE t (distkey INT, a INT, b INT, c VARCHAR(256) "
        'CONSTRAINT "varchar(256) c" CHECK (OCTET_LENGTH(c) <= 256))'
    )


def test_statements_are_split_where_they_end() -> None:
    text = "select ';' -- ;\n; /* ; */ ; copy \"a;b\" from 'x;';"
    assert [part.strip() for part in split_statements(text)] == [
        "select ';' -- ;",
        "copy \"a;b\" from 'x;'",
    ]
