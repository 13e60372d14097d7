"""Raw records as the tests write them: plays, songs and the files that hold them."""

import json
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

Record = Mapping[str, Any]


def write_source(
    folder: Path,
    events: Sequence[Mapping[str, Any]],
    songs: Sequence[Mapping[str, Any]],
) -> Path:
    """Write a source with one file of events and one of songs."""
    for name, records in (("log_data", events), ("song_data", songs)):
        (folder / name).mkdir(parents=True)
        text = "\n".join(json.dumps(record) for record in records)
        (folder / name / "all.json").write_text(text)
    return folder


def play(item: int, title: str, artist: str, **more: Any) -> Record:
    """Make a play; each item is a minute after the one before."""
    return {
        "artist": artist,
        "firstName": "Ada",
        "gender": "F",
        "itemInSession": item,
        "lastName": "Byron",
        "length": 200.5,
        "level": "free",
        "location": "",
        "page": "NextSong",
        "sessionId": 7,
        "song": title,
        "ts": 1_541_105_830_796 + 60_000 * item,
        "userAgent": "Mozilla",
        "userId": "26",
        **more,
    }


def song(
    song_id: str, title: Any, artist: str, artist_id: str, **more: Any
) -> dict[str, Any]:
    """Make a song of the catalogue."""
    return {
        "artist_id": artist_id,
        "artist_latitude": None,
        "artist_location": "",
        "artist_longitude": None,
        "artist_name": artist,
        "duration": 200.5,
        "num_songs": 1,
        "song_id": song_id,
        "title": title,
        "year": 0,
        **more,
    }
