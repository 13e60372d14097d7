"""The tables and views of the warehouse, in the order of their creation."""

from sparkify.warehouse import sql
from sparkify.warehouse.session import Session

# A table comes after the tables that its foreign keys refer to, as Redshift requires.
STAGING = ("staging_events", "staging_songs")
STAR = ("users", "artists", "songs", "time", "songplays")
ROLLUPS = ("session_days",)  # sums of the star, for reports that need no single play
RUN_TABLES = ("quarantine", "etl_runs", "check_results")  # results of the runs
TABLES = (*STAGING, *STAR, *ROLLUPS, *RUN_TABLES)
VIEWS = ("staging_plays", "song_names")


def create_tables(session: Session) -> dict[str, sql.SqlFile]:
    """Create the tables that are missing, and the views.

    Args:
        session: The warehouse, within a transaction.

    Returns:
        The SQL file of each table, by the table's name, in the order of creation.

    Raises:
        WarehouseError: The engine rejected a statement.
    """
    for table in TABLES:
        session.run_file(f"schema/{table}")
    for view in VIEWS:
        session.run_file(f"views/{view}")
    return {table: sql.load(f"schema/{table}") for table in TABLES}
