"""The engines that flatten: what each offers, and the choice among them."""

from pathlib import Path
from typing import Protocol

from sparkify.cloud_parameters import EMR_ENGINES
from sparkify.errors import ParameterError
from sparkify.ingest.flat_files import FlatFiles, LocalFiles
from sparkify.ingest.manifest import FlattenResult, FlattenTask


class Engine(Protocol):
    """What each engine's module offers."""

    def flatten(self, task: FlattenTask) -> FlattenResult:
        """Flatten both kinds of record.

        Returns:
            The counts of each kind of record, and the files.

        Raises:
            SourceError: An object cannot be read.
            FlattenError: The engine failed.
            ReconciliationError: A record was lost.
            NotAnIncrementError: An earlier event has the key of a new one.
        """


def open_engine(name: str, workspace: Path) -> Engine:
    """Return the engine with a name.

    Args:
        name: `duckdb`, `spark`, `emr` or `emr_serverless`.
        workspace: The run's workspace; the last two find their cloud resources there.

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
    if name == "emr_serverless":
        from sparkify.ingest.emr_serverless_engine import EmrServerlessEngine

        return EmrServerlessEngine(workspace)
    raise ParameterError(
        f"engine '{name}' is unknown; choose duckdb, spark, emr or emr_serverless"
    )


def open_files(name: str, workspace: Path) -> FlatFiles:
    """Return where an engine keeps the files of the flattened data.

    Args:
        name: The engine.
        workspace: The run's workspace.
    """
    if name in EMR_ENGINES:
        from sparkify.ingest.emr_engine import S3Files

        return S3Files(workspace)
    return LocalFiles()
