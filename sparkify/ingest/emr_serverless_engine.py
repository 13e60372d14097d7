"""Flattens with the Spark job as a job run on EMR Serverless, from S3 to S3."""

from typing import ClassVar

from sparkify.aws.cloud import Cloud
from sparkify.aws.emr_serverless import run_job
from sparkify.ingest.emr_engine import EmrEngine
from sparkify.ingest.spark_engine import JOB
from sparkify.progress import Progress


class EmrServerlessEngine(EmrEngine):
    """The engine that runs on EMR Serverless; all else is as on an EMR cluster."""

    name: ClassVar[str] = "emr_serverless"

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
