"""Lists the parameters for the README and for the command line."""

from collections.abc import Sequence

from sparkify.documentation.markdown import fill, write_table
from sparkify.parameter import Parameter
from sparkify.params import PARAMETERS, Value

START, END = "<!-- parameters -->", "<!-- /parameters -->"
HEADER = ("parameter", "default", "what it decides")


def fill_parameters(readme: str) -> str:
    """Return a README with the table of parameters between its markers.

    Args:
        readme: The README's text; what it has between the markers is replaced.

    Raises:
        SparkifyError: A marker is missing, is there twice, or they are in wrong order.
    """
    return fill("README.md", readme, START, END, write_parameters())


def write_parameters() -> str:
    """Return the table: one row a parameter, in the order of their declaration."""
    return write_table(HEADER, map(_row, PARAMETERS.values()))


def list_parameters() -> str:
    """Return the parameters with their defaults, as text: a line for each."""
    lines = ["Parameters, with their defaults:"]
    for name, parameter in PARAMETERS.items():
        choices = " | ".join(parameter.choices)
        note = f"{parameter.help}: {choices}" if choices else parameter.help
        lines.append(f"{name}={_written(parameter.default)}  {note}")
    return "\n".join(lines)


def _row(parameter: Parameter) -> tuple[str, str, str]:
    choices = f" ({_alternatives(parameter.choices)})" if parameter.choices else ""
    return _code(parameter.name), _code(parameter.default), parameter.help + choices


def _alternatives(choices: Sequence[str]) -> str:
    """Return choices as a phrase: `a`, `b` or `c`."""
    *others, last = map(_code, choices)
    return f"{', '.join(others)} or {last}" if others else last


def _code(value: Value) -> str:
    """Return a value as a parameter file writes it, set as code."""
    return f"`{_written(value)}`"


def _written(value: Value) -> str:
    """Return a value as a parameter file writes it."""
    return str(value).lower() if isinstance(value, bool) else str(value)
