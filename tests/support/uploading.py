"""An engine whose files lie where EMR's do, in less time than a Spark job starts."""

import shutil
from contextlib import closing
from dataclasses import dataclass, replace
from pathlib import Path

import boto3
import pytest

from sparkify.ingest import duckdb_engine
from sparkify.ingest.emr_engine import S3Files
from sparkify.ingest.engines import Engine, open_engine
from sparkify.ingest.manifest import FlattenResult, FlattenTask
from sparkify.steps import flatten as step
from tests.support.redshift import BUCKET


@dataclass(frozen=True)
class Uploading:
    """Flattens by DuckDB, and moves the files to the bucket."""

    workspace: Path

    def flatten(self, task: FlattenTask) -> FlattenResult:
        files = S3Files(self.workspace)
        addition = task.addition
        with files.copied(addition.earlier if addition else ()) as earlier:
            if addition:
                addition = replace(addition, earlier=tuple(earlier))
            written = duckdb_engine.flatten(replace(task, addition=addition))
        with closing(boto3.client("s3")) as s3:
            for part, entries in written.files.items():
                for file in entries:
                    key = f"flat/{task.run_id}/{file.path}"
                    s3.upload_file(str(task.output / file.path), BUCKET, key)
                shutil.rmtree(task.output / part)
        return written


def use_uploading(monkeypatch: pytest.MonkeyPatch) -> None:
    """Take it for the engine `emr`."""

    def opened(name: str, workspace: Path) -> Engine:
        is_emr = name == "emr"
        return Uploading(workspace) if is_emr else open_engine(name, workspace)

    monkeypatch.setattr(step, "open_engine", opened)
