"""A call makes the demo data whole, once and reproducibly, or leaves nothing behind."""

import json
from pathlib import Path

import pytest

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


def test_the_next_call_cleans_up_after_a_killed_one(tmp_path: Path) -> None:
    partial = tmp_path / ".data.partial"
    partial.mkdir()
    (partial / "half.json").write_text("{", encoding="utf-8")
    generate(tmp_path / "data", events=100, songs=10, seed=1)
    assert list(tmp_path.iterdir()) == [tmp_path / "data"]
    assert not (tmp_path / "data" / "half.json").exists()


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
