"""How long many people wait at once: `python -m tests.benchmark.pages_crowd`.

A number of visitors open the dashboard in the same moment, each on a page of their own,
and then step back one period. Measured is the time from the request to the end of the
script run, which a browser waits for too. "Alike" are visitors of the same period,
"apart" are visitors of whom each asks for another one.
"""

import argparse
import statistics
import sys
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack
from datetime import date, timedelta
from pathlib import Path
from threading import Barrier
from time import monotonic

from rich.console import Console
from rich.table import Table
from websockets.sync.client import connect

from sparkify.demo import generate
from tests.benchmark.process import temporary_folder
from tests.support.dashboards import PAGES, served
from tests.support.stars import build
from tests.support.visitors import Visitor

FIRST_DAY = date(2018, 9, 12)
WEEK = timedelta(days=7)
DEADLINE = 120  # seconds
KINDS = ("alike", "apart")


def main(arguments: Sequence[str] | None = None) -> int:
    """Measure, show the table, and return the exit status."""
    options = _options(arguments)
    table = Table("people", "who ask", "first page, s", "worst", "next, s", "worst")
    with temporary_folder() as folder:
        workspace = options.workspace or folder / "workspace"
        if not options.workspace:
            generate(folder / "source", events=options.events, songs=5_000, seed=2)
            build(folder / "source", workspace)
        for people in options.people:
            for kind in KINDS:
                # A server for each: what one crowd asked, the next would find cached.
                with served(workspace.resolve(), folder) as address:
                    first, after = _visit(address, people, is_apart=kind == "apart")
                figures = (
                    f"{measure(seconds):.2f}"
                    for seconds in (first, after)
                    for measure in (statistics.median, max)
                )
                table.add_row(str(people), kind, *figures)
    Console().print(table)
    return 0


def _options(arguments: Sequence[str] | None) -> argparse.Namespace:
    parser = argparse.ArgumentParser(
        prog="python -m tests.benchmark.pages_crowd", description=__doc__
    )
    parser.add_argument(
        "--events", type=int, default=50_000, help="events of the demo data"
    )
    parser.add_argument(
        "--workspace", type=Path, help="a workspace with a star, instead of demo data"
    )
    parser.add_argument("--people", type=int, nargs="+", default=[1, 20, 50])
    return parser.parse_args(arguments)


def _visit(
    address: str, people: int, *, is_apart: bool
) -> tuple[list[float], list[float]]:
    """Return the seconds that each one waits: for the first page, for the next."""
    together = Barrier(people)
    url = address.replace("http", "ws") + "/_stcore/stream"

    def wait(number: int) -> tuple[float, float]:
        start = FIRST_DAY + timedelta(days=number if is_apart else 0)
        last = start + WEEK - timedelta(days=1)
        page = PAGES[number % len(PAGES)] if is_apart else PAGES[0]
        with ExitStack() as stack:
            visitor = Visitor(stack.enter_context(connect(url, max_size=None)))
            together.wait(DEADLINE)
            began = monotonic()
            visitor.open(f"period=Custom&days={start}&days={last}", page)
            first = monotonic() - began
            together.wait(DEADLINE)
            began = monotonic()
            visitor.press("Earlier")
            after = monotonic() - began
            if visitor.errors:
                raise RuntimeError(visitor.errors[0])
        return first, after

    with ThreadPoolExecutor(people) as pool:
        waits = list(pool.map(wait, range(people)))
    return [first for first, _ in waits], [after for _, after in waits]


if __name__ == "__main__":
    sys.exit(main())
