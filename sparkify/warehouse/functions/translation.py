"""Redshift's functions on DuckDB: the same, rendered, or refused by name.

A query that a person types may use any function of Redshift. Many have another meaning
on DuckDB under the same name. So `table` says of each function whether it is
the same, rendered or refused; one that it does not have is refused too.
"""

from collections.abc import Callable, Iterator, Sequence
from difflib import get_close_matches
from typing import Any, ClassVar

import sqlglot
from sqlglot import exp
from sqlglot.dialects.redshift import Redshift
from sqlglot.parsers.redshift import RedshiftParser

from sparkify.errors import SqlError
from sparkify.warehouse import sql
from sparkify.warehouse.functions.call import Call
from sparkify.warehouse.functions.operators import has_other_meaning, replace_operator
from sparkify.warehouse.functions.table import REFUSED, RENDERED, SAME

DIALECT = "duckdb"
PAGE = "docs/query-functions.md"
LIKENESS = 0.75  # of a name that may be meant
WRAPPERS = (exp.WithinGroup, exp.Window, exp.IgnoreNulls, exp.RespectNulls)

NAMED = (exp.Alias, exp.Column, exp.Star, exp.Subquery)

# What sqlglot reads as something else than a name with arguments.
SYNTAX = (
    *(exp.And, exp.Or, exp.Case, exp.If, exp.Exists, exp.Any, exp.All, exp.Cast),
    *(exp.CurrentDate, exp.CurrentTimestamp, exp.Anonymous, exp.Pow),
)
PARSED = ("CAST", "CONVERT", "EXTRACT", "POSITION", "SUBSTRING", "TRIM")


def _parse_approximate(parser: Any) -> exp.Expr | None:
    """Read `approximate count(distinct …)` as the function `approximate count`."""
    index = parser._index - 1
    found: exp.Expr | None = parser._parse_function()
    call = found.find(exp.Anonymous) if found else None
    if call is None:
        parser._retreat(index)
        return None
    call.set("this", f"approximate {call.name}")
    return found


class QueryDialect(Redshift):
    """Redshift's dialect, which keeps each function's name and arguments as typed."""

    class Parser(RedshiftParser):
        """The dialect's parser."""

        FUNCTIONS: ClassVar[dict[str, Callable[..., exp.Expr]]] = {}
        FUNCTION_PARSERS: ClassVar[dict[str, Callable[..., Any]]] = {
            name: parse
            for name, parse in RedshiftParser.FUNCTION_PARSERS.items()
            if name in PARSED
        }
        NO_PAREN_FUNCTION_PARSERS: ClassVar[dict[str, Callable[..., Any]]] = {
            **RedshiftParser.NO_PAREN_FUNCTION_PARSERS,
            "APPROXIMATE": _parse_approximate,
        }


def render(text: str) -> tuple[sql.Statement, ...]:
    """Render a query in Redshift's SQL for DuckDB, with what its functions mean there.

    The statements need the macros of `macros.MACROS`.

    Args:
        text: One or more statements.

    Raises:
        SqlError: The text is not valid SQL, or a function is not supported.
    """
    with sql.translate_errors(DIALECT):
        trees = [tree for tree in sqlglot.parse(text, read=QueryDialect) if tree]
        return tuple(sql.write(_translate(tree), DIALECT) for tree in trees)


def _translate(tree: exp.Expr) -> exp.Expr:
    """Replace the functions and operators that have another meaning on DuckDB."""
    root = exp.Paren(this=tree)  # so that every node has a parent
    for select in tree.find_all(exp.Select):
        _name_columns(select)
    for node in reversed(list(tree.walk())):  # inner nodes first
        _replace(node)
    translated: exp.Expr = root.this
    return translated


def _replace(node: exp.Expr) -> None:
    call = _call(node)
    if call is None:
        if isinstance(node, exp.Func) and not isinstance(node, SYNTAX):
            replaced = replace_operator(node)
            if replaced is None:
                raise _refusal(node.sql_name().lower())
            node.replace(replaced)
        elif (replaced := replace_operator(node)) is not None:
            node.replace(replaced)
    elif call.name in RENDERED:
        _outermost(node).replace(RENDERED[call.name].render(call))
    elif call.name not in SAME:
        raise _refusal(call.name)


def _call(node: exp.Expr) -> Call | None:
    """Return the call of a function, whichever way it is written."""
    match node:
        case exp.Anonymous():
            arguments = list(node.expressions)
            is_distinct = bool(arguments) and isinstance(arguments[0], exp.Distinct)
            if is_distinct:
                arguments = [*arguments[0].expressions, *arguments[1:]]
            wrappers = list(_wrappers(node))
            return Call(
                node.name.lower(),
                _copies(arguments),
                is_distinct,
                _first(wrappers, exp.WithinGroup),
                _first(wrappers, exp.Window),
                _first(wrappers, exp.IgnoreNulls),
            )
        case exp.Extract():
            return Call("extract", [node.this.copy(), node.expression.copy()])
        case exp.Substring():
            parts = [node.this, node.args.get("start"), node.args.get("length")]
            return Call("substring", _copies(parts))
        case exp.StrPosition():
            return Call("strpos", [node.this.copy(), node.args["substr"].copy()])
        case exp.Trim():
            side = str(node.args.get("position") or "")
            name = {"LEADING": "ltrim", "TRAILING": "rtrim"}.get(side.upper(), "btrim")
            return Call(name, _copies([node.this, node.args.get("expression")]))
        case exp.CurrentTimestamp() if node.args.get("sysdate"):
            return Call("getdate", [])
    return None


def _copies(nodes: Sequence[exp.Expr | None]) -> list[exp.Expr]:
    return [node.copy() for node in nodes if node is not None]


def _wrappers(node: exp.Expr) -> Iterator[exp.Expr]:
    """Yield what belongs to a call: `within group`, `over`."""
    parent = node.parent
    while isinstance(parent, WRAPPERS) and parent.this is node:
        yield parent
        node, parent = parent, parent.parent


def _outermost(node: exp.Expr) -> exp.Expr:
    return [node, *_wrappers(node)][-1]


def _first(wrappers: list[exp.Expr], kind: type[exp.Expr]) -> exp.Expr | None:
    return next((found for found in wrappers if isinstance(found, kind)), None)


def _name_columns(select: exp.Select) -> None:
    """Name a rendered column as Redshift does: by its function."""
    taken = {column.output_name.lower() for column in select.expressions}
    for column in list(select.expressions):
        if isinstance(column, NAMED) or not any(
            _is_rendered(node) for node in column.walk()
        ):
            continue
        found = column
        while isinstance(found, WRAPPERS):
            found = found.this
        call = _call(found)
        name = call.name if call else ""
        if not name or name in taken:
            name = column.sql(QueryDialect, normalize_functions="lower")
        taken.add(name)
        column.replace(exp.alias_(column.copy(), name, quoted=True))


def _is_rendered(node: exp.Expr) -> bool:
    call = _call(node)
    return (call is not None and call.name in RENDERED) or has_other_meaning(node)


def _refusal(name: str) -> SqlError:
    if name in REFUSED:
        return SqlError(
            f"function '{name}' of Redshift is not supported on DuckDB; {REFUSED[name]}"
        )
    nearest = get_close_matches(name, [*SAME, *RENDERED], n=1, cutoff=LIKENESS)
    guess = f"did you mean '{nearest[0]}'? " if nearest else ""
    return SqlError(
        f"function '{name}' is unknown on DuckDB; {guess}{PAGE} lists the functions "
        "that a query can use"
    )
