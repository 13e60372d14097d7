"""`sparkify query`: sends a query to the current warehouse."""

import signal
from pathlib import Path
from typing import Annotated

import typer

from sparkify.commands.arguments import LOCAL, Overrides
from sparkify.commands.output import out
from sparkify.commands.star import open_star
from sparkify.formats import FORMATS, Format
from sparkify.params import read_parameters


def query(
    sql: Annotated[
        str, typer.Argument(help="A query, in Redshift's SQL, or show tables.")
    ],
    params: Annotated[Path, typer.Option("--params", help="A parameter file.")] = LOCAL,
    param: Overrides = None,
    format_: Annotated[Format, typer.Option("--format", help=FORMATS)] = Format.TABLE,
) -> None:
    """Query the current warehouse, read-only.

    On DuckDB too, the functions mean what they mean on Redshift, or are refused by
    name: docs/query-functions.md lists them.
    """
    from sparkify.rows import write_rows
    from sparkify.warehouse.query import run_query

    signal.signal(signal.SIGINT, signal.SIG_DFL)  # Ctrl-C ends a long query at once
    with open_star(read_parameters(params, param or [])) as session:
        write_rows(out, run_query(session, sql), format_)
