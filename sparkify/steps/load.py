"""04_load: loads the flattened files into the staging tables."""

from pathlib import Path

from sparkify.errors import ParameterError
from sparkify.ingest.flat_folder import read_flattened
from sparkify.ingest.manifest import Flattened
from sparkify.ingest.record_schema import RECORD_SCHEMAS
from sparkify.progress import Progress
from sparkify.runs.step import begin_step
from sparkify.warehouse import Warehouse, open_warehouse
from sparkify.warehouse.etl_runs import write_flatten, write_step
from sparkify.warehouse.load import (
    copy_files,
    count_rows,
    empty_tables,
    reconcile_rows,
    write_objects,
)
from sparkify.warehouse.table_figures import QUARANTINE, reconcile_values
from sparkify.warehouse.tables import require_tables
from sparkify.workspace import Workspace

PHASES = ("copies the files", "compares what was copied")
LOADED = ("events", "songs", QUARANTINE)


def load_staging(
    workspace: str,
    *,
    warehouse: str = "duckdb",
    load: str = "copy",
    memory_limit: str = "4GB",
) -> dict[str, int]:
    """Load the flattened batches that the staging tables lack, each once.

    If the staging tables have other batches too, all rows are replaced.

    With `copy`, the load is one transaction. Spark's connector uses its own connection,
    so its rows are visible before they are counted. This does no harm: readers of the
    star do not read the staging tables, and the next load empties them.

    Args:
        workspace: The folder that the run may write to.
        warehouse: The engine, `duckdb` or `redshift`.
        load: `copy`, or `connector`: a job on EMR writes to Redshift.
        memory_limit: The most memory that the engine may use, such as `4GB`.

    Returns:
        The number of loaded rows, by table.

    Raises:
        FlattenError: Nothing has been flattened yet.
        WarehouseError: A table is missing, or the engine rejected a statement;
            nothing was loaded.
        ParameterError: The connector cannot write to this warehouse.
        ReconciliationError: A row was lost or changed; nothing was loaded.
        RunError: The workspace is in use.
    """
    place = Workspace.at(workspace)
    folder, flattened = read_flattened(place.flat)
    with begin_step(place, "04_load") as step:
        target = open_warehouse(warehouse, place, memory_limit)
        if load == "connector":
            write_by_connector(target, place, warehouse, flattened, step.progress)
        with target.writing() as session, session.transaction():
            require_tables(session)
            step.progress.start(len(PHASES), "phases")
            step.progress.name_phase(PHASES[0])
            if load == "connector":
                new = flattened.batches
                write_objects(session, folder, flattened, new)
            else:
                new = copy_files(session, folder, flattened)
            step.progress.advance(1)
            step.progress.name_phase(PHASES[1])
            rows = count_rows(session, flattened)
            reconcile_rows(flattened, rows)
            if not flattened.address:  # the files are here, not in S3
                for batch in new:
                    reconcile_values(session, folder, flattened, batch)
            write_flatten(session, flattened)
            for schema in RECORD_SCHEMAS:
                write_step(
                    session,
                    f"load {schema.name}",
                    **step.figures(),
                    rows_in=flattened.counts[schema.name].staged,
                    rows_staged=rows[schema.table],
                )
        loaded = sum(
            file.rows for batch in new for part in LOADED for file in batch.files[part]
        )
        total = f"{sum(rows.values()):,} rows"
        is_all = len(new) == len(flattened.batches)
        step.conclude(total if is_all else f"{loaded:,} of {total}", rows=rows)
    return rows


def write_by_connector(
    target: Warehouse,
    place: Workspace,
    warehouse: str,
    flattened: Flattened,
    progress: Progress,
) -> None:
    """Empty the staging tables, and fill them with a job on EMR.

    Args:
        target: The warehouse.
        place: The workspace.
        warehouse: The engine of the warehouse, which must be `redshift`.
        flattened: The flattened files, which must be in S3.
        progress: Shows the states of the job.

    Raises:
        ParameterError: The connector cannot read these files or write to this
            warehouse.
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
            "load 'connector' needs login 'secret'; choose it, or load 'copy'"
        )

    with target.writing() as session, session.transaction():
        require_tables(session)
        empty_tables(session, flattened)
        # Until the load has succeeded, 05_transform must refuse these rows.
        session.run_file("load/forget_flatten", run_id=flattened.run_id)
    tables = {
        schema.table: flattened.addresses(Path(), schema.name)
        for schema in RECORD_SCHEMAS
    }
    tables[QUARANTINE] = flattened.addresses(Path(), QUARANTINE)
    write_tables(place.root, tables, progress)
