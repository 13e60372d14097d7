"""Loads the flattened Parquet files into the staging tables, and keeps the books."""

from pathlib import Path

from sparkify.books import record, record_flatten
from sparkify.errors import BooksError, ParameterError
from sparkify.flatten.folder import in_use
from sparkify.flatten.manifest import Flattened
from sparkify.progress import Progress
from sparkify.shapes import SHAPES
from sparkify.step import step
from sparkify.warehouse import Session, Warehouse, open_warehouse
from sparkify.workspace import Workspace

QUARANTINE_COLUMNS = ("run_id", "object", "line", "raw", "reason")


def load_staging(
    workspace: str,
    *,
    warehouse: str = "duckdb",
    load: str = "copy",
    memory_limit: str = "4GB",
) -> dict[str, int]:
    """Loads what 03_flatten left, in place of what was staged.

    By `copy` that is one transaction. The connector of Spark has a connection of its
    own, so what it writes is seen before it is counted; readers of the star do not see
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
        BooksError: A table did not take each row; nothing was loaded.
        RunError: The workspace is in use.
    """
    place = Workspace.at(workspace)
    folder, flattened = in_use(place.flat)
    with step(place, "04_load") as now:
        target = open_warehouse(warehouse, place, memory_limit)
        if load == "connector":
            write_by_connector(target, place, warehouse, flattened, now.progress)
        with target.writing() as session, session.transaction():
            if load == "connector":
                rows = _count_tables(session, flattened)
            else:
                rows = _copy_tables(session, folder, flattened)
            _check(flattened, rows)
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


def _copy_tables(
    session: Session, folder: Path, flattened: Flattened
) -> dict[str, int]:
    rows = {}
    _empty_tables(session, flattened)
    for shape in SHAPES:
        files = flattened.addresses(folder, shape.name)
        rows[shape.table] = session.load(shape.table, shape.column_names, files)
    files = flattened.addresses(folder, "quarantine")
    rows["quarantine"] = session.load("quarantine", QUARANTINE_COLUMNS, files)
    return rows


def write_by_connector(
    target: Warehouse,
    place: Workspace,
    warehouse: str,
    flattened: Flattened,
    progress: Progress,
) -> None:
    """Empties the staging tables, and lets a job fill them.

    Args:
        target: The warehouse.
        place: The workspace.
        warehouse: Its engine, which must be `redshift`.
        flattened: What 03_flatten left in S3.
        progress: Is told of the step's states.

    Raises:
        ParameterError: The connector cannot write this, or not there.
        FlattenError: The job failed; no star is built until a load has succeeded.
    """
    if warehouse != "redshift" or not flattened.address:
        raise ParameterError(
            "load 'connector' needs engine 'emr' and warehouse 'redshift'; choose "
            "them, or load 'copy'"
        )
    from sparkify.aws.cloud import Cloud
    from sparkify.aws.connector import write_tables

    if Cloud.load(place.root).settings.login != "secret":
        raise ParameterError(
            "load 'connector' logs in by the secret; choose login 'secret', or load "
            "'copy'"
        )

    with target.writing() as session, session.transaction():
        _empty_tables(session, flattened)
        session.run("load/forget_flatten", run_id=flattened.run_id)  # no star of less
    tables = {shape.table: flattened.addresses(Path(), shape.name) for shape in SHAPES}
    tables["quarantine"] = flattened.addresses(Path(), "quarantine")
    write_tables(place.root, tables, progress)


def _empty_tables(session: Session, flattened: Flattened) -> None:
    for shape in SHAPES:
        session.run(f"load/delete_{shape.table}")
    session.run("load/delete_quarantine", run_id=flattened.run_id)


def _count_tables(session: Session, flattened: Flattened) -> dict[str, int]:
    """Counts what the staging tables hold of a flatten."""
    counted = session.ask("load/staged_rows", run_id=flattened.run_id).to_pylist()
    return {row["table_name"]: row["row_count"] for row in counted}


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
