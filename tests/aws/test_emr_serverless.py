"""A job on EMR Serverless is followed to its end, and nothing goes on running."""

from __future__ import annotations

import json
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import boto3
import pytest
from botocore.exceptions import ClientError
from botocore.validate import ParamValidator
from moto.emrserverless.exceptions import ValidationException

from sparkify.aws import emr_serverless, waiting
from sparkify.aws.cloud import Cloud
from sparkify.aws.names import PREFIXES
from sparkify.errors import CloudError, FlattenError, JarsError, JobError
from sparkify.progress import Progress
from sparkify.rehearsal.aws import Account, account
from sparkify.rehearsal.emr_serverless import job_runs_carried_out
from sparkify.rehearsal.emulators import JARS
from sparkify.rehearsal.jars import hadoop_aws_jars
from sparkify.rehearsal.model_limits import service_model
from sparkify.steps.flatten import flatten
from tests.support.aws import BUCKET, REGION, settings
from tests.support.serverless import (
    make_serverless,
    run_job,
    runs,
    without_time,
    workspace_with,
)

LONG = json.dumps({"table": ["s3://b/é 'a' \"$x\".parquet"] * 600})
SEEN = """
import json, sys
import boto3
import sparkify.ingest.rules
body = json.dumps([sys.argv[1:], __name__, sys.prefix, sparkify.__file__]).encode()
boto3.client("s3").put_object(Bucket="{bucket}", Key="temp/seen", Body=body)
"""


@dataclass(frozen=True)
class On:
    """A provisioned account.

    Attributes:
        account: The account.
        cloud: What was provisioned.
        workspace: The workspace that holds it.
        earlier: The number of job runs of other tests.
    """

    account: Account
    cloud: Cloud
    workspace: Path
    earlier: int = 0

    @property
    def runs(self) -> list[dict[str, Any]]:
        return runs(self.cloud)[self.earlier :]

    @property
    def states(self) -> list[str]:
        return [run["state"] for run in self.runs]


