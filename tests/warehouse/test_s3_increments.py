"""Batches in S3 are kept, found and loaded once each, by COPY and by the connector.

The job's part is DuckDB's here, and the connector's is COPY on a connection of its own:
what the job and the connector do is tested where they run. Everything else is real.
"""

from collections.abc import Mapping, Sequence
from contextlib import closing
from dataclasses import replace
from pathlib import Path
from random import Random

import boto3
import pytest

from sparkify.errors import JobError
from sparkify.ingest.addition import NotAnIncrementError
from sparkify.ingest.emr_engine import S3Files
from sparkify.ingest.flat_folder import read_flattened
from sparkify.ingest.increment import find_increment
from sparkify.ingest.record_schema import RECORD_SCHEMAS
from sparkify.ingest.stores import open_store
from sparkify.progress import Progress
from sparkify.rehearsal.redshift.postgres import Postgres
from sparkify.steps.create_schema import create_schema
from sparkify.steps.flatten import flatten
from sparkify.steps.load import load_staging
from sparkify.steps.transform import build_star
from sparkify.warehouse import connector, open_star, open_warehouse
from sparkify.warehouse.table_figures import QUARANTINE, QUARANTINE_COLUMNS
from sparkify.warehouse.tables import ROLLUPS, STAR
from sparkify.workspace import Workspace
from tests.support.changing_source import Source, change
from tests.support.redshift import BUCKET, RedshiftEmulator, redshift_emulator
from tests.support.stars import build, sorted_rows
from tests.support.uploading import use_uploading

pytestmark = [
    pytest.mark.server,
    pytest.mark.xdist_group("redshift"),
    pytest.mark.filterwarnings("ignore::pytest.PytestUnraisableExceptionWarning"),
    pytest.mark.filterwarnings("ignore::ResourceWarning"),
]

CHANGES = 3
COLUMNS = {
    **{schema.table: schema.staged_names for schema in RECORD_SCHEMAS},
    QUARANTINE: QUARANTINE_COLUMNS,
}
OF_RUN = "select object, line, raw, reason from quarantine where run_id = '{}'"


class Job:
    """Appends files to tables, each table in a transaction of its own.

    Attributes:
        loaded: The files that it got.
        fails: Whether it fails after the first table.
    """

    def __init__(self) -> None:
        self.loaded = list[str]()
        self.fails = False

    def write_tables(
        self, workspace: Path, tables: Mapping[str, Sequence[str]], progress: Progress
    ) -> None:
        for table, files in tables.items():
            place = Workspace(workspace)
            target = open_warehouse("redshift", place, "1GB")
            with target.writing() as session, session.transaction():
                session.load(table, COLUMNS[table], files)
            self.loaded += files
            if self.fails:
                raise JobError("the job was stopped")


@pytest.fixture
def job(monkeypatch: pytest.MonkeyPatch) -> Job:
    job = Job()
    monkeypatch.setattr(connector, "write_tables", job.write_tables)

    use_uploading(monkeypatch)
    return job


def run(source: Source, on: RedshiftEmulator, load: str) -> None:
    workspace = str(on.workspace)
    create_schema(workspace, warehouse="redshift")
    flatten(str(source.root), workspace, engine="emr", accept=True)
    load_staging(workspace, warehouse="redshift", load=load)
    build_star(workspace, warehouse="redshift", accept=True)


def content(workspace: Path, warehouse: str) -> dict[str, list[str]]:
    """Return the rows of the star, of staging and of the last run's quarantine."""
    tables = (*STAR, *ROLLUPS, "staging_events", "staging_songs")
    _, flattened = read_flattened(Workspace(workspace).flat)
    with open_star(str(workspace), warehouse=warehouse) as session:
        found = {name: sorted_rows(session, f"select * from {name}") for name in tables}
        found["quarantine"] = sorted_rows(session, OF_RUN.format(flattened.run_id))
    return found


def rebuilt(source: Source, folder: Path) -> dict[str, list[str]]:
    build(source.root, folder, accept=True, full=True)
    return content(folder, "duckdb")


@pytest.mark.parametrize(("load", "seed"), [("copy", 1), ("connector", 2)])
def test_the_star_is_that_of_a_rebuild_after_any_changes(
    load: str, seed: int, job: Job, tmp_path: Path, postgres: Postgres
) -> None:
    source = Source(tmp_path / "source", Random(seed))
    with redshift_emulator(tmp_path, postgres) as on:
        for number in range(CHANGES):
            run(source, on, load)
            found = content(on.workspace, "redshift")
            assert found == rebuilt(source, tmp_path / "local"), number
            change(source)
            source.add_bad_events()
    assert bool(job.loaded) == (load == "connector")


def test_the_connector_writes_each_batch_once(
    job: Job, tmp_path: Path, postgres: Postgres
) -> None:
    source = Source(tmp_path / "source", Random(3))
    with redshift_emulator(tmp_path, postgres) as on:
        for _ in range(3):
            source.add_bad_events()
            run(source, on, "connector")
        run(source, on, "connector")
        folder, flattened = read_flattened(Workspace(on.workspace).flat)
        assert len(flattened.batches) == 3
        parts = ("events", "songs", "quarantine")
        files = [each for part in parts for each in flattened.addresses(folder, part)]
        assert sorted(job.loaded) == sorted(files)


@pytest.mark.parametrize("load", ["copy", "connector"])
def test_rows_of_a_failed_connector_are_not_loaded_twice(
    load: str, job: Job, tmp_path: Path, postgres: Postgres
) -> None:
    source = Source(tmp_path / "source", Random(4))
    source.add_bad_events()
    with redshift_emulator(tmp_path, postgres) as on:
        run(source, on, "connector")
        source.add_bad_events()
        job.fails = True
        with pytest.raises(JobError):
            run(source, on, "connector")
        job.fails = False
        run(source, on, load)
        found = content(on.workspace, "redshift")
        assert found == rebuilt(source, tmp_path / "local")


def test_other_places_and_lost_files_read_all_and_say_why(
    job: Job, tmp_path: Path, postgres: Postgres
) -> None:
    source = Source(tmp_path / "source", Random(5))
    with redshift_emulator(tmp_path, postgres) as on, closing(boto3.client("s3")) as s3:
        place, store = Workspace(on.workspace), open_store(str(source.root))

        def reason() -> str:
            files = S3Files(on.workspace)
            with pytest.raises(NotAnIncrementError) as error:
                find_increment(place.flat, files, "later", store, {})
            return str(error.value)

        build(source.root, on.workspace)
        assert reason() == "the flattened data is in the workspace"
        flattened = flatten(str(source.root), str(on.workspace), engine="emr")
        folder, _ = read_flattened(place.flat)
        (lost, *_) = flattened.addresses(folder, "events")
        s3.delete_object(Bucket=BUCKET, Key=lost.removeprefix(f"s3://{BUCKET}/"))
        name = lost.removeprefix(f"s3://{BUCKET}/flat/")
        assert reason() == f"the flattened file {name} is gone or damaged"
        replace(on.cloud, bucket="other").save(on.workspace)
        assert reason() == f"the flattened data is in {flattened.address}"
