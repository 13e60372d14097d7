"""Runs a job on EMR Serverless, and follows it to its end.

The application is the one that 01_provision made. A job run never goes on, whatever
fails here: it is cancelled, and it has a time limit of its own.
"""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any

from sparkify.aws import artefacts
from sparkify.aws.cloud import Cloud
from sparkify.aws.emr_workers import Workers
from sparkify.aws.job_logs import explain, own_error, read_log
from sparkify.aws.python_archive import INTERPRETER, put_python
from sparkify.aws.session import Clients, clients, explained
from sparkify.aws.settings import TAG
from sparkify.aws.waiting import wait_until
from sparkify.errors import CloudError, JobError
from sparkify.progress import Progress

SUCCESS = "SUCCESS"
ENDED = (SUCCESS, "FAILED", "CANCELLED")
SECONDS_BETWEEN_LOOKS = 5.0
SECONDS_FOR_LOGS = 60.0  # EMR Serverless copies them to S3 every few seconds
FEWEST_MINUTES = 5  # of a job run's time limit
FOLDER = "environment"  # of the archive on each worker
PYTHON = f"./{FOLDER}/{INTERPRETER}"


def run_job(
    cloud: Cloud,
    name: str,
    job: Path,
    arguments: Sequence[str],
    *,
    workspace: Path,
    progress: Progress,
) -> None:
    """Run one of our job files on EMR Serverless, to its end.

    Args:
        cloud: What 01_provision made.
        name: The name of the job run.
        job: The file that `spark-submit` runs.
        arguments: The job's arguments.
        workspace: The folder that keeps the packed Python for the next time.
        progress: Receives the states of the job run.

    Raises:
        JobError: The job run failed; the message has the job's own error, or AWS's
            reason and the end of the job's log.
        CloudError: There is no application, AWS refused, or the deadline has passed;
            the job run was cancelled.
    """
    application = cloud.emr_application
    if not application:
        raise CloudError(
            "there is no EMR Serverless application; run 01_provision with "
            "engine=emr_serverless and apply=true"
        )
    with clients(cloud.settings.region) as aws, explained():
        request = _request(cloud, aws, name, job, arguments, workspace)
        run = aws.emr_serverless.start_job_run(**request)["jobRunId"]
        try:
            found = _follow(cloud, aws, run, progress)
        except BaseException as error:
            _cancel(aws, application, run, error)
            raise
        if found["state"] != SUCCESS:
            raise JobError(_why(cloud, aws, found))


def _request(
    cloud: Cloud,
    aws: Clients,
    name: str,
    job: Path,
    arguments: Sequence[str],
    workspace: Path,
) -> dict[str, Any]:
    """Put what the job needs into the bucket; return the request that starts it."""
    archive = put_python(cloud, aws.s3, workspace / "wheels")
    package = artefacts.put_package(cloud, aws.s3)
    program, *given = artefacts.put_program(cloud, aws.s3, job, arguments)
    settings = {
        "spark.archives": f"{archive}#{FOLDER}",
        "spark.submit.pyFiles": package,
        "spark.emr-serverless.driverEnv.PYSPARK_DRIVER_PYTHON": PYTHON,
        "spark.emr-serverless.driverEnv.PYSPARK_PYTHON": PYTHON,
        "spark.executorEnv.PYSPARK_PYTHON": PYTHON,
        "spark.sql.session.timeZone": "UTC",
        **Workers.of(cloud.settings).spark,
    }
    parameters = " ".join(f"--conf {key}={value}" for key, value in settings.items())
    logs = {"s3MonitoringConfiguration": {"logUri": cloud.address("logs")}}
    return {
        "applicationId": cloud.emr_application,
        "executionRoleArn": cloud.emr_job_role,
        "name": f"{cloud.settings.name}-{name}",
        "jobDriver": {
            "sparkSubmit": {
                "entryPoint": program,
                "entryPointArguments": given,
                "sparkSubmitParameters": parameters,
            }
        },
        "configurationOverrides": {"monitoringConfiguration": logs},
        "executionTimeoutMinutes": max(FEWEST_MINUTES, cloud.settings.deadline_minutes),
        "tags": {TAG: cloud.settings.name},
    }


def _follow(cloud: Cloud, aws: Clients, run: str, progress: Progress) -> dict[str, Any]:
    """Wait until a job run has ended; return its description."""
    found: dict[str, Any] = {}

    def look() -> tuple[bool, str]:
        answer = aws.emr_serverless.get_job_run(
            applicationId=cloud.emr_application, jobRunId=run
        )
        found.clear()
        found.update(answer["jobRun"])
        state = str(found["state"])
        return state in ENDED, state

    wait_until(
        f"the EMR Serverless job run {run}",
        look,
        cloud.settings.deadline_minutes,
        progress,
        interval=SECONDS_BETWEEN_LOOKS,
        remedy="it was cancelled; raise deadline_minutes, or look at the application's "
        "job runs in EMR Studio",
    )
    return found


def _cancel(aws: Clients, application: str, run: str, why: BaseException) -> None:
    try:
        aws.emr_serverless.cancel_job_run(applicationId=application, jobRunId=run)
    except Exception as error:
        raise CloudError(
            f"EMR Serverless job run {run} may still run ({error}); end it with 'aws "
            f"emr-serverless cancel-job-run --application-id {application} "
            f"--job-run-id {run} --region {aws.region}'. The first error was: {why}"
        ) from why


def _why(cloud: Cloud, aws: Clients, found: dict[str, Any]) -> str:
    """Return the job's own error, or AWS's reason and the end of the job's log."""
    place = (found["applicationId"], "jobs", found["jobRunId"])
    logs = cloud.address("logs", "applications", *place)
    has_begun = "startedAt" in found
    lines = (
        read_log(
            aws,
            f"{logs}/SPARK_DRIVER",
            seconds=SECONDS_FOR_LOGS,
            interval=SECONDS_BETWEEN_LOOKS,
        )
        if has_begun
        else []
    )
    if error := own_error(lines):
        return error
    words = str(found.get("stateDetails") or "EMR Serverless gives no reason")
    what = f"the EMR Serverless job run is {found['state']}"
    if not has_begun:
        return f"{what} and never began: {words}"
    return explain(what, words, lines, folder=logs, role="the job's role")
