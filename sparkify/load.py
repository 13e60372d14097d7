"""Loads the flattened Parquet files into the staging tables, and keeps the books."""

from pathlib import Path

from sparkify.books import record, record_flatten
from sparkify.errors import BooksError
from sparkify.flatten.folder import in_use
from sparkify.flatten.manifest import Flattened
from sparkify.shapes import SHAPES
from sparkify.step import step
from sparkify.warehouse import Session, open_warehouse
from sparkify.workspace import Workspace

QUARANTINE_COLUMNS = ("run_id", "object", "line", "raw", "reason")


def load(
    workspace: str, *, warehouse: str = "duckdb", memory_limit: str = "4GB"
) -> dict[str, int]:
    """Loads what 03_flatten left, in place of what was staged, in one transaction.

    Args:
        workspace: The folder that the run may write.
        warehouse: The engine, `duckdb`.
        memory_limit: The most memory that the engine may take, such as `4GB`.

    Returns:
        The rows that were loaded, by table.

    Raises:
        FlattenError: Nothing has been flattened yet.
        WarehouseError: The engine refused a statement; nothing was loaded.
        BooksError: A table did not take each row; nothing was loaded.
        RunError: The workspace is in use.
    """
    place = Workspace.at(workspace)
    folder, flattened = in_use(place.flat)
    with step(place, "04_load") as now:
        target = open_warehouse(warehouse, place, memory_limit)
        with target.writing() as session, session.transaction():
            rows = _load_tables(session, folder, flattened)
            record_flatten(session, flattened)
            for shape in SHAPES:
                wanted = flattened.books[shape.name].staged
                taken = rows[shape.table]
                record(
                    session,
                    now,
                    f"load {shape.name}",
                    rows_in=wanted,
                    rows_staged=taken,
                )
        now.conclude(f"{sum(rows.values()):,} rows", rows=rows)
    return rows


def _load_tables(
    session: Session, folder: Path, flattened: Flattened
) -> dict[str, int]:
    rows = {}
    for shape in SHAPES:
        session.run(f"load/delete_{shape.table}")
        files = [str(folder / file.path) for file in flattened.files[shape.name]]
        rows[shape.table] = session.load(shape.table, shape.column_names, files)
    session.run("load/delete_quarantine", run_id=flattened.run_id)
    files = [str(folder / file.path) for file in flattened.files["quarantine"]]
    rows["quarantine"] = session.load("quarantine", QUARANTINE_COLUMNS, files)
    _check(flattened, rows)
    return rows


def _check(flattened: Flattened, rows: dict[str, int]) -> None:
    """Makes sure that the warehouse took each row that flatten wrote."""
    books = flattened.books
    wanted = {shape.table: books[shape.name].staged for shape in SHAPES}
    wanted["quarantine"] = sum(kind.quarantined_lines for kind in books.values())
    for table, expected in wanted.items():
        if rows[table] != expected:
            raise BooksError(
                f"{table} took {rows[table]:,} rows of {expected:,}; nothing was "
                "loaded, run 03_flatten again"
            )
