"""Runs the steps of emulated EMR clusters with a local `spark-submit`.

moto accepts a step and never runs it. A thread looks for such steps, runs each against
the same S3, puts its log where EMR would, and sets its state. Bootstrap actions
are not run: the steps use this machine's own Python.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from functools import cache
from pathlib import Path
from threading import Event, Thread
from typing import Any
from unittest import mock

from botocore.exceptions import ClientError
from moto.core.utils import utcnow
from moto.emr.models import Cluster, Step, emr_backends
from moto.moto_server.werkzeug_app import DomainDispatcherApplication

from sparkify.rehearsal.emr_roles import LaunchError, launch
from sparkify.rehearsal.iam import Iam
from sparkify.rehearsal.submission import SECONDS_BETWEEN_LOOKS, Spark, put_logs
from sparkify.s3 import split

ENDED = ("COMPLETED", "FAILED", "CANCELLED")


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
    spark = Spark(endpoint, jars, java_options, ended)
    runner = _Runner(spark, folder, iam)
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

    def __init__(self, spark: Spark, folder: Path, iam: Iam | None) -> None:
        self._spark = spark
        self._folder = folder
        self._iam = iam
        self._credentials: dict[str, dict[str, str]] = {}  # of clusters, by id

    def run(self) -> None:
        """Run steps until the rehearsal ends."""
        while not self._spark.ended.wait(SECONDS_BETWEEN_LOOKS):
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
        address = f"{cluster.log_uri}{cluster.id}/steps/{step.id}"
        put_logs(self._client(cluster), address, folder)
        step.end_date_time = utcnow()
        if code:
            step.failure_details = {
                "Reason": "Unknown Error.",
                "Message": f"Exit code {code}",
                "LogFile": f"{address}/stderr.gz",
            }
        if step.state == "RUNNING":  # nobody cancelled it
            step.state = "FAILED" if code else "COMPLETED"
        if not cluster.keep_job_flow_alive_when_no_steps:
            cluster.terminate()

    def _prepare(self, cluster: Cluster, folder: Path) -> int:
        """Fetch the bootstrap scripts, as nodes do; return the exit status."""
        s3 = self._client(cluster)
        bucket, _ = split(cluster.log_uri)
        try:
            for action in cluster.bootstrap_actions:
                home, key = split(action.script_bootstrap_action["Path"])
                s3.get_object(Bucket=home, Key=key)
            self._spark.abort_uploads(s3, bucket, cluster.id)
        except ClientError as error:
            (folder / "stdout").touch()
            (folder / "stderr").write_text(f"S3A: {error}\n")
            return 1
        return 0

    def _client(self, cluster: Cluster) -> Any:
        """Return a client of S3 with the rights of a cluster's instances."""
        return self._spark.s3(self._credentials.get(cluster.id, {}))

    def _submit(self, cluster: Cluster, step: Step, folder: Path) -> int:
        """Run a step's `spark-submit`; return its exit status."""
        program, *arguments = step.args
        if program != "spark-submit":
            raise ValueError(f"the emulator of EMR runs spark-submit, not {program}")
        return self._spark.run(
            arguments,
            folder,
            self._credentials.get(cluster.id, {}),
            lambda: _is_ended(cluster) or step.state != "RUNNING",
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
