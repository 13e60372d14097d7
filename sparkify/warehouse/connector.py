"""Loads flattened files into Redshift with its Spark connector, as a step on EMR."""

import json
from collections.abc import Mapping, Sequence
from pathlib import Path

from sparkify.aws.cloud import Cloud
from sparkify.aws.emr import run_job
from sparkify.progress import Progress

JOB = Path(__file__).with_name("connector_job.py")


def write_tables(
    workspace: Path, tables: Mapping[str, Sequence[str]], progress: Progress
) -> None:
    """Append the rows of Parquet files to tables.

    Args:
        workspace: The run's workspace.
        tables: The `s3://` addresses of the files, by table.
        progress: Receives the states of the EMR step.

    Raises:
        JobError: The EMR step failed; the rows that it wrote stay in the tables.
        CloudError: EMR refused the request, or the deadline has passed.
    """
    cloud = Cloud.load(workspace)
    run_job(
        cloud,
        "load",
        JOB,
        [
            f"--tables={json.dumps(tables)}",
            f"--host={cloud.host}",
            f"--port={cloud.port}",
            f"--database={cloud.settings.database}",
            f"--schema={cloud.settings.schema}",
            f"--secret-id={cloud.secret}",
            f"--copy-role={cloud.copy_role}",
            f"--region={cloud.settings.region}",
            f"--tempdir={cloud.address('temp', 'connector')}",
            f"--slices={cloud.settings.files(1)}",
        ],
        workspace=workspace,
        progress=progress,
    )
