"""Opens the star that a command's parameters name."""

from collections.abc import Mapping
from typing import TYPE_CHECKING

from sparkify.params import Value

if TYPE_CHECKING:
    from sparkify.warehouse import Session


def open_star(parameters: Mapping[str, Value]) -> "Session":
    """Open the last published star for queries.

    Raises:
        WarehouseError: There is no finished star yet.
    """
    from sparkify import warehouse

    return warehouse.open_star(
        str(parameters["workspace"]),
        warehouse=str(parameters["warehouse"]),
        memory_limit=str(parameters["memory_limit"]),
    )
