"""A star that is built without notebooks, and the one that the reference expects."""

from pathlib import Path
from typing import Any

import duckdb

from sparkify.steps.create_schema import create_schema
from sparkify.steps.flatten import flatten
from sparkify.steps.load import load_staging
from sparkify.steps.transform import build_star
from sparkify.warehouse import Session, open_star
from sparkify.warehouse.tables import ROLLUPS, STAR
from tests.support import reference

KEYS = {
    "songplays": "songplay_id",
    "users": "user_id",
    "songs": "song_id",
    "artists": "artist_id",
    "time": "start_time",
}
Rows = dict[str, list[tuple[Any, ...]]]
COMPARED = {
    **dict.fromkeys((*STAR, *ROLLUPS), "*"),
    "staging_events": "*",
    "staging_songs": "*",
    "staged_objects": "object, size, version, bytes, records, blank",
}
LAST_QUARANTINE = """
    select object, line, raw, reason, record, rule from quarantine
    where run_id in (select run_id from staged_objects)
"""

LAST_STEPS = """
    select * exclude (run_id, started_at, seconds) from etl_runs
    qualify row_number() over (partition by step order by run_id desc) = 1
"""


def build(
    source: Path | str,
    workspace: Path,
    warehouse: str = "duckdb",
    *,
    engine: str = "duckdb",
    accept: bool = False,
    full: bool = False,
) -> None:
    """Run the steps of the chain, without their notebooks."""
    stage(source, workspace, warehouse, engine=engine, accept=accept, full=full)
    build_star(str(workspace), warehouse=warehouse, accept=accept)


def stage(
    source: Path | str,
    workspace: Path,
    warehouse: str = "duckdb",
    *,
    engine: str = "duckdb",
    accept: bool = False,
    full: bool = False,
) -> None:
    """Run the steps of the chain that come before the star is built."""
    create_schema(str(workspace), warehouse=warehouse)
    flatten(str(source), str(workspace), engine=engine, accept=accept, full=full)
    load_staging(str(workspace), warehouse=warehouse)


def read(session: Session) -> Rows:
    """Read the star, each table by its key."""
    return {
        table: [
            tuple(row.values())
            for row in session.query(
                f"select * from {table} order by {KEYS[table]}", {}
            ).to_pylist()
        ]
        for table in STAR
    }


def star_of(source: Path, workspace: Path) -> Rows:
    build(source, workspace)
    with open_star(str(workspace)) as session:
        return read(session)


def expected(source: Path) -> Rows:
    rows = reference.star(reference.read_events(source), reference.read_songs(source))
    return {table: [tuple(row) for row in rows[table]] for table in STAR}


def content(workspace: Path) -> dict[str, list[str]]:
    """Return the last run's rows of all tables of a DuckDB warehouse, sorted."""
    folder = workspace / "warehouse"
    version = folder / (folder / "current").read_text()
    with duckdb.connect(str(version), read_only=True) as connection:
        queries = {
            table: f"select {names} from {table}" for table, names in COMPARED.items()
        }
        queries["quarantine"] = LAST_QUARANTINE
        queries["etl_runs"] = LAST_STEPS
        return {
            name: sorted(map(repr, connection.execute(query).fetchall()))
            for name, query in queries.items()
        }


def sorted_rows(session: Session, query: str) -> list[str]:
    """Return the rows of a query as text, in an order that each engine agrees on."""
    rows = session.query(query, {}).to_pylist()
    return sorted(repr([*row.values()]) for row in rows)
