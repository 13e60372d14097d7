"""Builds the star schema from the staging tables."""

from collections.abc import Sequence

from sparkify.errors import ReconciliationError
from sparkify.ingest.manifest import Flattened
from sparkify.warehouse.checks import CheckResult
from sparkify.warehouse.session import Session
from sparkify.warehouse.tables import ROLLUPS, STAR

# What was played comes first; then each table after those that it refers to.
INTERMEDIATE = ("plays", "tracks")


def build_tables(session: Session) -> dict[str, int]:
    """Replace the star by that of the staged rows.

    Args:
        session: The warehouse, within a transaction.

    Returns:
        The rows of each table of the star and of the rollups.

    Raises:
        WarehouseError: The engine refused a statement.
    """
    for name in INTERMEDIATE:
        session.run_file(f"transform/{name}")
    return {
        table: session.run_file(f"transform/{table}") for table in (*STAR, *ROLLUPS)
    }


def require_loaded(session: Session, flattened: Flattened) -> None:
    """Require that the staged rows are those of the last flatten.

    Raises:
        ReconciliationError: They are not.
    """
    loaded = session.query_file("load/steps_of_run", run_id=flattened.run_id)
    if loaded.num_rows == 0:
        raise ReconciliationError(
            f"what run {flattened.run_id} flattened has not been loaded; run 04_load "
            "first"
        )


def count_staged_plays(session: Session) -> int:
    """Count the plays that the star is to hold, by the staging table alone."""
    return int(session.query_file("load/staged_plays").to_pylist()[0]["plays"])


def write_checks(session: Session, run_id: str, checks: Sequence[CheckResult]) -> None:
    """Write what the checks of a run found into `check_results`."""
    for check in checks:
        session.run_file(
            "load/record_check",
            run_id=run_id,
            check_name=check.name,
            severity=check.severity,
            claim=check.claim,
            rows_found=check.rows.num_rows,
        )
