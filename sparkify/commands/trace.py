"""`sparkify trace`: shows where a play comes from."""

from typing import Annotated

import typer

from sparkify.commands.arguments import LOCAL, Overrides, ParameterFile
from sparkify.commands.output import out
from sparkify.commands.star import open_star
from sparkify.formats import TraceFormat
from sparkify.params import read_parameters


def trace(
    songplay_id: Annotated[
        str,
        typer.Argument(
            metavar="SONGPLAY_ID", help="A play: user, session and item, as in 26-7-0."
        ),
    ],
    params: ParameterFile = LOCAL,
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
    import pyarrow as pa

    from sparkify.lineage.show import show_trace
    from sparkify.lineage.trace import trace_play
    from sparkify.rows import write_json

    parameters = read_parameters(params, param or [])
    with open_star(parameters) as session:
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
