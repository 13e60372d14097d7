"""04_load: loads the flattened files into the staging tables."""

from pathlib import Path

from sparkify.errors import ParameterError
from sparkify.ingest.flat_folder import in_use
from sparkify.ingest.manifest import Flattened
from sparkify.ingest.record_schema import RECORD_SCHEMAS
from sparkify.progress import Progress
from sparkify.runs.step import begin_step
from sparkify.warehouse import Warehouse, open_warehouse
from sparkify.warehouse.etl_runs import write_flatten, write_step
from sparkify.warehouse.load import (
    QUARANTINE,
    copy_files,
    count_rows,
    empty_tables,
    reconcile_rows,
)
from sparkify.workspace import Workspace


def load_staging(
    workspace: str,
    *,
    warehouse: str = "duckdb",
    load: str = "copy",
    memory_limit: str = "4GB",
) -> dict[str, int]:
    """Load what 03_flatten left, in place of what was staged.

    With `copy` that is one transaction. Spark's connector has a connection of its own,
    so what it writes is visible before it is counted; readers of the star do not see
    the staging tables, and a load that failed begins anew.

    Args:
        workspace: The folder that the run may write.
        warehouse: The engine, `duckdb` or `redshift`.
        load: `copy`, or `connector`: a job on EMR writes to Redshift.
        memory_limit: The most memory that the engine may take, such as `4GB`.

    Returns:
        The rows that were loaded, by table.

    Raises:
        FlattenError: Nothing has been flattened yet.
        WarehouseError: The engine refused a statement; nothing was loaded.
        ParameterError: The connector cannot write to this warehouse.
        ReconciliationError: A table did not take each row; nothing was loaded.
        RunError: The workspace is in use.
    """
    place = Workspace.at(workspace)
    folder, flattened = in_use(place.flat)
    with begin_step(place, "04_load") as step:
        target = open_warehouse(warehouse, place, memory_limit)
        if load == "connector":
            write_by_connector(target, place, warehouse, flattened, step.progress)
        with target.writing() as session, session.transaction():
            if load == "connector":
                rows = count_rows(session, flattened)
            else:
                rows = copy_files(session, folder, flattened)
            reconcile_rows(flattened, rows)
            write_flatten(session, flattened)
            for schema in RECORD_SCHEMAS:
                write_step(
                    session,
                    f"load {schema.name}",
                    **step.figures(),
                    rows_in=flattened.counts[schema.name].staged,
                    rows_staged=rows[schema.table],
                )
        step.conclude(f"{sum(rows.values()):,} rows", rows=rows)
    return rows


def write_by_connector(
    target: Warehouse,
    place: Workspace,
    warehouse: str,
    flattened: Flattened,
    progress: Progress,
) -> None:
    """Empty the staging tables, and let a job on EMR fill them.

    Args:
        target: The warehouse.
        place: The workspace.
        warehouse: Its engine, which must be `redshift`.
        flattened: What 03_flatten left in S3.
        progress: Receives the step's states.

    Raises:
        ParameterError: The connector cannot write this, or not there.
        JobError: The job failed; no star is built until a load has succeeded.
    """
    if warehouse != "redshift" or not flattened.address:
        raise ParameterError(
            "load 'connector' needs engine 'emr' and warehouse 'redshift'; choose "
            "them, or load 'copy'"
        )
    from sparkify.aws.cloud import Cloud
    from sparkify.warehouse.connector import write_tables

    if Cloud.load(place.root).settings.login != "secret":
        raise ParameterError(
            "load 'connector' logs in by the secret; choose login 'secret', or load "
            "'copy'"
        )

    with target.writing() as session, session.transaction():
        empty_tables(session, flattened)
        # No star is built from less than all of it.
        session.run_file("load/forget_flatten", run_id=flattened.run_id)
    tables = {
        schema.table: flattened.addresses(Path(), schema.name)
        for schema in RECORD_SCHEMAS
    }
    tables[QUARANTINE] = flattened.addresses(Path(), QUARANTINE)
    write_tables(place.root, tables, progress)
