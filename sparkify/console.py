"""The progress of a run on the terminal: one line a step, updated while it works."""

import json
import shlex
import sys
from pathlib import Path
from time import monotonic

from rich.console import Console, RenderableType
from rich.live import Live
from rich.markup import escape
from rich.progress_bar import ProgressBar
from rich.spinner import Spinner
from rich.table import Table

from sparkify import ownership
from sparkify.runs.chain import STEPS
from sparkify.runs.retention import Removed
from sparkify.runs.run import Run, Status, StepRun
from sparkify.runs.step import PROGRESS
from sparkify.terminal import escape_controls
from sparkify.warehouse.transform import NO_PLAYS

MARKS = {
    Status.FINISHED: "[green]✓[/]",
    Status.FAILED: "[red]✗[/]",
    Status.INTERRUPTED: "[yellow]■[/]",
}
NAME_WIDTH = max(len(step) for step in STEPS)


class ConsoleWatcher:
    """A watcher that prints the progress of a run to a terminal or a log.

    Args:
        console: The console to print to.
    """

    def __init__(self, console: Console) -> None:
        self._console = console
        self._live: Live | None = None

    def run_started(self, run: Run) -> None:
        """Print which run starts, and whether it resumes an earlier attempt."""
        source, engine = run.parameters["source"], run.parameters["engine"]
        self._console.print(
            f"run [bold]{run.run_id}[/]  source {_plain(source)}, engine {engine}",
            highlight=False,
        )
        remaining = run.remaining()
        if run.steps and remaining:
            self._console.print(
                f"  resuming at {remaining[0]}; the run started at "
                f"{run.started_at} UTC",
                highlight=False,
            )
        elif not remaining:
            self._console.print(
                f"  its last step had finished at {run.ended_at} UTC", highlight=False
            )

    def step_started(self, run: Run, step: StepRun) -> None:
        """Show the live line of a step, if the console is a terminal."""
        if self._console.is_terminal:
            ownership.remove(run.folder / PROGRESS)
            line = StepLine(step.name, run.folder)
            self._live = Live(line, console=self._console, transient=True)
            self._live.start()

    def step_ended(self, run: Run, step: StepRun) -> None:
        """Print the final line of a step."""
        if self._live is not None:
            self._live.stop()
            self._live = None
        self._console.print(
            f"{MARKS[step.status]} {step.name:<{NAME_WIDTH}} {step.seconds:6.1f} s  "
            f"{_plain(step.summary)}",
            highlight=False,
        )

    def runs_removed(self, removed: Removed) -> None:
        """Print how many old runs were removed, and what is left of them."""
        if removed.runs:
            self._console.print(
                f"  removed the folders of {removed.runs:,} old runs (runs_kept)",
                highlight=False,
            )
        for problem in removed.problems:
            self._console.print(
                f"  [yellow]note:[/] {_plain(problem)}", highlight=False, soft_wrap=True
            )


class StepLine:
    """The live line of a step: its name, its duration and its progress.

    Args:
        name: The step's name.
        folder: The run's folder, where the step writes its progress.
    """

    def __init__(self, name: str, folder: Path) -> None:
        self._name = name
        self._progress = folder / PROGRESS
        self._spinner = Spinner("dots")
        self._started = monotonic()

    def __rich__(self) -> RenderableType:
        line = Table.grid(padding=(0, 1))
        seconds = f"{monotonic() - self._started:6.1f} s"
        cells: list[RenderableType] = [self._spinner, f"{self._name:<{NAME_WIDTH}}"]
        line.add_row(*cells, seconds, *self._progress_cells())
        return line

    def _progress_cells(self) -> list[RenderableType]:
        try:
            content = json.loads(self._progress.read_text())
        except (OSError, ValueError):
            return []
        done, total = content["done"], content["total"]
        return [
            ProgressBar(total=total, completed=done, width=20),
            f"{done:,} of {total:,} {content['unit']}",
        ]


def _plain(text: object) -> str:
    """Return a text as Rich's markup, without what a terminal would act on."""
    return escape(escape_controls(str(text)))


def show_summary(console: Console, run: Run, rows: dict[str, int]) -> None:
    """Print what a finished run has built, and what to do with it.

    Args:
        console: The console to print to.
        run: The run.
        rows: The rows of each table of the star.
    """
    seconds = sum(step.seconds for step in run.steps)
    ready = f"\n[bold green]The star is ready[/] after {seconds:.0f} s"
    if not rows["songplays"]:
        ready = f"\n[bold yellow]The star is ready, but {NO_PLAYS}[/]"
    console.print(f"{ready}:", soft_wrap=True)
    table = Table.grid(padding=(0, 2))
    table.add_column(justify="right")
    for name, count in rows.items():
        table.add_row(f"  {count:,}", name)
    console.print(table, highlight=False)
    program = shlex.quote(sys.argv[0])
    workspace = shlex.quote(f"workspace={run.parameters['workspace']}")
    example = "select count(*) from songplays"
    console.print(
        f"\n  notebooks  {run.folder}\n"
        f"  query      {program} query '{example}' -p {workspace}\n"
        "  dashboard  make dashboard",
        markup=False,
        highlight=False,
        soft_wrap=True,
    )
