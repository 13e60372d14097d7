"""`sparkify demo`: generates source data."""

from pathlib import Path
from typing import Annotated

import typer

from sparkify.commands.output import err, out
from sparkify.errors import DemoError
from sparkify.s3 import is_s3


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
