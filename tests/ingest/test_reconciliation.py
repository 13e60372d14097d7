"""A flatten step whose counts do not add up publishes nothing."""

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from sparkify.errors import ReconciliationError
from sparkify.ingest import duckdb_engine
from sparkify.ingest.manifest import MANIFEST, FlattenResult
from sparkify.ownership import POINTER
from sparkify.steps.flatten import flatten
from tests.support.records import play, song, write_source

Change = Callable[[FlattenResult], FlattenResult]


def with_a_record_too_many(written: FlattenResult) -> FlattenResult:
    events = written.counts["events"]
    counts = {**written.counts, "events": replace(events, records=events.records + 1)}
    return replace(written, counts=counts)


def with_a_row_too_many(written: FlattenResult) -> FlattenResult:
    first, *others = written.files["songs"]
    songs = (replace(first, rows=first.rows + 1), *others)
    return replace(written, files={**written.files, "songs": songs})


@pytest.mark.parametrize(
    ("change", "message"),
    [
        (with_a_record_too_many, "counts of events do not add up: 3 records were read"),
        (with_a_row_too_many, "counts of songs do not add up: 1 records were staged"),
    ],
    ids=["record", "row"],
)
def test_one_too_many_is_refused_and_the_current_folder_stays(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, change: Change, message: str
) -> None:
    plays = [play(0, "Undo", "Björk"), play(1, "Jóga", "Björk")]
    songs = [song("SO1", "Undo", "Björk", "AR1")]
    source = str(write_source(tmp_path / "source", plays, songs))
    workspace, flat = str(tmp_path / "workspace"), tmp_path / "workspace" / "flat"
    first = flatten(source, workspace)
    honest = duckdb_engine.flatten

    def flatten_wrongly(*given: Any, **more: Any) -> FlattenResult:
        return change(honest(*given, **more))

    monkeypatch.setattr(duckdb_engine, "flatten", flatten_wrongly)
    with pytest.raises(ReconciliationError, match=message):
        flatten(source, workspace, full=True)
    assert (flat / POINTER).read_text() == first.run_id
    assert [path.parent.name for path in flat.glob(f"*/{MANIFEST}")] == [first.run_id]
