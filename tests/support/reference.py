"""The star schema once more, in plain Python, as the tests' second opinion.

It follows DESIGN.md alone, shares no code with the package and reads well-formed
data only. Rows are named tuples, so they compare equal to plain ones.
"""

import json
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator
from datetime import datetime, timedelta
from hashlib import md5
from math import inf
from pathlib import Path
from typing import Any, NamedTuple

from ftfy import fix_encoding

Record = dict[str, Any]
Pair = tuple[str, str]
"""A title and an artist's name, both repaired."""

Star = dict[str, list[Any]]
"""The rows of each table, by its name."""

EPOCH = datetime(1970, 1, 1)


class Songplay(NamedTuple):
    """One play."""

    songplay_id: str
    start_time: datetime
    user_id: str
    level: str | None
    song_id: str
    artist_id: str
    session_id: int
    location: str | None
    user_agent: str | None


class User(NamedTuple):
    """One user, as the latest event shows them."""

    user_id: str
    first_name: str | None
    last_name: str | None
    gender: str | None
    level: str | None


class Song(NamedTuple):
    """One song, of the catalogue or inferred from plays."""

    song_id: str
    title: str
    artist_id: str
    year: int | None
    duration: float | None
    is_inferred: bool


class Artist(NamedTuple):
    """One artist, of the catalogue or inferred from plays."""

    artist_id: str
    name: str
    location: str | None
    latitude: float | None
    longitude: float | None
    is_inferred: bool


class Time(NamedTuple):
    """One instant at which something was played."""

    start_time: datetime
    hour: int
    day: int
    week: int
    month: int
    year: int
    weekday: int


def read_events(source: Path) -> list[Record]:
    """The events below `source`/log_data as they were logged."""
    return list(_records(source / "log_data"))


def read_songs(source: Path) -> list[Record]:
    """The songs below `source`/song_data as they were written."""
    return list(_records(source / "song_data"))


def is_play(event: Record) -> bool:
    """Whether a user played a song."""
    return event["page"] == "NextSong" and bool(_user_id(event))


def star(events: list[Record], songs: list[Record]) -> Star:
    """The rows of the five tables, each sorted by its key."""
    plays = [event for event in events if is_play(event)]
    catalogue = _songs_by_pair(songs)
    artist_ids = _artist_ids_by_name(songs)
    inferred = _inferred_songs(plays, catalogue, artist_ids)
    songplays = [_songplay(play, _song_of(play, catalogue, inferred)) for play in plays]
    tables: dict[str, Iterable[Any]] = {
        "songplays": songplays,
        "users": _users(events),
        "songs": [*map(_song, songs), *inferred.values()],
        "artists": [*_catalogue_artists(songs), *_inferred_artists(plays, artist_ids)],
        "time": {_time(songplay.start_time) for songplay in songplays},
    }
    return {name: sorted(rows, key=lambda row: row[0]) for name, rows in tables.items()}


def top_songs(tables: Star, count: int) -> list[tuple[str, str, int]]:
    """The most played songs: title, name of the star's artist, plays."""
    titles = {song.song_id: song.title for song in tables["songs"]}
    names = {artist.artist_id: artist.name for artist in tables["artists"]}
    plays = Counter(
        (titles[play.song_id], names[play.artist_id]) for play in tables["songplays"]
    )
    ranked = sorted(plays.items(), key=lambda item: (-item[1], item[0]))
    return [(title, name, number) for (title, name), number in ranked[:count]]


def top_artists(tables: Star, count: int) -> list[tuple[str, int]]:
    """The most played artists: name of the star's artist, plays."""
    names = {artist.artist_id: artist.name for artist in tables["artists"]}
    plays = Counter(names[play.artist_id] for play in tables["songplays"])
    return sorted(plays.items(), key=lambda item: (-item[1], item[0]))[:count]


