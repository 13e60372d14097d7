"""02_create_schema: creates the tables of the warehouse."""

from sparkify.runs.step import begin_step
from sparkify.warehouse import open_warehouse
from sparkify.warehouse.sql import SqlFile
from sparkify.warehouse.tables import create_tables
from sparkify.workspace import Workspace


def create_schema(
    workspace: str, *, warehouse: str = "duckdb", memory_limit: str = "4GB"
) -> dict[str, SqlFile]:
    """Start a new version of the warehouse, and create the missing tables.

    Args:
        workspace: The folder that the run may write to.
        warehouse: The engine, `duckdb` or `redshift`.
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
        target.prepare()
        with target.writing() as session, session.transaction():
            created = create_tables(session)
        step.conclude(f"{len(created)} tables")
    return created
