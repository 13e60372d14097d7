"""Builds the star schema from the staging tables, checks it and publishes it."""

from collections.abc import Sequence
from dataclasses import dataclass

import pyarrow as pa

from sparkify.books import record
from sparkify.checks import CheckResult, run_checks, stop_at_errors
from sparkify.errors import BooksError
from sparkify.flatten.folder import in_use
from sparkify.flatten.manifest import Flattened
from sparkify.schema import ROLLUPS, STAR
from sparkify.step import step
from sparkify.warehouse import Session, open_warehouse
from sparkify.workspace import Workspace

# What was played comes first; then each table after those that it refers to.
INTERMEDIATE = ("plays", "tracks")


@dataclass(frozen=True)
class Star:
    """A finished star.

    Attributes:
        rows: The rows of each table.
        checks: What the checks found; no error among it.
        layout: How the tables lie on a cluster's slices; no row on one machine.
    """

    rows: dict[str, int]
    checks: list[CheckResult]
    layout: pa.Table


def build_star(
    workspace: str, *, warehouse: str = "duckdb", memory_limit: str = "4GB"
) -> Star:
    """Replaces the star by that of the staged rows, in one transaction.

    Args:
        workspace: The folder that the run may write.
        warehouse: The engine, `duckdb` or `redshift`.
        memory_limit: The most memory that the engine may take, such as `4GB`.

    Returns:
        The star as published.

    Raises:
        FlattenError: Nothing has been flattened yet.
        BooksError: What was flattened last has not been loaded.
        CheckError: A check failed; readers keep the star that they had.
        WarehouseError: The engine refused a statement; likewise.
        RunError: The workspace is in use.
    """
    place = Workspace.at(workspace)
    _, flattened = in_use(place.flat)
    with step(place, "05_transform") as now:
        target = open_warehouse(warehouse, place, memory_limit)
        with target.writing() as session:
            with session.transaction():
                _require_loaded(session, flattened)
                rows = _build(session)
                plays = rows["songplays"]
                record(
                    session,
                    now,
                    "transform",
                    rows_in=_staged_plays(session),
                    rows_staged=plays,
                )
                checks = run_checks(session)
                stop_at_errors(checks)
                _record_checks(session, now.run_id, checks)
            layout = session.layout()
        target.publish()
        now.conclude(
            f"{plays:,} songplays, {sum(check.is_passed for check in checks)} of "
            f"{len(checks)} checks passed",
            rows={table: rows[table] for table in STAR},
            checks={check.name: check.rows.num_rows for check in checks},
        )
    return Star({table: rows[table] for table in STAR}, checks, layout)


def _record_checks(
    session: Session, run_id: str, checks: Sequence[CheckResult]
) -> None:
    """Notes what the checks found."""
    for check in checks:
        session.run(
            "load/record_check",
            run_id=run_id,
            check_name=check.name,
            severity=check.severity,
            claim=check.claim,
            rows_found=check.rows.num_rows,
        )


def _require_loaded(session: Session, flattened: Flattened) -> None:
    """Makes sure that the staged rows are those of the last flatten."""
    loaded = session.ask("load/steps_of_run", run_id=flattened.run_id)
    if loaded.num_rows == 0:
        raise BooksError(
            f"what run {flattened.run_id} flattened has not been loaded; run 04_load "
            "first"
        )


def _staged_plays(session: Session) -> int:
    """Counts the plays that the star is to hold, by the staging table alone."""
    return int(session.ask("load/staged_plays").to_pylist()[0]["plays"])


def _build(session: Session) -> dict[str, int]:
    """Builds the tables, and gives the rows of each."""
    for name in INTERMEDIATE:
        session.run(f"transform/{name}")
    return {table: session.run(f"transform/{table}") for table in (*STAR, *ROLLUPS)}
