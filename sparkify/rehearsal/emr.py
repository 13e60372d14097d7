"""Runs the steps of emulated EMR clusters with a local `spark-submit`.

moto accepts a step and never runs it. A thread looks for such steps, runs each against
the same S3, puts its log where EMR would, and sets its state. Bootstrap actions
are not run: the steps use this machine's own Python.
"""

from __future__ import annotations

import gzip
import os
import subprocess
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from functools import cache
from pathlib import Path
from threading import Event, Thread
from typing import Any
from unittest import mock

import boto3
from botocore.exceptions import ClientError
from moto.core.utils import utcnow
from moto.emr.models import Cluster, Step, emr_backends
from moto.moto_server.werkzeug_app import DomainDispatcherApplication

from sparkify.ingest.spark_engine import SETTINGS, environment, spark_submit
from sparkify.rehearsal.emr_roles import LaunchError, launch
from sparkify.rehearsal.iam import Iam
from sparkify.s3 import split

ENDED = ("COMPLETED", "FAILED", "CANCELLED")
SECONDS_BETWEEN_LOOKS = 0.2
PENDING = "temp/pending"  # a key of an upload that is aborted
S3A = {
    "fs.s3.impl": "org.apache.hadoop.fs.s3a.S3AFileSystem",
    "fs.s3a.path.style.access": "true",
    "fs.s3a.connection.ssl.enabled": "false",
    "fs.s3a.aws.credentials.provider": (
        "com.amazonaws.auth.EnvironmentVariableCredentialsProvider"
    ),
}


@contextmanager
def steps_carried_out(
    endpoint: str,
    folder: Path,
    jars: Sequence[Path],
    java_options: str = "",
    iam: Iam | None = None,
) -> Iterator[None]:
    """Run every step that a cluster is given, while the context is open.

    Args:
        endpoint: The address of S3.
        folder: The folder for the steps' logs.
        jars: The jars that EMR adds to Spark's own.
        java_options: Options of Spark's JVM.
        iam: The account's IAM: the steps have the rights of their cluster's role. None
            gives them the rights of the person.
    """
    ended = Event()
    runner = _Runner(endpoint, folder, jars, java_options, ended, iam)
    thread = Thread(target=runner.run, name="emr-steps")
    find = DomainDispatcherApplication.get_backend_for_host  # lists moto's folders
    with (
        mock.patch.object(Step, "status", property(_status)),
        mock.patch.object(
            DomainDispatcherApplication, "get_backend_for_host", cache(find)
        ),
    ):
        thread.start()
        try:
            yield
        finally:
            ended.set()
            thread.join()


