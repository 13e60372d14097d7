"""Builds the star schema from the staging tables."""

from collections.abc import Sequence

from sparkify.errors import QualityError, ReconciliationError
from sparkify.ingest.manifest import Flattened
from sparkify.warehouse.checks import CheckResult
from sparkify.warehouse.session import Session
from sparkify.warehouse.tables import ROLLUPS, STAR

NO_PLAYS = (
    "it has no plays: no event has the page NextSong and a user; look at the source "
    "and at the quarantine"
)
INTERMEDIATE = ("plays", "tracks")  # temporary tables, which the star is built from


def build_tables(session: Session) -> dict[str, int]:
    """Rebuild the star from the staged rows.

    Args:
        session: The warehouse, within a transaction.

    Returns:
        The number of rows, by table, of the star and its rollups.

    Raises:
        WarehouseError: The engine rejected a statement.
    """
    for name in INTERMEDIATE:
        session.run_file(f"transform/{name}")
    return {
        table: session.run_file(f"transform/{table}") for table in (*STAR, *ROLLUPS)
    }


def require_loaded(session: Session, flattened: Flattened) -> None:
    """Raise an error unless the staged rows come from the last flatten step.

    Raises:
        ReconciliationError: The last flatten step has not been loaded.
    """
    loaded = session.query_file("load/steps_of_run", run_id=flattened.run_id)
    if loaded.num_rows == 0:
        raise ReconciliationError(
            f"the flattened data of run {flattened.run_id} has not been loaded; run "
            "04_load first"
        )


def count_staged_plays(session: Session) -> int:
    """Return the number of staged plays, which is the number the star must have."""
    return int(session.query_file("load/staged_plays").to_pylist()[0]["plays"])


def count_songplays(session: Session) -> int:
    """Return the number of plays in the star as it is now."""
    return int(session.query_file("load/star_plays").to_pylist()[0]["plays"])


def require_size(plays: int, last: int, *, accept: bool) -> None:
    """Raise an error if a new star has less than half the plays of the last one.

    Raises:
        QualityError: It has, and `accept` is false.
    """
    if 2 * plays < last and not accept:
        raise QualityError(
            f"the new star has {plays:,} plays and the last one has {last:,}; the new "
            "one was not published. Look at the source and at the quarantine, or set "
            "accept=true to publish it all the same."
        )


def write_checks(session: Session, run_id: str, checks: Sequence[CheckResult]) -> None:
    """Write the results of a run's checks to `check_results`."""
    for check in checks:
        session.run_file(
            "load/write_check",
            run_id=run_id,
            check_name=check.name,
            severity=check.severity,
            claim=check.claim,
            rows_found=check.rows.num_rows,
        )
