"""The expressions of a statement in PostgreSQL's SQL, where Redshift's differ."""

import re

import sqlglot
from sqlglot import exp
from sqlglot.errors import SqlglotError

from sparkify.rehearsal.redshift.tokens import EmulatorDialect

# Redshift does not enforce primary and foreign keys.
KEYS = (
    exp.PrimaryKey,
    exp.ForeignKey,
    exp.UniqueColumnConstraint,
    exp.PrimaryKeyColumnConstraint,
    exp.Reference,
)

LONGEST_VARCHAR = 65535  # varchar(max)
DEFAULT_VARCHAR = 256  # varchar alone, as a column's type

# The names of the constraints that count bytes, as Redshift's varchar does.
BYTES_CONSTRAINT = re.compile(r"varchar\((\d+)\) ")


def render(sql: str) -> str:
    """Return a statement in PostgreSQL's SQL; as it is where sqlglot cannot parse it.

    Args:
        sql: A query, a change of rows or a CREATE.
    """
    try:
        tree: exp.Expr = sqlglot.parse_one(sql, read=EmulatorDialect)
        if isinstance(tree, exp.Command):
            return sql
        for key in list(tree.find_all(*KEYS)):
            # A constraint of a column is wrapped once more.
            parent = key.parent
            (parent if isinstance(parent, exp.ColumnConstraint) else key).pop()
        for column in list(tree.find_all(exp.ColumnDef)):
            _limit_bytes(column)
        for node in reversed(list(tree.walk())):  # inner nodes first
            node.replace(_replacement(node))
        return tree.sql("postgres", comments=False)
    except SqlglotError:
        return sql


def _limit_bytes(column: exp.ColumnDef) -> None:
    """Give a text column the length that Redshift gives it, and count it in bytes."""
    kind = column.args.get("kind")
    if not isinstance(kind, exp.DataType) or not kind.is_type("varchar"):
        return
    size = kind.find(exp.DataTypeParam)
    if size is None:
        length = DEFAULT_VARCHAR
    else:
        length = int(size.name) if size.name.isdigit() else LONGEST_VARCHAR
    column.set("kind", exp.DataType.build(f"varchar({length})", dialect="postgres"))
    check = exp.LTE(
        this=exp.func("octet_length", exp.column(column.this.copy())),
        expression=exp.Literal.number(length),
    )
    name = f"varchar({length}) {column.name}"
    column.append(
        "constraints",
        exp.ColumnConstraint(
            this=exp.to_identifier(name, quoted=True),
            kind=exp.CheckColumnConstraint(this=check),
        ),
    )


def _replacement(node: exp.Expr) -> exp.Expr:
    """Return what replaces a node whose results sqlglot would change."""
    match node:
        case exp.TsOrDsDiff() | exp.DateDiff():
            # Redshift counts the boundaries between the two (`catalog_functions`).
            times = [_timestamp(node.expression), _timestamp(node.this)]
            return exp.Anonymous(this="datediff", expressions=[_unit(node), *times])
        case exp.TsOrDsAdd() | exp.DateAdd():
            parts = [_unit(node), node.expression, _timestamp(node.this)]
            return exp.Anonymous(this="dateadd", expressions=parts)
        case exp.CurrentTimestamp():  # getdate() and sysdate have no time zone
            return exp.Localtimestamp()
        case exp.Literal(is_string=True):  # `login` lets backslashes escape
            return exp.Literal.string(node.name.replace("\\", "\\\\"))
        case exp.DataTypeParam() if node.name.upper() == "MAX":
            return exp.DataTypeParam(this=exp.Literal.number(LONGEST_VARCHAR))
    return node


def _unit(node: exp.Expr) -> exp.Expr:
    unit = node.args.get("unit")
    return exp.Literal.string(unit.name.lower() if unit else "day")


def _timestamp(node: exp.Expr) -> exp.Expr:
    return exp.cast(node, exp.DataType.Type.TIMESTAMP)
