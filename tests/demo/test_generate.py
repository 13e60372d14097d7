"""A call makes the demo data whole, once and reproducibly, or leaves nothing behind."""

import json
import shutil
import signal
import subprocess
import sys
from pathlib import Path

import pytest

from sparkify import ownership
from sparkify.demo import DemoSummary, generate
from sparkify.errors import DemoError
from tests.support.demo import contents


def test_the_same_arguments_give_the_same_bytes(tmp_path: Path) -> None:
    for name in ("one", "two"):
        generate(tmp_path / name, events=2_000, songs=200, seed=7)
    assert contents(tmp_path / "one") == contents(tmp_path / "two")


def test_another_seed_gives_other_data(tmp_path: Path) -> None:
    for seed in (1, 2):
        generate(tmp_path / str(seed), events=300, songs=50, seed=seed)
    one, two = contents(tmp_path / "1"), contents(tmp_path / "2")
    assert not set(one.values()) & set(two.values())


@pytest.mark.parametrize(("count", "catalogue"), [(1, 1), (7, 2), (1_234, 57)])
def test_the_data_has_exactly_the_given_numbers_of_events_and_songs(
    tmp_path: Path, count: int, catalogue: int
) -> None:
    summary = generate(tmp_path / "data", events=count, songs=catalogue, seed=3)
    logs = list(tmp_path.glob("data/log_data/2018/*/*.json"))
    files = list(tmp_path.glob("data/song_data/?/?/?/*.json"))
    lines = [line for log in logs for line in log.read_text("utf-8").splitlines()]
    users = {json.loads(line)["userId"] for line in lines} - {""}
    assert len(lines) == count
    assert len(files) == catalogue
    assert summary == DemoSummary(
        events=count,
        songs=catalogue,
        users=len(users),
        log_files=len(logs),
        song_files=catalogue,
    )


def test_a_second_call_does_no_work(tmp_path: Path) -> None:
    data = tmp_path / "data"
    first = generate(data, events=500, songs=50, seed=1)
    steps: list[tuple[int, int]] = []
    again = generate(
        data,
        events=500,
        songs=50,
        seed=1,
        on_progress=lambda done, total: steps.append((done, total)),
    )
    assert again == first
    assert steps == []


def test_progress_rises_to_the_number_of_events(tmp_path: Path) -> None:
    steps: list[tuple[int, int]] = []
    generate(
        tmp_path / "data",
        events=500,
        songs=50,
        seed=1,
        on_progress=lambda done, total: steps.append((done, total)),
    )
    assert steps == sorted(steps)
    assert steps[-1] == (500, 500)


def test_a_folder_with_other_files_is_refused(tmp_path: Path) -> None:
    (tmp_path / "thesis.txt").write_text("do not touch", encoding="utf-8")
    with pytest.raises(DemoError, match=f"{tmp_path.name}.*choose another folder"):
        generate(tmp_path, events=500, songs=50, seed=1)
    assert [path.name for path in tmp_path.iterdir()] == ["thesis.txt"]


def test_a_folder_with_other_demo_data_is_refused(tmp_path: Path) -> None:
    data = tmp_path / "data"
    generate(data, events=500, songs=50, seed=1)
    before = contents(data)
    with pytest.raises(DemoError, match="choose another folder"):
        generate(data, events=500, songs=50, seed=2)
    assert contents(data) == before


def test_an_empty_folder_is_filled(tmp_path: Path) -> None:
    generate(tmp_path, events=100, songs=10, seed=1)
    assert (tmp_path / "demo.json").is_file()


def test_an_interrupted_call_leaves_nothing_and_the_next_one_succeeds(
    tmp_path: Path,
) -> None:
    def break_off(done: int, total: int) -> None:
        raise KeyboardInterrupt

    data = tmp_path / "data"
    with pytest.raises(KeyboardInterrupt):
        generate(data, events=500, songs=50, seed=1, on_progress=break_off)
    assert list(tmp_path.iterdir()) == []
    generate(data, events=500, songs=50, seed=1)
    assert list(tmp_path.iterdir()) == [data]


