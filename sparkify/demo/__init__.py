"""Generates source data like the company's own, of any size, from a seed."""

import json
import shutil
from collections.abc import Callable
from dataclasses import asdict, dataclass
from pathlib import Path

import numpy as np

from sparkify.demo.audience import make_audience
from sparkify.demo.catalogue import make_catalogue
from sparkify.demo.chance import streams
from sparkify.demo.listening import NOBODY, Listening
from sparkify.demo.period import dates
from sparkify.demo.world import make_world
from sparkify.demo.writer import LogWriter, write_catalogue
from sparkify.errors import DemoError
from sparkify.params import PARAMETERS

__all__ = ["DemoSummary", "generate"]

_GENERATOR_VERSION = 1
SUMMARY_FILE = "demo.json"


@dataclass(frozen=True)
class DemoSummary:
    """What a folder of demo data holds.

    Attributes:
        events: Lines in the log files.
        songs: Objects in the song files.
        users: Different listeners in the events.
        log_files: Log files, one for each day.
        song_files: Song files, one for each song.
    """

    events: int
    songs: int
    users: int
    log_files: int
    song_files: int


def generate(
    folder: Path,
    *,
    events: int,
    songs: int,
    seed: int,
    on_progress: Callable[[int, int], None] | None = None,
) -> DemoSummary:
    """Write three months of demo data: `log_data/`, `song_data/` and `demo.json`.

    The same arguments give the same bytes on every machine. The folder appears whole
    or not at all. If it already holds this data, nothing is written.

    Args:
        folder: Where to write; must be empty, absent or from the same arguments.
        events: The exact number of events.
        songs: The exact number of songs in the catalogue.
        seed: Any whole number from 0; another seed gives other data.
        on_progress: Called with the events done so far and in all.

    Returns:
        What the folder holds.

    Raises:
        DemoError: A number is out of range, or the folder holds something else or
            cannot be written.
    """
    _check_numbers(events, songs, seed)
    folder = folder.resolve()
    arguments = {
        "generator_version": _GENERATOR_VERSION,
        "events": events,
        "songs": songs,
        "seed": seed,
    }
    if (summary := _existing_summary(folder, arguments)) is not None:
        return summary

    partial = folder.with_name(f".{folder.name}.partial")
    shutil.rmtree(partial, ignore_errors=True)
    try:
        partial.mkdir(parents=True)
        summary = _write(partial, events, songs, seed, on_progress)
        content = arguments | {"summary": asdict(summary)}
        text = json.dumps(content, indent=2) + "\n"
        (partial / SUMMARY_FILE).write_text(text, encoding="utf-8", newline="\n")
        partial.replace(folder)
    except OSError as error:
        raise DemoError(
            f"folder '{folder}' cannot be written: {error}; choose another folder"
        ) from error
    finally:
        shutil.rmtree(partial, ignore_errors=True)
    return summary


def _check_numbers(events: int, songs: int, seed: int) -> None:
    """Raise an error if a number is out of range."""
    for name, value in (("events", events), ("songs", songs), ("seed", seed)):
        limits = PARAMETERS[f"demo_{name}"]
        if not limits.at_least <= value <= limits.at_most:
            raise DemoError(
                f"{name} is {value}; choose a whole number from {limits.at_least:,} to "
                f"{limits.at_most:,}"
            )


def _existing_summary(folder: Path, arguments: dict[str, int]) -> DemoSummary | None:
    """Return what the folder holds if it is this data; None if the folder is free."""
    if not folder.exists() or (folder.is_dir() and not any(folder.iterdir())):
        return None
    try:
        content = json.loads((folder / SUMMARY_FILE).read_text(encoding="utf-8"))
        if arguments.items() <= content.items():
            return DemoSummary(**content["summary"])
    except (OSError, ValueError, AttributeError, KeyError, TypeError):
        pass  # no summary file of ours: the folder is somebody else's
    raise DemoError(
        f"folder '{folder}' already holds something other than this demo data; "
        "choose another folder or empty this one"
    )


def _write(
    folder: Path,
    events: int,
    songs: int,
    seed: int,
    on_progress: Callable[[int, int], None] | None,
) -> DemoSummary:
    """Generate the data and write it, day by day."""
    world_stream, catalogue_stream, audience_stream, listening_stream = streams(seed, 4)
    world = make_world(world_stream, songs)
    write_catalogue(folder / "song_data", make_catalogue(catalogue_stream, world))
    audience = make_audience(audience_stream, events)
    listening = Listening(listening_stream, audience, world, events)
    logs = LogWriter(audience, world)
    is_seen = np.zeros(len(audience), dtype=np.bool_)
    log_files = done = 0
    for day, todays in zip(dates(), listening.days(), strict=True):
        if len(todays) == 0:
            continue
        logs.write(folder / "log_data", day, todays)
        users = todays["user"]
        is_seen[users[users != NOBODY]] = True
        log_files += 1
        done += len(todays)
        if on_progress is not None:
            on_progress(done, events)
    return DemoSummary(
        events=done,
        songs=songs,
        users=int(is_seen.sum()),
        log_files=log_files,
        song_files=songs,
    )
