"""Rehearse the whole AWS profile without an account: `make rehearse`.

A rehearsal starts the emulators, puts raw files into their S3 and runs the notebooks
against them from 01_provision to 99_teardown, with a query of the star in between. The
emulators differ from AWS in their speed, and what IAM evaluates is limited to what the
emulated services ask for.
"""

from __future__ import annotations

import argparse
import json
import sys
from collections.abc import Mapping, Sequence
from pathlib import Path
from tempfile import TemporaryDirectory

from rich.console import Console

from sparkify.aws.settings import Settings
from sparkify.aws.teardown.orphans import list_all
from sparkify.console import ConsoleWatcher
from sparkify.demo import generate
from sparkify.errors import CloudError, JarsError, SparkifyError
from sparkify.params import Value, read_parameters
from sparkify.project import RUNS
from sparkify.rehearsal.emulators import Stage, stage
from sparkify.runs.chain import STEPS, StepError, run_chain
from sparkify.warehouse import open_star
from sparkify.warehouse.query import run_query

TEARDOWN = "99_teardown"
PARAMETERS = Path("params/rehearsal.yaml")
QUERY = "select count(*) as plays, count(distinct user_id) as users from songplays"
DEMO_EVENTS, DEMO_SONGS = 5_000, 500

console = Console(emoji=False)


def main(arguments: Sequence[str] | None = None) -> int:
    """Rehearse; return the exit status: 0 for success, 1 for a failure."""
    options = _options(arguments)
    parameters = read_parameters(PARAMETERS, options.param)
    try:
        with TemporaryDirectory(prefix="sparkify-rehearsal-") as folder:
            source = options.source or _demo(Path(folder) / "demo")
            rehearse(source, parameters, Path(folder) / "stage", options.runs)
    except StepError as failure:
        notebook = failure.run.folder / f"{failure.step.name}.ipynb"
        console.print(f"[bold red]{failure}[/]", soft_wrap=True)
        console.print(f"  see  {notebook}", soft_wrap=True)
        return 1
    except JarsError as error:
        console.print(f"not rehearsed: {error}", soft_wrap=True)
        return 0 if options.may_skip else 1
    except SparkifyError as error:
        console.print(f"[bold red]{error}[/]", soft_wrap=True)
        return 1
    return 0


def rehearse(
    source: Path, parameters: Mapping[str, Value], folder: Path, runs: Path
) -> None:
    """Run the AWS profile from the first notebook to the last.

    Args:
        source: A folder with `log_data/` and `song_data/`.
        parameters: A value for every parameter; the source is a bucket's address.
        folder: The folder for what the emulators write.
        runs: The folder for the run's own folder, with its notebooks and its run file.

    Raises:
        StepError: A step failed.
        SparkifyError: An emulator cannot be started, or there are orphaned resources.
    """
    with console.status("starting the emulators"):
        opened = stage(
            folder,
            region=str(parameters["region"]),
            database=str(parameters["database"]),
            load=str(parameters["load"]),
            warehouse=str(parameters["warehouse"]),
        )
    with opened as on:
        files = on.account.put(str(parameters["source"]), source)
        console.print(f"{files:,} files in {parameters['source']}")
        play(on, parameters, runs)


def play(on: Stage, parameters: Mapping[str, Value], runs: Path) -> None:
    """Run the notebooks on a stage, query the star, and tear everything down."""
    run_chain(parameters, runs, ConsoleWatcher(console), STEPS)
    with open_star(
        str(parameters["workspace"]), warehouse=str(parameters["warehouse"])
    ) as session:
        console.print(json.dumps(run_query(session, QUERY).to_pylist()[0]))
    run_chain(parameters, runs, ConsoleWatcher(console), (TEARDOWN,))
    names = ("name", "region", "bucket", "cluster", "emr_cluster")
    settings = Settings.of(**{name: parameters[name] for name in names})
    if orphans := list_all(settings):
        raise CloudError(f"there are orphaned resources: {orphans}")


def _options(arguments: Sequence[str] | None) -> argparse.Namespace:
    parser = argparse.ArgumentParser(
        prog="python -m sparkify.rehearsal", description=__doc__
    )
    parser.add_argument(
        "--source", type=Path, help="a folder of raw files, instead of demo data"
    )
    parser.add_argument(
        "--runs", type=Path, default=RUNS, help="folder of the run file"
    )
    parser.add_argument(
        "-p",
        "--param",
        action="append",
        default=[],
        metavar="KEY=VALUE",
        help="set a parameter, such as load=connector; may be given many times",
    )
    parser.add_argument(
        "--may-skip",
        action="store_true",
        help="succeed where Spark's jars cannot be fetched",
    )
    return parser.parse_args(arguments)


def _demo(folder: Path) -> Path:
    generate(folder, events=DEMO_EVENTS, songs=DEMO_SONGS, seed=1)
    return folder


if __name__ == "__main__":
    sys.exit(main())
