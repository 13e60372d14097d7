"""The flawed lines of the demo data leave every event in place."""

import json
from pathlib import Path

import pytest

from sparkify.demo import generate
from sparkify.errors import DemoError


def lines(folder: Path) -> list[str]:
    logs = sorted(folder.glob("log_data/*/*/*.json"))
    return [line for log in logs for line in log.read_text().split("\n")]


def test_flaws_are_few_and_added_to_the_last_file(tmp_path: Path) -> None:
    for name, has_flaws in (("clean", False), ("flawed", True)):
        generate(tmp_path / name, events=2_000, songs=50, seed=4, has_flaws=has_flaws)
    clean, flawed = lines(tmp_path / "clean"), lines(tmp_path / "flawed")
    pairs = zip(clean, flawed[: len(clean)], strict=True)
    rewritten = [(before, after) for before, after in pairs if before != after]
    assert len(rewritten) == 3
    for before, after in rewritten:
        good, other = json.loads(before), json.loads(after)
        assert int(other.pop("status")) == good.pop("status")
        assert {**other, "page": other["page"].strip()} == good
    added = flawed[len(clean) :]
    assert len(added) == 10
    assert sum(line in clean for line in added) == 3
    assert added.count("") == 1
    logs = sorted((tmp_path / "clean").glob("log_data/*/*/*.json"))
    for log in logs[:-1]:
        other = tmp_path / "flawed" / log.relative_to(tmp_path / "clean")
        assert other.read_bytes() == log.read_bytes()


@pytest.mark.parametrize("events", [1, 99])
def test_tiny_data_has_no_flaws(events: int, tmp_path: Path) -> None:
    generate(tmp_path / "data", events=events, songs=5, seed=4, has_flaws=True)
    assert len([json.loads(line) for line in lines(tmp_path / "data")]) == events


@pytest.mark.parametrize("events", [100, 150, 400])
def test_flaws_stay_a_small_part(events: int, tmp_path: Path) -> None:
    generate(tmp_path / "data", events=events, songs=5, seed=4, has_flaws=True)
    assert len(lines(tmp_path / "data")) <= events + 2 * (events // 100) + 1


def test_data_with_flaws_is_not_taken_for_data_without(tmp_path: Path) -> None:
    generate(tmp_path / "data", events=300, songs=5, seed=4, has_flaws=True)
    with pytest.raises(DemoError, match="other than this demo data"):
        generate(tmp_path / "data", events=300, songs=5, seed=4)
    again = generate(tmp_path / "data", events=300, songs=5, seed=4, has_flaws=True)
    assert again.events == 300
