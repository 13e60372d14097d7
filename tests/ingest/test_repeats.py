"""Records that share a key are found among those whose keys have the same hash."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import duckdb
import pyarrow.parquet as pq
import pytest

from sparkify.ingest.flat_folder import read_flattened
from sparkify.steps.flatten import flatten
from sparkify.workspace import Workspace
from tests.support.records import play, write_source

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


def records(workspace: Path, part: str) -> set[int]:
    """Return the numbers of the records in a part of the flattened data."""
    folder, flattened = read_flattened(Workspace.at(str(workspace)).flat)
    found = set[int]()
    for address in flattened.addresses(folder, part):
        found.update(pq.read_table(address)["record"].to_pylist())
    return found


@pytest.mark.parametrize(
    ("macro", "staged", "duplicate", "conflicting"),
    [
        ("", {1, 4, 5, 6, 7, 8}, {2, 9}, {3}),
        (ALL_EQUAL, {1, 4, 5, 6, 7, 8}, {2, 9}, {3}),
        (ALL_DIFFERENT, {*range(1, 10)}, set[int](), set[int]()),  # none is compared
    ],
)
def test_keys_are_told_apart_whatever_their_hashes(
    macro: str,
    staged: set[int],
    duplicate: set[int],
    conflicting: set[int],
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    source = write_source(tmp_path / "source", EVENTS, [])
    workspace = tmp_path / "workspace"
    monkeypatch.setattr(duckdb, "connect", with_hash(macro))
    flatten(str(source), str(workspace), most_quarantined=50)
    assert records(workspace, "events") == staged
    assert records(workspace, "duplicates") == duplicate
    assert records(workspace, "quarantine") == conflicting
