"""`sparkify runs`: lists the runs, opens a failed notebook, removes old runs."""

import os
import re
import sys
import webbrowser
from collections.abc import Iterable
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from sparkify.commands.arguments import RunsFolder
from sparkify.commands.output import err, out, readable
from sparkify.errors import ParameterError
from sparkify.formats import FORMATS, Format
from sparkify.project import RUNS

if TYPE_CHECKING:
    from sparkify.runs.run import Run

AGE = re.compile(r"([1-9]\d{0,4})d")
DISPLAYS = ("DISPLAY", "WAYLAND_DISPLAY")


def runs(
    runs: RunsFolder = RUNS,
    open_: Annotated[
        str | None,
        typer.Option(
            "--open",
            metavar="RUN",
            help="Show the failing notebook of a run as HTML. RUN is the start of its "
            "id, or last.",
        ),
    ] = None,
    prune: Annotated[
        str | None,
        typer.Option(
            metavar="DAYS", help="Remove the runs that are older, such as 30d."
        ),
    ] = None,
    format_: Annotated[Format, typer.Option("--format", help=FORMATS)] = Format.TABLE,
) -> None:
    """List every run, the last one first: state, start, length, rows, failed step.

    A run whose process is gone without an end has died; --resume of sparkify run
    continues it. Times are in UTC. --prune keeps each workspace's last finished run,
    and files that are not Sparkify's.
    """
    folder = runs.resolve()
    if open_ is not None:
        _open(folder, open_)
    elif prune is not None:
        _prune(folder, prune)
    else:
        _list(folder, format_)


def _list(folder: Path, format_: Format) -> None:
    from sparkify.rows import write_rows
    from sparkify.runs.listing import list_runs, shorten_reasons

    rows = list_runs(folder)
    if format_ is Format.TABLE:
        rows = shorten_reasons(rows)
    if not rows.num_rows and format_ is Format.TABLE:
        out.print(f"there is no run in {folder}", markup=False, highlight=False)
    else:
        write_rows(out, rows, format_)


def _open(folder: Path, name: str) -> None:
    from sparkify.runs.pages import write_page
    from sparkify.runs.run import all_runs

    readable_runs, broken = all_runs(folder)
    newest = max(broken, default="")
    if name == "last" and newest and all(r.run_id < newest for r in readable_runs):
        raise broken[newest]
    page = write_page(_find(readable_runs, name))
    out.print(str(page), markup=False, highlight=False, soft_wrap=True)
    if sys.platform == "darwin" or any(map(os.environ.get, DISPLAYS)):
        webbrowser.open(page.as_uri())


def _prune(folder: Path, age: str) -> None:
    from sparkify.runs.retention import prune

    days = AGE.fullmatch(age)
    if days is None:
        raise ParameterError(f"--prune cannot be '{age}'; write days, such as 30d")
    removed = prune(folder, int(days[1]))
    out.print(f"removed the folders of {removed.runs:,} old runs", highlight=False)
    for problem in removed.problems:
        err.print(readable(problem), markup=False, highlight=False, soft_wrap=True)


def _find(known: Iterable["Run"], name: str) -> "Run":
    """Return the only run whose id starts with a text, or the last run.

    Raises:
        ParameterError: There is none, or there are several.
    """
    found = [run for run in known if name == "last" or run.run_id.startswith(name)]
    if not found:
        raise ParameterError(f"there is no run '{name}'; sparkify runs lists them")
    if len(found) > 1 and name != "last":
        names = ", ".join(run.run_id for run in found[:5])
        raise ParameterError(f"'{name}' could be {names}; write more of its id")
    return found[0]
