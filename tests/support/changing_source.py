"""A source that changes at random, as sources do."""

import json
from collections.abc import Callable
from pathlib import Path
from random import Random
from typing import Any

TITLES = ("Roxanne", "Clocks", "Zebra", "Åse")
ARTISTS = ("The Police", "Coldplay", "Beach House")
LENGTHS = (191.0, 307.5, 288.0, None)


class Source:
    """A folder of logs and songs; the events of a session lie in several files.

    Args:
        root: The folder.
        random: Chooses what changes.
    """

    def __init__(self, root: Path, random: Random) -> None:
        self.root, self.random = root, random
        self._sessions: list[tuple[str, int]] = []  # the user and the number of events
        self._files = 0
        self.add_songs()
        self.add_events()

    def _write(self, folder: str, records: list[dict[str, Any]]) -> Path:
        self._files += 1
        # Names are not in the order of time: a later file may sort first.
        name = f"{self.random.randrange(1000):03}-{self._files:03}.json"
        path = self.root / folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text("\n".join(map(json.dumps, records)))
        return path

    def _files_of(self, folder: str) -> list[Path]:
        return sorted((self.root / folder).glob("*.json"))

    def _events(self) -> list[dict[str, Any]]:
        choose = self.random.choice
        session = self.random.randrange(3 * len(self._sessions) // 2 + 1)
        if session >= len(self._sessions):
            session = len(self._sessions)
            self._sessions.append((choose(["", "7", "8", "9", "15"]), 0))
        user, first = self._sessions[session]
        items = range(first, first + self.random.randrange(1, 8))
        self._sessions[session] = user, items.stop
        return [
            {
                "artist": choose(ARTISTS),
                "firstName": choose(["Lily", "Cem"]),
                "gender": choose("FM"),
                "itemInSession": item,
                "length": choose(LENGTHS),
                "level": choose(["free", "paid"]),
                "location": choose(["Chicago, IL", "", None]),
                "page": choose(["NextSong", "NextSong", "NextSong", "Home"]),
                "sessionId": session,
                "song": choose(TITLES),
                # Few timestamps: several events of a user may have the same one.
                "ts": 1541105830796 + self.random.randrange(40) * 86_400_000,
                "userId": user,
            }
            for item in items
        ]

    def add_events(self) -> None:
        self._write("log_data", self._events())

    def add_bad_events(self) -> None:
        bad = {"sessionId": 1, "page": "Home"}
        self._write("log_data", [*self._events(), bad])

    def repeat_events(self) -> None:
        path = self.random.choice(self._files_of("log_data"))
        lines = path.read_text().splitlines()
        records = [json.loads(line) for line in self.random.choices(lines, k=2)]
        if self.random.random() < 0.5:  # the same key, other content
            records[0]["gender"] = "X"
        self._write("log_data", [*self._events(), *records])

    def correct_events(self) -> None:
        path = self.random.choice(self._files_of("log_data"))
        records = [json.loads(line) for line in path.read_text().splitlines()]
        self.random.choice(records)["song"] = "Corrected"
        path.write_text("\n".join(map(json.dumps, records)))

    def move_events(self) -> None:
        path = self.random.choice(self._files_of("log_data"))
        self._files += 1
        path.rename(path.with_name(f"moved-{self._files}.json"))

    def remove_events(self) -> None:
        files = self._files_of("log_data")
        if len(files) > 1:
            self.random.choice(files).unlink()

    def add_songs(self) -> None:
        number = self.random.randrange(40)
        artist = self.random.randrange(len(ARTISTS))
        song = {
            "artist_id": f"AR{artist}{self.random.choice('ab')}",
            "artist_name": ARTISTS[artist],
            "song_id": f"SO{number:02}",
            "title": self.random.choice(TITLES),
            "duration": self.random.choice(LENGTHS),
            "year": 1978,
        }
        self._write("song_data", [song])

    def remove_songs(self) -> None:
        files = self._files_of("song_data")
        if len(files) > 1:
            self.random.choice(files).unlink()

    def do_nothing(self) -> None:
        pass


CHANGES_OF_SOURCES: dict[Callable[[Source], None], int] = {
    Source.add_events: 8,
    Source.add_bad_events: 2,
    Source.repeat_events: 1,
    Source.correct_events: 1,
    Source.move_events: 1,
    Source.remove_events: 1,
    Source.add_songs: 1,
    Source.remove_songs: 1,
    Source.do_nothing: 1,
}


def change(source: Source) -> Callable[[Source], None]:
    """Change a source at random; return what was done."""
    (done,) = source.random.choices(
        [*CHANGES_OF_SOURCES], [*CHANGES_OF_SOURCES.values()]
    )
    done(source)
    return done
