"""A play is traced in the cloud as on one machine: from S3, and by Redshift."""

import json
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import boto3
import pytest

from sparkify.ingest.flat_folder import read_flattened
from sparkify.ingest.manifest import MANIFEST
from sparkify.lineage.trace import Trace, trace_play
from sparkify.rehearsal.redshift.postgres import Postgres
from sparkify.warehouse import open_star
from tests.support.records import play, song, write_source
from tests.support.redshift import BUCKET, RedshiftEmulator, redshift_emulator
from tests.support.stars import build

pytestmark = [
    pytest.mark.server,
    pytest.mark.xdist_group("redshift"),
    pytest.mark.filterwarnings("ignore::pytest.PytestUnraisableExceptionWarning"),
    pytest.mark.filterwarnings("ignore::ResourceWarning"),
]
PLAYS = [play(item, "Undo", "Björk", userId="a-7") for item in range(3)]
SOURCE = f"s3://{BUCKET}/raw"
KEY = "raw/log_data/all.json"


@pytest.fixture
def on(tmp_path: Path, postgres: Postgres) -> Iterator[RedshiftEmulator]:
    """Yield a Redshift, and a bucket that holds a source."""
    with redshift_emulator(tmp_path, postgres) as opened:
        catalogue = [song("SO1", "Undo", "Björk", "AR1")]
        folder = write_source(tmp_path / "source", PLAYS, catalogue)
        opened.account.put(SOURCE, folder)
        yield opened


def trace(workspace: Path, warehouse: str) -> Trace:
    with open_star(str(workspace), warehouse=warehouse) as session:
        return trace_play(
            session,
            "a-7-7-1",
            workspace=str(workspace),
            source=SOURCE,
            most_record_bytes=1_000_000,
        )


@pytest.mark.parametrize("warehouse", ["duckdb", "redshift"])
def test_a_play_is_traced_to_an_object_of_s3(
    on: RedshiftEmulator, warehouse: str
) -> None:
    build(SOURCE, on.workspace, warehouse)
    found = trace(on.workspace, warehouse)
    assert found.place == ("log_data/all.json", 2)
    assert (found.record.line, found.record.raw) == (2, json.dumps(PLAYS[1]))
    assert found.notes == []
    assert found.play is not None
    assert (found.play["song_title"], found.play["artist_name"]) == ("Undo", "Björk")
    changed = "\n".join(map(json.dumps, [PLAYS[0], {**PLAYS[1], "song": "Pagan"}]))
    client = boto3.client("s3")
    client.put_object(Bucket=BUCKET, Key=KEY, Body=changed.encode())
    told, differing = trace(on.workspace, warehouse).notes
    assert "has changed since it was read" in told
    assert differing.endswith("it has another song")
    client.delete_object(Bucket=BUCKET, Key=KEY)
    (gone,) = trace(on.workspace, warehouse).notes
    assert f"is no longer in source '{SOURCE}'" in gone
    client.close()


def test_what_was_read_is_known_from_flattened_data_in_s3(on: RedshiftEmulator) -> None:
    build(SOURCE, on.workspace, "redshift")
    folder, flattened = read_flattened(on.workspace / "flat")
    address = f"s3://{BUCKET}/flat/{flattened.run_id}"
    on.account.put(address, folder)
    (folder / MANIFEST).write_text(replace(flattened, address=address).to_json())
    for path in (folder / "objects").iterdir():
        path.unlink()
    assert trace(on.workspace, "redshift").notes == []
