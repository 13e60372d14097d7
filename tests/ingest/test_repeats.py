"""Records that share a key are found among those whose keys have the same hash."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import duckdb
import pytest

from sparkify.steps.create_schema import create_schema
from sparkify.steps.flatten import Flattened, flatten
from sparkify.steps.load import load_staging
from sparkify.steps.transform import build_star
from tests.support.records import play, song, write_source
from tests.support.stars import content

ALL_EQUAL = "create macro hash(a) as 1, (a, b, c, d) as 1"
ALL_DIFFERENT = "create macro hash(a) as uuid(), (a, b, c, d) as uuid()"
EVENTS = [
    play(1, "Undo", "Björk"),
    play(1, "Undo", "Björk"),  # a duplicate
    play(1, "Undo", "Björk", level="paid"),  # a conflict
    play(2, "Undo", "Björk"),
    play(1, "Undo", "Björk", userId=27),
    play(1, "Undo", "Björk", sessionId=8),
    play(1, "Undo", "Björk", userId=""),  # the key of a guest has the timestamp
    play(1, "Undo", "Björk", userId="", ts=1_541_105_830_797),
    play(1, "Undo", "Björk", userId="", ts=1_541_105_830_797),  # a duplicate
]


def with_hash(macro: str) -> Callable[..., duckdb.DuckDBPyConnection]:
    """Return what connects to a database whose function `hash` is a macro."""
    connect = duckdb.connect

    def connect_with_macro(*args: Any, **options: Any) -> duckdb.DuckDBPyConnection:
        connection = connect(*args, **options)
        connection.execute(macro)
        return connection

    return connect_with_macro


def flatten_with(
    macro: str, source: Path, workspace: Path, monkeypatch: pytest.MonkeyPatch
) -> Flattened:
    create_schema(str(workspace))
    with monkeypatch.context() as patch:
        if macro:
            patch.setattr(duckdb, "connect", with_hash(macro))
        flattened = flatten(str(source), str(workspace), most_quarantined=50)
    load_staging(str(workspace))
    build_star(str(workspace))
    return flattened


def test_keys_whose_hashes_are_equal_are_told_apart(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    source = write_source(
        tmp_path / "source", EVENTS, [song("SO1", "Undo", "Björk", "AR1")]
    )
    for macro in ("", ALL_EQUAL):
        workspace = tmp_path / f"workspace{len(macro)}"
        counts = flatten_with(macro, source, workspace, monkeypatch).counts["events"]
        assert (counts.staged, counts.duplicate) == (6, 2)
        assert sum(counts.quarantined.values()) == 1
    plain, equal = (tmp_path / f"workspace{len(macro)}" for macro in ("", ALL_EQUAL))
    assert content(plain) == content(equal)


def test_the_hash_decides_which_keys_are_compared(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Else the other test would not see what it is there for."""
    source = write_source(tmp_path / "source", EVENTS, [])
    workspace = tmp_path / "workspace"
    with monkeypatch.context() as patch:
        patch.setattr(duckdb, "connect", with_hash(ALL_DIFFERENT))
        counts = flatten(str(source), str(workspace)).counts["events"]
    assert (counts.staged, counts.duplicate) == (9, 0)
