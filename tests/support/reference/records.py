"""The raw records of a source, and the values that the reference takes from them."""

import json
from collections.abc import Iterator
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

from ftfy import fix_encoding

Record = dict[str, Any]
Pair = tuple[str, str]
"""A title and an artist's name, both repaired."""

EPOCH = datetime(1970, 1, 1)


def read_events(source: Path) -> list[Record]:
    """Return the events below `source`/log_data as they were logged."""
    return list(read_folder(source / "log_data"))


def read_songs(source: Path) -> list[Record]:
    """Return the songs below `source`/song_data as they were written."""
    return list(read_folder(source / "song_data"))


def read_folder(folder: Path) -> Iterator[Record]:
    for path in sorted(folder.rglob("*.json"), key=Path.as_posix):
        for line in path.read_text(encoding="utf-8").split("\n"):
            if line.strip():
                yield json.loads(line)


def is_play(event: Record) -> bool:
    """Tell whether a user played a song."""
    return event["page"] == "NextSong" and bool(get_user_id(event))


def as_text(value: Any) -> str | None:
    """Return a value as text; write a number as JSON does."""
    return value if value is None or isinstance(value, str) else json.dumps(value)


def repair(value: Any) -> str | None:
    """Return a value as text, decoded once more where it was encoded twice."""
    text = as_text(value)
    return text if text is None or text.isascii() else str(fix_encoding(text))


def get_user_id(event: Record) -> str:
    return as_text(event.get("userId")) or ""


def get_start_time(play: Record) -> datetime:
    return EPOCH + timedelta(milliseconds=int(play["ts"]))


def played_pair(play: Record) -> Pair:
    return str(repair(play["song"])), str(repair(play["artist"]))


def catalogue_pair(song: Record) -> Pair:
    return str(repair(song["title"])), str(repair(song["artist_name"]))
