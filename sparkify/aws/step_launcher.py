"""Runs a job on EMR or EMR Serverless whose arguments are too long for a request.

`spark-submit` runs this file with the addresses of the job and of its arguments. It
runs on the node, where it imports nothing of the package.

    spark-submit step_launcher.py s3://bucket/job.py s3://bucket/arguments.json
"""

import json
import runpy
import sys
from collections.abc import Sequence
from pathlib import Path
from tempfile import TemporaryDirectory
from urllib.parse import urlparse

import boto3


def main(addresses: Sequence[str]) -> None:
    """Run a job as if it had been given its arguments.

    Args:
        addresses: The `s3://` addresses of the job, and of a JSON list of arguments.
    """
    job, arguments = addresses
    with TemporaryDirectory() as folder:
        path = Path(folder) / "job.py"
        path.write_bytes(_fetch(job))
        sys.argv = [str(path), *json.loads(_fetch(arguments))]
        runpy.run_path(str(path), run_name="__main__")


def _fetch(address: str) -> bytes:
    place = urlparse(address)
    answer = boto3.client("s3").get_object(Bucket=place.netloc, Key=place.path[1:])
    return bytes(answer["Body"].read())


if __name__ == "__main__":
    main(sys.argv[1:])
