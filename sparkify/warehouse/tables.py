"""The tables and views of the warehouse, in the order of their creation."""

from collections.abc import Sequence

from sqlglot import exp, parse

from sparkify.errors import WarehouseError
from sparkify.warehouse import sql
from sparkify.warehouse.session import Session

STAGED_OBJECTS = "staged_objects"  # which objects the staged rows come from
# A table comes after the tables that its foreign keys refer to.
STAGING = ("staging_events", "staging_songs", STAGED_OBJECTS)
STAR = ("users", "artists", "songs", "time", "songplays")
ROLLUPS = ("session_days",)  # sums of the star, for reports that need no single play
RUN_TABLES = ("quarantine", "etl_runs", "check_results")  # results of the runs
TABLES = (*STAGING, *STAR, *ROLLUPS, *RUN_TABLES)
SONG_NAMES = "song_names"  # the view that reports read
VIEWS = ("staging_plays", SONG_NAMES)


def create_tables(session: Session) -> dict[str, sql.SqlFile]:
    """Create the tables and the columns that are missing, and the views.

    Args:
        session: The warehouse, within a transaction.

    Returns:
        The SQL file of each table, by the table's name, in the order of creation.

    Raises:
        WarehouseError: The engine rejected a statement.
    """
    for table in TABLES:
        _add_columns(session, table)
    for table in TABLES:  # now, since a table may have been dropped for another
        session.run_file(f"schema/{table}")
    for view in VIEWS:
        _drop_outdated(session, view)
        session.run_file(f"views/{view}")
    return {table: sql.load(f"schema/{table}") for table in TABLES}


def outdated_tables(session: Session) -> list[str]:
    """Return the tables that an earlier version created with other columns.

    Of these, `create_tables` keeps no rows. Those of results only get the new columns.
    """
    found = {table: _existing(session, table) for table in (*STAGING, *STAR, *ROLLUPS)}
    return [
        table
        for table, existing in found.items()
        if existing and not _are_columns_of(table, existing)
    ]


def require_current(session: Session) -> None:
    """Raise an error if the star lacks what reports read, as of an earlier version.

    Columns that are there besides do no harm.

    Raises:
        WarehouseError: The message names what is missing and what to do.
    """
    expected = {
        table: [name for name, _ in _columns(table)] for table in (*STAR, *ROLLUPS)
    } | {SONG_NAMES: _columns_of_view(SONG_NAMES)}
    lacks = []
    for relation, columns in expected.items():
        existing = _existing(session, relation)
        if not existing:
            lacks.append(f"no {relation}")
        elif missing := [name for name in columns if name not in existing]:
            lacks.append(f"no column {', '.join(missing)} in {relation}")
    if lacks:
        raise WarehouseError(
            f"an earlier version of Sparkify built this star: it has {', '.join(lacks)}"
            "; build the star anew with sparkify run and the parameters of the run"
        )


def require_tables(session: Session) -> None:
    """Raise an error if a staging table is missing.

    Raises:
        WarehouseError: The message names the table and the step to run.
    """
    for table in STAGING:
        if not _existing(session, table):
            raise WarehouseError(
                f"table '{table}' is missing; run 02_create_schema first"
            )


def _add_columns(session: Session, table: str) -> None:
    """Bring a table that an earlier version created to the columns of its file.

    A table of results gets the new columns, with nulls in its rows. Any other table is
    dropped, with the list of what is loaded, so that the next load fills all anew.
    """
    existing = _existing(session, table)
    if table in RUN_TABLES:
        for name, type_ in _columns(table) if existing else ():
            if name not in existing:
                session.execute(f"alter table {table} add column {name} {type_}", {})
    elif not _are_columns_of(table, existing):  # also if it is missing
        session.execute(f"drop table if exists {table} cascade", {})
        session.execute(f"drop table if exists {STAGED_OBJECTS}", {})


def _drop_outdated(session: Session, view: str) -> None:
    """Drop a view of an earlier version that has other columns: none is replaced so."""
    existing = _existing(session, view)
    if existing and existing != _columns_of_view(view):
        session.execute(f"drop view {view}", {})


def _columns_of_view(view: str) -> list[str]:
    """Return the names of the columns in a view's file, in order."""
    (created,) = parse(sql.load(f"views/{view}").text, dialect="redshift")[:1]
    return list(created.expression.named_selects) if created else []


def _existing(session: Session, table: str) -> list[str]:
    """Return the names of the columns in order; none if there is no such table."""
    found = session.query_file("load/columns", table_name=table).to_pylist()
    return [row["column_name"] for row in found]


def _are_columns_of(table: str, existing: Sequence[str]) -> bool:
    return {name for name, _ in _columns(table)} == {*existing}


def _columns(table: str) -> list[tuple[str, str]]:
    """Return the names and the Redshift types of the columns in a table's file."""
    statement = sql.load(f"schema/{table}").text
    (created,) = parse(statement, dialect="redshift")[:1]
    if created is None:
        return []
    return [
        (column.name, column.args["kind"].sql("redshift"))
        for column in created.find_all(exp.ColumnDef)
    ]
