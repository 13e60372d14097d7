"""Loads flattened Parquet files into the staging tables."""

from pathlib import Path

from sparkify.errors import ReconciliationError
from sparkify.ingest.manifest import Flattened
from sparkify.ingest.record_schema import RECORD_SCHEMAS
from sparkify.warehouse.session import Session

QUARANTINE = "quarantine"
QUARANTINE_COLUMNS = ("run_id", "object", "line", "raw", "reason")


def copy_files(session: Session, folder: Path, flattened: Flattened) -> dict[str, int]:
    """Replace the staged rows by those of the files.

    Args:
        session: The warehouse, within a transaction.
        folder: The folder of the manifest.
        flattened: The manifest.

    Returns:
        The rows that each table took.

    Raises:
        WarehouseError: The engine refused a file.
    """
    rows = {}
    empty_tables(session, flattened)
    for schema in RECORD_SCHEMAS:
        files = flattened.addresses(folder, schema.name)
        rows[schema.table] = session.load(schema.table, schema.column_names, files)
    files = flattened.addresses(folder, QUARANTINE)
    rows[QUARANTINE] = session.load(QUARANTINE, QUARANTINE_COLUMNS, files)
    return rows


def empty_tables(session: Session, flattened: Flattened) -> None:
    """Delete the staged rows, and those of the run's quarantine."""
    for schema in RECORD_SCHEMAS:
        session.run_file(f"load/delete_{schema.table}")
    session.run_file("load/delete_quarantine", run_id=flattened.run_id)


def count_rows(session: Session, flattened: Flattened) -> dict[str, int]:
    """Count what the staging tables hold of a flatten."""
    counted = session.query_file("load/staged_rows", run_id=flattened.run_id)
    return {row["table_name"]: row["row_count"] for row in counted.to_pylist()}


def reconcile_rows(flattened: Flattened, rows: dict[str, int]) -> None:
    """Compare the rows of the tables with those that the flatten step wrote.

    Raises:
        ReconciliationError: A table has other rows.
    """
    counts = flattened.counts
    wanted = {schema.table: counts[schema.name].staged for schema in RECORD_SCHEMAS}
    wanted[QUARANTINE] = sum(kind.quarantined_lines for kind in counts.values())
    for table, expected in wanted.items():
        if rows[table] != expected:
            raise ReconciliationError(
                f"{table} took {rows[table]:,} rows of {expected:,}; nothing was "
                "loaded, run 03_flatten again"
            )
