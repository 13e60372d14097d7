"""Writes the reconciliation of each step to `etl_runs`: where its rows ended."""

from collections.abc import Mapping
from datetime import datetime

from sparkify.ingest.manifest import Flattened
from sparkify.warehouse.session import Session

LONGEST_TEXT = 250  # characters of up to 4 bytes, which fit varchar(1024)


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
    """Write the row of a step that has no duplicate and no quarantined rows.

    Args:
        session: The warehouse, within the step's transaction.
        name: The step's name in the table.
        run_id: The run.
        started_at: The timestamp of the start, in UTC without a time zone.
        seconds: The duration.
        rows_in: The number of rows that the step received.
        rows_staged: The number of rows that it wrote.
    """
    session.run_file(
        "load/write_step",
        run_id=run_id,
        step=name,
        started_at=started_at,
        seconds=seconds,
        rows_in=rows_in,
        rows_staged=rows_staged,
        rows_duplicate=0,
        rows_quarantined=0,
        rows_repaired=None,
        lines_blank=None,
        files_unread=None,
        repairs=None,
        unread=None,
    )


def write_flatten(session: Session, flattened: Flattened) -> None:
    """Write one row for each kind of record that the flatten step read.

    Args:
        session: The warehouse, within the load's transaction.
        flattened: The manifest of the flatten step.
    """
    for name, counts in flattened.counts.items():
        session.run_file(
            "load/write_step",
            run_id=flattened.run_id,
            step=f"flatten {name}",
            started_at=datetime.fromisoformat(flattened.started_at),
            seconds=flattened.seconds,
            rows_in=counts.records,
            rows_staged=counts.staged,
            rows_duplicate=counts.duplicate,
            rows_quarantined=counts.quarantined_records,
            rows_repaired=sum(counts.repaired.values()),
            lines_blank=counts.blank,
            files_unread=sum(counts.unread.values()),
            repairs=_describe(counts.repaired),
            unread=_describe(counts.unread),
        )


def _describe(counts: Mapping[str, int]) -> str | None:
    """Return counts by kind in one line that fits the column."""
    text = "; ".join(f"{count:,} {kind}" for kind, count in counts.items())
    return text[:LONGEST_TEXT] or None
