"""Flattens raw files into typed Parquet, by one of the engines.

The engines share the reader and the record rules and give the same rows.
"""

from dataclasses import asdict
from pathlib import Path
from typing import Protocol

from sparkify.errors import ParameterError
from sparkify.flatten.folder import replacing
from sparkify.flatten.manifest import MANIFEST, Flattened, Written
from sparkify.progress import Progress
from sparkify.step import step
from sparkify.workspace import Workspace

__all__ = ["Flattened", "flatten"]


def flatten(
    source: str,
    workspace: str,
    *,
    engine: str = "duckdb",
    memory_limit: str = "4GB",
    files: int = 4,
) -> Flattened:
    """Flattens a source into the workspace, in place of what was there.

    Args:
        source: A folder or an `s3://` prefix that holds `log_data/` and `song_data/`,
            or `demo` for the workspace's demo data.
        workspace: The folder that the run may write.
        engine: `duckdb`, `spark` or `emr`.
        memory_limit: The most memory that the engine may take, such as `4GB`.
        files: How many Parquet files to write for each kind of record.

    Returns:
        The files and the books, which balance.

    Raises:
        SourceError: An object cannot be read; the message names it.
        FlattenError: The engine failed.
        BooksError: A line was lost or counted twice.
        RunError: The workspace is in use.
    """
    place = Workspace.at(workspace)
    address = place.source(source)
    worker = _engine(engine, place)
    with step(place, "03_flatten") as now:
        with replacing(place.flat, now.run_id) as output:
            written = worker.flatten(
                address,
                output,
                run_id=now.run_id,
                files=files,
                memory_limit=memory_limit,
                progress=now.progress,
            )
            flattened = Flattened(
                run_id=now.run_id,
                engine=engine,
                started_at=now.started_at.isoformat(),
                seconds=now.seconds,
                books=written.books,
                files=written.files,
                address=written.address,
            )
            flattened.check()
            (output / MANIFEST).write_text(flattened.to_json())
        if flattened.address:
            from sparkify.flatten.emr_engine import tidy

            tidy(place.root, now.run_id)
        figures = {name: asdict(kind) for name, kind in flattened.books.items()}
        now.conclude(_summary(flattened), **figures)
    return flattened


class Engine(Protocol):
    """What each engine's module offers."""

    def flatten(
        self,
        source: str,
        output: Path,
        *,
        run_id: str,
        files: int,
        memory_limit: str,
        progress: Progress,
    ) -> Written:
        """Flattens both kinds of record."""


def _engine(name: str, place: Workspace) -> Engine:
    if name == "duckdb":
        from sparkify.flatten import duckdb_engine

        return duckdb_engine
    if name == "spark":
        from sparkify.flatten import spark_engine

        return spark_engine
    if name == "emr":
        from sparkify.flatten.emr_engine import EmrEngine

        return EmrEngine(place.root)
    raise ParameterError(f"engine '{name}' is unknown; choose duckdb, spark or emr")


def _summary(flattened: Flattened) -> str:
    books = flattened.books.values()
    objects = sum(kind.objects for kind in books)
    staged = sum(kind.staged for kind in books)
    put_aside = sum(kind.quarantined_lines for kind in books)
    repeated = sum(kind.duplicate for kind in books)
    words = [f"{objects:,} files", f"{staged:,} rows"]
    words += [f"{repeated:,} duplicate"] if repeated else []
    words += [f"{put_aside:,} quarantined"] if put_aside else []
    unknown = sorted({key for kind in books for key in kind.extra_keys})
    words += [f"unknown keys {', '.join(unknown)}"] if unknown else []
    return ", ".join(words)
