"""How the cost grows with the size: `python -m tests.benchmark.growth`.

At each size, in this order: a bare DuckDB script that makes the same tables; a whole
run; a run after one more day of events; and a run with nothing new. Each has processes
of its own and warm files. The script repairs no text, so it finds more songs and
artists; its other tables must have as many rows as those of the run.
"""

import argparse
import json
import signal
import subprocess
import sys
from collections.abc import Callable, Sequence
from pathlib import Path
from resource import RUSAGE_CHILDREN, RUSAGE_SELF, getrusage
from time import perf_counter

import altair as alt
import duckdb
import pandas as pd
from rich.box import SIMPLE_HEAD
from rich.console import Console
from rich.table import Table

from sparkify.demo import generate
from sparkify.project import ROOT
from sparkify.runs.chain import STEPS as NOTEBOOKS
from tests.benchmark.process import BenchmarkError, run_program, temporary_folder
from tests.benchmark.report import CAUTION, machine

SIZES = (100_000, 1_000_000, 10_000_000)
SONGS = 5_000
DAY_EVENTS = 10_000  # of the day that comes later
MEMORY_LIMIT = "4GB"
BARE = Path(__file__).with_name("bare.sql")
TABLES = ("songplays", "users", "time", "session_days")
WAREHOUSE = "bare.duckdb"
EMPTY_NOTEBOOK = {
    "cells": [],
    "metadata": {"kernelspec": {"name": "python3", "display_name": "Python 3"}},
    "nbformat": 4,
    "nbformat_minor": 5,
}
DRAWN = {
    "full": "whole run",
    "bare": "bare script",
    "day": "one more day",
    "nothing": "nothing new",
}
Figures = dict[str, float]


def bare(source: Path, folder: Path) -> Figures:
    """Make the tables by a script, without anything around it."""
    began = perf_counter()
    with duckdb.connect(
        folder / WAREHOUSE, config={"memory_limit": MEMORY_LIMIT}
    ) as connection:
        connection.execute("set variable source = $source", {"source": str(source)})
        connection.execute(BARE.read_text())
    return {
        "seconds": perf_counter() - began,
        "peak_mb": getrusage(RUSAGE_SELF).ru_maxrss / 1024,
    }


def run(source: Path, folder: Path) -> Figures:
    """Run all notebooks by the command line; what is new decides what is done."""
    command = (
        *(sys.executable, "-m", "sparkify.cli", "run", str(ROOT / "params/local.yaml")),
        *("-p", f"source={source}", "-p", f"workspace={folder / 'workspace'}"),
        *("-p", f"memory_limit={MEMORY_LIMIT}", "--runs", str(folder / "runs")),
    )
    began = perf_counter()
    subprocess.run(command, check=True, stdout=sys.stderr, cwd=ROOT)
    seconds = perf_counter() - began
    last = max((folder / "runs").glob("*/run.json"))
    steps = json.loads(last.read_text())["steps"]
    return {
        "seconds": seconds,
        "peak_mb": getrusage(RUSAGE_CHILDREN).ru_maxrss / 1024,
        **{step["name"]: step["seconds"] for step in steps},
    }


def kernels(source: Path, folder: Path) -> Figures:
    """Execute an empty notebook for each step of a run: what their kernels cost."""
    import papermill

    from sparkify.runs.forked_kernel import kernel_options, start_server
    from sparkify.runs.notebook import path_of

    path = folder / "empty.ipynb"
    path.write_text(json.dumps(EMPTY_NOTEBOOK))
    began = perf_counter()
    with start_server([*map(path_of, NOTEBOOKS)]) as server:
        for _ in NOTEBOOKS:
            papermill.execute_notebook(
                str(path), None, progress_bar=False, **kernel_options(server)
            )
    return {"seconds": perf_counter() - began}


STEPS: dict[str, Callable[[Path, Path], Figures]] = {
    "bare": bare,
    "run": run,
    "kernels": kernels,
}


def main(arguments: Sequence[str] | None = None) -> int:
    """Measure, show the table, and return the exit status."""
    options = _options(arguments)
    if options.step:
        name, source, folder = options.step
        sys.stdout.write(json.dumps(STEPS[name](Path(source), Path(folder))))
        return 0
    console = Console()
    signal.signal(signal.SIGTERM, signal.default_int_handler)
    try:
        found = {size: _measure(console, size) for size in options.events or SIZES}
    except BenchmarkError as error:
        console.print(f"error: {error}", style="bold red", markup=False)
        return 1
    except KeyboardInterrupt:
        console.print("interrupted; nothing is left behind")
        return 130
    show(console, found)
    if options.chart:
        draw(found).save(options.chart)
    if options.json:
        content = {"machine": machine(), "sizes": found}
        options.json.write_text(json.dumps(content, indent=2) + "\n")
    return 0


