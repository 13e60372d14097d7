"""A job on EMR Serverless is followed to its end, and nothing goes on running."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path
from typing import Any

import boto3
import pytest
from botocore.exceptions import ClientError
from botocore.validate import ParamValidator
from moto.emrserverless.exceptions import ValidationException

from sparkify.aws import emr_serverless, waiting
from sparkify.aws.names import PREFIXES
from sparkify.errors import CloudError, FlattenError, JobError
from sparkify.rehearsal.model_limits import service_model
from sparkify.steps.flatten import flatten
from tests.support.aws import BUCKET, REGION, settings
from tests.support.emr_serverless import (
    On,
    run_job,
    without_time,
)

LONG = json.dumps({"table": ["s3://b/é 'a' \"$x\".parquet"] * 600})


@pytest.fixture
def job(tmp_path: Path) -> Path:
    path = tmp_path / "job.py"
    path.write_text("1 / 0\n")  # nobody runs it
    return path


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
    assert f"--job-run-id {run['jobRunId']} --region {REGION}'" in str(caught.value)
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