class _Runner:
    """A loop that looks for steps and runs them, one after another as EMR does."""

    def __init__(
        self,
        endpoint: str,
        folder: Path,
        jars: Sequence[Path],
        java_options: str,
        ended: Event,
        iam: Iam | None,
    ) -> None:
        self._endpoint = endpoint
        self._folder = folder
        self._jars = ",".join(map(str, jars))
        self._java_options = java_options
        self._ended = ended
        self._iam = iam
        self._credentials: dict[str, dict[str, str]] = {}  # of clusters, by id

    def run(self) -> None:
        """Run steps until the rehearsal ends."""
        while not self._ended.wait(SECONDS_BETWEEN_LOOKS):
            for cluster in list(_clusters()):
                for step in cluster.steps:
                    if step.state not in ENDED and not _is_ended(cluster):
                        self._try(cluster, step)

    def _try(self, cluster: Cluster, step: Any) -> None:
        """Run a step; an error of the emulator fails the step too."""
        try:
            if self._iam and cluster.id not in self._credentials:
                self._credentials[cluster.id] = launch(self._iam, cluster)
            self._run_step(cluster, step)
        except LaunchError as error:
            step.state, step.start_date_time = "CANCELLED", None
            cluster.state = "TERMINATED_WITH_ERRORS"
            vars(cluster)["last_state_change_reason"] = str(error)
        except Exception as error:
            step.state = "FAILED"
            step.failure_details = {"Reason": "Rehearsal", "Message": str(error)}
            cluster.terminate()

    def _run_step(self, cluster: Cluster, step: Any) -> None:
        step.state = "RUNNING"
        step.start_date_time = utcnow()
        folder = self._folder / cluster.id / step.id
        folder.mkdir(parents=True)
        code = self._prepare(cluster, folder) or self._submit(cluster, step, folder)
        with suppress(ClientError):  # EMR does not tell that it may not write a log
            self._put_logs(cluster, step, folder)
        step.end_date_time = utcnow()
        if code:
            step.failure_details = {
                "Reason": "Unknown Error.",
                "Message": f"Exit code {code}",
                "LogFile": f"{cluster.log_uri}{cluster.id}/steps/{step.id}/stderr.gz",
            }
        if step.state == "RUNNING":  # nobody cancelled it
            step.state = "FAILED" if code else "COMPLETED"
        if not cluster.keep_job_flow_alive_when_no_steps:
            cluster.terminate()

    def _prepare(self, cluster: Cluster, folder: Path) -> int:
        """Do what nodes do before and beside a job; return the exit status.

        They fetch the bootstrap scripts. The S3A committers, which EMR turns on, look
        for the uploads that an earlier attempt left, and abort them.
        """
        s3 = self._client(cluster)
        bucket, _ = split(cluster.log_uri)
        try:
            for action in cluster.bootstrap_actions:
                home, key = split(action.script_bootstrap_action["Path"])
                s3.get_object(Bucket=home, Key=key)
            upload = {"Bucket": bucket, "Key": f"{PENDING}/{cluster.id}"}
            upload["UploadId"] = s3.create_multipart_upload(**upload)["UploadId"]
            s3.list_multipart_uploads(Bucket=bucket, Prefix=PENDING)
            s3.list_parts(**upload)
            s3.abort_multipart_upload(**upload)
        except ClientError as error:
            (folder / "stdout").touch()
            (folder / "stderr").write_text(f"S3A: {error}\n")
            return 1
        return 0

    def _client(self, cluster: Cluster) -> Any:
        """Return a client of S3 with the rights of a cluster's instances."""
        credentials: Any = self._credentials.get(cluster.id, {})
        return boto3.client("s3", endpoint_url=self._endpoint, **credentials)

    def _submit(self, cluster: Cluster, step: Step, folder: Path) -> int:
        """Run a step's `spark-submit`; return its exit status."""
        command = [*self._command(step.args)]
        credentials = self._credentials.get(cluster.id, {})
        variables = {name.upper(): value for name, value in credentials.items()}
        with (
            (folder / "stdout").open("wb") as out,
            (folder / "stderr").open("wb") as err,
        ):
            job = subprocess.Popen(  # noqa: S603 (the command is the package's own)
                command,
                stdout=out,
                stderr=err,
                env={**environment(), **variables},
                cwd=folder,
            )
            with job:
                while job.poll() is None:
                    is_over = self._ended.wait(SECONDS_BETWEEN_LOOKS)
                    if is_over or _is_ended(cluster) or step.state != "RUNNING":
                        job.kill()
        return job.returncode

    def _command(self, arguments: Sequence[str]) -> Iterator[str]:
        program, *rest = arguments
        if program != "spark-submit":
            raise ValueError(f"the emulator of EMR runs spark-submit, not {program}")
        settings = {
            **SETTINGS,
            **{f"spark.hadoop.{key}": value for key, value in S3A.items()},
            "spark.hadoop.fs.s3a.endpoint": self._endpoint,
            "spark.driver.memory": "2g",
        }
        yield from spark_submit()
        yield from (f"--conf={key}={value}" for key, value in settings.items())
        yield f"--jars={self._jars}"
        yield f"--driver-class-path={self._jars.replace(',', os.pathsep)}"
        if self._java_options:
            yield f"--driver-java-options={self._java_options}"
        yield from rest

    def _put_logs(self, cluster: Cluster, step: Step, folder: Path) -> None:
        s3 = self._client(cluster)
        bucket, prefix = split(cluster.log_uri)
        for name in ("stdout", "stderr"):
            s3.put_object(
                Bucket=bucket,
                Key=f"{prefix}{cluster.id}/steps/{step.id}/{name}.gz",
                Body=gzip.compress((folder / name).read_bytes()),
            )


def _clusters() -> Iterator[Cluster]:
    for regions in list(emr_backends.values()):
        for backend in list(regions.values()):
            yield from list(backend.clusters.values())


def _is_ended(cluster: Cluster) -> bool:
    return str(cluster.state).startswith("TERMINAT")


def _status(step: Any) -> dict[str, Any]:
    """Return a step's status with the reason of a failure, which moto leaves out."""
    status = {
        "State": step.state,
        "Timeline": {
            "CreationDateTime": step.creation_date_time,
            "StartDateTime": step.start_date_time,
            "EndDateTime": step.end_date_time,
        },
    }
    details = getattr(step, "failure_details", None)
    return {**status, "FailureDetails": details} if details else status
