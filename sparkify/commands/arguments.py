"""The options that several commands have, with their help."""

from pathlib import Path
from typing import Annotated

import typer

LOCAL = Path("params/local.yaml")

ParameterFile = Annotated[
    Path, typer.Argument(metavar="PARAMS", help="A parameter file: params/local.yaml.")
]
Overrides = Annotated[
    list[str] | None,
    typer.Option(
        "-p",
        "--param",
        metavar="KEY=VALUE",
        help="Set a parameter; overrides the file, and can be repeated.",
    ),
]
RunsFolder = Annotated[
    Path,
    typer.Option(
        "--runs",
        show_default="runs/ of the project",
        help="Folder that has a folder for each run.",
    ),
]
