"""Keeps the books of the runs in the warehouse: what each step took in and staged."""

from datetime import datetime

from sparkify.flatten.manifest import Flattened
from sparkify.step import Step
from sparkify.warehouse import Session


def record(
    session: Session, now: Step, name: str, *, rows_in: int, rows_staged: int
) -> None:
    """Notes a step that neither repeats a row nor puts one aside.

    Args:
        session: The warehouse, within the step's transaction.
        now: The step.
        name: What to call it.
        rows_in: The rows that it was to take.
        rows_staged: The rows that arrived.
    """
    session.run(
        "load/record_step",
        run_id=now.run_id,
        step=name,
        started_at=now.started_at,
        seconds=now.seconds,
        rows_in=rows_in,
        rows_staged=rows_staged,
        rows_duplicate=0,
        rows_quarantined=0,
    )


def record_flatten(session: Session, flattened: Flattened) -> None:
    """Notes what became of the raw lines of each kind.

    Args:
        session: The warehouse, within the load's transaction.
        flattened: What the flatten step left.
    """
    for name, books in flattened.books.items():
        session.run(
            "load/record_step",
            run_id=flattened.run_id,
            step=f"flatten {name}",
            started_at=datetime.fromisoformat(flattened.started_at),
            seconds=flattened.seconds,
            rows_in=books.lines,
            rows_staged=books.staged,
            rows_duplicate=books.duplicate,
            rows_quarantined=books.quarantined_lines,
        )
