"""Builds the star schema from the staging tables, checks it and publishes it."""

from dataclasses import dataclass

from sparkify.checks import CheckResult, run_checks, stop_at_errors
from sparkify.load import record
from sparkify.schema import STAR
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
    """

    rows: dict[str, int]
    checks: list[CheckResult]


def build_star(
    workspace: str, *, warehouse: str = "duckdb", memory_limit: str = "4GB"
) -> Star:
    """Replaces the star by that of the staged rows, in one transaction.

    Args:
        workspace: The folder that the run may write.
        warehouse: The engine, `duckdb`.
        memory_limit: The most memory that the engine may take, such as `4GB`.

    Returns:
        The star as published.

    Raises:
        CheckError: A check failed; readers keep the star that they had.
        WarehouseError: The engine refused a statement; likewise.
        RunError: The workspace is in use.
    """
    place = Workspace.at(workspace)
    with step(place, "05_transform") as now:
        target = open_warehouse(warehouse, place, memory_limit)
        with target.writing() as session, session.transaction():
            rows = _build(session)
            plays = rows["songplays"]
            record(session, now, "transform", rows_in=plays, staged=plays)
            checks = run_checks(session)
            stop_at_errors(checks)
        target.publish()
        now.conclude(
            f"{plays:,} songplays, {sum(check.is_passed for check in checks)} of "
            f"{len(checks)} checks passed"
        )
    return Star({table: rows[table] for table in STAR}, checks)


def _build(session: Session) -> dict[str, int]:
    """Builds the tables, and gives the rows of each."""
    for name in INTERMEDIATE:
        session.run(f"transform/{name}")
    return {table: session.run(f"transform/{table}") for table in STAR}