def figures(events: list[Record], songs: list[Record], tables: Star) -> dict[str, int]:
    """What can be counted in a source and its star."""
    songplays, users = tables["songplays"], tables["users"]
    inferred_songs = {song.song_id for song in tables["songs"] if song.is_inferred}
    inferred_artists = [row for row in tables["artists"] if row.is_inferred]
    return {
        "events": len(events),
        "plays": len(songplays),
        "events_without_user": sum(not _user_id(event) for event in events),
        "users": len(users),
        "users_with_play": len({play.user_id for play in songplays}),
        "distinct_play_times": len(tables["time"]),
        "distinct_event_times": len({event["ts"] for event in events}),
        "sessions_with_play": len({(row.user_id, row.session_id) for row in songplays}),
        "paid_plays": sum(play.level == "paid" for play in songplays),
        "free_plays": sum(play.level == "free" for play in songplays),
        "paid_users": sum(user.level == "paid" for user in users),
        "catalogue_songs": len(tables["songs"]) - len(inferred_songs),
        "catalogue_artists": len(tables["artists"]) - len(inferred_artists),
        "plays_matched": sum(row.song_id not in inferred_songs for row in songplays),
        "inferred_songs": len(inferred_songs),
        "inferred_artists": len(inferred_artists),
    } | _figures_as_written(events, songs)


def _figures_as_written(events: list[Record], songs: list[Record]) -> dict[str, int]:
    """What can be counted before any text is repaired."""
    artist_keys = [
        "artist_id",
        "artist_name",
        "artist_location",
        "artist_latitude",
        "artist_longitude",
    ]
    artists = {tuple(song.get(key) for key in artist_keys) for song in songs}
    catalogue = [
        (song["title"], song["artist_name"], song.get("duration")) for song in songs
    ]
    plays = [
        (play["song"], play["artist"], play.get("length"))
        for play in events
        if is_play(play)
    ]
    pairs, triples = {song[:2] for song in catalogue}, set(catalogue)
    return {
        "artist_rows_as_written": len(artists),
        "plays_matched_as_written": sum(play[:2] in pairs for play in plays),
        "plays_matched_as_written_with_length": sum(play in triples for play in plays),
    }


def _records(folder: Path) -> Iterator[Record]:
    for path in sorted(folder.rglob("*.json"), key=Path.as_posix):
        for line in path.read_text(encoding="utf-8").split("\n"):
            if line.strip():
                yield json.loads(line)


def _text(value: Any) -> str | None:
    """A value as text: numbers as JSON writes them."""
    return value if value is None or isinstance(value, str) else json.dumps(value)


def _repaired(value: Any) -> str | None:
    """A value as text, the right way round where it was encoded twice."""
    text = _text(value)
    return text if text is None or text.isascii() else str(fix_encoding(text))


def _user_id(event: Record) -> str:
    return _text(event.get("userId")) or ""


def _start_time(play: Record) -> datetime:
    return EPOCH + timedelta(milliseconds=int(play["ts"]))


def _played_pair(play: Record) -> Pair:
    return str(_repaired(play["song"])), str(_repaired(play["artist"]))


def _catalogue_pair(song: Record) -> Pair:
    return str(_repaired(song["title"])), str(_repaired(song["artist_name"]))


def _hash_id(prefix: str, text: str) -> str:
    return prefix + _md5(text)[:16].upper()


def _md5(text: str) -> str:
    return md5(text.encode()).hexdigest()


def _song(song: Record) -> Song:
    title, _ = _catalogue_pair(song)
    return Song(
        song_id=song["song_id"],
        title=title,
        artist_id=song["artist_id"],
        year=int(song.get("year") or 0) or None,
        duration=song.get("duration"),
        is_inferred=False,
    )


def _songs_by_pair(songs: list[Record]) -> dict[Pair, list[Song]]:
    by_pair = defaultdict(list)
    for song in songs:
        by_pair[_catalogue_pair(song)].append(_song(song))
    return by_pair


def _artist_ids_by_name(songs: list[Record]) -> dict[str, str]:
    """The smallest artist id that a catalogue row gives to each name."""
    ids = defaultdict(set)
    for song in songs:
        ids[_catalogue_pair(song)[1]].add(song["artist_id"])
    return {name: min(candidates) for name, candidates in ids.items()}


