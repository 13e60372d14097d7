"""The songs of the demo data have the keys, gaps and ambiguous names of real ones."""

from collections import defaultdict
from pathlib import Path

import ftfy

from tests.support.demo import Record, share

SONG_TYPES: dict[str, set[type]] = {
    "artist_id": {str},
    "artist_latitude": {float, type(None)},
    "artist_location": {str},
    "artist_longitude": {float, type(None)},
    "artist_name": {str, int},
    "duration": {float},
    "num_songs": {int},
    "song_id": {str},
    "title": {str, int},
    "year": {int},
}


def test_songs_have_the_keys_and_types_of_the_real_ones(songs: list[Record]) -> None:
    for song in songs:
        assert list(song) == list(SONG_TYPES)
        assert all(type(song[key]) in SONG_TYPES[key] for key in SONG_TYPES)


def test_song_files_are_nested_by_the_letters_of_their_names(folder: Path) -> None:
    for path in folder.glob("song_data/?/?/?/*.json"):
        assert path.parent.parts[-3:] == tuple(path.name[2:5])


def test_about_two_fifths_of_the_plays_match_the_catalogue(
    plays: list[Record], songs: list[Record]
) -> None:
    lengths: dict[tuple[str, str], set[float]] = defaultdict(set)
    for song in songs:
        key = (str(song["title"]), str(song["artist_name"]))
        lengths[key].add(song["duration"])
    keys: list[tuple[str, str]] = [
        (ftfy.fix_encoding(play["song"]), ftfy.fix_encoding(play["artist"]))
        for play in plays
    ]
    matched = [key in lengths for key in keys]
    exact = [
        play["length"] in lengths.get(key, ())
        for play, key in zip(plays, keys, strict=True)
    ]
    assert 0.35 < share(matched) < 0.45
    assert 0.90 < sum(exact) / sum(matched) < 1


def test_the_catalogue_has_missing_values_like_the_real_one(
    songs: list[Record],
) -> None:
    assert 0.25 < share([song["year"] == 0 for song in songs]) < 0.4
    assert 0.55 < share([song["artist_latitude"] is None for song in songs]) < 0.8
    assert 0.3 < share([song["artist_location"] == "" for song in songs]) < 0.7
    assert any(type(song["title"]) is int for song in songs)
    assert any(type(song["artist_name"]) is int for song in songs)


def test_the_catalogue_has_ambiguous_names_like_the_real_one(
    songs: list[Record],
) -> None:
    durations, names, ids = defaultdict(set), defaultdict(set), defaultdict(set)
    for song in songs:
        durations[song["title"], song["artist_name"]].add(song["duration"])
        names[song["artist_id"]].add(str(song["artist_name"]))
        ids[song["artist_name"]].add(song["artist_id"])
    assert len({song["song_id"] for song in songs}) == len(songs)
    assert any(len(found) == 2 for found in durations.values())
    assert any(len(found) == 2 for found in ids.values())
    doubly_named = [sorted(found) for found in names.values() if len(found) == 2]
    assert doubly_named
    assert all(long.startswith(f"{short} / ") for short, long in doubly_named)
