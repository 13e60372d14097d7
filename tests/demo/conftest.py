"""Demo data of a fair size, made once, and what its files contain."""

import json
from collections import defaultdict
from pathlib import Path

import pytest

from sparkify.demo import generate
from tests.support.demo import Record

EVENTS = 12_000
SONGS = 1_000


@pytest.fixture(scope="session")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("demo") / "data"
    generate(folder, events=EVENTS, songs=SONGS, seed=1)
    return folder


@pytest.fixture(scope="session")
def events(folder: Path) -> list[Record]:
    return [
        json.loads(line)
        for path in sorted(folder.glob("log_data/*/*/*-events.json"))
        for line in path.read_text(encoding="utf-8").split("\n")
    ]


@pytest.fixture(scope="session")
def plays(events: list[Record]) -> list[Record]:
    return [event for event in events if event["page"] == "NextSong"]


@pytest.fixture(scope="session")
def songs(folder: Path) -> list[Record]:
    return [
        json.loads(path.read_text(encoding="utf-8"))
        for path in sorted(folder.glob("song_data/?/?/?/TR*.json"))
    ]


@pytest.fixture(scope="session")
def sessions(events: list[Record]) -> list[list[Record]]:
    sessions = defaultdict(list)
    for event in events:
        sessions[event["sessionId"]].append(event)
    return list(sessions.values())
