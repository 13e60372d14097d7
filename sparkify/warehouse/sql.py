"""Reads the statements of `sql/` and renders them for an engine.

The files are Redshift SQL. Another engine gets them through sqlglot, less what only
Redshift has: distribution and sort keys, and the keys that Redshift does not enforce
(`sql/checks/` does).
"""

from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache

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
    exp.PrimaryKey,
    exp.ForeignKey,
)

# Functions that an engine knows by another name, by dialect.
FUNCTIONS = {"duckdb": {"OCTET_LENGTH": "STRLEN"}}


@dataclass(frozen=True)
class SqlFile:
    """One file of `sql/`.

    Attributes:
        name: Its path below `sql/`, without the suffix, such as `reports/top_songs`.
        comment: What it makes and one row of what: its first comment as one line.
        text: The whole text, which Redshift's query editor takes as it is.
    """

    name: str
    comment: str
    text: str


@dataclass(frozen=True)
class Statement:
    """One statement in an engine's dialect.

    Attributes:
        text: The statement.
        names: The names of the values that it binds.
        is_query: Whether it only asks.
    """

    text: str
    names: frozenset[str]
    is_query: bool


@cache
def load(name: str) -> SqlFile:
    """Reads a file of `sql/`.

    Args:
        name: Its path below `sql/`, without the suffix.

    Raises:
        SqlError: There is no such file.
    """
    path = SQL / f"{name}.sql"
    try:
        text = path.read_text().strip()
    except FileNotFoundError as error:
        raise SqlError(
            f"there is no sql/{name}.sql; where Sparkify is installed without its "
            "project folder, install it from there: pip install -e ."
        ) from error
    comments = []
    for line in text.splitlines():
        if not line.startswith("--"):
            break
        comments.append(line.removeprefix("--").strip())
    return SqlFile(name, " ".join(comments), text)


def names(folder: str) -> list[str]:
    """Lists the files of a folder of `sql/` as `load` wants them, by name."""
    return sorted(f"{folder}/{path.stem}" for path in (SQL / folder).glob("*.sql"))


@cache
def render(text: str, dialect: str) -> tuple[Statement, ...]:
    """Renders Redshift SQL for an engine.

    Args:
        text: One or more statements; values are bound by name, as `:name`.
        dialect: sqlglot's name of the engine's dialect.

    Returns:
        The statements, each by itself.

    Raises:
        SqlError: The text is not SQL, or has no form in the dialect.
    """
    try:
        return tuple(_statement(tree, dialect) for tree in _portable(text, dialect))
    except SqlglotError as error:
        raise SqlError(f"this is no SQL for {dialect}: {_where(error)}") from error


def _statement(tree: exp.Expr, dialect: str) -> Statement:
    placeholders = list(tree.find_all(exp.Placeholder))
    if dialect == SOURCE_DIALECT:  # sqlglot would write them as Python's old drivers do
        for node in placeholders:
            node.replace(exp.Var(this=f":{node.name}"))
    return Statement(
        tree.sql(dialect, comments=False, unsupported_level=ErrorLevel.RAISE),
        frozenset(node.name for node in placeholders),
        isinstance(tree, exp.Query),
    )


def _portable(text: str, dialect: str) -> Iterator[exp.Expr]:
    """Parses Redshift SQL and takes out what only Redshift has, for other engines."""
    redshift_only = () if dialect == SOURCE_DIALECT else REDSHIFT_ONLY
    functions = FUNCTIONS.get(dialect, {})
    for statement in sqlglot.parse(text, read=SOURCE_DIALECT):
        if statement is None:
            continue
        for node in list(statement.find_all(*redshift_only) if redshift_only else ()):
            node.pop()
        for node in list(statement.find_all(exp.Anonymous)):
            name = node.name.upper()
            node.set("this", functions.get(name, name))
        yield statement


def _where(error: SqlglotError) -> str:
    """Says what is wrong with a text, and where, without a terminal's colours."""
    details = getattr(error, "errors", None)
    if not details:
        return str(error)
    first = details[0]
    return (
        f"{first['description']} at line {first['line']}, column {first['col']}, "
        f"near '{first['highlight']}'"
    )
