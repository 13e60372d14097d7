"""02_create_schema: creates the tables of the warehouse."""

import warnings

from sparkify.runs.step import begin_step
from sparkify.warehouse import open_warehouse
from sparkify.warehouse.sql import SqlFile
from sparkify.warehouse.tables import create_tables, outdated_tables
from sparkify.workspace import Workspace

LOST = (
    "so the warehouse is built anew, and what etl_runs and check_results said of "
    "earlier runs is lost"
)
RENEWED = "had the columns of an earlier version, so the star is built anew"


def create_schema(
    workspace: str, *, warehouse: str = "duckdb", memory_limit: str = "4GB"
) -> dict[str, SqlFile]:
    """Start a new version of the warehouse, and create the missing tables.

    The version begins as a copy of the last one. If that is damaged, it begins empty,
    and a warning says what is lost. If an earlier version of Sparkify gave a table of
    the star other columns, its rows are not kept, and the step says so: the next steps
    load all flattened rows and build the star anew.

    Args:
        workspace: The folder that the run may write to.
        warehouse: The engine, `duckdb`, `redshift` or `redshift_serverless`.
        memory_limit: The most memory that the engine may use, such as `4GB`.

    Returns:
        The statement of each table, by name, in the order of creation.

    Raises:
        WarehouseError: The engine rejected a statement.
        RunError: The workspace is in use.
    """
    place = Workspace.at(workspace)
    with begin_step(place, "02_create_schema") as step:
        target = open_warehouse(warehouse, place, memory_limit)
        damage = target.prepare()
        with target.writing() as session, session.transaction():
            outdated = outdated_tables(session)
            created = create_tables(session)
        lost = f"{damage}; {LOST}" if damage else ""
        renewed = f"{', '.join(outdated)} {RENEWED}" if outdated else ""
        step.conclude(
            "; ".join(filter(None, [f"{len(created)} tables", renewed, lost]))
        )
    if lost:
        warnings.warn(lost, stacklevel=2)
    return created
