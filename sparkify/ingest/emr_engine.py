"""Flattens with the Spark job as a step on EMR, from S3 to S3.

EMR Serverless runs the same job in the same way; `emr_serverless_engine` starts it.
"""

from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from struct import Struct
from tempfile import TemporaryDirectory
from typing import Any, ClassVar

import pyarrow as pa
import pyarrow.parquet as pq

from sparkify.aws.cloud import Cloud
from sparkify.aws.emr import run_job
from sparkify.aws.session import clients, explained
from sparkify.errors import FlattenError
from sparkify.ingest import manifest
from sparkify.ingest.manifest import (
    PARTS,
    FlattenResult,
    FlattenTask,
    ParquetFile,
)
from sparkify.ingest.spark_engine import ADDITION, JOB, read_counts
from sparkify.ownership import RUN_ID
from sparkify.progress import Progress
from sparkify.s3 import is_s3, split

FLAT = "flat"
MAGIC = b"PAR1"  # starts and ends a Parquet file; the footer's length precedes the end
FOOTER_LENGTH = Struct("<I")
FOOTER_END = FOOTER_LENGTH.size + len(MAGIC)


@dataclass(frozen=True)
class EmrEngine:
    """The engine that runs on an EMR cluster.

    Attributes:
        workspace: The run's workspace.
        name: The engine's name.
    """

    workspace: Path
    name: ClassVar[str] = "emr"

    def flatten(self, task: FlattenTask) -> FlattenResult:
        """Flatten both kinds of record into the bucket; see `Engine.flatten`.

        The number of files is rounded up to a multiple of the cluster's slices, so that
        each slice loads the same amount. The executors are as large as EMR's instances
        or workers, whatever the memory limit.

        Raises:
            FlattenError: The source is not in S3.
            JobError: The job failed.
            CloudError: AWS refused the request, or the deadline has passed.
        """
        if not is_s3(task.source):
            raise FlattenError(
                f"engine '{self.name}' reads from S3, but source '{task.source}' is "
                "not in S3; copy it with aws s3 sync and set source to its s3:// prefix"
            )
        cloud = Cloud.load(self.workspace)
        _delete_run(cloud, task.run_id)  # of an earlier attempt
        self._run(
            cloud,
            [
                f"--source={task.source}",
                f"--output={cloud.address(FLAT, task.run_id)}",
                f"--run-id={task.run_id}",
                f"--files={cloud.settings.files(task.files)}",
                f"--most-record-bytes={task.most_record_bytes}",
                *_put_addition(cloud, task),
            ],
            task.progress,
        )
        with clients(cloud.settings.region) as aws, explained():
            return _read_result(cloud, aws.s3, task.run_id)

    def _run(self, cloud: Cloud, arguments: list[str], progress: Progress) -> None:
        """Run the job to its end."""
        run_job(
            cloud,
            "flatten",
            JOB,
            arguments,
            workspace=self.workspace,
            progress=progress,
        )


@dataclass(frozen=True)
class S3Files:
    """The flattened files in the bucket; see `FlatFiles`.

    Attributes:
        workspace: The run's workspace.
    """

    workspace: Path

    def address(self, run_id: str) -> str:
        """Return the `s3://` prefix of a run."""
        return Cloud.load(self.workspace).address(FLAT, run_id)

    def sizes(self, addresses: Iterable[str]) -> dict[str, int]:
        """Return the size in bytes of each file that is there."""
        cloud = Cloud.load(self.workspace)
        wanted = set(addresses)
        with clients(cloud.settings.region) as aws, explained():
            listed = _objects(cloud, aws.s3, f"{FLAT}/")
            sizes = {cloud.address(key): size for key, size in listed}
        return {name: size for name, size in sizes.items() if name in wanted}

    @contextmanager
    def copied(self, addresses: Sequence[str]) -> Iterator[list[str]]:
        """Yield the paths of copies of the files, which do not outlive the block."""
        with TemporaryDirectory() as folder:
            copies = download(self.workspace, addresses, Path(folder))
            yield [str(path) for path in copies]

    def keep(self, addresses: Iterable[str]) -> None:
        """Delete the files of the runs of which no file is among these."""
        prefix = self.address("")
        kept = {name.removeprefix(prefix).split("/")[0] for name in addresses}
        delete_earlier_runs(self.workspace, *kept)