def test_the_next_call_cleans_up_after_a_killed_one_and_touches_nothing_else(
    tmp_path: Path,
) -> None:
    killed = ownership.make_part(tmp_path, "data")
    half = killed / "log_data" / "2018" / "11" / "2018-11-01-events.json"
    half.parent.mkdir(parents=True)
    half.write_text("{", encoding="utf-8")
    others = ownership.make_part(tmp_path, "others")  # of a call that is at work
    foreign = tmp_path / ".data.partial"
    foreign.mkdir()
    (foreign / "thesis.txt").write_text("do not touch", encoding="utf-8")
    generate(tmp_path / "data", events=100, songs=10, seed=1)
    assert set(tmp_path.iterdir()) == {tmp_path / "data", others, foreign}
    assert (foreign / "thesis.txt").read_text() == "do not touch"


KILLED = """
import os, signal, sys
from itertools import count
from pathlib import Path
from sparkify.demo import generate

calls = count()
die_at = int(sys.argv[1])

def dying(event, arguments):
    if event in ("os.mkdir", "os.rename", "os.remove", "os.rmdir"):
        if next(calls) == die_at:
            os.kill(os.getpid(), signal.SIGKILL)

sys.addaudithook(dying)
generate(Path(sys.argv[2]), events=40, songs=3, seed=2, replace=True)
print(next(calls))
"""


def test_a_replacement_killed_at_any_change_is_whole_after_the_next_call(
    tmp_path: Path,
) -> None:
    def kill_at(change: int, data: Path) -> subprocess.CompletedProcess[str]:
        return subprocess.run(
            [sys.executable, "-c", KILLED, str(change), str(data)],
            capture_output=True,
            text=True,
        )

    expected = tmp_path / "expected"
    generate(expected, events=40, songs=3, seed=2)
    first = tmp_path / "first"
    generate(first / "data", events=30, songs=2, seed=1)
    shutil.copytree(first, tmp_path / "whole")
    changes = int(kill_at(-1, tmp_path / "whole" / "data").stdout)
    assert contents(tmp_path / "whole" / "data") == contents(expected)
    for change in range(0, changes, 1 + changes // 12):
        place = tmp_path / f"at-{change}"
        shutil.copytree(first, place)
        assert kill_at(change, place / "data").returncode == -signal.SIGKILL
        generate(place / "data", events=40, songs=3, seed=2, replace=True)
        assert contents(place / "data") == contents(expected)
        assert [path.name for path in place.iterdir() if any(path.iterdir())] == [
            "data"
        ]


@pytest.mark.parametrize("lost", ["log_data", "song_data"])
def test_demo_data_of_which_files_are_missing_is_not_taken_for_whole(
    lost: str, tmp_path: Path
) -> None:
    data = tmp_path / "data"
    generate(data, events=100, songs=10, seed=1)
    before = contents(data)
    shutil.rmtree(data / lost)
    with pytest.raises(DemoError, match="not all of its files"):
        generate(data, events=100, songs=10, seed=1)
    generate(data, events=100, songs=10, seed=1, replace=True)
    assert contents(data) == before


def test_files_that_are_not_ours_keep_demo_data_from_being_replaced(
    tmp_path: Path,
) -> None:
    data = tmp_path / "data"
    generate(data, events=100, songs=10, seed=1)
    mine = data / "log_data" / "2018" / "mine.json"
    mine.parent.mkdir(exist_ok=True)
    mine.write_text("{}")
    before = contents(data)
    with pytest.raises(DemoError, match=r"mine.json' is not Sparkify's"):
        generate(data, events=100, songs=10, seed=2, replace=True)
    assert contents(data) == before


@pytest.mark.parametrize(
    ("wrong", "message"),
    [
        ({"events": 0}, "events is 0; choose a whole number from 1 to"),
        ({"songs": -5}, "songs is -5; choose a whole number from 1 to"),
        ({"seed": -1}, "seed is -1; choose a whole number from 0 to"),
    ],
)
def test_a_number_out_of_range_is_refused(
    tmp_path: Path, wrong: dict[str, int], message: str
) -> None:
    numbers = {"events": 100, "songs": 10, "seed": 1} | wrong
    events, songs, seed = numbers.values()
    with pytest.raises(DemoError, match=message):
        generate(tmp_path / "data", events=events, songs=songs, seed=seed)
    assert list(tmp_path.iterdir()) == []
