"""A run that reads only what is new ends in the star that a rebuild would give.

There are few sequences of changes here; SPARKIFY_SEQUENCES=200 makes them many.
"""

import json
import os
import shutil
from collections.abc import Callable
from pathlib import Path
from random import Random
from typing import Any

import duckdb
import pytest

from sparkify.ingest.flat_folder import read_flattened
from sparkify.steps.create_schema import create_schema
from sparkify.steps.flatten import flatten
from sparkify.steps.load import load_staging
from sparkify.steps.transform import Star, build_star
from sparkify.warehouse.tables import ROLLUPS, STAR
from sparkify.workspace import Workspace

SEQUENCES = int(os.environ.get("SPARKIFY_SEQUENCES", "4"))
CHANGES = 6  # of a sequence
COMPARED = {
    **dict.fromkeys((*STAR, *ROLLUPS), "*"),
    "staging_events": "*",
    "staging_songs": "*",
    "staged_objects": "object, size, version, bytes, records, blank",
}
LAST_QUARANTINE = """
    select object, line, raw, reason, record, rule from quarantine
    where run_id in (select run_id from staged_objects)
"""
TITLES = ("Roxanne", "Clocks", "Zebra", "Åse")
ARTISTS = ("The Police", "Coldplay", "Beach House")
LENGTHS = (191.0, 307.5, 288.0, None)


class Source:
    """A source that changes at random, as sources do."""

    def __init__(self, root: Path, random: Random) -> None:
        self.root, self.random = root, random
        self._session = 0
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
        self._session += 1
        choose = self.random.choice
        user = choose(["", "7", "8", "9", "15"])
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
                "sessionId": self._session,
                "song": choose(TITLES),
                "ts": 1541105830796 + self.random.randrange(40 * 86_400_000),
                "userId": user,
            }
            for item in range(self.random.randrange(1, 8))
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


def run(source: Path, workspace: Path, *, full: bool = False) -> Star:
    create_schema(str(workspace))
    flatten(str(source), str(workspace), accept=True, full=full)
    load_staging(str(workspace))
    return build_star(str(workspace), accept=True)


def content(workspace: Path) -> dict[str, list[str]]:
    """Return the rows of all tables, sorted."""
    folder = workspace / "warehouse"
    version = folder / (folder / "current").read_text()
    with duckdb.connect(str(version), read_only=True) as connection:
        queries = {
            table: f"select {names} from {table}" for table, names in COMPARED.items()
        }
        queries["quarantine"] = LAST_QUARANTINE
        return {
            name: sorted(map(repr, connection.execute(query).fetchall()))
            for name, query in queries.items()
        }


def batches(workspace: Path) -> int:
    _, flattened = read_flattened(Workspace(workspace).flat)
    return len(flattened.batches)


@pytest.mark.parametrize("seed", range(SEQUENCES))
def test_the_star_is_that_of_a_rebuild_after_any_changes(
    seed: int, tmp_path: Path
) -> None:
    random = Random(seed)
    source = Source(tmp_path / "source", random)
    workspace = tmp_path / "workspace"
    run(source.root, workspace)
    for number in range(CHANGES):
        (change,) = random.choices(
            [*CHANGES_OF_SOURCES], [*CHANGES_OF_SOURCES.values()]
        )
        change(source)
        run(source.root, workspace)
        rebuilt = tmp_path / "rebuilt"
        run(source.root, rebuilt)
        assert content(workspace) == content(rebuilt), (number, change)
        shutil.rmtree(rebuilt)


def test_new_files_are_added_and_nothing_else_is_read(tmp_path: Path) -> None:
    source = Source(tmp_path / "source", Random(1))
    workspace = tmp_path / "workspace"
    run(source.root, workspace)
    for expected in (2, 3):
        source.add_events()
        run(source.root, workspace)
        assert batches(workspace) == expected
    run(source.root, workspace)
    assert batches(workspace) == 3
    run(source.root, workspace, full=True)
    assert batches(workspace) == 1


REREAD: dict[Callable[[Source], None], str] = {
    Source.repeat_events: "have the key of a new one",
    Source.correct_events: "changed or gone",
    Source.move_events: "changed or gone",
    Source.add_songs: "new in the catalogue",
}


@pytest.mark.parametrize("change", REREAD, ids=lambda change: change.__name__)
def test_what_is_rarer_reads_all_and_says_why(
    change: Callable[[Source], None], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    source = Source(tmp_path / "source", Random(2))
    workspace = tmp_path / "workspace"
    run(source.root, workspace)
    source.add_events()
    run(source.root, workspace)
    change(source)
    runs = tmp_path / "run"
    runs.mkdir()
    monkeypatch.setenv("SPARKIFY_RUN_FOLDER", str(runs))
    flatten(str(source.root), str(workspace), accept=True)
    summary = json.loads((runs / "summary.json").read_text())["summary"]
    assert "read all, because" in summary
    assert REREAD[change] in summary
    assert batches(workspace) == 1


def test_a_batch_that_is_gone_is_read_again(tmp_path: Path) -> None:
    source = Source(tmp_path / "source", Random(3))
    workspace = tmp_path / "workspace"
    run(source.root, workspace)
    before = content(workspace)
    (file, *_) = (workspace / "flat").glob("*/events/*.parquet")
    file.unlink()
    run(source.root, workspace)
    assert content(workspace) == before
    assert batches(workspace) == 1
