"""The report for the terminal, and the machine that it holds for."""

import os
import platform
from collections.abc import Mapping

import duckdb
from rich.box import SIMPLE_HEAD
from rich.console import Console
from rich.table import Table

from tests.benchmark.contenders import OURS
from tests.benchmark.figures import Figure

READING = (
    "Each measurement has a process of its own and warm files. Imports do not count, "
    "the start of a JVM does, and of a whole run everything. Plain reading opens and "
    "reads each file; plain DuckDB makes tables with the types given; plain Spark "
    "infers its schemas and writes Parquet. A ratio is the median over that of our "
    "step, over the rounds that both took part in: more than 1 is slower than ours."
)
CAUTION = (
    "Seconds hold for this machine and this hour only: between machines they mean "
    "nothing. Compare the ratios."
)


def machine() -> str:
    """Return the machine in a line: its processor, cores, memory and versions."""
    memory = os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES") / 1024**3
    return (
        f"{platform.system()} {platform.machine()}, {os.cpu_count()} cores, "
        f"{memory:.0f} GiB memory, Python {platform.python_version()}, "
        f"DuckDB {duckdb.__version__}"
    )


def show(console: Console, figures: Mapping[str, Figure]) -> None:
    """Show the figures as a table, with how to read it."""
    table = Table(box=SIMPLE_HEAD, pad_edge=False, collapse_padding=True)
    table.add_column("what", no_wrap=True)
    shown = [name for name in OURS if name in figures]
    ratios = [f"ratio\nto ours,\n{OURS[name]}" for name in shown]
    for heading in ("median\nseconds", "min\nseconds", "rounds", "files", *ratios):
        table.add_column(heading, justify="right", no_wrap=True)
    for figure in figures.values():
        table.add_row(
            figure.words,
            f"{figure.median:.3f}",
            f"{figure.shortest:.3f}",
            str(len(figure.seconds)),
            f"{figure.files:,}",
            *(f"{figure.ratios[name]:.3g}" for name in shown),
        )
    console.print(f"\nmachine  {machine()}", highlight=False, soft_wrap=True)
    console.print(table)
    console.print(READING, highlight=False)
    console.print(CAUTION, style="bold yellow", highlight=False)
