"""Writes the figures of each step into `etl_runs`: rows in, and where they ended."""

from datetime import datetime

from sparkify.ingest.manifest import Flattened
from sparkify.warehouse.session import Session


def write_step(
    session: Session,
    name: str,
    *,
    run_id: str,
    started_at: datetime,
    seconds: float,
    rows_in: int,
    rows_staged: int,
) -> None:
    """Write the figures of a step that neither repeats nor quarantines a row.

    Args:
        session: The warehouse, within the step's transaction.
        name: The step's name in the table.
        run_id: The run that it belongs to.
        started_at: When it began, in UTC without a zone.
        seconds: How long it took.
        rows_in: The rows that it was to take.
        rows_staged: The rows that arrived.
    """
    session.run_file(
        "load/record_step",
        run_id=run_id,
        step=name,
        started_at=started_at,
        seconds=seconds,
        rows_in=rows_in,
        rows_staged=rows_staged,
        rows_duplicate=0,
        rows_quarantined=0,
    )


def write_flatten(session: Session, flattened: Flattened) -> None:
    """Write where the raw records of each kind ended.

    Args:
        session: The warehouse, within the load's transaction.
        flattened: What the flatten step left.
    """
    for name, counts in flattened.counts.items():
        session.run_file(
            "load/record_step",
            run_id=flattened.run_id,
            step=f"flatten {name}",
            started_at=datetime.fromisoformat(flattened.started_at),
            seconds=flattened.seconds,
            rows_in=counts.lines,
            rows_staged=counts.staged,
            rows_duplicate=counts.duplicate,
            rows_quarantined=counts.quarantined_lines,
        )
