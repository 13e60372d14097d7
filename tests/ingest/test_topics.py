"""The topics of eventsim that hold no plays are not taken for activity logs."""

import json
from collections.abc import Mapping
from pathlib import Path

import pytest

from sparkify.errors import SourceError
from sparkify.ingest.listing import list_source
from sparkify.ingest.record_schema import EVENTS
from sparkify.ingest.stores import open_store
from tests.support.records import play, song
from tests.support.stored import put_folder

PLAY = json.dumps(play(1, "Under Pressure", "Queen")).encode()
SONG = json.dumps(song("SO1", "Under Pressure", "Queen", "AR1")).encode()


# As eventsim writes them: a login, and a change of the level.
LOGIN = {
    "ts": 1541105890796,
    "sessionId": 7,
    "level": "free",
    "itemInSession": 3,
    "userAgent": "Mozilla",
    "userId": 26,
    "city": "Testville",
    "state": "CA",
    "registration": 1540000000796,
    "success": True,
}
CHANGE = {
    "ts": 1541105890796,
    "sessionId": 7,
    "auth": "Logged In",
    "level": "paid",
    "itemInSession": 4,
    "userId": 26,
}
TOPICS = {
    "auth_events": json.dumps(LOGIN).encode(),
    "status_change_events": json.dumps(CHANGE).encode(),
}


def events(root: Path) -> list[str]:
    return [entry.name for entry in list_source(open_store(root))[EVENTS].objects]


@pytest.mark.parametrize("topic", TOPICS)
@pytest.mark.parametrize("folder", ["log_data", "clicks"])
def test_a_topic_without_plays_is_refused_by_name(
    folder: str, topic: str, tmp_path: Path
) -> None:
    files = {f"{folder}/{number}.json": TOPICS[topic] for number in range(4)}
    put_folder(tmp_path, {**files, "song_data/b.json": SONG})
    with pytest.raises(SourceError) as error:
        list_source(open_store(tmp_path))
    message = str(error.value)
    assert f"{folder}/ holds eventsim's {topic}, which hold no plays" in message
    assert "choose its page_view_events or listen_events" in message


def test_topics_without_plays_are_not_taken_for_logs(tmp_path: Path) -> None:
    files = {f"{topic}/a.json": record for topic, record in TOPICS.items()}
    files |= {"page_view_events/a.json": PLAY, "song_data/b.json": SONG}
    put_folder(tmp_path, files)
    assert events(tmp_path) == ["page_view_events/a.json"]


@pytest.mark.parametrize(
    "files",
    [
        {"a.json": TOPICS["auth_events"], "b.json": PLAY},
        {"a.json": TOPICS["auth_events"] + b"\n" + PLAY},
        {f"{number:04}.json": TOPICS["auth_events"] for number in range(600)}
        | {f"{number}.json": PLAY for number in range(1000, 1100)},
    ],
    ids=["another file", "the same file", "many files"],
)
def test_a_folder_that_also_holds_plays_is_read(
    files: Mapping[str, bytes], tmp_path: Path
) -> None:
    put_folder(tmp_path / "log_data", files)
    assert events(tmp_path) == sorted(f"log_data/{name}" for name in files)
