"""The engines that flatten: what each offers, and the choice among them."""

from pathlib import Path
from typing import Protocol

from sparkify.errors import ParameterError
from sparkify.ingest.manifest import FlattenResult
from sparkify.progress import Progress


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
    ) -> FlattenResult:
        """Flatten both kinds of record.

        Args:
            source: A local folder, or an `s3://` prefix.
            output: An empty folder for `events/`, `songs/` and `quarantine/`.
            run_id: The run, for the rows of the quarantine.
            files: The number of Parquet files to write for each kind of record.
            memory_limit: The most memory that the engine may use, such as `4GB`.
            progress: Receives how much is done.

        Returns:
            The counts of each kind of record, and the files.

        Raises:
            SourceError: An object cannot be read.
            FlattenError: A record was lost, or the engine failed.
        """


def open_engine(name: str, workspace: Path) -> Engine:
    """Return the engine with a name.

    Args:
        name: `duckdb`, `spark` or `emr`.
        workspace: The run's workspace; `emr` finds its cloud resources there.

    Raises:
        ParameterError: There is no such engine.
    """
    if name == "duckdb":
        from sparkify.ingest import duckdb_engine

        return duckdb_engine
    if name == "spark":
        from sparkify.ingest import spark_engine

        return spark_engine
    if name == "emr":
        from sparkify.ingest.emr_engine import EmrEngine

        return EmrEngine(workspace)
    raise ParameterError(f"engine '{name}' is unknown; choose duckdb, spark or emr")
