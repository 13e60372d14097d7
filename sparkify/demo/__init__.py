"""Generates source data like the company's own, of any size, from a seed."""

import json
import os
from collections.abc import Callable
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

import numpy as np

from sparkify import ownership
from sparkify.demo.audience import make_audience
from sparkify.demo.catalogue import make_catalogue
from sparkify.demo.chance import streams
from sparkify.demo.flaws import add_flaws
from sparkify.demo.listening import NOBODY, Listening
from sparkify.demo.period import dates
from sparkify.demo.world import make_world
from sparkify.demo.writer import LogWriter, write_catalogue
from sparkify.errors import DemoError
from sparkify.params import PARAMETERS

__all__ = ["DemoSummary", "generate"]

_GENERATOR_VERSION = 1
SUMMARY_FILE = ownership.DEMO_SUMMARY
LOGS, SONGS = "log_data", "song_data"


@dataclass(frozen=True)
class DemoSummary:
    """What a folder of demo data holds.

    Attributes:
        events: Events in the log files; flawed lines that were added do not count.
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
    has_flaws: bool = False,
    replace: bool = False,
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
        has_flaws: Whether a few lines are bad, repeated or in need of repair.
        replace: Whether to replace demo data from other arguments, or of which files
            are missing; otherwise it is refused. Nobody else may write to the folder.
        on_progress: Called with the events done so far and in all.

    Returns:
        What the folder holds.

    Raises:
        DemoError: A number is out of range, or the folder holds something else or
            cannot be written.
        RemovalError: What a killed call left cannot be removed.
    """
    _check_numbers(events, songs, seed)
    folder = folder.resolve()
    arguments = {
        "generator_version": _GENERATOR_VERSION,
        "events": events,
        "songs": songs,
        "seed": seed,
        "has_flaws": has_flaws,
    }
    if (summary := _existing_summary(folder, arguments, replace)) is not None:
        if replace:
            _clean_up(folder)
        return summary
    _clean_up(folder)
    part = None
    try:
        folder.parent.mkdir(parents=True, exist_ok=True)
        part = ownership.make_part(folder.parent, folder.name)
        summary = _write(part, events, songs, seed, on_progress)
        if has_flaws:
            add_flaws(max(part.glob(f"{LOGS}/*/*/*.json")), events)
        content = arguments | {"summary": asdict(summary)}
        text = json.dumps(content, indent=2) + "\n"
        (part / SUMMARY_FILE).write_text(text, encoding="utf-8", newline="\n")
        _put_in_place(part, folder)
    except OSError as error:
        raise DemoError(
            f"folder '{folder}' cannot be written: {error}; choose another folder"
        ) from error
    finally:
        if part is not None:
            ownership.remove(part)
    return summary


def _clean_up(folder: Path) -> None:
    """Remove what a killed call for this folder has left."""
    for killed in ownership.parts(folder.parent, folder.name):
        ownership.remove(killed)
    if (mark := folder / ownership.MARK).is_file():
        ownership.remove(mark)


def _put_in_place(part: Path, folder: Path) -> None:
    """Rename the complete data; what a kill leaves is found by the next call."""
    if folder.is_dir() and any(folder.iterdir()):
        ownership.mark(folder)
        folder.rename(ownership.part_path(folder.parent))
    part.replace(folder)
    _clean_up(folder)


def _check_numbers(events: int, songs: int, seed: int) -> None:
    """Raise an error if a number is out of range."""
    for name, value in (("events", events), ("songs", songs), ("seed", seed)):
        limits = PARAMETERS[f"demo_{name}"]
        if not limits.at_least <= value <= limits.at_most:
            raise DemoError(
                f"{name} is {value}; choose a whole number from {limits.at_least:,} to "
                f"{limits.at_most:,}"
            )


def _existing_summary(
    folder: Path, arguments: dict[str, Any], replace: bool
) -> DemoSummary | None:
    """Return what the folder holds if it is this data; None if it may be written."""
    if not folder.exists() or (folder.is_dir() and not any(folder.iterdir())):
        return None
    content = _read_summary(folder)
    is_same = arguments.items() <= ({"has_flaws": False} | content).items()
    if is_same:
        summary = DemoSummary(**content["summary"])
        counts = [_count_files(folder, name) for name in (LOGS, SONGS)]
        if counts == [summary.log_files, summary.song_files]:
            return summary
    if content and replace and not (others := ownership.foreign(folder)):
        return None
    if content and replace:
        raise DemoError(
            f"'{others[0]}' is not Sparkify's, so the demo data around it is not "
            "replaced; move it to another folder"
        )
    if is_same:
        raise DemoError(
            f"folder '{folder}' holds this demo data, but not all of its files; choose "
            "another folder or empty this one"
        )
    raise DemoError(
        f"folder '{folder}' already holds something other than this demo data; "
        "choose another folder or empty this one"
    )


def _read_summary(folder: Path) -> dict[str, Any]:
    """Return the content of the summary file; {} if it is not one of ours."""
    try:
        text = (folder / SUMMARY_FILE).read_text(encoding="utf-8")
        content: dict[str, Any] = json.loads(text)
        DemoSummary(**content["summary"])
    except (OSError, ValueError, AttributeError, KeyError, TypeError):
        return {}
    return content if ownership.is_ours(folder) else {}


def _count_files(folder: Path, name: str) -> int:
    """Count the demo data's own files below a folder of it."""
    count = 0
    for base, _, files in os.walk(folder / name):
        within = Path(base).relative_to(folder).as_posix()
        matches = (ownership.DEMO_CONTENT.fullmatch(f"{within}/{f}") for f in files)
        count += sum(match is not None for match in matches)
    return count


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
    write_catalogue(folder / SONGS, make_catalogue(catalogue_stream, world))
    audience = make_audience(audience_stream, events)
    listening = Listening(listening_stream, audience, world, events)
    logs = LogWriter(audience, world)
    is_seen = np.zeros(len(audience), dtype=np.bool_)
    log_files = done = 0
    for day, todays in zip(dates(), listening.days(), strict=True):
        if len(todays) == 0:
            continue
        logs.write(folder / LOGS, day, todays)
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
