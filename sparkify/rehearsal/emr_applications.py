"""The applications of the emulated EMR Serverless, where moto says yes too often.

In moto, an application is always started, and a job run has succeeded before it began.
Here an application starts with a job run, a run waits for who carries it out, and
requests are refused by botocore's model, by the capacity and by the states, as the
service's documentation says.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from math import ceil
from typing import Any
from unittest import mock

from moto.emrserverless import models
from moto.emrserverless.exceptions import ValidationException
from moto.emrserverless.models import Application, EMRServerlessBackend, JobRun
from moto.emrserverless.responses import EMRServerlessResponse

from sparkify.rehearsal.model_limits import violations

SERVICE = "emr-serverless"
SUBMITTED, RUNNING, CANCELLING = "SUBMITTED", "RUNNING", "CANCELLING"
ENDED = ("SUCCESS", "FAILED", "CANCELLED")
OPERATIONS = {
    "create_application": "CreateApplication",
    "update_application": "UpdateApplication",
    "start_job_run": "StartJobRun",
}
# Spark's own settings where a job gives none, and the memory that Spark adds.
CORES, MEMORY = 4, "14g"
OVERHEAD = 1.1
WORKERS = ("driver", "executor")


def applications() -> Iterator[Any]:
    """Yield the patches of moto."""
    yield mock.patch.object(models, "APPLICATION_STATUS", "CREATED")
    yield mock.patch.object(models, "JOB_STATUS", SUBMITTED)
    for name, operation in OPERATIONS.items():
        real = getattr(EMRServerlessResponse, name)
        yield mock.patch.object(EMRServerlessResponse, name, _checked(real, operation))
    for name, change in (
        ("create_application", _create),
        ("start_job_run", _start),
        ("cancel_job_run", _cancel),
        ("stop_application", _stop),
        ("list_job_runs", _list),
    ):
        real = getattr(EMRServerlessBackend, name)
        yield mock.patch.object(EMRServerlessBackend, name, change(real))


def active_runs(backend: EMRServerlessBackend, application: str) -> list[JobRun]:
    """Return the job runs of an application that have not ended."""
    runs = backend.job_runs.get(application, ())
    return [run for run in runs if run.state not in ENDED]


def _checked(real: Callable[..., Any], operation: str) -> Callable[..., Any]:
    """Refuse a request by botocore's model; change the release, which moto forgets."""

    def answer(response: EMRServerlessResponse) -> Any:
        request = {**response._get_params(), **response.uri_match}
        for words in violations(SERVICE, operation, request):
            raise ValidationException(words)
        answered = real(response)
        if operation == "UpdateApplication" and request.get("releaseLabel"):
            backend = response.emrserverless_backend
            found = backend.get_application(request["applicationId"])
            found.release_label = request["releaseLabel"]
        return answered

    return answer


def _create(real: Callable[..., Application]) -> Callable[..., Application]:
    def create(backend: EMRServerlessBackend, **wanted: Any) -> Application:
        application = real(backend, **wanted)
        application.state_details = "The application was created"
        return application

    return create


def _start(real: Callable[..., JobRun]) -> Callable[..., JobRun]:
    def start(
        backend: EMRServerlessBackend, application_id: str, **wanted: Any
    ) -> JobRun:
        application = backend.get_application(application_id)
        if application.state not in ("CREATED", "STARTED", "STOPPED"):
            raise ValidationException(f"Application {application_id} is not available")
        auto_start: Any = application.auto_start_configuration
        if application.state != "STARTED" and not auto_start["enabled"]:
            raise ValidationException(
                f"Application {application_id} must be in STARTED state"
            )
        run = real(backend, application_id=application_id, **wanted)
        application.state = "STARTED"
        run.created_by = f"arn:aws:iam::{backend.account_id}:user/person"
        run.state_details = "The job run was submitted"
        if words := _over_capacity(application, run):
            run.state, run.state_details = "FAILED", words
        return run

    return start


def _cancel(_: Callable[..., Any]) -> Callable[..., Any]:
    def cancel(
        backend: EMRServerlessBackend, application_id: str, job_run_id: str
    ) -> tuple[str, str]:
        run = backend.get_job_run(application_id, job_run_id)
        if run.state in ENDED:
            raise ValidationException(f"Job run {job_run_id} is {run.state}")
        run.state = CANCELLING if run.state == RUNNING else "CANCELLED"
        return application_id, job_run_id

    return cancel


def _stop(real: Callable[..., None]) -> Callable[..., None]:
    def stop(backend: EMRServerlessBackend, application_id: str) -> None:
        if active := active_runs(backend, application_id):
            raise ValidationException(
                f"Application {application_id} has {len(active)} active job runs"
            )
        real(backend, application_id=application_id)

    return stop


def _list(real: Callable[..., Any]) -> Callable[..., Any]:
    def list_runs(
        backend: EMRServerlessBackend, application_id: str, **wanted: Any
    ) -> Any:
        backend.get_application(application_id)
        backend.job_runs.setdefault(application_id, [])
        return real(backend, application_id=application_id, **wanted)

    return list_runs


def settings_of(run: JobRun) -> dict[str, str]:
    """Return Spark's settings of a job run, by its `sparkSubmitParameters`.

    Raises:
        ValidationException: There is something else among the parameters.
    """
    words = str((run.job_driver or {})["sparkSubmit"]["sparkSubmitParameters"]).split()
    found = {}
    for flag, setting in zip(words[::2], words[1::2], strict=False):
        key, equals, value = setting.partition("=")
        if flag != "--conf" or not equals:
            raise ValidationException(f"the emulator knows no '{flag} {setting}'")
        found[key] = value
    return found


def _over_capacity(application: Application, run: JobRun) -> str:
    """Return why a job's driver and one executor exceed the capacity; else empty."""
    limit: Any = application.maximum_capacity
    if not limit:
        return ""
    given = settings_of(run)
    for key, sizes in (
        ("cpu", [int(given.get(f"spark.{who}.cores", CORES)) for who in WORKERS]),
        ("memory", [_worker_gigabytes(given, who) for who in WORKERS]),
    ):
        most = _number(limit[key])
        if sum(sizes) > most:
            return (
                f"Worker could not be allocated as the application has exceeded "
                f"maximumCapacity settings: [{key}: {most}]"
            )
    return ""


def _worker_gigabytes(given: dict[str, str], who: str) -> int:
    """Return the memory of a worker: Spark's, with its overhead, in whole GB."""
    return ceil(_number(given.get(f"spark.{who}.memory", MEMORY)) * OVERHEAD)


def _number(text: Any) -> int:
    found = re.match(r"\d+", str(text))
    return int(found[0]) if found else 0
