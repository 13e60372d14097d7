"""Checks the parameters of a notebook, whoever started it.

Papermill writes what it is given into a cell of its own, known or not, and texts as
they are. JupyterLab executes whatever a person typed. So the check reads the cells that
set parameters, and compares them with the one table of parameters.
"""

import ast
from collections.abc import Iterator, Sequence
from typing import Any

from sparkify.errors import ParameterError
from sparkify.params import PARAMETERS, find_parameter

INJECTED = "# Parameters"  # the first line of the cell that papermill adds
REMEDIES = {
    int: "write a whole number without quotation marks; papermill reads it with -p",
    str: "write it in quotation marks; papermill passes it as text with -r",
    bool: "write True or False; papermill reads the words True and False with -p",
}


def check_parameters(namespace: dict[str, Any]) -> None:
    """Check the parameters that the cells of a notebook have set so far.

    A switch that is given as the text `true` or `false` becomes a boolean.

    Args:
        namespace: The variables of the notebook, with the executed cells in `In`.

    Raises:
        ParameterError: A name is unknown, or a value is not allowed.
    """
    for name in _names(namespace.get("In", ())):
        parameter = find_parameter(name)
        value = namespace[name]
        try:
            namespace[name] = parameter.check(value)
        except ParameterError as error:
            wanted = type(parameter.default)
            is_other = wanted is bool or type(value) is not wanted
            remedy = f"; {REMEDIES[wanted]}" if is_other else ""
            raise ParameterError(f"{error}{remedy}") from None


def _names(cells: Sequence[str]) -> list[str]:
    """Return the names that the cells of parameters set, each once, in order."""
    found: dict[str, None] = {}
    for cell in cells:
        names = list(_assigned(cell))
        if cell.startswith(INJECTED) or any(name in PARAMETERS for name in names):
            found |= dict.fromkeys(names)
    return list(found)


def _assigned(cell: str) -> Iterator[str]:
    """Yield the names that a cell sets at its top level."""
    try:
        statements = ast.parse(cell).body
    except SyntaxError:  # a command of IPython
        return
    for statement in statements:
        match statement:
            case ast.AnnAssign(target=ast.Name(id=name)):
                yield name
            case ast.Assign(targets=targets):
                yield from (each.id for each in targets if isinstance(each, ast.Name))
