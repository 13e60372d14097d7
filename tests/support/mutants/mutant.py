"""A function of the package that does its work, and then some harm."""

import pkgutil
from collections.abc import Callable
from typing import Any

import pyarrow as pa
import pytest

Harm = Callable[..., Any]
Change = Callable[[pa.Table], pa.Table]


class Mutant:
    """A function that does harm.

    Args:
        name: What it does.
        owner: The module or class of the function, or its name.
        function: The name of the function.
        harm: Receives the honest function and its arguments, and gives its answer.
    """

    def __init__(self, name: str, owner: object, function: str, harm: Harm) -> None:
        self.name, self._owner, self._function, self._harm = name, owner, function, harm

    def plant(self, patch: pytest.MonkeyPatch) -> None:
        """Put the function in the place of the honest one."""
        owner = self._owner
        if isinstance(owner, str):
            owner = pkgutil.resolve_name(owner)
        honest = getattr(owner, self._function)

        def mutant(*given: Any, **named: Any) -> Any:
            return self._harm(honest, *given, **named)

        patch.setattr(owner, self._function, mutant)


def swap_rows(table: pa.Table) -> pa.Table:
    """Repeat the first row in the place of the second."""
    return pa.concat_tables([table.slice(0, 1), table.slice(0, 1), table.slice(2)])


def repeat_a_row(table: pa.Table) -> pa.Table:
    return pa.concat_tables([table, table.slice(0, 1)])
