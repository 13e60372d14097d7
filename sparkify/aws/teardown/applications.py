"""Removes an EMR Serverless application; one that is gone already is no error."""

from __future__ import annotations

from sparkify.aws.session import Clients, find
from sparkify.aws.settings import Settings
from sparkify.aws.stack.emr_application import CHANGEABLE, NOT_FOUND, get_application
from sparkify.aws.waiting import wait_until
from sparkify.progress import Progress

GONE = "gone"
RUNS = ["SUBMITTED", "PENDING", "SCHEDULED", "QUEUED", "RUNNING", "CANCELLING"]


def delete_emr_application(
    aws: Clients, settings: Settings, name: str, progress: Progress
) -> None:
    """Cancel an application's job runs, stop it, delete it and wait until it is gone.

    An application with a job run cannot be stopped, and only a stopped one can be
    deleted; each look asks for what is possible by then.
    """
    client = aws.emr_serverless
    request = {"applicationId": name}

    def look() -> tuple[bool, str]:
        found = get_application(aws, name)
        if found is None:
            return True, GONE
        state = str(found["state"])
        if runs := _cancel_runs(aws, name):
            return False, f"{state} with {runs} job runs"
        if state in CHANGEABLE:
            find(client.delete_application, NOT_FOUND, **request)
        elif state == "STARTED":
            find(client.stop_application, NOT_FOUND, **request)
        now = get_application(aws, name)
        return now is None, str(now["state"]) if now else GONE

    what = f"EMR Serverless application '{name}'"
    wait_until(what, look, settings.deadline_minutes, progress)


def _cancel_runs(aws: Clients, application: str) -> int:
    """Cancel the job runs that have not ended; return their number."""
    request = {"applicationId": application}
    pages = aws.emr_serverless.get_paginator("list_job_runs")
    runs = [
        listed
        for page in pages.paginate(**request, states=RUNS)
        for listed in page["jobRuns"]
    ]
    for run in runs:
        if run["state"] != "CANCELLING":
            find(
                aws.emr_serverless.cancel_job_run,
                NOT_FOUND,
                **request,
                jobRunId=run["id"],
            )
    return len(runs)
