"""Flattens by the Spark job as a step on EMR, from S3 to S3."""

import json
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from struct import Struct
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq

from sparkify.aws.cloud import Cloud
from sparkify.aws.emr import run_job
from sparkify.aws.session import clients, explained
from sparkify.errors import FlattenError
from sparkify.ingest import manifest
from sparkify.ingest.manifest import ParquetFile, RecordCounts, Written
from sparkify.ingest.parquet_files import PARTS
from sparkify.ingest.spark_engine import JOB
from sparkify.progress import Progress
from sparkify.s3 import is_s3

FLAT = "flat"
MAGIC = b"PAR1"  # at both ends of a Parquet file; before the last, the footer's length
FOOTER_LENGTH = Struct("<I")
FOOTER_END = FOOTER_LENGTH.size + len(MAGIC)


@dataclass(frozen=True)
class EmrEngine:
    """Flattens on a cluster of the cloud.

    Attributes:
        workspace: The run's workspace.
    """

    workspace: Path

    def flatten(
        self,
        source: str,
        output: Path,
        *,
        run_id: str,
        files: int,
        memory_limit: str,
        progress: Progress,
    ) -> Written:
        """Flattens both kinds of record into the bucket.

        Args:
            source: An `s3://` prefix.
            output: The run's local folder, which only gets the manifest.
            run_id: The run that the quarantine's rows name, and a prefix of the bucket.
            files: How many Parquet files to write for each kind, at least: a multiple
                of the slices, so that each slice loads as much as the others.
            memory_limit: Not used; EMR sizes its executors by the instance type.
            progress: Is told of the step's states.

        Raises:
            FlattenError: The source is not in S3, or the step failed.
            CloudError: EMR refused, or the deadline has passed.
        """
        if not is_s3(source):
            raise FlattenError(
                f"engine 'emr' reads from S3, and source '{source}' is not there; copy "
                "it by aws s3 sync, and name its s3:// prefix"
            )
        cloud = Cloud.load(self.workspace)
        address = cloud.address(FLAT, run_id)
        run_job(
            cloud,
            "flatten",
            JOB,
            [
                f"--source={source}",
                f"--output={address}",
                f"--run-id={run_id}",
                f"--files={cloud.settings.files(files)}",
            ],
            workspace=self.workspace,
            progress=progress,
        )
        with clients(cloud.settings.region) as aws, explained():
            return _written(cloud, aws.s3, address, run_id)


def tidy(workspace: Path, run_id: str) -> None:
    """Removes the flattened data of earlier runs, once this run's is in use.

    Args:
        workspace: The run's workspace.
        run_id: The run whose data stays.
    """
    cloud = Cloud.load(workspace)
    with clients(cloud.settings.region) as aws, explained():
        for key, _ in list(_objects(cloud, aws.s3, f"{FLAT}/")):
            if not key.startswith(f"{FLAT}/{run_id}/"):
                aws.s3.delete_object(Bucket=cloud.bucket, Key=key)


def _written(cloud: Cloud, s3: Any, address: str, run_id: str) -> Written:
    """Reads what the step left in the bucket: its counts, and its files' footers."""
    root = f"{FLAT}/{run_id}/"
    sizes = {key.removeprefix(root): size for key, size in _objects(cloud, s3, root)}
    (name,) = (name for name in sizes if name.startswith(f"{manifest.COUNTS}/part-"))
    answer = s3.get_object(Bucket=cloud.bucket, Key=root + name)
    counts = json.loads(answer["Body"].read())
    files = {
        part: tuple(
            ParquetFile(name, _row_count(cloud, s3, root + name, size), size)
            for name, size in sorted(sizes.items())
            if name.startswith(f"{part}/") and name.endswith(".parquet")
        )
        for part in PARTS
    }
    return Written(
        {name: RecordCounts(**kind) for name, kind in counts.items()}, files, address
    )


def _row_count(cloud: Cloud, s3: Any, key: str, size: int) -> int:
    """Reads the rows of a Parquet file from its footer alone."""

    def tail(length: int) -> bytes:
        start = max(0, size - length)
        answer = s3.get_object(
            Bucket=cloud.bucket, Key=key, Range=f"bytes={start}-{size - 1}"
        )
        return bytes(answer["Body"].read())

    (length,) = FOOTER_LENGTH.unpack(tail(FOOTER_END)[: FOOTER_LENGTH.size])
    footer = MAGIC + tail(length + FOOTER_END)
    return int(pq.read_metadata(pa.BufferReader(footer)).num_rows)


def _objects(cloud: Cloud, s3: Any, prefix: str) -> Iterator[tuple[str, int]]:
    pages = s3.get_paginator("list_objects_v2")
    for page in pages.paginate(Bucket=cloud.bucket, Prefix=prefix):
        for entry in page.get("Contents", ()):
            yield entry["Key"], entry["Size"]
