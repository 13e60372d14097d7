"""03_flatten: turns raw files into typed Parquet, with one of the engines."""

from dataclasses import asdict

from sparkify.files import write_atomic
from sparkify.ingest.engines import open_engine
from sparkify.ingest.flat_folder import replace_flattened
from sparkify.ingest.manifest import MANIFEST, Flattened, FlattenTask
from sparkify.ingest.quality import require_quality
from sparkify.ingest.reconciliation import reconcile_files
from sparkify.ingest.splitting import MOST_RECORD_BYTES
from sparkify.ingest.verdict import shorten
from sparkify.params import as_switch
from sparkify.runs.step import begin_step
from sparkify.workspace import Workspace

__all__ = ["Flattened", "flatten"]

KEYS_SHOWN = 5  # unknown keys in the summary


def flatten(
    source: str,
    workspace: str,
    *,
    engine: str = "duckdb",
    memory_limit: str = "4GB",
    flatten_files: int = 4,
    most_record_bytes: int = MOST_RECORD_BYTES,
    most_quarantined: int = 5,
    accept: bool = False,
) -> Flattened:
    """Flatten a source into the workspace; replace the data that is there.

    Args:
        source: A folder or an `s3://` prefix that holds `log_data/` and `song_data/`,
            or `demo` for the workspace's demo data.
        workspace: The folder that the run may write to.
        engine: `duckdb`, `spark` or `emr`.
        memory_limit: The most memory that the engine may use, such as `4GB`.
        flatten_files: How many Parquet files to write for each kind of record.
        most_record_bytes: The longest record in bytes; a longer one is quarantined.
        most_quarantined: The percent of the records of a kind that may be unusable.
        accept: Whether to accept a source with more unusable records.

    Returns:
        The files and the counts, after reconciliation.

    Raises:
        SourceError: An object cannot be read; the message names it.
        FlattenError: The engine failed.
        ReconciliationError: A record was lost or counted twice.
        QualityError: Too many records cannot be used; the last data is kept.
        ParameterError: `accept` is neither true nor false.
        RunError: The workspace is in use.
    """
    accept = as_switch("accept", accept)
    place = Workspace.at(workspace)
    address = place.source(source)
    worker = open_engine(engine, place.root)
    with begin_step(place, "03_flatten") as step:
        with replace_flattened(place.flat, step.run_id) as output:
            written = worker.flatten(
                FlattenTask(
                    source=address,
                    output=output,
                    run_id=step.run_id,
                    files=flatten_files,
                    memory_limit=memory_limit,
                    most_record_bytes=most_record_bytes,
                    progress=step.progress,
                )
            )
            flattened = Flattened(
                run_id=step.run_id,
                engine=engine,
                started_at=step.started_at.isoformat(),
                seconds=step.seconds,
                counts=written.counts,
                files=written.files,
                address=written.address,
            )
            flattened.reconcile()
            if not written.address:
                reconcile_files(output, written.files, written.counts)
            require_quality(
                flattened,
                output,
                most_quarantined,
                accept=accept,
                workspace=place.root,
            )
            write_atomic(output / MANIFEST, flattened.to_json())
        if flattened.address:
            from sparkify.ingest.emr_engine import delete_earlier_runs

            delete_earlier_runs(place.root, step.run_id)
        figures = {name: asdict(counts) for name, counts in flattened.counts.items()}
        step.conclude(_summary(flattened), **figures)
    return flattened


def _summary(flattened: Flattened) -> str:
    counts = flattened.counts.values()
    objects = sum(kind.objects for kind in counts)
    staged = sum(kind.staged for kind in counts)
    quarantined = sum(kind.quarantined_records for kind in counts)
    repeated = sum(kind.duplicate for kind in counts)
    parts = [f"{objects:,} files", f"{staged:,} rows"]
    parts += [f"{repeated:,} duplicate"] if repeated else []
    parts += [f"{quarantined:,} quarantined"] if quarantined else []
    repaired = sum(sum(kind.repaired.values()) for kind in counts)
    parts += [f"{repaired:,} repairs"] if repaired else []
    unread = sum(sum(kind.unread.values()) for kind in counts)
    parts += [f"{unread:,} files not read"] if unread else []
    parts += [] if flattened.counts["songs"].objects else ["no song catalogue"]
    unknown = sorted({key for kind in counts for key in kind.extra_keys})
    if unknown:
        shown = ", ".join(shorten(key) for key in unknown[:KEYS_SHOWN])
        more = len(unknown) - KEYS_SHOWN
        parts.append(f"unknown keys {shown}{f' and {more:,} more' if more > 0 else ''}")
    return ", ".join(parts)
