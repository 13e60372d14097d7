"""How each kind of bad record must be judged: the rule, and what the reason adds."""

import json
import re

from . import QuarantineEntry

# What a reason tells besides the rule; the reason of every other record is its rule.
DETAILS = {
    "ts a text": ": '2018-11-01T20:57:10'",
    "page an object": ': {"name": "NextSong"}',
    "sessionId a text": ": '12a'",
    "sessionId negative": ": -1",
    "itemInSession a fraction": ": 1.5",
    "length a text": ": 'abc'",
    "level an array": ': ["paid"]',
    "ts too early": ": 946684799999",
    "ts too late": ": 4133980800000",
    "song_id an object": ': {"id": "SO1"}',
    "artist_id an array": ': ["ARQUEEN"]',
    "artist_name a boolean": ": true",
    "year a text": ": 'MCMXCIX'",
    "duration an object": ': {"seconds": 248.5}',
    "too long a text": f": '{'歌' * 60}…'",
}

# How a record of each kind is judged; `rule_of` knows those that are not here.
RULES = {
    "broken JSON": "broken JSON",
    "broken JSON between records": "broken JSON",
    "trailing comma": "broken JSON",
    "array of numbers": "not an object",
    "number": "not an object",
    "string": "not an object",
    "null": "not an object",
    "not UTF-8": "not UTF-8",
    "page empty": "page is empty",
    "song_id empty": "song_id is empty",
    "title empty": "title is empty",
    "artist_id empty": "artist_id is empty",
    "artist_name empty": "artist_name is empty",
    "ts missing": "ts is missing",
    "page missing": "page is missing",
    "sessionId missing": "sessionId is missing",
    "itemInSession missing": "itemInSession is missing",
    "song_id missing": "song_id is missing",
    "title missing": "title is missing",
    "artist_id missing": "artist_id is missing",
    "artist_name missing": "artist_name is missing",
    "ts a text": "ts is not a whole number",
    "page an object": "page is not text",
    "sessionId a text": "sessionId is not a whole number",
    "sessionId negative": "sessionId is negative",
    "itemInSession a fraction": "itemInSession is not a whole number",
    "song_id an object": "song_id is not text",
    "title null": "title is missing",
    "artist_id an array": "artist_id is not text",
    "artist_name a boolean": "artist_name is not text",
    "length a text": "length is not a number",
    "level an array": "level is not text",
    "year a text": "year is not a whole number",
    "duration an object": "duration is not a number",
    "ts too early": "ts is before 2000 or after 2100",
    "ts too late": "ts is before 2000 or after 2100",
    "play without a song": "a play without a song",
    "play without an artist": "a play without an artist",
}


def rule_of(entry: QuarantineEntry) -> str:
    """Return the rule that a bad record breaks."""
    is_event, kind = entry.object_name.startswith("log_data"), entry.kind
    if kind.startswith("cut off"):
        return "cut-off JSON"
    if kind.startswith("same key"):
        key = "user, session and item" if is_event else "song_id"
        return f"another line has the same {key}"
    text = "song" if is_event else "title"
    if kind == "NUL in a text":
        return f"{text} holds a NUL character"
    if kind == "too long a text":
        return f"{text} is over 1024 bytes"
    return RULES[kind]


def detail_of(entry: QuarantineEntry) -> str:
    """Return what the reason of a bad record adds to its rule."""
    rule = rule_of(entry)
    if rule == "not UTF-8":
        byte = re.search(r"\\x([0-9a-f]{2})", entry.raw)
        assert byte
        hint = (
            "; it may be Latin-1, save it as UTF-8" if int(byte[1], 16) >= 160 else ""
        )
        return f": byte 0x{byte[1]} after {byte.start():,} characters{hint}"
    if rule == "broken JSON":
        try:
            json.loads(entry.raw)
        except json.JSONDecodeError as error:
            message = error.msg.removesuffix(" at")
            return f": {message} after {error.pos:,} characters"
    return DETAILS.get(entry.kind, "")
