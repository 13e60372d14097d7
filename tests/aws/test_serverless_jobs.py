"""A job on EMR Serverless runs by a real spark-submit, in the packed Python alone."""

from __future__ import annotations

import json
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import boto3
import pytest

from sparkify.aws import emr_serverless
from sparkify.errors import JarsError, JobError
from sparkify.progress import Progress
from sparkify.rehearsal.emr_serverless import job_runs_carried_out
from sparkify.rehearsal.emulators import JARS
from sparkify.rehearsal.jars import hadoop_aws_jars
from sparkify.steps.flatten import flatten
from tests.support.aws import BUCKET
from tests.support.emr_serverless import On, run_job

pytestmark = pytest.mark.jvm

LONG = json.dumps({"table": ["s3://b/é 'a' \"$x\".parquet"] * 600})
SEEN = """
import json, sys
import boto3
import sparkify.ingest.rules
body = json.dumps([sys.argv[1:], __name__, sys.prefix, sparkify.__file__]).encode()
boto3.client("s3").put_object(Bucket="{bucket}", Key="temp/seen", Body=body)
"""


@pytest.fixture
def job(tmp_path: Path) -> Path:
    path = tmp_path / "job.py"
    path.write_text(SEEN.format(bucket=BUCKET))
    return path


@contextmanager
def carried_out(on: On, folder: Path) -> Iterator[None]:
    try:
        jars = hadoop_aws_jars(JARS)
    except JarsError as error:
        pytest.skip(f"needs jars from Maven Central: {error}")
    with job_runs_carried_out(
        on.account.endpoint, folder / "runs", jars, iam=on.account.iam
    ):
        yield


def seen() -> Any:
    body = boto3.client("s3").get_object(Bucket=BUCKET, Key="temp/seen")["Body"]
    return json.loads(body.read())


def test_the_job_runs_in_the_packed_python_with_its_arguments(
    on: On, job: Path, tmp_path: Path
) -> None:
    with carried_out(on, tmp_path):
        run_job(on.cloud, on.workspace, job, f"--tables={LONG}", "--port=5439")
    words, name, prefix, package = seen()
    assert words == [f"--tables={LONG}", "--port=5439"]
    assert name == "__main__"
    assert prefix.endswith("/environment")
    assert "/sparkify.zip/" in package
    assert on.account.iam
    assert on.account.iam.denied == []


def test_an_interrupt_ends_a_running_job(on: On, tmp_path: Path) -> None:
    class Interrupting(Progress):
        def start(self, total: int, unit: str) -> None:
            if unit.endswith("is RUNNING"):
                raise KeyboardInterrupt

    job = tmp_path / "job.py"
    job.write_text("import time; time.sleep(600)\n")
    with carried_out(on, tmp_path), pytest.raises(KeyboardInterrupt):
        emr_serverless.run_job(
            on.cloud,
            "sleep",
            job,
            [],
            workspace=on.workspace,
            progress=Interrupting(),
        )
    assert on.states == ["CANCELLED"]


def test_a_failed_job_gives_its_own_reason(on: On, tmp_path: Path) -> None:
    with (
        carried_out(on, tmp_path),
        pytest.raises(JobError, match=r"has no activity logs"),
    ):
        flatten(f"s3://{BUCKET}/nothing", str(on.workspace), engine="emr_serverless")
    assert on.states == ["FAILED"]
    assert not list((on.workspace / "flat").glob("*/manifest.json"))


def test_a_job_that_breaks_shows_the_end_of_its_log(on: On, tmp_path: Path) -> None:
    job = tmp_path / "job.py"
    job.write_text("import sys; print('before', file=sys.stderr); 1 / 0\n")
    with (
        carried_out(on, tmp_path),
        pytest.raises(JobError, match=r"is FAILED: Job failed") as caught,
    ):
        run_job(on.cloud, on.workspace, job)
    assert "ZeroDivisionError: division by zero" in str(caught.value)
