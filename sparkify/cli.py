"""The command line: `sparkify run`, `query`, `trace` and `demo`."""

import signal
import sys
from collections.abc import Mapping
from importlib.metadata import version
from io import TextIOWrapper
from pathlib import Path
from typing import Annotated

import pyarrow as pa
import typer
from rich.console import Console
from rich.markup import escape

from sparkify.documentation.parameters import list_parameters
from sparkify.errors import (
    DemoError,
    ParameterError,
    SparkifyError,
    SqlError,
    TraceError,
)
from sparkify.params import Value, read_parameters
from sparkify.project import ROOT
from sparkify.rows import FORMATS, Format, TraceFormat, write_json, write_rows
from sparkify.s3 import is_s3
from sparkify.terminal import escape_controls
from sparkify.warehouse import Session, open_star
from sparkify.warehouse.query import run_query

BAD_INPUT = 2
BAD_INPUTS = (DemoError, ParameterError, SqlError, TraceError)
FAILED = 1
INTERRUPTED = 130

app = typer.Typer(
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
)
out = Console(emoji=False)
err = Console(stderr=True, emoji=False)

Overrides = Annotated[
    list[str] | None,
    typer.Option(
        "-p",
        "--param",
        metavar="KEY=VALUE",
        help="Set a parameter; overrides the file, and can be repeated.",
    ),
]


def _show_version(is_set: bool) -> None:
    if is_set:
        out.print(f"sparkify {version('sparkify')}", highlight=False)
        raise typer.Exit


@app.callback()
def options(
    _: Annotated[
        bool,
        typer.Option(
            "--version",
            callback=_show_version,
            is_eager=True,
            help="Show the version and exit.",
        ),
    ] = False,
) -> None:
    """Sparkify's data warehouse: from raw JSON files to a star schema."""


@app.command(epilog=escape(list_parameters()))
def run(
    params: Annotated[
        Path, typer.Argument(help="A parameter file: params/local.yaml.")
    ],
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
    runs: Annotated[
        Path,
        typer.Option(
            show_default="runs/ of the project",
            help="Folder that gets a folder for each run.",
        ),
    ] = ROOT / "runs",
) -> None:
    """Build the star schema: run the notebooks in order.

    A STEP is a number or a name, such as 3 or 03_flatten. Each run has a folder with
    its executed notebooks and its run file, run.json. Exit status: 0 finished, 1 a
    step failed, 2 bad input, 130 interrupted.
    """
    from sparkify.console import ConsoleWatcher, show_summary
    from sparkify.runs.chain import (
        PUBLISHING,
        NothingToResumeError,
        StepError,
        run_chain,
        select_steps,
    )

    if resume and (from_ or to):
        raise ParameterError("a resumed run keeps its steps; leave out --from and --to")
    given = [*(param or []), *(["full=true"] if full else [])]
    parameters = read_parameters(params, given)
    steps = select_steps(from_, to)
    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, signal.default_int_handler)
    try:
        finished = run_chain(
            parameters, runs.resolve(), ConsoleWatcher(out), steps, is_resumed=resume
        )
    except StepError as failure:
        notebook = failure.run.folder / f"{failure.step.name}.ipynb"
        err.print(f"[bold red]{failure.step.name} failed:[/] ", end="")
        reason = _readable(failure.step.error)
        err.print(reason, markup=False, highlight=False, soft_wrap=True)
        err.print(f"  open  {_short_path(notebook)}", highlight=False, soft_wrap=True)
        err.print(f"  then  {_advice(failure.step.error_type)}", highlight=False)
        raise typer.Exit(FAILED) from failure
    except NothingToResumeError as finished_before:
        out.print(str(finished_before), markup=False, highlight=False, soft_wrap=True)
        return
    except KeyboardInterrupt:
        err.print(
            "interrupted; the last finished star is kept. Continue with --resume",
            highlight=False,
        )
        raise typer.Exit(INTERRUPTED) from None
    if PUBLISHING in finished.chosen:
        with _open_star(parameters) as session:
            rows = session.query_file("reports/star_rows").to_pylist()
        counts = {row["table_name"]: row["row_count"] for row in rows}
        show_summary(out, finished, counts)


