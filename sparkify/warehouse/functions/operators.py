"""Redshift's operators and casts whose meaning is another on DuckDB."""

import re

from sqlglot import exp

from sparkify.errors import SqlError
from sparkify.warehouse.functions.templates import fill

TEXT_TYPES = (exp.DType.VARCHAR, exp.DType.CHAR, exp.DType.NVARCHAR, exp.DType.NCHAR)
# Of `similar to`: what matches any text, and what is plain, but not in an expression.
WILDCARDS = {"%": ".*", "_": "."}
PLAIN = ".^$"


def has_other_meaning(node: exp.Expr) -> bool:
    """Tell whether an operator or a cast may be replaced."""
    kinds = (exp.Like, exp.ILike, exp.SimilarTo, exp.RegexpLike)
    return isinstance(node, kinds) or (
        isinstance(node, exp.Cast) and node.to.this in TEXT_TYPES
    )


def replace_operator(node: exp.Expr) -> exp.Expr | None:
    """Return what replaces an operator or a cast; None if it stays."""
    match node:
        case exp.Cast() if node.to.this in TEXT_TYPES:
            return _cut(node)
        case exp.Like() | exp.ILike() if not isinstance(node.parent, exp.Escape):
            return _escape(node)
        case exp.SimilarTo() if isinstance(node.parent, exp.Escape):
            raise SqlError("'similar to … escape' is not supported on DuckDB; use \\")
        case exp.SimilarTo():
            pattern = exp.Literal.string(_similar_pattern(node.expression))
            return fill("regexp_full_match($s, $p)", s=node.this, p=pattern)
        case exp.RegexpLike():
            return fill("regexp_matches($s, $p)", s=node.this, p=node.expression)
    return None


def _cut(cast: exp.Cast) -> exp.Expr | None:
    """Cut a text to the bytes of its type, as Redshift does: `varchar(3)`."""
    size = cast.to.find(exp.DataTypeParam)
    is_one = cast.to.this in (exp.DType.CHAR, exp.DType.NCHAR) and size is None
    digits = "1" if is_one else size.name if size else ""
    if not digits.isdigit():
        return None
    return fill(
        "redshift_varchar($s, $size)", s=cast.this, size=exp.Literal.number(digits)
    )


def _escape(like: exp.Expr) -> exp.Expr | None:
    """Name the backslash, which escapes `%` and `_` on Redshift by default."""
    pattern = like.expression
    if isinstance(pattern, exp.Any | exp.All) or (
        isinstance(pattern, exp.Literal) and "\\" not in pattern.name
    ):
        return None
    return exp.Escape(this=like.copy(), expression=exp.Literal.string("\\"))


def _similar_pattern(pattern: exp.Expr) -> str:
    """Return a pattern of `similar to` as a regular expression."""
    if not isinstance(pattern, exp.Literal):
        raise SqlError("'similar to' needs a literal pattern on DuckDB; write it out")
    found, is_escaped, is_set = "", False, False
    for character in pattern.name:
        if is_escaped:
            found += re.escape(character)
        elif character != "\\":
            found += character if is_set else _similar(character)
        is_set = not is_escaped and (character == "[" or (is_set and character != "]"))
        is_escaped = character == "\\" and not is_escaped
    return f"(?s:{found})"


def _similar(character: str) -> str:
    """Return a character of `similar to`, outside of a set, as a regular expression."""
    if character in WILDCARDS:
        return WILDCARDS[character]
    return re.escape(character) if character in PLAIN else character
