"""What 03_flatten shows is what the raw files hold, counted by plain JSON."""

import json
from collections import Counter
from pathlib import Path

import ftfy
import pytest

from sparkify.demo import generate
from sparkify.errors import SourceError
from sparkify.evidence import flat
from sparkify.evidence.source import Source
from sparkify.evidence.tables import expected, open_next, staged_sample
from sparkify.steps.create_schema import create_schema
from sparkify.steps.flatten import flatten
from sparkify.steps.load import load_staging
from tests.support.records import play, write_source

EVENTS, SONGS = 4_000, 60


@pytest.fixture(scope="module")
def place(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return a folder with a flawed source and the workspace that has it flattened."""
    folder = tmp_path_factory.mktemp("evidence")
    source = folder / "source"
    generate(source, events=EVENTS, songs=SONGS, seed=3, has_flaws=True)
    flatten(str(source), str(folder / "w"))
    return folder


@pytest.fixture
def data(place: Path) -> flat.FlatData:
    return flat.FlatData(str(place / "source"), str(place / "w"))


def lines(place: Path) -> list[str]:
    logs = sorted(place.glob("source/log_data/*/*/*.json"))
    return [line for log in logs for line in log.read_text().split("\n")]


def test_the_line_and_the_row_are_those_of_the_first_play(
    place: Path, data: flat.FlatData
) -> None:
    first = next(line for line in lines(place) if '"page":"NextSong"' in line)
    assert data.raw_line() == first
    shown = data.line_and_row().set_index("key")
    logged = json.loads(first)
    assert set(shown.index) == set(logged)
    assert shown.loc["ts", "in the line"] == str(logged["ts"])
    assert shown.loc["ts", "in the row"] == str(logged["ts"])
    assert shown.loc["song", "in the row"] == ftfy.fix_encoding(logged["song"])


def test_texts_are_shown_before_and_after_their_repair(data: flat.FlatData) -> None:
    shown = data.repaired_texts()
    assert len(shown) == 5
    for before, after in zip(shown["in the line"], shown["in the row"], strict=True):
        assert before != after
        assert ftfy.fix_encoding(before) == after


def test_the_quarantine_shows_the_lines_where_they_are(
    place: Path, data: flat.FlatData
) -> None:
    shown = data.quarantine()
    assert len(shown) == 6  # as many flaws as sparkify.demo.flaws lists as unusable
    for row in shown.itertuples():
        text = (place / "source" / str(row.file)).read_text().split("\n")
        raw = text[int(str(row.line)) - 1]
        assert raw[:100] == str(row.text)[:100]


def test_the_ends_of_the_records_add_up_to_the_lines(
    place: Path, data: flat.FlatData
) -> None:
    ends = flat.ends(data.flattened)
    numbers = ends.set_index(["records", "ended"])["number"]
    written = [line for line in lines(place) if line]
    assert numbers["events"].sum() == len(written)
    repeats = sum(count - 1 for count in Counter(written).values())
    assert numbers["events", "duplicate"] == repeats == 3
    assert numbers["events", "staged"] == EVENTS
    assert numbers["songs", "staged"] == SONGS


def test_a_second_run_takes_nothing_and_says_so(place: Path) -> None:
    before = flat.count_rows(str(place / "w"))
    flattened = flatten(str(place / "source"), str(place / "w"))
    assert flat.speed(flattened) == "Nothing was new, so nothing was read."
    assert flat.batches(flattened)["state"].tolist() == ["kept"]
    assert flat.count_rows(str(place / "w")) == before


def test_the_volume_is_that_of_the_files(place: Path, data: flat.FlatData) -> None:
    shown = flat.volume(data.flattened).set_index("records")
    logs = list(place.glob("source/log_data/**/*.json"))
    assert shown.loc["events", "files in"] == len(logs)
    assert shown.loc["events", "bytes in"] == sum(log.stat().st_size for log in logs)


def test_the_source_is_shown_as_it_lies(place: Path) -> None:
    source = Source(str(place / "source"), str(place / "w"))
    logs = sorted(place.glob("source/log_data/**/*.json"))
    songs = sorted(place.glob("source/song_data/**/*.json"))
    summary = source.summary().set_index("folder")
    assert summary.loc["log_data", "files"] == len(logs)
    sizes = [song.stat().st_size for song in songs]
    assert summary.loc["song_data", "largest"] == max(sizes)
    assert source.sizes()["files"].sum() == len(logs) + len(songs)
    assert source.raw_event() == logs[0].read_text().split("\n")[0]
    assert source.raw_song() == songs[0].read_text()
    days = source.days().iloc[0]
    assert [str(day) for day in days] == [logs[0].name[:10], logs[-1].name[:10]]
    tree = source.tree().split("\n")
    assert tree[0] == f"log_data/   {len(logs)} files"
    assert f"song_data/   {len(songs)} files" in tree


def test_the_days_of_a_log_are_those_of_times_that_the_rules_take(
    tmp_path: Path,
) -> None:
    day = 1_541_030_400_000  # 2018-11-01 UTC
    lines = [
        f'{{"ts": {day}, "page": "Home"}}',
        f'{{"page": "Home", "ts" : "{day + 86_400_000}"}}',
        f'{{"ts":{day}.0}}',
        *('{"ts": 1}', '{"ts": 1.54e12}', f'{{"ts": {day}00000000}}', "no JSON"),
    ]
    (tmp_path / "log_data").mkdir()
    (tmp_path / "song_data").mkdir()
    (tmp_path / "log_data" / "a.json").write_text("\n".join(lines))
    days = Source(str(tmp_path), str(tmp_path / "w")).days()
    assert days.astype(str).to_numpy().tolist() == [["2018-11-01", "2018-11-02"]]


def test_the_load_is_shown_as_expected_and_taken(place: Path) -> None:
    workspace = str(place / "w")
    create_schema(workspace)
    rows = load_staging(workspace)
    shown = expected(flat.read(workspace), rows).set_index("table")
    assert shown["taken"].to_dict() == {
        "staging_events": EVENTS,
        "staging_songs": SONGS,
        "quarantine": 6,
    }
    assert set(shown["equal"]) == {"✓"}
    with open_next(workspace, warehouse="duckdb", memory_limit="1GB") as session:
        sample = staged_sample(session, "staging_events")
    first = [json.loads(line) for line in lines(place)[:5]]
    assert sample["ts"].tolist() == [str(event["ts"]) for event in first]


def test_repaired_texts_are_those_of_the_records_that_were_read_last(
    tmp_path: Path,
) -> None:
    workspace = str(tmp_path / "w")
    source = write_source(tmp_path / "source", [play(0, "JÃ³ga", "BjÃ¶rk")], [])
    flatten(str(source), workspace)
    first = flat.FlatData(str(source), workspace).repaired_texts()
    assert first["in the row"].tolist() == ["Björk", "Jóga"]
    later = json.dumps(play(1, "CrÃ¨me", "Air"))
    (source / "log_data/later.json").write_text(later)
    flatten(str(source), workspace)
    second = flat.FlatData(str(source), workspace).repaired_texts()
    assert second["in the row"].tolist() == ["Crème"]
    flatten(str(source), workspace)  # reads nothing
    last = flat.FlatData(str(source), workspace).repaired_texts()
    assert sorted(last["in the row"]) == ["Björk", "Crème", "Jóga"]


def test_demo_data_that_nobody_has_made_names_the_step_that_makes_it(
    tmp_path: Path,
) -> None:
    with pytest.raises(SourceError, match="run 01_provision first"):
        flatten("demo", str(tmp_path / "w"))
    assert not (tmp_path / "w").exists()
