"""Writes the demo data as the company's systems do: JSON objects in many files.

Two quirks of the real files are kept. The logs' text outside ASCII is encoded twice,
and a text of the catalogue that is only a number is a JSON number.
"""

import json
import re
from collections.abc import Iterable, Iterator
from datetime import date
from itertools import groupby
from operator import attrgetter
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from sparkify.demo.audience import Audience
from sparkify.demo.catalogue import CatalogueSong
from sparkify.demo.listening import NO_SONG, Events
from sparkify.demo.pages import FIRST_LOGGED_OUT, REQUESTS
from sparkify.demo.world import LENGTH_UNIT, World

_EVENTS_A_WRITE = 20_000

_Texts = NDArray[np.object_]


def write_catalogue(folder: Path, songs: Iterable[CatalogueSong]) -> None:
    """Write one file a song, nested by the third to fifth letter of its track id.

    The order is folder by folder: some file systems are slow in mixed order.
    """
    in_order = sorted(songs, key=attrgetter("track_id"))
    for letters, group in groupby(in_order, key=lambda song: song.track_id[2:5]):
        place = folder.joinpath(*letters)
        place.mkdir(parents=True)
        for song in group:
            path = place / f"{song.track_id}.json"
            path.write_bytes(_song_line(song).encode("ascii"))


class LogWriter:
    """Writes the events of a day as one log file."""

    def __init__(self, audience: Audience, world: World) -> None:
        """Prepare the text that each listener, song and page has in the logs."""
        # The last entry of each array, at -1, is for nobody and for no song.
        self._artists = _texts([_logged(artist) for artist in world.artists], "null")
        self._titles = _texts([_logged(title) for title in world.titles], "null")
        self._given_names = _texts(
            [
                f'{_logged(name)},"gender":"{gender}"'
                for name, gender in zip(
                    audience.first_names, audience.genders, strict=True
                )
            ],
            'null,"gender":null',
        )
        self._last_names = _texts(map(_logged, audience.last_names), "null")
        self._metros = _texts(map(_logged, audience.metros), "null")
        self._registrations = _texts(
            [f"{timestamp}.0" for timestamp in audience.registered_at.tolist()], "null"
        )
        self._user_agents = _texts(
            [
                f'{_logged(agent)},"userId":"{number}"'
                for number, agent in enumerate(audience.user_agents, start=1)
            ],
            'null,"userId":""',
        )
        self._requests = _texts(
            f'"{method}","page":"{page}"' for page, method, _ in REQUESTS.values()
        )
        self._states = _texts(
            "Logged Out" if page >= FIRST_LOGGED_OUT else "Logged In"
            for page in REQUESTS
        )
        self._statuses = _texts(str(status) for _, _, status in REQUESTS.values())
        self._levels = _texts(["free", "paid"])

    def write(self, folder: Path, day: date, events: Events) -> None:
        """Write a day's events, one a line, the last line without its newline."""
        path = folder / f"{day:%Y}" / f"{day:%m}" / f"{day:%Y-%m-%d}-events.json"
        path.parent.mkdir(parents=True, exist_ok=True)
        with path.open("w", encoding="ascii", newline="\n") as file:
            for begin in range(0, len(events), _EVENTS_A_WRITE):
                file.write("\n" if begin else "")
                some = events[begin : begin + _EVENTS_A_WRITE]
                file.write("\n".join(self._lines(some)))

    def _lines(self, events: Events) -> Iterator[str]:
        """Yield the JSON object of each event."""
        users, songs, pages = events["user"], events["song"], events["page"]
        lengths = (events["length"] / LENGTH_UNIT).astype(np.object_)
        lengths[songs == NO_SONG] = "null"
        columns = (
            self._artists[songs],
            self._states[pages],
            self._given_names[users],
            events["item"],
            self._last_names[users],
            lengths,
            self._levels[events["is_paid"].astype(np.int8)],
            self._metros[users],
            self._requests[pages],
            self._registrations[users],
            events["session"],
            self._titles[songs],
            self._statuses[pages],
            events["ts"],
            self._user_agents[users],
        )
        for (
            artist,
            state,
            given_name,
            item,
            last_name,
            length,
            level,
            metro,
            request,
            registration,
            session,
            title,
            status,
            timestamp,
            user_agent,
        ) in zip(*(column.tolist() for column in columns), strict=True):
            yield (
                f'{{"artist":{artist},"auth":"{state}","firstName":{given_name},'
                f'"itemInSession":{item},"lastName":{last_name},"length":{length},'
                f'"level":"{level}","location":{metro},"method":{request},'
                f'"registration":{registration},"sessionId":{session},'
                f'"song":{title},"status":{status},"ts":{timestamp},'
                f'"userAgent":{user_agent}}}'
            )


def encode_twice(text: str) -> str:
    """Read the UTF-8 bytes of a text as Latin-1, two times over; ASCII stays."""
    for _ in range(2):
        text = text.encode("utf-8").decode("latin-1")
    return text


def _logged(text: str) -> str:
    """Write a text as the logs do."""
    return _json(encode_twice(text))


def _json(text: str) -> str:
    """Write a JSON string in ASCII, with slashes escaped as in the real files."""
    return json.dumps(text).replace("/", "\\/")


def _json_or_number(text: str) -> str:
    """Write a JSON string, or a number if the text is only a number."""
    return text if re.fullmatch(r"\d+(\.\d+)?", text) else _json(text)


def _song_line(song: CatalogueSong) -> str:
    """Write the JSON object of a song."""
    home = song.home
    return (
        f'{{"artist_id":"{song.artist_id}",'
        f'"artist_latitude":{json.dumps(home.latitude)},'
        f'"artist_location":{_json(home.location)},'
        f'"artist_longitude":{json.dumps(home.longitude)},'
        f'"artist_name":{_json_or_number(song.artist_name)},'
        f'"duration":{song.duration},"num_songs":1,"song_id":"{song.song_id}",'
        f'"title":{_json_or_number(song.title)},"year":{song.year}}}'
    )


def _texts(texts: Iterable[str], *more: str) -> _Texts:
    """Gather texts in an array that can be indexed by arrays."""
    return np.array([*texts, *more], dtype=np.object_)
