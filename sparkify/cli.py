"""The command line, `sparkify`: its commands, and what an error becomes."""

import sys
from importlib.metadata import version
from io import TextIOWrapper
from typing import Annotated

import typer
from rich.markup import escape

from sparkify.commands.demo import demo
from sparkify.commands.output import BAD_INPUT, FAILED, err, out, readable
from sparkify.commands.provision import provision
from sparkify.commands.query import query
from sparkify.commands.rollback import rollback
from sparkify.commands.run import run
from sparkify.commands.runs import runs
from sparkify.commands.teardown import teardown
from sparkify.commands.trace import trace
from sparkify.documentation.parameters import list_parameters
from sparkify.errors import (
    DemoError,
    ParameterError,
    SparkifyError,
    SqlError,
    TraceError,
)

BAD_INPUTS = (DemoError, ParameterError, SqlError, TraceError)

app = typer.Typer(
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
)
app.command(epilog=escape(list_parameters()))(run)
app.command()(runs)
app.command()(rollback)
app.command()(query)
app.command()(trace)
app.command()(demo)
app.command()(provision)
app.command()(teardown)


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
        err.print(readable(str(error)), markup=False, highlight=False, soft_wrap=True)
        is_bad_input = isinstance(error, BAD_INPUTS)
        sys.exit(BAD_INPUT if is_bad_input else FAILED)


if __name__ == "__main__":
    main()