def _options(arguments: Sequence[str] | None) -> argparse.Namespace:
    parser = argparse.ArgumentParser(
        prog="python -m tests.benchmark.growth", description=__doc__
    )
    parser.add_argument(
        "--events",
        type=int,
        action="append",
        metavar="N",
        help="a size to measure; can be repeated (default: 0.1, 1 and 10 million)",
    )
    parser.add_argument("--json", type=Path, metavar="FILE", help="write the figures")
    parser.add_argument(
        "--chart", type=Path, metavar="FILE", help="draw them, as SVG or PNG"
    )
    parser.add_argument("--step", nargs=3, help=argparse.SUPPRESS)
    options = parser.parse_args(arguments)
    if any(size <= 2 * DAY_EVENTS for size in options.events or ()):
        parser.error(f"--events must be over {2 * DAY_EVENTS:,}")
    return options


def _measure(console: Console, size: int) -> dict[str, Figures]:
    """Return the figures at one size."""
    with temporary_folder() as folder:
        source = folder / "source"
        with console.status(f"{size:,} events: making them"):
            generate(source, events=size, songs=SONGS, seed=1)
            held_back = _hold_back(source)
        figures = {}
        for name, step in (
            ("bare", "bare"),
            ("full", "run"),
            ("day", "run"),
            ("nothing", "run"),
            ("kernels", "kernels"),
        ):
            if name == "day":
                held_back.rename(source / "log_data/2018/12/2018-12-31-events.json")
            with console.status(f"{size:,} events: {name}"):
                command = ("-m", "tests.benchmark.growth", "--step", step)
                places = (str(source), str(folder))
                output = run_program((sys.executable, *command, *places), folder)
            figures[name] = json.loads(output)
            if name == "full":
                _require_same_rows(folder)
                (folder / WAREHOUSE).unlink()
    return figures


def _hold_back(source: Path) -> Path:
    """Move the last events out of the logs; return the file that they are in."""
    last = max(source.glob("log_data/*/*/*.json"))
    lines = last.read_bytes().splitlines(keepends=True)
    count = min(DAY_EVENTS, len(lines) // 2)
    path = source.parent / "later.json"
    path.write_bytes(b"".join(lines[-count:]))
    last.write_bytes(b"".join(lines[:-count]))
    (source / "log_data/2018/12").mkdir(parents=True, exist_ok=True)
    return path


def _require_same_rows(folder: Path) -> None:
    """Check that the script and the run made the same tables.

    Raises:
        BenchmarkError: A table has another number of rows.
    """
    current = folder / "workspace/warehouse/current"
    counts = []
    for file in (folder / WAREHOUSE, current.with_name(current.read_text().strip())):
        with duckdb.connect(file, read_only=True) as connection:
            counts.append(
                {
                    table: connection.table(table).count("*").fetchall()
                    for table in TABLES
                }
            )
    if counts[0] != counts[1]:
        raise BenchmarkError(f"the tables have other rows: {counts[0]}, {counts[1]}")


def show(console: Console, found: dict[int, dict[str, Figures]]) -> None:
    """Show the figures as a table, with how to read it."""
    table = Table(box=SIMPLE_HEAD, pad_edge=False, collapse_padding=True)
    for heading in (
        "events",
        "script\nseconds",
        "full run\nseconds",
        "ratio to\nscript",
        "of it\nflatten",
        "one more\nday",
        "nothing\nnew",
        "of it\nkernels",
        "peak of a\nprocess, MB",
    ):
        table.add_column(heading, justify="right", no_wrap=True)
    for size, figures in found.items():
        full = figures["full"]
        table.add_row(
            f"{size:,}",
            f"{figures['bare']['seconds']:.1f}",
            f"{full['seconds']:.1f}",
            f"{full['seconds'] / figures['bare']['seconds']:.2f}",
            f"{full['03_flatten']:.1f}",
            f"{figures['day']['seconds']:.1f}",
            f"{figures['nothing']['seconds']:.1f}",
            f"{figures['kernels']['seconds']:.1f}",
            f"{full['peak_mb']:,.0f}",
        )
    console.print(f"\nmachine  {machine()}", highlight=False, soft_wrap=True)
    console.print(table)
    console.print(CAUTION, style="bold yellow", highlight=False)


def draw(found: dict[int, dict[str, Figures]]) -> alt.LayerChart:
    """Return a chart of the seconds against the size, both in powers of ten."""
    rows = pd.DataFrame(
        [
            {"events": size, "seconds": figures[name]["seconds"], "what": words}
            for size, figures in found.items()
            for name, words in DRAWN.items()
        ]
    )
    base = alt.Chart(rows).encode(
        x=alt.X(
            "events:Q",
            title="events",
            axis=alt.Axis(values=[*found], grid=False, format=","),
            scale=alt.Scale(type="log"),
        ),
        y=alt.Y(
            "seconds:Q",
            title="seconds",
            axis=alt.Axis(values=[0.1, 1, 10, 100, 1_000]),
            scale=alt.Scale(type="log"),
        ),
        color=alt.Color("what:N", title=None, sort=[*DRAWN.values()]),
    )
    layers = [base.mark_line(), base.mark_point(filled=True, size=50)]
    return alt.LayerChart(layer=layers, width=520, height=280)


if __name__ == "__main__":
    sys.exit(main())
