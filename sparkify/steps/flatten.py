"""03_flatten: turns raw files into typed Parquet, with one of the engines."""

from collections.abc import Callable, Mapping
from dataclasses import asdict, dataclass, replace
from functools import partial
from pathlib import Path

from sparkify.errors import SourceError
from sparkify.files import write_atomic
from sparkify.ingest.addition import NotAnIncrementError
from sparkify.ingest.engines import Engine, open_engine, open_files
from sparkify.ingest.flat_files import FlatFiles
from sparkify.ingest.flat_folder import replace_flattened
from sparkify.ingest.increment import FIRST, add_batch, find_increment, settings_of
from sparkify.ingest.manifest import (
    MANIFEST,
    PARTS,
    FlatBatch,
    Flattened,
    FlattenTask,
    RecordCounts,
)
from sparkify.ingest.quality import require_quality
from sparkify.ingest.reconciliation import reconcile_files
from sparkify.ingest.splitting import MOST_RECORD_BYTES
from sparkify.ingest.stores import open_store
from sparkify.ingest.verdict import shorten
from sparkify.params import as_switch
from sparkify.runs.step import Step, begin_step
from sparkify.workspace import DEMO, Workspace

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
    full: bool = False,
) -> Flattened:
    """Flatten what is new in a source into the workspace.

    All of the source is flattened, and replaces the data that is there, if an object
    changed or is gone, if the catalogue grew, or if a key stands in two objects.

    Args:
        source: A folder or an `s3://` prefix that holds `log_data/` and `song_data/`,
            or `demo` for the workspace's demo data.
        workspace: The folder that the run may write to.
        engine: `duckdb`, `spark`, `emr` or `emr_serverless`.
        memory_limit: The most memory that the engine may use, such as `4GB`.
        flatten_files: How many Parquet files to write for each kind of record.
        most_record_bytes: The longest record in bytes; a longer one is quarantined.
        most_quarantined: The percent of the records of a kind that may be unusable.
        accept: Whether to accept a source with more unusable records.
        full: Whether to flatten all of the source in any case.

    Returns:
        The files and the counts, after reconciliation.

    Raises:
        SourceError: An object cannot be read; the message names it.
        FlattenError: The engine failed.
        ReconciliationError: A record was lost or counted twice.
        QualityError: Too many records cannot be used; the last data is kept.
        ParameterError: `accept` or `full` is neither true nor false.
        RunError: The workspace is in use.
    """
    accept, full = as_switch("accept", accept), as_switch("full", full)
    place = Workspace.at(workspace)
    if source == DEMO and not place.demo.is_dir():
        raise SourceError("there is no demo data yet; run 01_provision first")
    address = place.source(source)
    worker = open_engine(engine, place.root)
    with begin_step(place, "03_flatten") as step:
        flattening = _Flattening(
            step=step,
            engine=engine,
            worker=worker,
            files=open_files(engine, place.root),
            task=FlattenTask(
                source=address,
                output=place.flat,
                run_id=step.run_id,
                files=flatten_files,
                memory_limit=memory_limit,
                most_record_bytes=most_record_bytes,
                progress=step.progress,
            ),
            flat=place.flat,
            settings=settings_of(address, most_record_bytes),
            require=partial(
                require_quality,
                most_quarantined=most_quarantined,
                accept=accept,
                workspace=place.root,
            ),
        )
        flattened, reason = flattening.run(is_full=full)
        figures = {name: asdict(counts) for name, counts in flattened.counts.items()}
        step.conclude(_summary(flattened, reason), **figures)
    return flattened


@dataclass(frozen=True)
class _Flattening:
    """Flattens all objects of a source, or those that are new."""

    step: Step
    engine: str
    worker: Engine
    files: FlatFiles
    task: FlattenTask
    flat: Path
    settings: Mapping[str, str]
    require: Callable[[Flattened, Path], None]

    def run(self, *, is_full: bool) -> tuple[Flattened, str]:
        """Flatten; return the manifest, and why all was read, if it was."""
        try:
            if is_full:
                raise NotAnIncrementError("it was asked for")
            flattened, reason = self._flatten_new(), ""
        except NotAnIncrementError as error:
            reason = str(error)
        if reason:
            flattened = self._flatten_all()
        folder = self.flat / self.step.run_id
        self.files.keep(
            address for part in PARTS for address in flattened.addresses(folder, part)
        )
        return flattened, reason

    def _flatten_all(self) -> Flattened:
        """Flatten all objects of the source."""
        with replace_flattened(self.flat, self.step.run_id) as output:
            written = self.worker.flatten(replace(self.task, output=output))
            batch = FlatBatch(self.step.run_id, written.counts, written.files)
            flattened = self._manifest((batch,), written.counts)
            self._finish(flattened, batch, output)
        return flattened

    def _flatten_new(self) -> Flattened:
        """Flatten the objects that are new.

        Raises:
            NotAnIncrementError: They cannot be added to what was flattened before.
        """
        store = open_store(self.task.source)
        increment = find_increment(
            self.flat, self.files, self.step.run_id, store, self.settings
        )
        with replace_flattened(self.flat, self.step.run_id) as output:
            batch = None
            if increment.new:
                task = replace(self.task, output=output, addition=increment.addition)
                written = self.worker.flatten(task)
                batch = FlatBatch(self.step.run_id, written.counts, written.files)
            flattened = self._manifest(*add_batch(increment, batch))
            self._finish(flattened, batch, output)
        return flattened

    def _manifest(
        self,
        batches: tuple[FlatBatch, ...],
        counts: Mapping[str, RecordCounts],
    ) -> Flattened:
        files = {
            part: tuple(file for batch in batches for file in batch.files[part])
            for part in PARTS
        }
        return Flattened(
            run_id=self.step.run_id,
            engine=self.engine,
            started_at=self.step.started_at.isoformat(),
            seconds=self.step.seconds,
            counts=counts,
            files=files,
            batches=batches,
            settings=self.settings,
            address=self.files.address(self.step.run_id),
        )

    def _finish(
        self, flattened: Flattened, batch: FlatBatch | None, output: Path
    ) -> None:
        """Check the counts and the new batch, and write the manifest."""
        flattened.reconcile()
        if batch:
            if not flattened.address:
                reconcile_files(output, batch.files, batch.counts)
            new = replace(flattened, counts=batch.counts, files=batch.files)
            self.require(new, output)
        write_atomic(output / MANIFEST, flattened.to_json())


def _summary(flattened: Flattened, reason: str) -> str:
    """Return what was read and found; `reason` says why all was read, if it was."""
    counts = flattened.counts.values()
    objects = sum(kind.objects for kind in counts)
    staged = sum(kind.staged for kind in counts)
    quarantined = sum(kind.quarantined_records for kind in counts)
    repeated = sum(kind.duplicate for kind in counts)
    parts = [f"{objects:,} files", f"{staged:,} rows"]
    if not reason:
        new = [each for each in flattened.batches if each.run_id == flattened.run_id]
        read = sum(kind.objects for each in new for kind in each.counts.values())
        parts.insert(0, f"{read:,} new files" if read else "nothing new")
        parts[1] = f"in all {parts[1]}"
    elif reason != FIRST:
        parts.append(f"read all, because {reason}")
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
