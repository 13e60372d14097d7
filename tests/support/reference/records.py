"""The raw records of a source, and the values that the reference takes from them."""

import json
import re
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
    """Yield the objects of all files: one after another, however they are laid out."""
    decoder = json.JSONDecoder()
    for path in sorted(folder.rglob("*.json"), key=Path.as_posix):
        text = path.read_text(encoding="utf-8").rstrip()
        end = 0
        while end < len(text):
            start = re.compile(r"\s*").match(text, end)
            record, end = decoder.raw_decode(text, start.end() if start else end)
            yield record


def is_play(event: Record) -> bool:
    """Tell whether a user played a song."""
    return str(event["page"]).rstrip() == "NextSong" and bool(get_user_id(event))


def as_text(value: Any) -> str | None:
    """Return a value as text without trailing blanks; write a number as JSON does."""
    if value is None:
        return None
    return (value if isinstance(value, str) else json.dumps(value)).rstrip(" ")


def repair(value: Any) -> str | None:
    """Return a value as text, decoded once more where it was encoded twice."""
    text = as_text(value)
    return text if text is None or text.isascii() else str(fix_encoding(text))


def get_user_id(event: Record) -> str:
    """Return the name of the user: 7, 7.0, "7" and " 7.0 " are one."""
    text = (as_text(event.get("userId")) or "").strip()
    return text.partition(".")[0] if re.fullmatch(r"\d+\.0+", text) else text


def get_level(event: Record) -> str | None:
    """Return the level, of which case and blanks do not count."""
    level = as_text(event.get("level"))
    return None if level is None else level.strip().lower()


def get_number(value: Any) -> float | None:
    """Return a number, also one that was written as text; NaN is a missing one."""
    if value is None or not str(value).strip():
        return None
    number = float(value)
    return number if abs(number) < float("inf") else None


def get_start_time(play: Record) -> datetime:
    return EPOCH + timedelta(milliseconds=int(play["ts"]))


def played_pair(play: Record) -> Pair:
    return str(repair(play["song"])), str(repair(play["artist"]))


def catalogue_pair(song: Record) -> Pair:
    return str(repair(song["title"])), str(repair(song["artist_name"]))
