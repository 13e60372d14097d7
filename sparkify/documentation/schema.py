"""The tables as `sql/schema/` declares and describes them.

Each file holds one CREATE TABLE and then one COMMENT ON for the table and for each of
its columns.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

import sqlglot
from sqlglot import exp

from sparkify.errors import SqlError
from sparkify.warehouse import sql
from sparkify.warehouse.tables import TABLES


@dataclass(frozen=True)
class Reference:
    """The column that a foreign key refers to.

    Attributes:
        table: The table that is referred to.
        column: Its column.
    """

    table: str
    column: str


@dataclass(frozen=True)
class Column:
    """A column of a table.

    Attributes:
        name: Its name.
        type: Its type in Redshift's words, such as `varchar(64)`.
        is_nullable: Whether it may be NULL.
        is_primary_key: Whether the primary key has it.
        reference: What it refers to as a foreign key.
        description: What it holds, in a phrase.
    """

    name: str
    type: str
    is_nullable: bool
    is_primary_key: bool
    reference: Reference | None
    description: str


@dataclass(frozen=True)
class Table:
    """A table of the warehouse.

    Attributes:
        name: Its name.
        description: What it holds and what one row is.
        columns: Its columns, in their order.
        distribution: How Redshift distributes its rows: `all`, `even` or `key`.
        distribution_key: The column that distributes them; empty but for `key`.
        sort_key: The columns that sort them; empty where none does.
    """

    name: str
    description: str
    columns: tuple[Column, ...]
    distribution: str
    distribution_key: str
    sort_key: tuple[str, ...]


def describe_tables(names: Iterable[str] = TABLES) -> dict[str, Table]:
    """Return what is known of tables, by name.

    Args:
        names: The tables; all of them where none is named.

    Raises:
        SqlError: There is no such table, or it is not described whole.
    """
    return {name: parse_table(sql.load(f"schema/{name}").text) for name in names}


def parse_table(text: str) -> Table:
    """Return the table that a file of `sql/schema/` declares.

    Args:
        text: A CREATE TABLE, with its keys as comments or declared, then its COMMENT
            ON statements, in Redshift SQL.

    Raises:
        SqlError: A description is missing, or is of what the table does not have.
    """
    declared = sql.declare_keys(text)
    statements = sqlglot.parse(declared, read=sql.SOURCE_DIALECT)
    (create,) = (tree for tree in statements if isinstance(tree, exp.Create))
    name = create.this.this.name
    definitions = list(create.find_all(exp.ColumnDef))
    descriptions = _descriptions(tree for tree in statements if tree is not create)
    _require_descriptions(name, [column.name for column in definitions], descriptions)
    primary_key = {
        column.name for key in create.find_all(exp.PrimaryKey) for column in key
    }
    references = _references(create)
    return Table(
        name,
        descriptions[name],
        tuple(
            Column(
                column.name,
                column.args["kind"].sql(sql.SOURCE_DIALECT).lower(),
                column.find(exp.NotNullColumnConstraint) is None,
                column.name in primary_key,
                references.get(column.name),
                descriptions[f"{name}.{column.name}"],
            )
            for column in definitions
        ),
        *_layout(create),
    )


def _descriptions(statements: Iterable[exp.Expr | None]) -> dict[str, str]:
    """Return the text of each COMMENT ON, by `table` or `table.column`."""
    return {
        ".".join(part.name for part in tree.this.parts): tree.expression.name
        for tree in statements
        if isinstance(tree, exp.Comment)
    }


def _require_descriptions(
    table: str, columns: Sequence[str], descriptions: Mapping[str, str]
) -> None:
    wanted = {table, *(f"{table}.{column}" for column in columns)}
    if missing := sorted(wanted - descriptions.keys()):
        raise SqlError(
            f"sql/schema/{table}.sql does not describe {', '.join(missing)}; add "
            "comment on table or comment on column"
        )
    if unknown := sorted(descriptions.keys() - wanted):
        raise SqlError(
            f"sql/schema/{table}.sql describes {', '.join(unknown)}, which it does not "
            "create; correct the name or remove the comment"
        )


def _references(create: exp.Expr) -> dict[str, Reference]:
    """Return what each column refers to that is a foreign key."""
    return {
        column.name: Reference(referred.this.name, its_column.name)
        for key in create.find_all(exp.ForeignKey)
        for referred in [key.args["reference"].this]
        for column, its_column in zip(
            key.expressions, referred.expressions, strict=True
        )
    }


def _layout(create: exp.Expr) -> tuple[str, str, tuple[str, ...]]:
    """Return the distribution, its key and the sort key."""
    style = create.find(exp.DistStyleProperty)
    key = create.find(exp.DistKeyProperty)
    sort_key = create.find(exp.SortKeyProperty)
    return (
        style.name.lower() if style else "",
        key.name if key else "",
        tuple(column.name for column in sort_key.this) if sort_key else (),
    )
