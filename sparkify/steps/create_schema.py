"""02_create_schema: creates the tables of the warehouse."""

from sparkify.runs.step import begin_step
from sparkify.warehouse import open_warehouse
from sparkify.warehouse.sql import SqlFile
from sparkify.warehouse.tables import create_tables
from sparkify.workspace import Workspace


def create_schema(
    workspace: str, *, warehouse: str = "duckdb", memory_limit: str = "4GB"
) -> dict[str, SqlFile]:
    """Create the tables that are missing, and begin a new version of the warehouse.

    Args:
        workspace: The folder that the run may write.
        warehouse: The engine, `duckdb` or `redshift`.
        memory_limit: The most memory that the engine may take, such as `4GB`.

    Returns:
        The statement of each table, by its name, in the order of their creation.

    Raises:
        WarehouseError: The engine refused a statement.
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
