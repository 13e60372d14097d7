"""Goes back to the version of the star that was published before."""

from dataclasses import dataclass

from sparkify.errors import ParameterError
from sparkify.warehouse.duckdb import DuckDBWarehouse
from sparkify.warehouse.session import Session
from sparkify.warehouse.versions import not_built
from sparkify.workspace import Workspace

LAST_RUN = """
select run_id, (select count(*) from songplays) as plays
from etl_runs where step = 'transform' order by started_at desc limit 1
"""


@dataclass(frozen=True)
class Version:
    """A version of the star.

    Attributes:
        name: The name of its file.
        run_id: The run that built it.
        plays: The rows of `songplays`.
    """

    name: str
    run_id: str
    plays: int


def roll_back(
    workspace: str, *, warehouse: str, memory_limit: str
) -> tuple[Version, Version]:
    """Publish the version before the current one again.

    What later runs need is in the version's file, so the next run adds what this
    version lacks.

    Args:
        workspace: The folder of the warehouse.
        warehouse: The engine; only `duckdb` keeps versions.
        memory_limit: The most memory that the engine may use, such as `4GB`.

    Returns:
        The version that was current, and the one that is now.

    Raises:
        ParameterError: The engine keeps no versions.
        WarehouseError: There is no earlier version, or no warehouse.
        DamagedError: The earlier version is damaged; nothing was changed.
        RunError: The workspace is in use.
    """
    if warehouse != "duckdb":
        raise ParameterError(
            f"warehouse '{warehouse}' keeps no version of the star to go back to: its "
            "tables are updated in place; restore a snapshot of the cluster in the "
            "console, or correct the source and run with --full"
        )
    place = Workspace.at(workspace)
    if not place.warehouse.is_dir():
        raise not_built(place.warehouse)
    with place.lock("a rollback"):
        target = DuckDBWarehouse(place.warehouse, memory_limit)
        with target.reading() as session:
            before = _describe(session, target.version())
        target.roll_back()
        with target.reading() as session:
            return before, _describe(session, target.version())


def _describe(session: Session, name: str) -> Version:
    (row,) = session.query(LAST_RUN, {}).to_pylist()  # a run writes it with the star
    return Version(name, row["run_id"], row["plays"])