def _catalogue_artists(songs: list[Record]) -> list[Artist]:
    """One row an artist id: what its smallest song id says."""
    first_songs: dict[str, Record] = {}
    for song in sorted(songs, key=lambda song: song["song_id"]):
        first_songs.setdefault(song["artist_id"], song)
    return [
        Artist(
            artist_id=artist_id,
            name=_catalogue_pair(song)[1],
            location=_repaired(song.get("artist_location")) or None,
            latitude=song.get("artist_latitude"),
            longitude=song.get("artist_longitude"),
            is_inferred=False,
        )
        for artist_id, song in first_songs.items()
    ]


def _inferred_artist_id(name: str) -> str:
    return _hash_id("AI", name)


def _inferred_artists(plays: list[Record], artist_ids: dict[str, str]) -> set[Artist]:
    played_names = {_played_pair(play)[1] for play in plays}
    return {
        Artist(_inferred_artist_id(name), name, None, None, None, is_inferred=True)
        for name in played_names - artist_ids.keys()
    }


def _inferred_songs(
    plays: list[Record],
    catalogue: dict[Pair, list[Song]],
    artist_ids: dict[str, str],
) -> dict[Pair, Song]:
    lengths: dict[Pair, Counter[float]] = defaultdict(Counter)
    for play in plays:
        pair = _played_pair(play)
        if pair not in catalogue:
            lengths[pair].update(_logged_length(play))
    return {
        (title, name): Song(
            song_id=_hash_id("SI", _md5(title) + name),
            title=title,
            artist_id=artist_ids.get(name) or _inferred_artist_id(name),
            year=None,
            duration=_most_frequent(counts),
            is_inferred=True,
        )
        for (title, name), counts in lengths.items()
    }


def _logged_length(play: Record) -> list[float]:
    length = play.get("length")
    return [] if length is None else [length]


def _most_frequent(lengths: Counter[float]) -> float | None:
    """The most frequent length, the smallest on a tie."""
    return min(lengths, key=lambda length: (-lengths[length], length), default=None)


def _song_of(
    play: Record, catalogue: dict[Pair, list[Song]], inferred: dict[Pair, Song]
) -> Song:
    pair = _played_pair(play)
    if pair in inferred:
        return inferred[pair]
    length = play.get("length")
    return min(
        catalogue[pair],
        key=lambda song: (_distance(song.duration, length), song.song_id),
    )


def _distance(duration: float | None, length: float | None) -> float:
    return inf if duration is None or length is None else abs(duration - length)


def _songplay(play: Record, song: Song) -> Songplay:
    user_id = _user_id(play)
    session_id = int(play["sessionId"])
    return Songplay(
        songplay_id=f"{user_id}-{session_id}-{int(play['itemInSession'])}",
        start_time=_start_time(play),
        user_id=user_id,
        level=play.get("level"),
        song_id=song.song_id,
        artist_id=song.artist_id,
        session_id=session_id,
        location=_repaired(play.get("location")) or None,
        user_agent=play.get("userAgent"),
    )


def _users(events: list[Record]) -> list[User]:
    in_order = sorted(
        events,
        key=lambda event: (event["ts"], event["sessionId"], event["itemInSession"]),
    )
    latest = {_user_id(event): event for event in in_order if _user_id(event)}
    return [
        User(
            user_id=user_id,
            first_name=_repaired(event.get("firstName")),
            last_name=_repaired(event.get("lastName")),
            gender=event.get("gender"),
            level=event.get("level"),
        )
        for user_id, event in latest.items()
    ]


def _time(start_time: datetime) -> Time:
    return Time(
        start_time=start_time,
        hour=start_time.hour,
        day=start_time.day,
        week=start_time.isocalendar().week,
        month=start_time.month,
        year=start_time.year,
        weekday=start_time.isoweekday() % 7,
    )
