"""Writes flattened files to Redshift by Spark's connector, as a step on EMR."""

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
    """Appends the rows of Parquet files to tables.

    Args:
        workspace: The run's workspace.
        tables: The addresses of each table's files.
        progress: Is told of the step's states.

    Raises:
        JobError: The step failed; what it wrote before stays in the tables.
        CloudError: EMR refused, or the deadline has passed.
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
            f"--secret-id={cloud.secret}",
            f"--copy-role={cloud.copy_role}",
            f"--region={cloud.settings.region}",
            f"--tempdir={cloud.address('temp', 'connector')}",
        ],
        workspace=workspace,
        progress=progress,
    )
