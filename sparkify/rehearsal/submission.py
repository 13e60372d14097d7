"""Runs `spark-submit` on this machine, as the emulators of EMR need it."""

from __future__ import annotations

import gzip
import os
import subprocess
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from threading import Event
from typing import Any

import boto3
from botocore.exceptions import ClientError

from sparkify.ingest.spark_engine import SETTINGS, environment, spark_submit
from sparkify.s3 import split

SECONDS_BETWEEN_LOOKS = 0.2
PENDING = "temp/pending"  # a key of an upload that is aborted
LOGS = ("stdout", "stderr")
S3A = {
    "fs.s3.impl": "org.apache.hadoop.fs.s3a.S3AFileSystem",
    "fs.s3a.path.style.access": "true",
    "fs.s3a.connection.ssl.enabled": "false",
    "fs.s3a.aws.credentials.provider": (
        "com.amazonaws.auth.EnvironmentVariableCredentialsProvider"
    ),
}


@dataclass(frozen=True)
class Spark:
    """A Spark in local mode that has what EMR's has.

    Attributes:
        endpoint: The address of S3.
        jars: The jars that EMR adds to Spark's own.
        java_options: Options of Spark's JVM.
        ended: Set when the rehearsal ends, and its jobs with it.
    """

    endpoint: str
    jars: Sequence[Path]
    java_options: str
    ended: Event

    def s3(self, credentials: Mapping[str, str]) -> Any:
        """Return a client of S3 with the rights of a role."""
        given: Any = credentials
        return boto3.client("s3", endpoint_url=self.endpoint, **given)

    def abort_uploads(self, s3: Any, bucket: str, name: str) -> None:
        """Do what the S3A committers do, which EMR turns on.

        They look for the uploads that an earlier attempt left, and abort them.

        Args:
            s3: A client with the rights of the job.
            bucket: The bucket.
            name: What tells this job's upload from others.

        Raises:
            ClientError: The job's role may not do it.
        """
        upload = {"Bucket": bucket, "Key": f"{PENDING}/{name}"}
        upload["UploadId"] = s3.create_multipart_upload(**upload)["UploadId"]
        s3.list_multipart_uploads(Bucket=bucket, Prefix=PENDING)
        s3.list_parts(**upload)
        s3.abort_multipart_upload(**upload)

    def run(
        self,
        arguments: Sequence[str],
        folder: Path,
        credentials: Mapping[str, str],
        is_stopped: Callable[[], bool],
        variables: Mapping[str, str] | None = None,
    ) -> int:
        """Run `spark-submit`; return its exit status.

        Args:
            arguments: What it is given.
            folder: The folder that it runs in; its output is put there.
            credentials: The rights of the job.
            is_stopped: Whether somebody stopped the job meanwhile.
            variables: The variables of the job's environment that differ; an empty
                one is left out.
        """
        login = {name.upper(): value for name, value in credentials.items()}
        merged = {**environment(), **login, **(variables or {})}
        with (
            (folder / "stdout").open("wb") as out,
            (folder / "stderr").open("wb") as err,
        ):
            job = subprocess.Popen(  # noqa: S603 (the command is the package's own)
                [*self._command(arguments)],
                stdout=out,
                stderr=err,
                env={name: value for name, value in merged.items() if value},
                cwd=folder,
            )
            with job:
                while job.poll() is None:
                    if self.ended.wait(SECONDS_BETWEEN_LOOKS) or is_stopped():
                        job.kill()
        return job.returncode

    def _command(self, arguments: Sequence[str]) -> Iterator[str]:
        jars = ",".join(map(str, self.jars))
        settings = {
            **SETTINGS,
            **{f"spark.hadoop.{key}": value for key, value in S3A.items()},
            "spark.hadoop.fs.s3a.endpoint": self.endpoint,
            "spark.driver.memory": "2g",
        }
        yield from spark_submit()
        yield from (f"--conf={key}={value}" for key, value in settings.items())
        yield f"--jars={jars}"
        yield f"--driver-class-path={jars.replace(',', os.pathsep)}"
        if self.java_options:
            yield f"--driver-java-options={self.java_options}"
        yield from arguments


def put_logs(s3: Any, address: str, folder: Path) -> None:
    """Put a job's output where AWS does; AWS does not tell if the job may not.

    Args:
        s3: A client with the rights of the job.
        address: The `s3://` address of the folder for it.
        folder: The folder of the output.
    """
    bucket, prefix = split(address)
    with suppress(ClientError):
        for name in LOGS:
            body = gzip.compress((folder / name).read_bytes())
            s3.put_object(Bucket=bucket, Key=f"{prefix}/{name}.gz", Body=body)
