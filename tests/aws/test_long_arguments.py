"""Arguments that are too long for an EMR step reach the job through the bucket."""

import json
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import boto3
import pytest
from botocore.exceptions import ClientError

from sparkify.aws import emr
from sparkify.errors import CloudError, JarsError
from sparkify.progress import Progress
from sparkify.rehearsal.aws import account
from sparkify.rehearsal.emr import steps_carried_out
from sparkify.rehearsal.emr_limits import longest_argument
from sparkify.rehearsal.emulators import JARS
from sparkify.rehearsal.jars import hadoop_aws_jars
from tests.support.redshift import BUCKET, EMR_CLOUD, REGION

# Twice the limit, with what a shell or a template might change.
LONG = json.dumps({"table": ["s3://b/é 'a' \"$x\".parquet"] * 600})

JOB = """
import json, sys
import boto3
body = json.dumps([sys.argv[1:], __name__]).encode()
boto3.client("s3").put_object(Bucket="{bucket}", Key="temp/seen", Body=body)
"""


@pytest.fixture
def endpoint() -> Iterator[str]:
    with account(region=REGION) as opened:
        boto3.client("s3").create_bucket(
            Bucket=BUCKET, CreateBucketConfiguration={"LocationConstraint": REGION}
        )
        yield opened.endpoint


@pytest.fixture
def job(tmp_path: Path) -> Path:
    path = tmp_path / "job.py"
    path.write_text(JOB.format(bucket=BUCKET))
    return path


@pytest.fixture
def workspace(tmp_path: Path, wheels: Path) -> Path:
    (tmp_path / "workspace").mkdir()
    (tmp_path / "workspace" / "wheels").symlink_to(wheels)
    return tmp_path / "workspace"


def test_emr_refuses_a_longer_argument(endpoint: str) -> None:
    assert longest_argument() == 10_280  # EMR's documentation
    step = {"Jar": "command-runner.jar", "Args": ["spark-submit", "x" * 10_281]}
    with pytest.raises(ClientError, match=r"less than or equal to 10280"):
        boto3.client("emr").run_job_flow(
            Name="long",
            Instances={"MasterInstanceType": "m5.xlarge", "InstanceCount": 1},
            Steps=[{"Name": "long", "HadoopJarStep": step}],
        )


@pytest.mark.parametrize("words", [[LONG], ["word"] * 3_000])
def test_long_arguments_are_put_into_the_bucket(
    endpoint: str, workspace: Path, job: Path, words: list[str]
) -> None:
    late = replace(EMR_CLOUD, settings=replace(EMR_CLOUD.settings, deadline_minutes=0))
    with pytest.raises(CloudError, match=r"after 0 minutes"):
        emr.run_job(late, "load", job, words, workspace=workspace, progress=Progress())
    client = boto3.client("emr")
    [cluster] = client.list_clusters()["Clusters"]
    [step] = client.list_steps(ClusterId=cluster["Id"])["Steps"]
    *_, address = step["Config"]["Args"]
    key = address.removeprefix(f"s3://{BUCKET}/")
    stored = boto3.client("s3").get_object(Bucket=BUCKET, Key=key)["Body"].read()
    assert json.loads(stored) == words


@pytest.mark.jvm
def test_the_job_gets_its_arguments_as_if_they_were_short(
    endpoint: str, workspace: Path, job: Path, tmp_path: Path
) -> None:
    try:
        jars = hadoop_aws_jars(JARS)
    except JarsError as error:
        pytest.skip(f"needs jars from Maven Central: {error}")
    words = [f"--tables={LONG}", "--port=5439"]
    with steps_carried_out(endpoint, tmp_path / "steps", jars):
        emr.run_job(
            EMR_CLOUD, "load", job, words, workspace=workspace, progress=Progress()
        )
    seen = boto3.client("s3").get_object(Bucket=BUCKET, Key="temp/seen")["Body"].read()
    assert json.loads(seen) == [words, "__main__"]
