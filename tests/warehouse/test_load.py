"""A load takes every row that was flattened, or changes nothing."""

from dataclasses import replace
from pathlib import Path
from typing import Any

import pyarrow.parquet as pq
import pytest

from sparkify.aws.cloud import Cloud
from sparkify.aws.settings import Settings
from sparkify.errors import ParameterError, ReconciliationError
from sparkify.files import write_atomic
from sparkify.ingest.flat_folder import read_flattened
from sparkify.ingest.manifest import MANIFEST
from sparkify.steps.create_schema import create_schema
from sparkify.steps.flatten import flatten
from sparkify.steps.load import load_staging
from sparkify.warehouse import open_warehouse
from sparkify.workspace import Workspace
from tests.support.records import play, song, write_source

TABLES = ("staging_events", "staging_songs", "quarantine", "etl_runs")
UNDO = song("SO1", "Undo", "Björk", "AR1")


def rows(workspace: Path) -> dict[str, list[Any]]:
    warehouse = open_warehouse("duckdb", Workspace.at(str(workspace)), "256MB")
    with warehouse.writing() as session:
        return {
            table: session.query(f"select * from {table} order by all", {}).to_pylist()
            for table in TABLES
        }


def drop_a_row(workspace: Path, part: str) -> None:
    """Take the last row out of a flattened file, and leave the manifest as it is."""
    folder, flattened = read_flattened(workspace / "flat")
    path = next(folder / file.path for file in flattened.files[part] if file.rows)
    table = pq.read_table(path)
    pq.write_table(table.slice(0, table.num_rows - 1), path)


@pytest.fixture
def workspace(tmp_path: Path) -> Path:
    """Return a workspace with one play loaded, and two others only flattened."""
    folder = tmp_path / "workspace"
    create_schema(str(folder))
    early = write_source(tmp_path / "early", [play(0, "Undo", "Björk")], [UNDO])
    flatten(str(early), str(folder))
    load_staging(str(folder))
    plays = [play(1, "Jóga", "Björk"), play(2, "Jóga", "Björk"), {"page": "NextSong"}]
    late = write_source(tmp_path / "late", plays, [UNDO])
    flatten(str(late), str(folder), accept=True)
    return folder


@pytest.mark.parametrize(
    ("part", "table"),
    [
        ("events", "staging_events"),
        ("songs", "staging_songs"),
        ("quarantine", "quarantine"),
    ],
)
def test_a_file_that_lacks_a_row_is_refused_and_the_load_is_rolled_back(
    workspace: Path, part: str, table: str
) -> None:
    before = rows(workspace)
    assert [event["song"] for event in before["staging_events"]] == ["Undo"]
    drop_a_row(workspace, part)
    with pytest.raises(ReconciliationError, match=f"{table} has .* after the load"):
        load_staging(str(workspace))
    assert rows(workspace) == before


def test_a_whole_load_replaces_the_rows(workspace: Path) -> None:
    load_staging(str(workspace))
    loaded = rows(workspace)
    assert [event["song"] for event in loaded["staging_events"]] == ["Jóga", "Jóga"]
    assert len(loaded["quarantine"]) == 1


def test_a_later_run_loads_what_an_earlier_one_flattened_and_did_not_load(
    workspace: Path,
) -> None:
    _, earlier = read_flattened(workspace / "flat")
    assert earlier.counts["events"].quarantined
    (source,) = workspace.parent.glob("late")
    run_id = flatten(str(source), str(workspace)).run_id
    assert [batch.run_id for batch in earlier.batches] != [run_id]
    load_staging(str(workspace))
    loaded = rows(workspace)
    assert [event["song"] for event in loaded["staging_events"]] == ["Jóga", "Jóga"]
    assert [row["run_id"] for row in loaded["quarantine"]].count(run_id) == 1


def in_s3(workspace: Path) -> None:
    """Write the manifest as EMR does, whose files are in S3."""
    folder, flattened = read_flattened(workspace / "flat")
    text = replace(flattened, address="s3://raw/flat", engine="emr").to_json()
    write_atomic(folder / MANIFEST, text)


def provision(workspace: Path, login: str) -> None:
    Cloud(
        settings=Settings.of(login=login),
        bucket="raw",
        cluster="none",
        host="none",
        port=5439,
        user="sparkify",
        secret="",
        copy_role="",
        emr_service_role="",
        emr_instance_profile="",
        subnet="",
        emr_security_group="",
    ).save(workspace)


@pytest.mark.parametrize(
    ("warehouse", "is_in_s3"), [("duckdb", True), ("redshift", False)]
)
def test_the_connector_needs_emr_and_redshift(
    workspace: Path, warehouse: str, is_in_s3: bool
) -> None:
    provision(workspace, "secret")
    if is_in_s3:
        in_s3(workspace)
    before = rows(workspace)
    with pytest.raises(ParameterError, match="'emr' and warehouse 'redshift' or"):
        load_staging(str(workspace), warehouse=warehouse, load="connector")
    assert rows(workspace) == before


def test_the_connector_needs_the_secret(workspace: Path) -> None:
    provision(workspace, "iam")
    in_s3(workspace)
    with pytest.raises(ParameterError, match="login 'iam': it needs login 'secret'"):
        load_staging(str(workspace), warehouse="redshift", load="connector")
