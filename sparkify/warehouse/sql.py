"""Reads the statements in `sql/` and renders them for an engine.

The files are Redshift SQL. sqlglot renders them for other engines, without the
properties of Redshift: distribution keys and sort keys. No engine is told of primary
and foreign keys: Redshift does not enforce them, but trusts them, so `sql/schema/` has
them as comments, and `sql/checks/` checks them.
"""

import re
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from functools import cache
from typing import Any

import sqlglot
from sqlglot import exp
from sqlglot.errors import ErrorLevel, SqlglotError

from sparkify.errors import SqlError
from sparkify.project import SQL

SOURCE_DIALECT = "redshift"

REDSHIFT_ONLY = (
    exp.DistKeyProperty,
    exp.DistStyleProperty,
    exp.SortKeyProperty,
)

KEY_COMMENT = re.compile(r"^ +-- ((?:primary|foreign) key .+)$", re.MULTILINE)

# Functions that have another name in an engine, by dialect.
FUNCTIONS = {"duckdb": {"OCTET_LENGTH": "STRLEN"}}


@dataclass(frozen=True)
class SqlFile:
    """A file in `sql/`.

    Attributes:
        name: The path relative to `sql/`, without the suffix, such as
            `reports/top_songs`.
        comment: The first comment, as one line: what the file does, and the grain.
        text: The whole text, which can be pasted into Redshift's query editor.
    """

    name: str
    comment: str
    text: str


@dataclass(frozen=True)
class Statement:
    """One statement in an engine's dialect.

    Attributes:
        text: The statement.
        names: The names of the bound values.
        is_query: Whether the statement is a query.
    """

    text: str
    names: frozenset[str]
    is_query: bool


@cache
def load(name: str) -> SqlFile:
    """Return a file in `sql/`.

    Args:
        name: The path relative to `sql/`, without the suffix.

    Raises:
        SqlError: There is no such file.
    """
    path = SQL / f"{name}.sql"
    try:
        text = path.read_text().strip()
    except FileNotFoundError as error:
        raise SqlError(
            f"there is no sql/{name}.sql; install Sparkify from its project folder "
            "with pip install -e ."
        ) from error
    comments = []
    for line in text.splitlines():
        if not line.startswith("--"):
            break
        comments.append(line.removeprefix("--").strip())
    return SqlFile(name, " ".join(comments), text)


def declare_keys(text: str) -> str:
    """Return a file of `sql/schema/` with its keys declared, for a reader of them."""
    return KEY_COMMENT.sub(r"    , \1", text)


def names(folder: str) -> list[str]:
    """Return the names of the files in a folder of `sql/`, sorted."""
    return sorted(f"{folder}/{path.stem}" for path in (SQL / folder).glob("*.sql"))


@cache
def render(text: str, dialect: str) -> tuple[Statement, ...]:
    """Render Redshift SQL for an engine.

    Args:
        text: One or more statements; values are bound by name, as `:name`.
        dialect: sqlglot's name of the engine's dialect.

    Returns:
        The statements.

    Raises:
        SqlError: The text is not valid SQL, or the dialect cannot express it.
    """
    with translate_errors(dialect):
        return tuple(write(tree, dialect) for tree in _parse(text, dialect))


@contextmanager
def translate_errors(dialect: str) -> Iterator[None]:
    """Raise sqlglot's errors as a SqlError that names the dialect."""
    try:
        yield
    except SqlglotError as error:
        raise SqlError(
            f"the SQL is not valid for {dialect}: {_describe(error)}"
        ) from error


def bind(statement: Statement, values: Mapping[str, Any]) -> tuple[str, dict[str, Any]]:
    """Return a statement's text and the values that it names.

    Engines bind single values, so each item of a tuple, as in `in (:metros)`, gets a
    name of its own.

    Args:
        statement: The statement.
        values: A value, or a tuple of at least one, for each name; more do no harm.
    """
    text, bound = statement.text, {}
    for name in statement.names:
        value = values[name]
        if not isinstance(value, tuple):
            bound[name] = value
            continue
        items = {f"{name}_{number}": item for number, item in enumerate(value)}
        listed = ", ".join(rf"\1{item}" for item in items)
        text = re.sub(rf"([$:]){name}\b", listed, text)
        bound |= items
    return text, bound


def write(tree: exp.Expr, dialect: str) -> Statement:
    """Return a parsed statement in an engine's dialect."""
    placeholders = list(tree.find_all(exp.Placeholder))
    if dialect == SOURCE_DIALECT:  # sqlglot would write %(name)s instead of :name
        for node in placeholders:
            node.replace(exp.Var(this=f":{node.name}"))
    return Statement(
        tree.sql(dialect, comments=False, unsupported_level=ErrorLevel.RAISE),
        frozenset(node.name for node in placeholders),
        isinstance(tree, exp.Query),
    )


def _parse(text: str, dialect: str) -> Iterator[exp.Expr]:
    """Yield the statements; for another engine, without Redshift's own properties."""
    redshift_only = () if dialect == SOURCE_DIALECT else REDSHIFT_ONLY
    functions = FUNCTIONS.get(dialect, {})
    for statement in sqlglot.parse(text, read=SOURCE_DIALECT):
        if statement is None:
            continue
        for node in list(statement.find_all(*redshift_only) if redshift_only else ()):
            node.pop()
        for function in list(statement.find_all(exp.Anonymous)):
            name = function.name.upper()
            function.set("this", functions.get(name, name))
        yield statement


def _describe(error: SqlglotError) -> str:
    """Return what is wrong with the SQL and where, without a terminal's colours."""
    details = getattr(error, "errors", None)
    if not details:
        return str(error)
    first = details[0]
    return (
        f"{first['description']} at line {first['line']}, column {first['col']}, "
        f"near '{first['highlight']}'"
    )
