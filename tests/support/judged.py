"""Good records of each kind, and what the rules say when something in them differs."""

import json
from typing import Any

from sparkify.ingest.record_schema import EVENTS, SONGS, RecordSchema
from tests.support.sources import Row, validate_raw

EVENT: Row = {
    "artist": "Queen",
    "itemInSession": 0,
    "page": "Home",
    "sessionId": 38,
    "song": "Under Pressure",
    "ts": 1541105830796,
    "userId": "26",
}
PLAY: Row = {"page": "NextSong", "level": "paid"}
SONG: Row = {
    "artist_id": "ARQUEEN",
    "artist_name": "Queen",
    "song_id": "SO1",
    "title": "Under Pressure",
}
GOOD = {EVENTS: EVENT, SONGS: SONG}


def judge(schema: RecordSchema, *raws: str, is_utf8: bool = True) -> list[Row]:
    """Validate texts on both paths: alone, and each between good records."""
    found = validate_raw(schema, *raws, is_utf8=is_utf8)
    if is_utf8:
        good = json.dumps(GOOD[schema])
        mixed = validate_raw(
            schema, good, *(text for raw in raws for text in (raw, good))
        )
        assert all(row["reason"] is None for row in mixed[::2])
        pairs = zip(found, mixed[1::2], strict=True)
        assert all(_judgement(one) == _judgement(other) for one, other in pairs)
    return found


def judge_with(schema: RecordSchema, members: str) -> Row:
    """Validate a good record with members written behind its own."""
    text = json.dumps(GOOD[schema]).removesuffix("}")
    (row,) = judge(schema, f"{text}, {members}}}")
    return row


def judge_values(schema: RecordSchema, **values: Any) -> Row:
    """Validate a good record with some values replaced."""
    (row,) = judge(schema, json.dumps(GOOD[schema] | values))
    return row


def _judgement(row: Row) -> str:
    place = ("record", "line")
    return repr({key: value for key, value in row.items() if key not in place})