@app.command()
def query(
    sql: Annotated[
        str, typer.Argument(help="A query, in Redshift's SQL, or show tables.")
    ],
    params: Annotated[Path, typer.Option("--params", help="A parameter file.")] = Path(
        "params/local.yaml"
    ),
    param: Overrides = None,
    format_: Annotated[Format, typer.Option("--format", help=FORMATS)] = Format.TABLE,
) -> None:
    """Query the current warehouse, read-only.

    On DuckDB too, the functions mean what they mean on Redshift, or are refused by
    name: docs/query-functions.md lists them.
    """
    signal.signal(signal.SIGINT, signal.SIG_DFL)  # Ctrl-C ends a long query at once
    with _open_star(read_parameters(params, param or [])) as session:
        write_rows(out, run_query(session, sql), format_)


@app.command()
def trace(
    songplay_id: Annotated[
        str,
        typer.Argument(
            metavar="SONGPLAY_ID", help="A play: user, session and item, as in 26-7-0."
        ),
    ],
    params: Annotated[Path, typer.Argument(help="A parameter file.")] = Path(
        "params/local.yaml"
    ),
    param: Overrides = None,
    format_: Annotated[
        TraceFormat, typer.Option("--format", help="How to write it.")
    ] = TraceFormat.TABLE,
) -> None:
    """Show where a play comes from: object, line and raw text, beside its row.

    The raw text is read again from the source. If the object is gone or has changed
    since the run, a note says so. Use the parameters of the run. Exit status: 0 found,
    2 no such play.
    """
    from sparkify.lineage.show import show_trace
    from sparkify.lineage.trace import trace_play

    parameters = read_parameters(params, param or [])
    with _open_star(parameters) as session:
        traced = trace_play(
            session,
            songplay_id,
            workspace=str(parameters["workspace"]),
            source=str(parameters["source"]),
            most_record_bytes=int(parameters["most_record_bytes"]),
        )
    if format_ is TraceFormat.JSON:
        write_json(out.file, pa.Table.from_pylist([traced.to_row()]))
    else:
        show_trace(out, traced)


@app.command()
def demo(
    folder: Annotated[str, typer.Argument(metavar="DIR", help="An empty folder.")],
    events: Annotated[int, typer.Option(min=1, help="Number of events.")] = 50_000,
    songs: Annotated[int, typer.Option(min=1, help="Number of songs.")] = 5_000,
    seed: Annotated[
        int, typer.Option(min=0, help="Seed; another seed gives other data.")
    ] = 1,
) -> None:
    """Generate source data like the company's own: three months, of any size."""
    from rich.progress import Progress

    from sparkify.demo import generate

    if is_s3(folder):
        raise DemoError(
            f"'{folder}' is in S3, and demo writes to a local folder only; generate "
            f"into a folder, then copy it: aws s3 cp --recursive FOLDER {folder}"
        )
    with Progress(console=err, transient=True) as progress:
        task = progress.add_task("events", total=events)
        data = generate(
            Path(folder),
            events=events,
            songs=songs,
            seed=seed,
            on_progress=lambda done, _: progress.update(task, completed=done),
        )
    out.print(
        f"{folder}: {data.events:,} events of {data.users:,} users in "
        f"{data.log_files:,} files, {data.songs:,} songs in {data.song_files:,} files",
        highlight=False,
        soft_wrap=True,
    )


def main() -> None:
    """Run the command line; turn a SparkifyError into a message and exit status."""
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, TextIOWrapper):
            # An encoding without a character, such as Latin-1, gets its number.
            stream.reconfigure(errors="backslashreplace")
    try:
        app()
    except SparkifyError as error:
        err.print("[bold red]error:[/] ", end="")
        err.print(_readable(str(error)), markup=False, highlight=False, soft_wrap=True)
        is_bad_input = isinstance(error, BAD_INPUTS)
        sys.exit(BAD_INPUT if is_bad_input else FAILED)


def _advice(error_type: str) -> str:
    """Return what to do after a step failed with a type of error."""
    if error_type in ("ParameterError", "SourceError"):
        return "correct the parameter or the source, and start a new run"
    if error_type == "QualityError":
        return "start a new run, with -p accept=true to publish this data all the same"
    return "repeat the command with --resume"


def _open_star(parameters: Mapping[str, Value]) -> Session:
    return open_star(
        str(parameters["workspace"]),
        warehouse=str(parameters["warehouse"]),
        memory_limit=str(parameters["memory_limit"]),
    )


def _readable(message: str) -> str:
    """Return a message without what a terminal would act on, but with its lines."""
    return escape_controls(message, keep="\n")


def _short_path(path: Path) -> str:
    """Return a path relative to the current folder, if it is inside."""
    here = Path.cwd()
    return str(path.relative_to(here) if path.is_relative_to(here) else path)


if __name__ == "__main__":
    main()
