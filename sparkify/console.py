"""The progress of a run on the terminal: one line a step, updated while it works."""

import json
import shlex
import sys
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from time import monotonic

from rich.console import Console, RenderableType
from rich.live import Live
from rich.markup import escape
from rich.progress_bar import ProgressBar
from rich.spinner import Spinner
from rich.table import Table

from sparkify import ownership
from sparkify.params import PARAMETERS, Value
from sparkify.project import ROOT
from sparkify.runs.chain import STEPS
from sparkify.runs.retention import Removed
from sparkify.runs.run import Run, Status, StepRun, utc_now
from sparkify.runs.step import PROGRESS
from sparkify.terminal import escape_controls

MARKS = {
    Status.FINISHED: "[green]✓[/]",
    Status.FAILED: "[red]✗[/]",
    Status.INTERRUPTED: "[yellow]■[/]",
}
STAR_PARAMETERS = ("workspace", "warehouse", "memory_limit")  # what opens a star
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
        self._print(
            f"run [bold]{run.run_id}[/]  source {_plain(source)}, engine {engine}"
        )
        remaining = run.remaining()
        if run.unchanged:
            self._print(run.unchanged)
        elif run.steps and remaining:
            self._print(
                f"  resuming at {remaining[0]}; the run started at {run.started_at} UTC"
            )
        elif not remaining:
            ended_at = run.last_step_ended_at
            self._print(f"  its last step had finished at {ended_at} UTC")

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
        self._print(
            f"{MARKS[step.status]} {step.name:<{NAME_WIDTH}} {step.seconds:6.1f} s  "
            f"{_plain(step.summary)}"
        )
        for name, rows in step.warnings.items():
            self._print(
                f"  [yellow]warning:[/] check {_plain(name)} found {rows:,} rows; the "
                "star is published all the same"
            )

    def runs_removed(self, removed: Removed) -> None:
        """Print how many old runs were removed, and what is left of them."""
        if removed.runs:
            self._print(
                f"  removed the folders of {removed.runs:,} old runs (runs_kept)"
            )
        for problem in removed.problems:
            self._print(f"  [yellow]note:[/] {_plain(problem)}")

    def command_failed(self, problem: str) -> None:
        """Print why the command that the end of a run starts has failed."""
        self._print(f"  [yellow]note:[/] on_end: {_plain(problem)}")

    def _print(self, text: str) -> None:
        print_line(self._console, text)


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
    ready = f"[bold green]The star is ready[/] after {seconds:.0f} s:"
    if run.unchanged:
        ready = "The star is the last one:"
    if not rows["songplays"]:
        from sparkify.warehouse.transform import NO_PLAYS

        ready = f"[bold yellow]The star is ready, but {NO_PLAYS}[/]:"
    width = max(len(f"{count:,}") for count in rows.values())
    program = shlex.quote(sys.argv[0])
    own = _overrides(run.parameters, STAR_PARAMETERS)
    options = "".join(f" -p {each}" for each in own)
    query = f"{program} query 'select count(*) from songplays'{options}"
    gap = [""] if console.is_terminal else []
    for line in (
        *gap,
        ready,
        *(f"  {count:>{width},}  {name}" for name, count in rows.items()),
        *gap,
        *([] if run.unchanged else [f"  notebooks  {escape(str(run.folder))}"]),
        f"  query      {escape(query)}",
        f"  dashboard  {escape(_dashboard_command(own))}",
    ):
        print_line(console, line)


def print_line(console: Console, text: str) -> None:
    """Print a line of markup; where nobody watches it, after its time in UTC."""
    time = "" if console.is_terminal else f"{utc_now()}Z "
    console.print(f"{time}{text}", highlight=False, soft_wrap=True)


def _dashboard_command(own: Sequence[str]) -> str:
    """Return the command that opens the dashboard on a star, from this folder."""
    words = ["make", "dashboard"]
    if Path.cwd() != ROOT:
        words[1:1] = ["-C", str(ROOT)]
    if own:
        words.append(f"P={' '.join(own)}".replace("$", "$$"))
    return shlex.join(words)


def _overrides(parameters: Mapping[str, Value], names: Iterable[str]) -> list[str]:
    """Return the parameters that are not the local profile's, as KEY=VALUE, quoted."""
    return [
        shlex.quote(f"{name}={parameters[name]}")
        for name in names
        if parameters.get(name, PARAMETERS[name].default) != PARAMETERS[name].default
    ]
