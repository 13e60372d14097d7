"""The emulator refuses a bound value where Redshift takes none."""

from contextlib import closing
from typing import Any

import pytest
from redshift_connector.error import ProgrammingError

from tests.support import emulator as redshift_emulator
from tests.support.emulator import Connect, query

pytestmark = pytest.mark.xdist_group("emulator")

s3, server = redshift_emulator.s3, redshift_emulator.server
connect = redshift_emulator.connect

WORDS = "with words as (select 'a_b' as word) "
SMALL, INTEGER = 3, 40_000  # the driver sends them as smallint and as integer


@pytest.mark.parametrize(
    ("statement", "value", "words"),
    [
        (f"{WORDS} select word from words limit :v", SMALL, r"IsA\(cons, Const\)"),
        (f"{WORDS} select word from words offset :v", SMALL, r"IsA\(cons, Const\)"),
        (
            f"{WORDS} select word from words where word like :v escape '^'",
            "a^_b",
            r"like_escape\(text,text\) not supported",
        ),
        (
            f"{WORDS} select 1 from words where lower(word) like lower(:v) escape '^'",
            "a^_b",
            r"like_escape\(text,text\) not supported",
        ),
        ("with one as (select :v as a) select a from one", "a", "in a subquery"),
        ("select a from (select :v as a) as one", "a", "in a subquery"),
        ("select 1 where 'a' in (select :v)", "a", "in a subquery"),
        ("select 1 where exists (select 1 where 'a' = :v)", "a", "in a subquery"),
        (
            "select percentile_cont(0.5) within group (order by a) from numbers "
            "where a < :v",
            SMALL,
            "percentile_cont with bound values",
        ),
    ],
)
def test_a_bound_value_is_refused(
    connect: Connect, statement: str, value: Any, words: str
) -> None:
    with closing(connect()) as connection, connection.cursor() as cursor:
        cursor.execute("create table numbers (a integer)")
        with pytest.raises(ProgrammingError, match=words):
            cursor.execute(statement, {"v": value})
        with pytest.raises(ProgrammingError, match="25P02"):
            cursor.execute("select 1")


def test_a_bound_value_is_taken_elsewhere(connect: Connect) -> None:
    with closing(connect()) as connection, connection.cursor() as cursor:
        cursor.execute("create table words (word varchar(9))")
        cursor.execute("insert into words values (:v)", {"v": "a_b"})
        for condition in ("word = :v", "word like :v", "word in ('x', :v)"):
            statement = f"select word from words where {condition}"
            assert query(cursor, statement, {"v": "a_b"}) == [("a_b",)]
        # The type of a limit decides.
        statement = "select word from words limit :v"
        assert query(cursor, statement, {"v": INTEGER}) == [("a_b",)]


def test_a_backslash_begins_an_escape(connect: Connect) -> None:
    catalog = r"select 'it\'s', 'a\\b', 'a\tb', '\d' from pg_class limit 1"
    with closing(connect()) as connection, connection.cursor() as cursor:
        expected = [("it's", "a\\b", "a\tb", "d")]
        assert query(cursor, catalog) == expected
        assert query(cursor, catalog.partition(" from ")[0]) == expected
