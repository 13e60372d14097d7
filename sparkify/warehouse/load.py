"""Loads flattened Parquet files into the staging tables."""

from pathlib import Path

from sparkify.errors import ReconciliationError
from sparkify.ingest.manifest import Flattened
from sparkify.ingest.record_schema import RECORD_SCHEMAS
from sparkify.warehouse.session import Session
from sparkify.warehouse.table_figures import QUARANTINE, QUARANTINE_COLUMNS


def copy_files(session: Session, folder: Path, flattened: Flattened) -> dict[str, int]:
    """Replace the staged rows with the rows of the files.

    Args:
        session: The warehouse, within a transaction.
        folder: The folder of the manifest.
        flattened: The manifest.

    Returns:
        The number of rows loaded, by table.

    Raises:
        WarehouseError: The engine rejected a file.
    """
    rows = {}
    empty_tables(session, flattened)
    for schema in RECORD_SCHEMAS:
        files = flattened.addresses(folder, schema.name)
        rows[schema.table] = session.load(schema.table, schema.staged_names, files)
    files = flattened.addresses(folder, QUARANTINE)
    rows[QUARANTINE] = session.load(QUARANTINE, QUARANTINE_COLUMNS, files)
    return rows


def empty_tables(session: Session, flattened: Flattened) -> None:
    """Delete the staged rows, and the run's rows of the quarantine."""
    for schema in RECORD_SCHEMAS:
        session.run_file(f"load/delete_{schema.table}")
    session.run_file("load/delete_quarantine", run_id=flattened.run_id)


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
