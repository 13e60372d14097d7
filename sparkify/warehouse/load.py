"""Loads flattened Parquet files into the staging tables."""

from collections.abc import Iterable
from pathlib import Path

from sparkify.errors import ReconciliationError
from sparkify.ingest.batches import ObjectCount
from sparkify.ingest.manifest import FlatBatch, Flattened
from sparkify.ingest.record_schema import RECORD_SCHEMAS
from sparkify.warehouse.session import Session
from sparkify.warehouse.table_figures import QUARANTINE, QUARANTINE_COLUMNS


def copy_files(
    session: Session, folder: Path, flattened: Flattened
) -> tuple[FlatBatch, ...]:
    """Load the batches that are not loaded, or all in place of the staged rows.

    All are loaded if the warehouse has a batch that the manifest lacks, since its
    objects have changed.

    Args:
        session: The warehouse, within a transaction.
        folder: The folder of the manifest.
        flattened: The manifest.

    Returns:
        The batches that were loaded; their objects are in the temporary table
        `new_objects`.

    Raises:
        WarehouseError: The engine rejected a file.
    """
    new = find_new(session, flattened)
    if len(new) == len(flattened.batches):
        empty_tables(session, flattened)
    keep_quarantine(session, flattened.run_id)
    for schema in RECORD_SCHEMAS:
        files = flattened.addresses(folder, schema.name, new)
        session.load(schema.table, schema.staged_names, files)
    for batch in new:
        if batch.run_id != flattened.run_id:
            session.run_file("load/delete_quarantine", run_id=batch.run_id)
    files = flattened.addresses(folder, QUARANTINE, new)
    session.load(QUARANTINE, QUARANTINE_COLUMNS, files)
    note_loaded(session, folder, flattened, new)
    return new


def empty_tables(session: Session, flattened: Flattened) -> None:
    """Delete the staged rows, and the run's rows of the quarantine."""
    for schema in RECORD_SCHEMAS:
        session.run_file(f"load/delete_{schema.table}")
    session.run_file("load/delete_objects")
    session.run_file("load/delete_quarantine", run_id=flattened.run_id)


def note_loaded(
    session: Session, folder: Path, flattened: Flattened, batches: Iterable[FlatBatch]
) -> None:
    """Note which objects of which batches are loaded; give the run their quarantine."""
    session.run_file("load/create_new_objects")
    for batch in batches:
        _take_quarantine(session, batch.run_id, flattened.run_id)
        files = flattened.addresses(folder, "objects", [batch])
        session.execute("delete from new_objects", {})
        session.load("new_objects", ObjectCount._fields, files)
        session.run_file(
            "load/write_objects", batch=batch.name, run_id=flattened.run_id
        )
    session.run_file("load/take_objects", run_id=flattened.run_id)


def find_new(session: Session, flattened: Flattened) -> tuple[FlatBatch, ...]:
    """Return the batches to load: those that the staging tables lack.

    They are all batches if the tables have one that the manifest lacks.
    """
    rows = session.query_file("load/batches").to_pylist()
    loaded = {row["batch"] for row in rows}
    known = {batch.name for batch in flattened.batches}
    if not loaded <= known:
        return flattened.batches
    return tuple(batch for batch in flattened.batches if batch.name not in loaded)


def keep_quarantine(session: Session, run_id: str) -> None:
    """Give the quarantine of the batches that stay loaded to this run.

    Each record is stored once as long as its batch stays loaded, not once a run.
    """
    rows = session.query_file("load/batches").to_pylist()
    for earlier in {row["run_id"] for row in rows}:
        _take_quarantine(session, earlier, run_id)


def _take_quarantine(session: Session, earlier: str, run_id: str) -> None:
    if earlier != run_id:
        session.run_file("load/take_quarantine", run_id=run_id, earlier_run_id=earlier)


def count_rows(session: Session, flattened: Flattened) -> dict[str, int]:
    """Return the number of rows of each staging table and of the run's quarantine."""
    counted = session.query_file("load/staged_rows", run_id=flattened.run_id)
    return {row["table_name"]: row["row_count"] for row in counted.to_pylist()}


def reconcile_rows(flattened: Flattened, rows: dict[str, int]) -> None:
    """Check that each table has as many rows as the flatten step wrote for it.

    Raises:
        ReconciliationError: A table has another number of rows.
    """
    counts = flattened.counts
    expected = {schema.table: counts[schema.name].staged for schema in RECORD_SCHEMAS}
    expected[QUARANTINE] = sum(kind.quarantined_records for kind in counts.values())
    for table, count in expected.items():
        if rows[table] != count:
            raise ReconciliationError(
                f"{table} has {rows[table]:,} rows after the load, but {count:,} were "
                "flattened; the load was rolled back, run 03_flatten again"
            )
