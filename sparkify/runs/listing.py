"""Lists the runs of a folder: what an operator wants to know of each."""

from datetime import datetime
from pathlib import Path

import pyarrow as pa

from sparkify.runs.retention import remove_kernel_files, state_of
from sparkify.runs.run import Run, Status, StepRun, all_runs, utc_now

COLUMNS = pa.schema(
    {
        "run": pa.string(),
        "state": pa.string(),
        "started_at": pa.string(),
        "seconds": pa.int64(),
        "rows": pa.int64(),
        "quarantined": pa.int64(),
        "warnings": pa.string(),
        "failed_step": pa.string(),
        "reason": pa.string(),
        "workspace": pa.string(),
    }
)
REASON_LENGTH = 100


def list_runs(folder: Path) -> pa.Table:
    """Return a row for each run, the last one first, and one for each broken run file.

    `seconds` are those of the steps. `rows` are the rows that the flatten step staged.
    What is not known is null. Sockets that the kernels of runs that died have left are
    removed.

    Args:
        folder: The folder of all runs.

    Raises:
        RemovalError: Sockets cannot be removed.
    """
    readable, broken = all_runs(folder)
    rows = [_row(run) for run in readable]
    for name, error in sorted(broken.items()):
        later = sum(str(row["run"]) > name for row in rows)
        rows.insert(
            later,
            {"run": name, "state": "unreadable", "reason": _first_line(str(error))},
        )
    return pa.Table.from_pylist(rows, schema=COLUMNS)


def shorten_reasons(rows: pa.Table) -> pa.Table:
    """Return the rows with reasons that a table has room for."""
    short = [reason and _shorten(reason) for reason in rows["reason"].to_pylist()]
    position = rows.column_names.index("reason")
    return rows.set_column(position, "reason", pa.array(short, pa.string()))


def _shorten(text: str) -> str:
    return text if len(text) <= REASON_LENGTH else f"{text[: REASON_LENGTH - 1]}…"


def _row(run: Run) -> dict[str, object]:
    state = state_of(run)
    if state is not Status.RUNNING:
        remove_kernel_files(run)
    staged, quarantined = _counts(run)
    failed = _failed(run, state)
    return {
        "run": run.run_id,
        "state": str(state),
        "started_at": run.started_at,
        "seconds": seconds_of(run, state),
        "rows": staged,
        "quarantined": quarantined,
        "warnings": ", ".join(run.warnings) or None,
        "failed_step": failed.name if failed else None,
        "reason": _first_line(failed.error if failed else run.unchanged) or None,
        "workspace": str(run.parameters.get("workspace", "")),
    }


def seconds_of(run: Run, state: Status) -> int:
    """Return how many seconds the steps of a run have taken, to the whole second.

    What was between a failure and the resumption does not count.

    Args:
        run: The run.
        state: Its state, by `state_of`.
    """
    seconds = sum(step.seconds for step in run.steps)
    at_work = [step for step in run.steps if step.status is Status.RUNNING]
    if state is Status.RUNNING and at_work:
        began = datetime.fromisoformat(at_work[-1].started_at)
        seconds += (datetime.fromisoformat(utc_now()) - began).total_seconds()
    return max(0, round(seconds))


def _counts(run: Run) -> tuple[int | None, int | None]:
    """Return the staged and the quarantined records; None without a flatten step."""
    for step in run.steps:
        kinds = [kind for kind in step.figures.values() if "quarantined" in kind]
        if kinds:
            quarantined = sum(sum(kind["quarantined"].values()) for kind in kinds)
            return sum(kind["staged"] for kind in kinds), quarantined
    return None, None


def _failed(run: Run, state: Status) -> StepRun | None:
    """Return the step at which a run stopped; None if it has not."""
    is_stopped = state not in (Status.RUNNING, Status.FINISHED)
    unfinished = [each for each in run.steps if each.status is not Status.FINISHED]
    return unfinished[-1] if is_stopped and unfinished else None


def _first_line(text: str) -> str:
    return text.partition("\n")[0]
