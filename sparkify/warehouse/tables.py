"""The tables and views of the warehouse, in groups, in the order of their creation."""

from sparkify.warehouse import sql
from sparkify.warehouse.session import Session

# A table stands after those that its foreign keys name, as Redshift wants it.
STAGING = ("staging_events", "staging_songs")
STAR = ("users", "artists", "songs", "time", "songplays")
ROLLUPS = ("session_days",)  # made of the star, for questions that need no play
RUN_TABLES = ("quarantine", "etl_runs", "check_results")  # what runs tell of themselves
TABLES = (*STAGING, *STAR, *ROLLUPS, *RUN_TABLES)
VIEWS = ("staging_plays", "song_names")


def create_tables(session: Session) -> dict[str, sql.SqlFile]:
    """Create the tables that are missing, and the views.

    Args:
        session: The warehouse, within a transaction.

    Returns:
        The statement of each table, by its name, in the order of their creation.

    Raises:
        WarehouseError: The engine refused a statement.
    """
    for table in TABLES:
        session.run_file(f"schema/{table}")
    for view in VIEWS:
        session.run_file(f"views/{view}")
    return {table: sql.load(f"schema/{table}") for table in TABLES}
