"""Creates the tables of the warehouse."""

from sparkify import sql
from sparkify.step import step
from sparkify.warehouse import open_warehouse
from sparkify.workspace import Workspace

# A table stands after those that its foreign keys name, as Redshift wants it.
STAGING = ("staging_events", "staging_songs")
STAR = ("users", "artists", "songs", "time", "songplays")
ROLLUPS = ("session_days",)  # made of the star, for questions that need no play
BOOKS = ("quarantine", "etl_runs", "check_results")
TABLES = (*STAGING, *STAR, *ROLLUPS, *BOOKS)


def create_schema(
    workspace: str, *, warehouse: str = "duckdb", memory_limit: str = "4GB"
) -> dict[str, sql.SqlFile]:
    """Creates the tables that are missing, and begins a new version of the warehouse.

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
    with step(place, "02_create_schema") as now:
        target = open_warehouse(warehouse, place, memory_limit)
        target.prepare()
        with target.writing() as session, session.transaction():
            for table in TABLES:
                session.run(f"schema/{table}")
        now.conclude(f"{len(TABLES)} tables")
    return {table: sql.load(f"schema/{table}") for table in TABLES}
