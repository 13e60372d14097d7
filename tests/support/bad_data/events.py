"""The files of `log_data`: events that are bad, harmless or said twice."""

from itertools import count

from .broken import (
    BLANKS,
    ENCODING,
    LEVEL_CASE,
    NUMBER_AS_TEXT,
    WHOLE_AS_FRACTION,
    NewRecord,
    broken_lines,
    empty_lines,
    missing_lines,
    odd_lines,
    without,
)
from .files import Line, Record, SourceFile, again, bad, good, repaired
from .layouts import between_good_lines, foreign_files, layout_files

FOLDER = "log_data/2018/11"
TEMPLATE: Record = {
    "artist": "Queen",
    "auth": "Logged In",
    "firstName": "Ada",
    "gender": "F",
    "itemInSession": 0,
    "lastName": "Byron",
    "length": 248.5,
    "level": "free",
    "location": "San Jose, CA",
    "method": "PUT",
    "page": "NextSong",
    "registration": 1540991795796.0,
    "sessionId": 38,
    "song": "Under Pressure",
    "status": 200,
    "ts": 1541105830796,
    "userAgent": "Mozilla/5.0",
    "userId": "26",
}
LAST_MILLISECOND_OF_1999 = 946_684_799_999
START_OF_2101 = 4_133_980_800_000


def event_files() -> list[SourceFile]:
    """Return all files of the folder."""
    new = _series()
    return [
        SourceFile(f"{FOLDER}/bad.json", between_good_lines(_bad_lines(new), new)),
        SourceFile(f"{FOLDER}/harmless.json", _harmless_lines(new)),
        SourceFile(f"{FOLDER}/odd.json", odd_lines(new, "song", "length")),
        *layout_files(FOLDER, new),
        *foreign_files(FOLDER, new),
        *_repeating_files(new),
    ]


def _series() -> NewRecord:
    items = count()

    def new(**values: object) -> Record:
        return TEMPLATE | {"itemInSession": next(items)} | values

    return new


def _bad_lines(new: NewRecord) -> list[Line]:
    return [
        *broken_lines(new, text_key="song"),
        *missing_lines(new, ["ts", "page", "sessionId", "itemInSession"]),
        *empty_lines(new, ["page"]),
        bad("ts a text", new(ts="2018-11-01T20:57:10")),
        bad("page an object", new(page={"name": "NextSong"})),
        bad("sessionId a text", new(sessionId="12a")),
        bad("sessionId negative", new(sessionId=-1)),
        bad("itemInSession a fraction", new(itemInSession=1.5)),
        bad("length a text", new(length="abc")),
        bad("level an array", new(level=["paid"])),
        bad("ts too early", new(ts=LAST_MILLISECOND_OF_1999)),
        bad("ts too late", new(ts=START_OF_2101)),
        bad("play without a song", without(new(), "song")),
        bad("play without an artist", new(artist=None)),
    ]


def _harmless_lines(new: NewRecord) -> list[Line]:
    logged_out = {"userId": "", "page": "Home", "song": None, "artist": None}
    whole_numbers = {"sessionId": 38.0, "status": 200.0, "ts": 1541105830796.0}
    item = new()
    return [
        good(new(userId=26)),
        good(new(**logged_out)),
        repaired(new(**whole_numbers), WHOLE_AS_FRACTION),
        repaired(new(itemInSession=1000.0), WHOLE_AS_FRACTION),
        repaired(new(ts="1541105830796", sessionId="38"), NUMBER_AS_TEXT),
        repaired(new(userId=26.0), WHOLE_AS_FRACTION),
        repaired(new(userId="26.0"), WHOLE_AS_FRACTION),
        repaired(new(userId=" 26 "), BLANKS),
        repaired(new(userId="  "), BLANKS),
        repaired(new(level=" PAID "), BLANKS, LEVEL_CASE),
        good(new(song=1999, artist=311)),
        good(new(song="歌" * 341 + "!")),
        good(new(artist="Line\u2028separator")),
        repaired(new(song="Next\u0085line"), ENCODING),
        good(without(new(), "length")),
        good(new(device="phone"), unknown_keys=1),
        good(item),
        good(item | {"userId": "27"}),
    ]


def _repeating_files(new: NewRecord) -> list[SourceFile]:
    """Return files with duplicates; by name, `repeats.json` is before its folder."""
    first, second, third = new(), new(), new()
    earlier = [
        good(first),
        again(first),
        again(first | {"userId": 26}),
        again(first | {"userId": "26.0"}),
        again(first | {"song": "Under Pressure "}),
        again(first | {"sessionId": 38.0}),
        again(dict(reversed(first.items()))),
        good(second),
        bad("same key, other content", second | {"song": "Bohemian Rhapsody"}),
        again(second),
        good(third),
    ]
    later = [
        again(first),
        bad("same key, other content, later file", third | {"level": "paid"}),
    ]
    return [
        SourceFile(f"{FOLDER}/repeats.json", earlier),
        SourceFile(f"{FOLDER}/repeats/later.json", later),
    ]
