"""On EMR too, a step reads only what is new, and Redshift loads each batch once."""

import os
import sys
from collections.abc import Iterator
from contextlib import closing
from dataclasses import dataclass, field
from pathlib import Path
from random import Random
from subprocess import Popen
from time import sleep
from typing import Any

import boto3
import pytest
from moto.moto_server.werkzeug_app import DomainDispatcherApplication
from moto.s3.models import s3_backends

from sparkify.aws.emr import run_job
from sparkify.errors import JarsError
from sparkify.ingest import emr_engine
from sparkify.ingest.flat_folder import read_flattened
from sparkify.ingest.manifest import PARTS, Flattened
from sparkify.rehearsal.emr import steps_carried_out
from sparkify.rehearsal.emulators import JARS
from sparkify.rehearsal.jars import hadoop_aws_jars
from sparkify.rehearsal.redshift.postgres import Postgres
from sparkify.s3 import split
from sparkify.warehouse import open_star
from sparkify.warehouse.tables import ROLLUPS, STAR
from sparkify.workspace import Workspace
from tests.support.changing_source import Source, change
from tests.support.redshift import BUCKET, RedshiftEmulator, redshift_emulator
from tests.support.stars import build, sorted_rows
from tests.support.uploading import use_uploading

pytestmark = [
    pytest.mark.jvm,
    pytest.mark.server,
    pytest.mark.xdist_group("redshift"),
    pytest.mark.filterwarnings("ignore::pytest.PytestUnraisableExceptionWarning"),
    pytest.mark.filterwarnings("ignore::ResourceWarning"),
]

RAW = "sparkify-raw"
CHANGES = int(os.environ.get("SPARKIFY_EMR_CHANGES", "1"))
SECONDS_TO_START = 120
WRITER = """
import sys
from sparkify.steps.flatten import flatten
flatten(*sys.argv[1:], engine="emr", accept=True)
"""


@dataclass
class Emr:
    """Clusters whose steps run, beside a Redshift.

    Attributes:
        redshift: The Redshift, with its bucket and workspace.
        gets: The keys of the source that a step has asked for, in the last run.
    """

    redshift: RedshiftEmulator
    gets: list[str] = field(default_factory=list)

    @property
    def flattened(self) -> Flattened:
        return read_flattened(Workspace(self.redshift.workspace).flat)[1]

    def put(self, source: Source) -> None:
        """Make the raw bucket hold what a folder holds."""
        bucket = s3_backends["123456789012"]["aws"].buckets.get(RAW)
        if bucket:
            bucket.keys.clear()
        self.redshift.account.put(f"s3://{RAW}", source.root)

    def begin(self, source: Source) -> None:
        """Flatten a source as EMR would, in less time."""
        with pytest.MonkeyPatch.context() as patch:
            use_uploading(patch)
            self.run(source)

    def run(self, source: Source) -> dict[str, list[str]]:
        """Run the steps; return the rows of the star, sorted."""
        self.put(source)
        self.gets.clear()
        workspace = self.redshift.workspace
        build(f"s3://{RAW}", workspace, "redshift", engine="emr", accept=True)
        return star(workspace, "redshift")


def star(workspace: Path, warehouse: str) -> dict[str, list[str]]:
    with open_star(str(workspace), warehouse=warehouse) as session:
        return {
            table: sorted_rows(session, f"select * from {table}")
            for table in (*STAR, *ROLLUPS)
        }


def rebuilt(source: Source, folder: Path) -> dict[str, list[str]]:
    build(source.root, folder, full=True, accept=True)
    return star(folder, "duckdb")


@pytest.fixture
def emr(
    tmp_path: Path, postgres: Postgres, wheels: Path, monkeypatch: pytest.MonkeyPatch
) -> Iterator[Emr]:
    try:
        jars = hadoop_aws_jars(JARS)
    except JarsError as error:
        pytest.skip(f"needs jars from Maven Central: {error}")
    with redshift_emulator(tmp_path, postgres) as redshift:
        (redshift.workspace / "wheels").symlink_to(wheels)
        opened = Emr(redshift)
        log_gets(opened, monkeypatch)
        endpoint = redshift.account.endpoint
        with steps_carried_out(endpoint, tmp_path / "steps", jars):
            yield opened


def log_gets(emr: Emr, monkeypatch: pytest.MonkeyPatch) -> None:
    """Keep the key of each object of the source that is got while a step runs."""
    answer = DomainDispatcherApplication.__call__
    during: list[bool] = []

    def logged(self: Any, environ: dict[str, Any], start: Any) -> Any:
        _, bucket, key = [*environ["PATH_INFO"].split("/", 2), "", ""][:3]
        if during and bucket == RAW and key and environ["REQUEST_METHOD"] == "GET":
            emr.gets.append(key)
        return answer(self, environ, start)

    def run(*given: Any, **more: Any) -> None:
        during.append(True)
        try:
            run_job(*given, **more)
        finally:
            during.clear()

    monkeypatch.setattr(DomainDispatcherApplication, "__call__", logged)
    monkeypatch.setattr(emr_engine, "run_job", run)


def test_a_step_opens_only_new_objects_and_the_star_is_that_of_a_rebuild(
    emr: Emr, tmp_path: Path
) -> None:
    source = Source(tmp_path / "source", Random(5))
    source.add_bad_events()
    emr.begin(source)
    before = {path.name for path in source.root.rglob("*.json")}
    source.add_bad_events()
    (new,) = {path.name for path in source.root.rglob("*.json")} - before
    assert emr.run(source) == rebuilt(source, tmp_path / "local")
    assert emr.gets == [f"log_data/{new}"]
    assert len(emr.flattened.batches) == 2
    assert emr.run(source) == rebuilt(source, tmp_path / "local")
    assert emr.gets == []
    assert_the_bucket_holds_the_batches(emr)
    for _ in range(CHANGES):
        done = change(source)
        assert emr.run(source) == rebuilt(source, tmp_path / "local"), done
    assert_the_bucket_holds_the_batches(emr)


def assert_the_bucket_holds_the_batches(emr: Emr) -> None:
    """Compare the manifest with the bucket's list of Parquet files."""
    flattened = emr.flattened
    named = {
        split(address)[1]
        for part in PARTS
        for address in flattened.addresses(Path(), part)
    }
    with closing(boto3.client("s3")) as s3:
        listed = s3.list_objects_v2(Bucket=BUCKET, Prefix="flat/")["Contents"]
    assert {e["Key"] for e in listed if e["Key"].endswith(".parquet")} == named


def test_a_killed_run_leaves_what_the_next_one_needs(emr: Emr, tmp_path: Path) -> None:
    source = Source(tmp_path / "source", Random(6))
    emr.begin(source)
    source.add_events()
    emr.put(source)
    workspace = str(emr.redshift.workspace)
    command = [sys.executable, "-c", WRITER, f"s3://{RAW}", workspace]
    with Popen(command) as writer, closing(boto3.client("emr")) as client:
        for _ in range(SECONDS_TO_START):
            if client.list_clusters(ClusterStates=["WAITING", "RUNNING"])["Clusters"]:
                break
            sleep(1)
        sleep(Random(6).random() * 10)
        writer.kill()
    source.add_events()
    assert emr.run(source) == rebuilt(source, tmp_path / "local")
    assert len(emr.flattened.batches) == 2
