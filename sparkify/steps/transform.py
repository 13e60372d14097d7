"""05_transform: builds the star schema, checks it and publishes it."""

from collections.abc import Sequence
from dataclasses import dataclass

import pyarrow as pa

from sparkify.ingest.flat_folder import read_flattened
from sparkify.params import as_switch
from sparkify.runs.step import begin_step
from sparkify.warehouse import open_warehouse
from sparkify.warehouse.checks import CheckResult, run_checks, stop_at_errors
from sparkify.warehouse.etl_runs import write_step
from sparkify.warehouse.tables import STAR, require_tables
from sparkify.warehouse.transform import (
    NO_PLAYS,
    Build,
    build_tables,
    count_songplays,
    count_staged_plays,
    require_loaded,
    require_size,
    write_checks,
)
from sparkify.workspace import Workspace

PHASES = ("builds the star", "checks it", "publishes it")


@dataclass(frozen=True)
class Star:
    """A finished star.

    Attributes:
        rows: The number of rows of each table.
        checks: The results of the checks, none of them an error.
        layout: How a cluster distributes the tables; no rows on a single machine.
    """

    rows: dict[str, int]
    checks: list[CheckResult]
    layout: pa.Table

    @property
    def warning(self) -> str:
        """What a reader of an empty star must know; empty if it has plays."""
        return "" if self.rows["songplays"] else f"The star is empty: {NO_PLAYS}."


def build_star(
    workspace: str,
    *,
    warehouse: str = "duckdb",
    memory_limit: str = "4GB",
    accept: bool = False,
) -> Star:
    """Bring the star to the staged rows, in one transaction.

    If the last star has the rows of earlier objects, it is updated with the new ones;
    otherwise it is rebuilt.

    Args:
        workspace: The folder that the run may write to.
        warehouse: The engine, `duckdb`, `redshift` or `redshift_serverless`.
        memory_limit: The most memory that the engine may use, such as `4GB`.
        accept: Whether to publish a star that is less than half as large as the last.

    Returns:
        The published star.

    Raises:
        FlattenError: Nothing has been flattened yet.
        ReconciliationError: The last flattened rows have not been loaded.
        CheckError: A check failed; readers keep the previous star.
        QualityError: The star would shrink to less than half; readers keep the
            previous one.
        WarehouseError: The engine rejected a statement; readers keep the previous
            star.
        ParameterError: `accept` is neither true nor false.
        RunError: The workspace is in use.
    """
    accept = as_switch("accept", accept)
    place = Workspace.at(workspace)
    _, flattened = read_flattened(place.flat)
    with begin_step(place, "05_transform") as step:
        target = open_warehouse(warehouse, place, memory_limit)
        with target.writing() as session:
            with session.transaction():
                require_tables(session)
                require_loaded(session, flattened)
                step.progress.start(len(PHASES), "phases")
                step.progress.name_phase(PHASES[0])
                last = count_songplays(session)
                build, rows = build_tables(session)
                plays = rows["songplays"]
                require_size(plays, last, accept=accept)
                write_step(
                    session,
                    "transform",
                    **step.figures(),
                    rows_in=count_staged_plays(session),
                    rows_staged=plays,
                )
                step.progress.advance(1)
                step.progress.name_phase(PHASES[1])
                checks = run_checks(session)
                stop_at_errors(checks)
                write_checks(session, step.run_id, checks)
            layout = session.layout()
        step.progress.advance(2)
        step.progress.name_phase(PHASES[2])
        target.publish()
        step.conclude(
            _summary(build, plays, checks),
            rows={table: rows[table] for table in STAR},
            checks={check.name: check.rows.num_rows for check in checks},
        )
    return Star({table: rows[table] for table in STAR}, checks, layout)


def _summary(build: Build, plays: int, checks: Sequence[CheckResult]) -> str:
    """Return how many plays there are, and what each check found that failed."""
    passed = sum(check.is_passed for check in checks)
    parts = [
        f"{plays:,} songplays" if plays else "no songplays",
        *([] if build is Build.REBUILT else [str(build)]),
        f"{passed} of {len(checks)} checks passed",
    ]
    parts += [
        f"{check.rows.num_rows:,} {check.name.replace('_', ' ')}"
        for check in checks
        if not check.is_passed
    ]
    return ", ".join(parts)
