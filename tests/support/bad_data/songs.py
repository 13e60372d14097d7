"""The files of `song_data`: songs that are bad, harmless or said twice."""

from itertools import count

from .broken import (
    ENCODING,
    NUMBER_AS_TEXT,
    WHOLE_AS_FRACTION,
    NewRecord,
    broken_lines,
    empty_lines,
    missing_lines,
    odd_lines,
)
from .files import Line, Record, SourceFile, again, bad, good, repaired
from .layouts import between_good_lines, foreign_files, layout_files

FOLDER = "song_data/A/B/C"
REQUIRED_KEYS = ["song_id", "title", "artist_id", "artist_name"]
TEMPLATE: Record = {
    "artist_id": "ARQUEEN",
    "artist_latitude": 51.5,
    "artist_location": "London, England",
    "artist_longitude": None,
    "artist_name": "Queen",
    "duration": 248.5,
    "num_songs": 1,
    "song_id": "SO",
    "title": "Under Pressure",
    "year": 1981,
}


def song_files() -> list[SourceFile]:
    """Return all files of the folder."""
    new = _series()
    return [
        SourceFile(f"{FOLDER}/bad.json", between_good_lines(_bad_lines(new), new)),
        SourceFile(f"{FOLDER}/harmless.json", _harmless_lines(new)),
        SourceFile(f"{FOLDER}/odd.json", odd_lines(new, "title", "duration")),
        *layout_files(FOLDER, new),
        *foreign_files(FOLDER, new),
        *_repeating_files(new),
    ]


def _series() -> NewRecord:
    numbers = count()

    def new(**values: object) -> Record:
        return TEMPLATE | {"song_id": f"SO{next(numbers):016}"} | values

    return new


def _bad_lines(new: NewRecord) -> list[Line]:
    return [
        *broken_lines(new, text_key="title"),
        *missing_lines(new, REQUIRED_KEYS),
        *empty_lines(new, REQUIRED_KEYS),
        bad("song_id an object", new(song_id={"id": "SO1"})),
        bad("title null", new(title=None)),
        bad("artist_id an array", new(artist_id=["ARQUEEN"])),
        bad("artist_name a boolean", new(artist_name=True)),
        bad("year a text", new(year="MCMXCIX")),
        bad("duration an object", new(duration={"seconds": 248.5})),
    ]


def _harmless_lines(new: NewRecord) -> list[Line]:
    return [
        good(new(title=1999, artist_name=311)),
        good(new(title="歌" * 341 + "!")),
        good(new(artist_name="Line\u2028separator")),
        repaired(new(title="Next\u0085line"), ENCODING),
        repaired(new(year=1999.0, num_songs=1.0), WHOLE_AS_FRACTION),
        repaired(new(year="1999", num_songs="1.0"), NUMBER_AS_TEXT, WHOLE_AS_FRACTION),
        good(new(year=0, artist_location="")),
        good(new(genre="rock"), unknown_keys=1),
    ]


def _repeating_files(new: NewRecord) -> list[SourceFile]:
    """Return files with duplicates; by name, `repeats.json` is before its folder."""
    first, second, third = new(), new(), new()
    earlier = [
        good(first),
        again(first),
        again(first | {"year": 1981.0}),
        again(dict(reversed(first.items()))),
        good(second),
        bad("same key, other content", second | {"title": "Bohemian Rhapsody"}),
        again(second),
        good(third),
    ]
    later = [
        again(first),
        bad("same key, other content, later file", third | {"duration": 355.1}),
    ]
    return [
        SourceFile(f"{FOLDER}/repeats.json", earlier),
        SourceFile(f"{FOLDER}/repeats/later.json", later),
    ]