@pytest.fixture(scope="module")
def provisioned(wheels: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[On]:
    """Yield an account whose job runs nobody carries out."""
    folder = tmp_path_factory.mktemp("serverless") / "workspace"
    with account(region=REGION, is_iam_on=True) as opened:
        cloud = make_serverless()
        try:
            yield On(opened, cloud, workspace_with(cloud, wheels, folder))
        except JarsError as error:
            pytest.skip(f"needs a jar from Maven Central: {error}")


@pytest.fixture
def on(provisioned: On) -> On:
    """Return the account, with its application as it is provisioned."""
    cloud = make_serverless()
    assert provisioned.account.iam
    provisioned.account.iam.denied.clear()
    return replace(provisioned, cloud=cloud, earlier=len(runs(cloud)))


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


def test_the_job_run_is_cancelled_after_the_deadline(on: On, job: Path) -> None:
    with pytest.raises(CloudError, match=r"still '\w+' after 0 minutes.*cancelled"):
        run_job(without_time(on.cloud), on.workspace, job)
    assert on.states == ["CANCELLED"]


def test_an_interrupt_cancels_the_job_run(
    on: On, job: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def interrupt(_: float) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr(waiting, "sleep", interrupt)
    with pytest.raises(KeyboardInterrupt):
        run_job(on.cloud, on.workspace, job)
    assert on.states == ["CANCELLED"]


def test_a_job_run_that_cannot_be_cancelled_is_named_with_the_command(
    on: On, job: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refuse(_: object) -> None:
        raise ValidationException("not now")

    monkeypatch.setattr(
        "moto.emrserverless.responses.EMRServerlessResponse.cancel_job_run", refuse
    )
    with pytest.raises(CloudError, match=r"may still run .*cancel-job-run") as caught:
        run_job(without_time(on.cloud), on.workspace, job)
    [run] = on.runs
    assert f"--job-run-id {run['jobRunId']}" in str(caught.value)
    monkeypatch.undo()
    client = boto3.client("emr-serverless", region_name=REGION)
    client.cancel_job_run(
        applicationId=on.cloud.emr_application, jobRunId=run["jobRunId"]
    )


def test_a_job_run_has_the_packed_python_a_time_limit_and_our_tag(
    on: On, job: Path
) -> None:
    with pytest.raises(CloudError):
        run_job(without_time(on.cloud), on.workspace, job, "--number=1")
    [run] = on.runs
    assert run["executionTimeoutMinutes"] == 5  # the least that AWS takes
    assert run["tags"] == {"sparkify": "sparkify"}
    assert run["executionRole"] == on.cloud.emr_job_role
    submit = run["jobDriver"]["sparkSubmit"]
    assert submit["entryPointArguments"] == ["--number=1"]
    words = submit["sparkSubmitParameters"].split()
    assert set(words[::2]) == {"--conf"}
    found = dict(word.split("=", 1) for word in words[1::2])
    archive, _, name = found["spark.archives"].partition("#")
    key = archive.removeprefix(f"s3://{BUCKET}/")
    assert key.startswith(PREFIXES)
    assert boto3.client("s3").head_object(Bucket=BUCKET, Key=key)["ContentLength"] > 0
    python = f"./{name}/bin/python"
    for variable in (
        "spark.emr-serverless.driverEnv.PYSPARK_PYTHON",
        "spark.emr-serverless.driverEnv.PYSPARK_DRIVER_PYTHON",
        "spark.executorEnv.PYSPARK_PYTHON",
    ):
        assert found[variable] == python
    assert found["spark.executor.instances"] == "2"
    assert found["spark.dynamicAllocation.enabled"] == "false"


@pytest.mark.parametrize("words", [[LONG], ["word"] * 3_000])
def test_long_arguments_are_put_into_the_bucket(
    on: On, job: Path, words: list[str]
) -> None:
    with pytest.raises(CloudError, match="after 0 minutes"):
        run_job(without_time(on.cloud), on.workspace, job, *words)
    [run] = on.runs
    submit = run["jobDriver"]["sparkSubmit"]
    assert submit["entryPoint"].endswith("/step_launcher.py")
    *_, address = submit["entryPointArguments"]
    key = address.removeprefix(f"s3://{BUCKET}/")
    stored = boto3.client("s3").get_object(Bucket=BUCKET, Key=key)["Body"].read()
    assert json.loads(stored) == words


def test_without_an_application_the_remedy_is_named(on: On, job: Path) -> None:
    with pytest.raises(CloudError, match=r"no EMR Serverless application; run 01_prov"):
        run_job(replace(on.cloud, emr_application=""), on.workspace, job)


def test_a_job_run_that_never_began_gives_awss_reason(on: On, job: Path) -> None:
    small = replace(on.cloud, settings=settings(emr_instances=2))
    client = boto3.client("emr-serverless", region_name=REGION)
    client.stop_application(applicationId=on.cloud.emr_application)
    client.update_application(
        applicationId=on.cloud.emr_application,
        maximumCapacity={"cpu": "4 vCPU", "memory": "16 GB"},
    )
    with pytest.raises(
        JobError,
        match=r"is FAILED and never began: .*exceeded maximumCapacity.*cpu: 4",
    ):
        run_job(small, on.workspace, job)


def test_a_source_that_is_not_in_s3_is_refused(tmp_path: Path) -> None:
    (tmp_path / "source" / "log_data").mkdir(parents=True)
    with pytest.raises(FlattenError, match=r"'emr_serverless' reads from S3.*sync"):
        flatten(str(tmp_path / "source"), str(tmp_path / "ws"), engine="emr_serverless")


def test_the_emulators_answers_have_the_form_of_botocores_model(
    on: On, job: Path
) -> None:
    with pytest.raises(CloudError):
        run_job(without_time(on.cloud), on.workspace, job)
    client = boto3.client("emr-serverless", region_name=REGION)
    request = {"applicationId": on.cloud.emr_application}
    listed = client.list_job_runs(**request)["jobRuns"][-1]
    for operation, answer in (
        ("ListApplications", client.list_applications()),
        ("GetApplication", client.get_application(**request)),
        ("ListJobRuns", client.list_job_runs(**request)),
        ("GetJobRun", client.get_job_run(**request, jobRunId=listed["id"])),
    ):
        answer.pop("ResponseMetadata")
        shape = service_model("emr-serverless").operation_model(operation).output_shape
        report = ParamValidator().validate(answer, shape)
        assert not report.has_errors(), (operation, report.generate_report())
    states = service_model("emr-serverless").shape_for("JobRunState").enum
    assert {*emr_serverless.ENDED, listed["state"]} <= set(states)


def refused(operation: str, **request: Any) -> str:
    client = boto3.client("emr-serverless", region_name=REGION)
    with pytest.raises(ClientError) as caught:
        getattr(client, operation)(**request)
    return str(caught.value)


def test_the_emulator_refuses_what_the_service_refuses(on: On, job: Path) -> None:
    one = {"applicationId": on.cloud.emr_application}
    run = {**one, "executionRoleArn": on.cloud.emr_job_role}
    driver = {"entryPoint": "s3://b/job.py", "sparkSubmitParameters": "--conf a=b"}
    many = {"sparkSubmit": {**driver, "entryPointArguments": ["x"] * 1_025}}
    assert "less than or equal to 1024" in refused(
        "start_job_run", **run, jobDriver=many
    )
    long = {"sparkSubmit": {**driver, "sparkSubmitParameters": "--conf a=" * 20_000}}
    assert "less than or equal to 102400" in refused(
        "start_job_run", **run, jobDriver=long
    )
    client = boto3.client("emr-serverless", region_name=REGION)
    started = client.start_job_run(**run, jobDriver={"sparkSubmit": driver})
    assert "1 active job runs" in refused("stop_application", **one)
    assert "must be in one of" in refused("delete_application", **one)
    client.cancel_job_run(**one, jobRunId=started["jobRunId"])
    assert "is CANCELLED" in refused(
        "cancel_job_run", **one, jobRunId=started["jobRunId"]
    )
    client.stop_application(**one)
    client.update_application(**one, autoStartConfiguration={"enabled": False})
    assert "must be in STARTED state" in refused(
        "start_job_run", **run, jobDriver={"sparkSubmit": driver}
    )


@pytest.mark.jvm
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


@pytest.mark.jvm
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


@pytest.mark.jvm
def test_a_failed_job_gives_its_own_reason(on: On, tmp_path: Path) -> None:
    with (
        carried_out(on, tmp_path),
        pytest.raises(JobError, match=r"has no activity logs"),
    ):
        flatten(f"s3://{BUCKET}/nothing", str(on.workspace), engine="emr_serverless")
    assert on.states == ["FAILED"]
    assert not list((on.workspace / "flat").glob("*/manifest.json"))


@pytest.mark.jvm
def test_a_job_that_breaks_shows_the_end_of_its_log(on: On, tmp_path: Path) -> None:
    job = tmp_path / "job.py"
    job.write_text("import sys; print('before', file=sys.stderr); 1 / 0\n")
    with (
        carried_out(on, tmp_path),
        pytest.raises(JobError, match=r"is FAILED: Job failed") as caught,
    ):
        run_job(on.cloud, on.workspace, job)
    assert "ZeroDivisionError: division by zero" in str(caught.value)
