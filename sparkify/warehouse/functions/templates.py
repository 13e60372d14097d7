"""Expressions of DuckDB's SQL, written as text with `$names` for their parts."""

from collections.abc import Callable
from functools import cache
from typing import Any, ClassVar

import sqlglot
from sqlglot import exp
from sqlglot.dialects.duckdb import DuckDB
from sqlglot.parsers.duckdb import DuckDBParser

AGGREGATES = ("sum", "count", "list")


class RawDuckDB(DuckDB):
    """DuckDB's dialect, which keeps each function's name and arguments as written."""

    class Parser(DuckDBParser):
        """The dialect's parser."""

        FUNCTIONS: ClassVar[dict[str, Callable[..., exp.Expr]]] = {}
        FUNCTION_PARSERS: ClassVar[dict[str, Callable[..., Any]]] = {
            "CAST": DuckDBParser.FUNCTION_PARSERS["CAST"]
        }


def fill(template: str, /, over: exp.Expr | None = None, **parts: exp.Expr) -> exp.Expr:
    """Return a template's expression with its parts.

    Args:
        template: The text; `$name` stands for a part.
        over: A window, which the template's aggregates get.
        parts: The parts by name.
    """
    tree = exp.Paren(this=_parse(template).copy())
    for call in list(tree.find_all(exp.Anonymous)):
        if over is not None and call.name.lower() in AGGREGATES:
            window = over.copy()
            call.replace(window)
            window.set("this", call)
    for node in list(tree.find_all(exp.Parameter, exp.Placeholder)):
        node.replace(parts[node.name].copy())
    whole: exp.Expr = tree.this
    return tree if isinstance(whole, exp.Binary) else whole


@cache
def _parse(template: str) -> exp.Expr:
    tree: exp.Expr = sqlglot.parse_one(template, read=RawDuckDB)
    return tree
