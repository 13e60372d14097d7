"""A call of a function in a query, and how a function is rendered."""

from collections.abc import Callable
from dataclasses import dataclass

from sqlglot import exp

from sparkify.errors import SqlError
from sparkify.warehouse.functions.templates import fill

MANY = 1_000


@dataclass(frozen=True)
class Call:
    """A call of a function in a query.

    Attributes:
        name: The function, in lower case.
        arguments: What it is given.
        is_distinct: Whether they begin with `distinct`.
        group: The `within group` that it is in.
        window: The window that it is in.
        nulls: The `ignore nulls` that stands after it.
    """

    name: str
    arguments: list[exp.Expr]
    is_distinct: bool = False
    group: exp.Expr | None = None
    window: exp.Expr | None = None
    nulls: exp.Expr | None = None

    def text(self, index: int, default: str, what: str) -> str:
        """Return an argument that must be a literal; the default if it is left out."""
        if len(self.arguments) <= index:
            return default
        literal = self.arguments[index]
        if not isinstance(literal, exp.Literal):
            raise SqlError(
                f"{self.name} needs a literal {what} on DuckDB, not "
                f"{literal.sql('redshift')}; write it out"
            )
        return str(literal.name)

    def get(self, index: int, default: exp.Expr) -> exp.Expr:
        """Return an argument; the default if it is left out."""
        return self.arguments[index] if len(self.arguments) > index else default


Render = Callable[[Call], exp.Expr]


@dataclass(frozen=True)
class Rendered:
    """How a function is rendered.

    Attributes:
        at_least: The fewest arguments.
        at_most: The most arguments.
        make: Makes DuckDB's expression of a call.
    """

    at_least: int
    at_most: int
    make: Render

    def render(self, call: Call) -> exp.Expr:
        """Return DuckDB's expression of a call.

        Raises:
            SqlError: The number of arguments is wrong, or DuckDB cannot do the same.
        """
        given = len(call.arguments)
        if not self.at_least <= given <= self.at_most:
            wanted = f"{self.at_least}"
            if self.at_most == MANY:
                wanted += " or more"
            elif self.at_most != self.at_least:
                wanted += f" to {self.at_most}"
            raise SqlError(
                f"function '{call.name}' has {given} arguments; it takes {wanted}"
            )
        return self.make(call)


def named(name: str, at_least: int, at_most: int | None = None) -> Rendered:
    """Render a function as another one, with the same arguments."""
    return Rendered(
        at_least,
        at_least if at_most is None else at_most,
        lambda call: exp.Anonymous(this=name, expressions=call.arguments),
    )


def filled(
    template: str, at_least: int, at_most: int | None = None, **defaults: str
) -> Rendered:
    """Render a function by a template with its arguments as `$a` and `$b`.

    Args:
        template: DuckDB's expression.
        at_least: The fewest arguments.
        at_most: The most arguments; as many as the fewest if it is None.
        defaults: DuckDB's expressions of the arguments that may be left out.
    """

    def make(call: Call) -> exp.Expr:
        given = dict(zip("ab", call.arguments, strict=False))
        left_out = {name: fill(text) for name, text in defaults.items()}
        return fill(template, **(left_out | given))

    return Rendered(at_least, at_least if at_most is None else at_most, make)