def delete_earlier_runs(workspace: Path, *run_ids: str) -> None:
    """Delete the flattened data of all other runs from the bucket, and nothing else.

    Args:
        workspace: The run's workspace.
        run_ids: The runs whose data is kept.
    """
    cloud = Cloud.load(workspace)
    with clients(cloud.settings.region) as aws, explained():
        for key, _ in list(_objects(cloud, aws.s3, f"{FLAT}/")):
            name = key.split("/")[1]
            if RUN_ID.fullmatch(name) and name not in run_ids:
                aws.s3.delete_object(Bucket=cloud.bucket, Key=key)


def _delete_run(cloud: Cloud, run_id: str) -> None:
    """Delete the flattened data of one run from the bucket."""
    with clients(cloud.settings.region) as aws, explained():
        for key, _ in list(_objects(cloud, aws.s3, f"{FLAT}/{run_id}/")):
            aws.s3.delete_object(Bucket=cloud.bucket, Key=key)


def download(workspace: Path, files: Iterable[str], folder: Path) -> list[Path]:
    """Copy objects of the bucket into a folder.

    Args:
        workspace: The run's workspace.
        files: The `s3://` addresses.
        folder: The folder, which is created.

    Returns:
        The copies, in the same order.

    Raises:
        CloudError: S3 refused the request.
    """
    cloud = Cloud.load(workspace)
    folder.mkdir(parents=True, exist_ok=True)
    copies = []
    with clients(cloud.settings.region) as aws, explained():
        for number, address in enumerate(files):
            bucket, key = split(address)
            copies.append(folder / f"{number}.parquet")
            aws.s3.download_file(bucket, key, str(copies[-1]))
    return copies


def _put_addition(cloud: Cloud, task: FlattenTask) -> list[str]:
    """Put the list of the new objects into the bucket; return the job's argument.

    It lies among the run's files, so it is deleted with them.
    """
    if task.addition is None:
        return []
    address = cloud.address(FLAT, task.run_id, ADDITION)
    bucket, key = split(address)
    with clients(cloud.settings.region) as aws, explained():
        body = task.addition.to_json().encode()
        aws.s3.put_object(Bucket=bucket, Key=key, Body=body)
    return [f"--addition={address}"]


def _read_result(cloud: Cloud, s3: Any, run_id: str) -> FlattenResult:
    """Read the step's counts and the footers of its files from the bucket.

    Raises:
        NotAnIncrementError: The step found the key of a new event in an earlier one.
    """
    root = f"{FLAT}/{run_id}/"
    sizes = {key.removeprefix(root): size for key, size in _objects(cloud, s3, root)}
    (name,) = (name for name in sizes if name.startswith(f"{manifest.COUNTS}/part-"))
    response = s3.get_object(Bucket=cloud.bucket, Key=root + name)
    counts = read_counts(response["Body"].read().decode())
    files = {
        part: tuple(
            ParquetFile(name, _row_count(cloud, s3, root + name, size), size)
            for name, size in sorted(sizes.items())
            if name.startswith(f"{part}/") and name.endswith(".parquet")
        )
        for part in PARTS
    }
    return FlattenResult(counts, files)


def _row_count(cloud: Cloud, s3: Any, key: str, size: int) -> int:
    """Return the number of rows of a Parquet file; read nothing but its footer."""

    def read_tail(length: int) -> bytes:
        start = max(0, size - length)
        response = s3.get_object(
            Bucket=cloud.bucket, Key=key, Range=f"bytes={start}-{size - 1}"
        )
        return bytes(response["Body"].read())

    (length,) = FOOTER_LENGTH.unpack(read_tail(FOOTER_END)[: FOOTER_LENGTH.size])
    footer = MAGIC + read_tail(length + FOOTER_END)
    return int(pq.read_metadata(pa.BufferReader(footer)).num_rows)


def _objects(cloud: Cloud, s3: Any, prefix: str) -> Iterator[tuple[str, int]]:
    pages = s3.get_paginator("list_objects_v2")
    for page in pages.paginate(Bucket=cloud.bucket, Prefix=prefix):
        for entry in page.get("Contents", ()):
            yield entry["Key"], entry["Size"]
