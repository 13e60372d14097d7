"""Who is measured: our steps, the plain ways beside them, and whole runs."""

import json
import sys
from dataclasses import dataclass
from pathlib import Path
from time import perf_counter

from sparkify.ingest.flat_folder import read_flattened
from sparkify.project import ROOT
from sparkify.workspace import Workspace
from tests.benchmark.process import run_program

OURS = {"flatten_duckdb": "DuckDB", "flatten_spark": "Spark"}  # our steps, by engine


@dataclass(frozen=True)
class Measured:
    """One measurement.

    Attributes:
        seconds: Its wall-clock time.
        files: The files that were read in it.
    """

    seconds: float
    files: int


@dataclass(frozen=True)
class Contender:
    """One way to do the work.

    Attributes:
        name: Its key in the figures, and its function in `steps`.
        words: What it does, for a reader.
        most_rounds: The rounds that are worth their time.
        is_quick: Whether it takes part in a quick measurement.
    """

    name: str
    words: str
    most_rounds: int = 1000
    is_quick: bool = True

    def measure(self, source: Path, folder: Path) -> Measured:
        """Do the work once, in a process of its own.

        Args:
            source: The raw files.
            folder: An empty folder for all that is written.
        """
        step = ("-m", "tests.benchmark.steps", self.name, str(source), str(folder))
        return Measured(**json.loads(run_program((sys.executable, *step), folder)))


@dataclass(frozen=True)
class Chain(Contender):
    """A whole run by the command line, its start included.

    Attributes:
        params: The parameter file.
    """

    params: str = "params/local.yaml"

    def measure(self, source: Path, folder: Path) -> Measured:
        """Run all notebooks once."""
        workspace = folder / "workspace"
        command = (
            *(sys.executable, "-m", "sparkify.cli", "run", str(ROOT / self.params)),
            *("-p", f"source={source}", "-p", f"workspace={workspace}"),
            *("--runs", str(folder / "runs")),
        )
        began = perf_counter()
        run_program(command, folder)
        seconds = perf_counter() - began
        _, flattened = read_flattened(Workspace(workspace).flat)
        return Measured(
            seconds, sum(counts.objects for counts in flattened.counts.values())
        )


CONTENDERS = (
    Contender("flatten_duckdb", "our flatten, DuckDB"),
    Contender("plain_reading", "plain reading, Python"),
    Contender("duckdb_read_json", "plain DuckDB, read_json"),
    Contender("flatten_spark", "our flatten, Spark", most_rounds=2),
    Contender(
        "spark_read_json",
        "plain Spark, read.json",
        most_rounds=2,
        is_quick=False,
    ),
    Chain(
        "chain_duckdb",
        "whole run, local.yaml",
        most_rounds=2,
        is_quick=False,
    ),
    Chain(
        "chain_spark",
        "whole run, spark.yaml",
        most_rounds=2,
        is_quick=False,
        params="params/spark.yaml",
    ),
)
