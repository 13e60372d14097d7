"""04_load: loads the flattened files into the staging tables."""

from collections.abc import Sequence
from pathlib import Path

from sparkify.cloud_parameters import CONNECTOR, SECRET, check_load
from sparkify.ingest.flat_folder import read_flattened
from sparkify.ingest.manifest import FlatBatch, Flattened
from sparkify.ingest.record_schema import RECORD_SCHEMAS
from sparkify.progress import Progress
from sparkify.runs.step import begin_step
from sparkify.warehouse import Session, Warehouse, open_warehouse
from sparkify.warehouse.etl_runs import write_flatten, write_step
from sparkify.warehouse.load import (
    copy_files,
    count_rows,
    empty_tables,
    find_new,
    keep_quarantine,
    note_loaded,
    reconcile_rows,
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
    star do not read the staging tables, and if the load fails, the next one replaces
    all rows.

    Args:
        workspace: The folder that the run may write to.
        warehouse: The engine, `duckdb`, `redshift` or `redshift_serverless`.
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
        written: tuple[FlatBatch, ...] = ()
        if load == CONNECTOR:
            written = write_by_connector(
                target, place, warehouse, flattened, step.progress
            )
        with target.writing() as session, session.transaction():
            require_tables(session)
            step.progress.start(len(PHASES), "phases")
            step.progress.name_phase(PHASES[0])
            if load == CONNECTOR:
                new = written
                _note_written(session, folder, flattened, new)
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
) -> tuple[FlatBatch, ...]:
    """Write the batches that the staging tables lack with a job on EMR.

    The job commits each table by itself. Until its rows are counted, the batches that
    were loaded before have other names, so if the run is killed, the next load
    replaces all rows.

    Args:
        target: The warehouse.
        place: The workspace.
        warehouse: The engine of the warehouse, which must be Redshift, provisioned
            or serverless.
        flattened: The flattened files, which must be in S3.
        progress: Shows the states of the job.

    Returns:
        The batches that were written.

    Raises:
        ParameterError: The connector cannot read these files or write to this
            warehouse.
        JobError: The job failed; no star is built until a load has succeeded.
    """
    made_by = {"engine": flattened.engine, "warehouse": warehouse}
    check_load(CONNECTOR, **made_by, login=SECRET)
    from sparkify.aws.cloud import Cloud
    from sparkify.warehouse.connector import write_tables

    check_load(CONNECTOR, **made_by, login=Cloud.load(place.root).settings.login)
    with target.writing() as session, session.transaction():
        require_tables(session)
        new = _begin_writing(session, flattened)
        # Until the load has succeeded, 05_transform must refuse these rows.
        session.run_file("load/forget_flatten", run_id=flattened.run_id)
    if new:
        tables = {
            schema.table: flattened.addresses(Path(), schema.name, new)
            for schema in RECORD_SCHEMAS
        }
        tables[QUARANTINE] = flattened.addresses(Path(), QUARANTINE, new)
        write_tables(place.root, tables, progress)
    return new


def _begin_writing(session: Session, flattened: Flattened) -> tuple[FlatBatch, ...]:
    """Return the batches to write; rename the others, or empty the tables."""
    new = find_new(session, flattened)
    if len(new) == len(flattened.batches):
        empty_tables(session, flattened)
    for batch in new:
        session.run_file("load/delete_quarantine", run_id=batch.run_id)
    session.run_file("load/set_aside")
    return new


def _note_written(
    session: Session, folder: Path, flattened: Flattened, new: Sequence[FlatBatch]
) -> None:
    """Give the loaded batches their names again, and note those that were written.

    The run gets the quarantine of all of them.
    """
    session.run_file("load/take_back")
    keep_quarantine(session, flattened.run_id)
    note_loaded(session, folder, flattened, new)
