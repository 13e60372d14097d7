"""Turns a statement for Redshift into one for PostgreSQL."""

import re
from dataclasses import dataclass

import sqlglot
from sqlglot import exp
from sqlglot.errors import SqlglotError

from sparkify.rehearsal.redshift import table_design
from sparkify.rehearsal.redshift.lexer import Token, replaced, tokens

# Does nothing and gives nothing, but fails as any statement does once its transaction
# has failed.
NOTHING = "do 'begin end'"

# Whether primary and foreign keys hold, Redshift does not check.
KEYS = (
    exp.PrimaryKey,
    exp.ForeignKey,
    exp.UniqueColumnConstraint,
    exp.PrimaryKeyColumnConstraint,
    exp.Reference,
)

RENDERED = {"SELECT", "WITH", "INSERT", "UPDATE", "DELETE", "MERGE", "(", "CREATE"}
UNRENDERED_OBJECTS = {"FUNCTION", "PROCEDURE", "SCHEMA", "DATABASE", "ROLE", "LIBRARY"}

# Settings that only Redshift has; PostgreSQL keeps any with a prefix.
SETTINGS = {
    "analyze_threshold_percent",
    "describe_field_name_in_uppercase",
    "enable_case_sensitive_identifier",
    "enable_result_cache_for_session",
    "query_group",
    "wlm_query_slot_count",
}

LONGEST_VARCHAR = 65535  # varchar(max)
DEFAULT_VARCHAR = 256  # varchar alone, as a column's type

# The names of the constraints that count bytes, as Redshift's varchar does.
BYTES_CONSTRAINT = re.compile(r"varchar\((\d+)\) ")


@dataclass(frozen=True)
class Translation:
    """A statement as PostgreSQL gets it.

    Attributes:
        text: The statement.
        task: `COPY` or `UNLOAD` where the stand-in does the work; PostgreSQL then
            gets a text that does nothing.
        source: The statement as the client sent it.
    """

    text: str
    task: str
    source: str


def translate(sql: str) -> Translation:
    """Turns one statement for Redshift into one for PostgreSQL.

    A text that cannot be understood passes as it is: PostgreSQL has the last word.

    Args:
        sql: The statement; its values are bound as `$1`.
    """
    words = tokens(sql)
    first, second, third = ([word.keyword for word in words] + [""] * 3)[:3]
    if first in ("COPY", "UNLOAD"):
        return Translation(NOTHING, first, sql)
    return Translation(_translate(sql, words, first, second, third), "", sql)


def _translate(
    sql: str, words: list[Token], first: str, second: str, third: str
) -> str:
    match first, second:
        case "SET" | "RESET" | "SHOW", _:
            return _setting(sql, words)
        case "CREATE", "USER":
            return _create_user(words)
        case "CREATE", "GROUP":
            return f"create role {words[2].text} nologin"
        case "ALTER", "USER" if "PASSWORD" in (word.keyword for word in words):
            return NOTHING  # whoever checks the passwords keeps them
        case "VACUUM" | "ANALYZE", _:
            return _maintain(first, words)
        case "EXPLAIN", _ if len(words) > 1:
            return "explain " + translate(sql[words[1].start :]).text
        case "CREATE", _ if {second, third} & UNRENDERED_OBJECTS:
            return sql
    if first not in RENDERED or _reads_catalog(words):
        return sql
    if first == "CREATE" and "TABLE" in [word.keyword for word in words[:4]]:
        plain, design = table_design.take_out(sql)
        return design.comment() + _render(plain)
    return _render(sql)


def _setting(sql: str, words: list[Token]) -> str:
    for word in words[1:3]:
        if word.name in SETTINGS:
            return f"{sql[: word.start]}redshift.{sql[word.start :]}"
    return sql


def _create_user(words: list[Token]) -> str:
    options = {word.keyword for word in words[3:]}
    is_superuser = "CREATEUSER" in options
    return f"create role {words[2].text} login" + " superuser" * is_superuser


def _maintain(verb: str, words: list[Token]) -> str:
    """Keeps the table only: `sort only`, `to 99 percent` and so on are Redshift's."""
    modes = {"FULL", "SORT", "DELETE", "REINDEX", "RECLUSTER", "ONLY", "COMPRESSION"}
    for position, word in enumerate(words[1:], start=1):
        if word.keyword not in modes:
            end = position + 1
            while end + 1 < len(words) and words[end].text == ".":
                end += 2
            return f"{verb} " + "".join(name.text for name in words[position:end])
    return verb


def _reads_catalog(words: list[Token]) -> bool:
    """Finds PostgreSQL's own tables, which are asked in PostgreSQL's own words."""
    followers = [word.text for word in words[1:]] + [""]
    return any(
        word.kind == "word"
        and (
            word.name == "information_schema"
            or (word.name.startswith("pg_") and follower != "(")
        )
        for word, follower in zip(words, followers, strict=True)
    )


def _render(sql: str) -> str:
    # sqlglot takes `$1,$2` for the beginning of a quotation.
    named = replaced(sql, "parameter", r"\$(\d+)", r":parameter_\1")
    try:
        tree: exp.Expr = sqlglot.parse_one(named, read="redshift")
        if isinstance(tree, exp.Command):
            return sql
        for node in list(tree.find_all(*KEYS)):
            # A constraint of a column is wrapped once more.
            parent = node.parent
            (parent if isinstance(parent, exp.ColumnConstraint) else node).pop()
        for column in list(tree.find_all(exp.ColumnDef)):
            _count_bytes(column)
        for part in reversed(list(tree.walk())):  # what is within comes first
            part.replace(_function(part))
        return tree.sql("postgres", comments=False)
    except SqlglotError:
        return sql


def _count_bytes(column: exp.ColumnDef) -> None:
    """Gives a text column the length that Redshift gives it, and in bytes."""
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


def _function(node: exp.Expr) -> exp.Expr:
    """Replaces what sqlglot gives other results than Redshift, or no form at all."""
    match node:
        case exp.Placeholder() if node.name.startswith("parameter_"):
            number = exp.Literal.number(node.name.removeprefix("parameter_"))
            return exp.Parameter(this=number)
        case exp.TsOrDsDiff() | exp.DateDiff():
            # Redshift counts the boundaries between the two (`catalog`).
            moments = [_timestamp(node.expression), _timestamp(node.this)]
            return exp.Anonymous(this="datediff", expressions=[_unit(node), *moments])
        case exp.TsOrDsAdd() | exp.DateAdd():
            parts = [_unit(node), node.expression, _timestamp(node.this)]
            return exp.Anonymous(this="dateadd", expressions=parts)
        case exp.CurrentTimestamp():  # getdate() and sysdate have no time zone
            return exp.Localtimestamp()
        case exp.FromBase():
            parts = [node.this, node.expression]
            return exp.Anonymous(this="strtol", expressions=parts)
        case exp.ApproxDistinct():
            return exp.Count(this=exp.Distinct(expressions=[node.this]))
        case exp.DataTypeParam() if node.name.upper() == "MAX":
            return exp.DataTypeParam(this=exp.Literal.number(LONGEST_VARCHAR))
    return node


def _unit(node: exp.Expr) -> exp.Expr:
    unit = node.args.get("unit")
    return exp.Literal.string(unit.name.lower() if unit else "day")


def _timestamp(node: exp.Expr) -> exp.Expr:
    return exp.cast(node, exp.DataType.Type.TIMESTAMP)
