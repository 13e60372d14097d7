"""What the files of `sql/` say, the DDL first, for tests that rely on it."""

import re
from collections.abc import Iterator

import sqlglot
from sqlglot import exp

from sparkify.warehouse import sql
from sparkify.warehouse.tables import STAR

Columns = dict[str, tuple[str, bool]]
"""The type of each column in Redshift's words, and whether it may be NULL."""


def parse(name: str) -> list[exp.Expr]:
    """Return the statements of a file of `sql/`."""
    text = sql.declare_keys(sql.load(name).text)
    parsed = sqlglot.parse(text, read="redshift")
    return [statement for statement in parsed if statement is not None]


def bound_names(name: str) -> frozenset[str]:
    """Return the names of the values that a file of `sql/` wants."""
    statements = sql.render(sql.load(name).text, "duckdb")
    return frozenset[str]().union(*(statement.names for statement in statements))


def _ddl(table: str) -> exp.Expr:
    statements = parse(f"schema/{table}")
    (create,) = (tree for tree in statements if isinstance(tree, exp.Create))
    return create


def columns(table: str) -> Columns:
    """Return the columns of a table, in their order."""
    return {
        column.name: (
            column.args["kind"].sql("redshift"),
            column.find(exp.NotNullColumnConstraint) is None,
        )
        for column in _ddl(table).find_all(exp.ColumnDef)
    }


def text_limits(table: str) -> dict[str, int]:
    """Return the bytes that each varchar of a table holds."""
    found = {
        name: re.fullmatch(r"VARCHAR\((\d+)\)", kind)
        for name, (kind, _) in columns(table).items()
    }
    return {name: int(match[1]) for name, match in found.items() if match}


def primary_key(table: str) -> str:
    """Return the column that names a row of a table of the star."""
    (key,) = _ddl(table).find_all(exp.PrimaryKey)
    (column,) = key.expressions
    return str(column.name)


def foreign_keys() -> Iterator[tuple[str, str, str, str]]:
    """Yield each reference of the star: table and column, and those it refers to."""
    for table in STAR:
        for key in _ddl(table).find_all(exp.ForeignKey):
            (column,) = key.expressions
            reference = key.args["reference"].this
            yield table, column.name, reference.this.name, reference.expressions[0].name
