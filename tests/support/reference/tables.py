"""The five tables of the star, built from raw records."""

from collections import Counter, defaultdict
from collections.abc import Iterable
from datetime import datetime
from hashlib import md5
from math import inf
from typing import Any

from .records import (
    Pair,
    Record,
    as_text,
    catalogue_pair,
    get_level,
    get_number,
    get_start_time,
    get_user_id,
    is_play,
    played_pair,
    repair,
)
from .rows import Artist, Song, Songplay, Star, Time, User


def star(events: list[Record], songs: list[Record]) -> Star:
    """Return the rows of the five tables, each sorted by its key."""
    plays = [event for event in events if is_play(event)]
    catalogue = _songs_by_pair(songs)
    artist_ids = _ids_by_artist(songs)
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


def _hash_id(prefix: str, text: str) -> str:
    return prefix + _md5(text)[:16].upper()


def _md5(text: str) -> str:
    return md5(text.encode()).hexdigest()


def _song(song: Record) -> Song:
    title, _ = catalogue_pair(song)
    return Song(
        song_id=song["song_id"],
        title=title,
        artist_id=song["artist_id"],
        year=int(get_number(song.get("year")) or 0) or None,
        duration=get_number(song.get("duration")),
        is_inferred=False,
    )


def _songs_by_pair(songs: list[Record]) -> dict[Pair, list[Song]]:
    by_pair = defaultdict(list)
    for song in songs:
        by_pair[catalogue_pair(song)].append(_song(song))
    return by_pair


def _ids_by_artist(songs: list[Record]) -> dict[str, str]:
    """Return the smallest artist id that the catalogue gives to each name."""
    ids = defaultdict(set)
    for song in songs:
        ids[catalogue_pair(song)[1]].add(song["artist_id"])
    return {name: min(candidates) for name, candidates in ids.items()}


def _catalogue_artists(songs: list[Record]) -> list[Artist]:
    """Return one row for each artist id, from its song with the smallest id."""
    first_songs: dict[str, Record] = {}
    for song in sorted(songs, key=lambda song: song["song_id"]):
        first_songs.setdefault(song["artist_id"], song)
    return [
        Artist(
            artist_id=artist_id,
            name=catalogue_pair(song)[1],
            location=repair(song.get("artist_location")) or None,
            latitude=get_number(song.get("artist_latitude")),
            longitude=get_number(song.get("artist_longitude")),
            is_inferred=False,
        )
        for artist_id, song in first_songs.items()
    ]


def _inferred_artist_id(name: str) -> str:
    return _hash_id("AI", name)


def _inferred_artists(plays: list[Record], artist_ids: dict[str, str]) -> set[Artist]:
    played_names = {played_pair(play)[1] for play in plays}
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
        pair = played_pair(play)
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
    length = get_number(play.get("length"))
    return [] if length is None else [length]


def _most_frequent(lengths: Counter[float]) -> float | None:
    """Return the most frequent length; on a tie, the smallest."""
    return min(lengths, key=lambda length: (-lengths[length], length), default=None)


def _song_of(
    play: Record, catalogue: dict[Pair, list[Song]], inferred: dict[Pair, Song]
) -> Song:
    pair = played_pair(play)
    if pair in inferred:
        return inferred[pair]
    length = get_number(play.get("length"))
    return min(
        catalogue[pair],
        key=lambda song: (_distance(song.duration, length), song.song_id),
    )


def _distance(duration: float | None, length: float | None) -> float:
    return inf if duration is None or length is None else abs(duration - length)


def _songplay(play: Record, song: Song) -> Songplay:
    user_id = get_user_id(play)
    session_id = int(float(play["sessionId"]))
    return Songplay(
        songplay_id=f"{user_id}-{session_id}-{int(float(play['itemInSession']))}",
        start_time=get_start_time(play),
        user_id=user_id,
        level=get_level(play),
        song_id=song.song_id,
        artist_id=song.artist_id,
        session_id=session_id,
        location=repair(play.get("location")) or None,
        user_agent=as_text(play.get("userAgent")),
    )


def _users(events: list[Record]) -> list[User]:
    in_order = sorted(
        events,
        key=lambda event: [
            float(event[key]) for key in ("ts", "sessionId", "itemInSession")
        ],
    )
    latest = {get_user_id(event): event for event in in_order if get_user_id(event)}
    return [
        User(
            user_id=user_id,
            first_name=repair(event.get("firstName")),
            last_name=repair(event.get("lastName")),
            gender=as_text(event.get("gender")),
            level=get_level(event),
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
