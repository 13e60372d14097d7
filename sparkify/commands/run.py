"""`sparkify run`: builds the star schema."""

import signal
from collections.abc import Mapping
from functools import partial
from typing import Annotated

import typer

from sparkify.cloud_parameters import check_load
from sparkify.commands.arguments import Overrides, ParameterFile, RunsFolder
from sparkify.commands.output import (
    FAILED,
    INTERRUPTED,
    err,
    out,
    readable,
    short_path,
)
from sparkify.commands.star import open_star
from sparkify.errors import ParameterError
from sparkify.params import Value, read_parameters
from sparkify.project import RUNS


def run(
    params: ParameterFile,
    param: Overrides = None,
    from_: Annotated[
        str | None, typer.Option("--from", metavar="STEP", help="Begin at this step.")
    ] = None,
    to: Annotated[
        str | None, typer.Option("--to", metavar="STEP", help="End after this step.")
    ] = None,
    resume: Annotated[
        bool,
        typer.Option(
            "--resume", help="Continue the last run after its last finished step."
        ),
    ] = False,
    full: Annotated[
        bool,
        typer.Option(
            "--full", help="Read and build all anew, not only what is new: full=true."
        ),
    ] = False,
    runs: RunsFolder = RUNS,
    on_end: Annotated[
        str | None,
        typer.Option(
            "--on-end",
            metavar="COMMAND",
            envvar="SPARKIFY_ON_END",
            help="Start this when the run ends, well or not; its last argument will "
            "be the path of run.json.",
        ),
    ] = None,
) -> None:
    """Build the star schema: run the notebooks in order.

    A STEP is a number or a name, such as 3 or 03_flatten. Each run has a folder with
    its executed notebooks and its run file, run.json. If nothing is new since the last
    run, no step runs; --full runs all the same. Exit status: 0 finished, 1 a
    step failed, 2 bad input, 130 interrupted.
    """
    from rich.markup import escape

    from sparkify.console import ConsoleWatcher, print_line, show_summary
    from sparkify.runs.chain import (
        PUBLISHING,
        NothingToResumeError,
        StepError,
        run_chain,
        select_steps,
    )
    from sparkify.runs.on_end import split_command

    if resume and (from_ or to):
        raise ParameterError("a resumed run keeps its steps; leave out --from and --to")
    given = [*(param or []), *(["full=true"] if full else [])]
    parameters = read_parameters(params, given)
    names = ("load", "engine", "warehouse", "login")
    check_load(**{name: str(parameters[name]) for name in names})
    steps = select_steps(from_, to)
    words = split_command(on_end) if on_end is not None else []
    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, signal.default_int_handler)
    try:
        finished = run_chain(
            parameters,
            runs.resolve(),
            ConsoleWatcher(out),
            steps,
            is_resumed=resume,
            on_end=words,
            find_nothing_new=partial(_find_nothing_new, parameters),
        )
    except StepError as failure:
        notebook = failure.run.folder / f"{failure.step.name}.ipynb"
        reason = escape(readable(failure.step.error))
        print_line(err, f"[bold red]{failure.step.name} failed:[/] {reason}")
        print_line(err, f"  open  {escape(short_path(notebook))}")
        print_line(err, f"  then  {_advice(failure.step.error_type)}")
        raise typer.Exit(FAILED) from failure
    except NothingToResumeError as finished_before:
        out.print(str(finished_before), markup=False, highlight=False, soft_wrap=True)
        return
    except KeyboardInterrupt:
        print_line(
            err, "interrupted; the last finished star is kept. Continue with --resume"
        )
        raise typer.Exit(INTERRUPTED) from None
    if PUBLISHING in finished.chosen:
        with open_star(parameters) as session:
            rows = session.query_file("reports/star_rows").to_pylist()
        counts = {row["table_name"]: row["row_count"] for row in rows}
        show_summary(out, finished, counts)


def _find_nothing_new(parameters: Mapping[str, Value]) -> str:
    # Imported when it is asked: it takes 0.4 s, in which the kernels' imports begin.
    from sparkify.steps.nothing_new import find_nothing_new

    return find_nothing_new(parameters)


def _advice(error_type: str) -> str:
    """Return what to do after a step failed with a type of error."""
    if error_type in ("ParameterError", "SourceError"):
        return "correct the parameter or the source, and start a new run"
    if error_type == "QualityError":
        return (
            "correct the source and repeat the command with --resume, or start a new "
            "run with -p accept=true to publish this data all the same"
        )
    if error_type == "ReconciliationError":
        return "start a new run: what this one has left does not fit together"
    if error_type == "DeadKernelError":
        return (
            "lower memory_limit, if the machine had no memory left: the system stops "
            "what takes most of it. Repeat the command with --resume"
        )
    return "repeat the command with --resume"
