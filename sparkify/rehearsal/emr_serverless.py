"""Carries out the job runs of the emulated EMR Serverless with a local `spark-submit`.

A thread looks for runs that were submitted. It unpacks the archive of each into the
folder that the job runs in, as the service does on a worker, and runs the job with the
Python of that archive: nothing of this project's own environment is in reach.
"""

from __future__ import annotations

import subprocess
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from threading import Event, Thread
from typing import Any

from botocore.exceptions import ClientError
from moto.core.models import DEFAULT_ACCOUNT_ID
from moto.core.utils import utcnow
from moto.emrserverless.models import JobRun, emrserverless_backends

from sparkify.rehearsal.emr_applications import (
    CANCELLING,
    RUNNING,
    SUBMITTED,
    settings_of,
)
from sparkify.rehearsal.iam import Iam, RoleError
from sparkify.rehearsal.submission import SECONDS_BETWEEN_LOOKS, Spark, put_logs
from sparkify.s3 import split

ARCHIVES = "spark.archives"
DRIVER_ENVIRONMENT = "spark.emr-serverless.driverEnv."
# Of the size of a worker; this machine is smaller.
SIZES = {
    "spark.driver.cores",
    "spark.driver.memory",
    "spark.dynamicAllocation.enabled",
    "spark.executor.cores",
    "spark.executor.instances",
    "spark.executor.memory",
}
OWN_VARIABLES = ("PYTHONPATH", "PYTHONHOME", "VIRTUAL_ENV")


@contextmanager
def job_runs_carried_out(
    endpoint: str,
    folder: Path,
    jars: Sequence[Path],
    java_options: str = "",
    iam: Iam | None = None,
) -> Iterator[None]:
    """Carry out every job run that an application is given, while the context is open.

    Args:
        endpoint: The address of S3.
        folder: The folder for what the runs write.
        jars: The jars that EMR adds to Spark's own.
        java_options: Options of Spark's JVM.
        iam: The account's IAM: a run has the rights of its role. None gives it the
            rights of the person.
    """
    spark = Spark(endpoint, jars, java_options, Event())
    runner = _Runner(spark, folder, iam)
    thread = Thread(target=runner.run, name="emr-serverless-job-runs")
    thread.start()
    try:
        yield
    finally:
        spark.ended.set()
        thread.join()


class _Runner:
    """A loop that looks for job runs, and carries them out one after another."""

    def __init__(self, spark: Spark, folder: Path, iam: Iam | None) -> None:
        self._spark = spark
        self._folder = folder
        self._iam = iam

    def run(self) -> None:
        """Carry out job runs until the rehearsal ends."""
        while not self._spark.ended.wait(SECONDS_BETWEEN_LOOKS):
            for run in [each for each in _runs() if each.state == SUBMITTED]:
                self._try(run)

    def _try(self, run: JobRun) -> None:
        """Carry out a run; an error of the emulator fails the run too."""
        run.state = RUNNING
        try:
            credentials = self._assume(run)
            vars(run)["started_at"] = utcnow()
            code = self._carry_out(run, credentials)
        except RoleError as error:
            run.state, run.state_details = "FAILED", f"Could not assume role: {error}"
            return
        except Exception as error:
            run.state, run.state_details = "FAILED", f"Rehearsal: {error}"
            return
        vars(run)["ended_at"] = utcnow()
        if run.state == CANCELLING:
            run.state = "CANCELLED"
        elif code:
            run.state_details = f"Job failed, exit status {code}; see the driver's log"
            run.state = "FAILED"
        else:
            run.state, run.state_details = "SUCCESS", "The job run succeeded"

    def _assume(self, run: JobRun) -> dict[str, str]:
        if self._iam is None:
            return {}
        region, account = self._iam.region, DEFAULT_ACCOUNT_ID
        place = f"arn:aws:emr-serverless:{region}:{account}:/applications/"
        return self._iam.assume(
            run.execution_role_arn.rpartition("/")[2],
            "emr-serverless.amazonaws.com",
            run.id,
            SourceAccount=account,
            SourceArn=f"{place}{run.application_id}",
        )

    def _carry_out(self, run: JobRun, credentials: Mapping[str, str]) -> int:
        """Run a job and put its logs into the bucket; return its exit status."""
        folder = self._folder / run.id
        folder.mkdir(parents=True)
        s3, settings = self._spark.s3(credentials), settings_of(run)
        code = self._prepare(s3, run, settings, folder)
        if code == 0:
            code = self._spark.run(
                [*_arguments(run, settings)],
                folder,
                credentials,
                lambda: run.state == CANCELLING,
                {**dict.fromkeys(OWN_VARIABLES, ""), **_driver_variables(settings)},
            )
        logs = f"applications/{run.application_id}/jobs/{run.id}/SPARK_DRIVER"
        put_logs(s3, f"{_log_address(run)}/{logs}", folder)
        return code

    def _prepare(
        self, s3: Any, run: JobRun, settings: Mapping[str, str], folder: Path
    ) -> int:
        """Unpack the archive, and abort uploads; return the exit status."""
        bucket, _ = split(_log_address(run))
        address, _, name = settings[ARCHIVES].partition("#")
        home, key = split(address)
        try:
            s3.download_file(home, key, str(folder / "archive"))
            self._spark.abort_uploads(s3, bucket, run.id)
        except ClientError as error:
            (folder / "stdout").touch()
            (folder / "stderr").write_text(f"S3A: {error}\n")
            return 1
        unpack(folder / "archive", folder / name)
        return 0


def unpack(archive: Path, folder: Path) -> None:
    """Unpack an archive into a new folder, as a worker does."""
    folder.mkdir()
    command = ["tar", "-x", "-f", str(archive), "-C", str(folder)]  # our own archive
    subprocess.run(command, check=True)  # noqa: S603


def _arguments(run: JobRun, settings: Mapping[str, str]) -> Iterator[str]:
    """Yield what `spark-submit` is given here."""
    for key, value in settings.items():
        is_done = key == ARCHIVES or key.startswith(DRIVER_ENVIRONMENT)
        if not is_done and key not in SIZES:
            yield f"--conf={key}={value}"
    driver: Any = (run.job_driver or {})["sparkSubmit"]
    yield str(driver["entryPoint"])
    yield from driver.get("entryPointArguments") or ()


def _driver_variables(settings: Mapping[str, str]) -> dict[str, str]:
    return {
        key.removeprefix(DRIVER_ENVIRONMENT): value
        for key, value in settings.items()
        if key.startswith(DRIVER_ENVIRONMENT)
    }


def _log_address(run: JobRun) -> str:
    overrides: Any = run.configuration_overrides or {}
    monitoring = overrides["monitoringConfiguration"]["s3MonitoringConfiguration"]
    return str(monitoring["logUri"]).rstrip("/")


def _runs() -> Iterator[JobRun]:
    for regions in list(emrserverless_backends.values()):
        for backend in list(regions.values()):
            for runs in list(backend.job_runs.values()):
                yield from list(runs)
