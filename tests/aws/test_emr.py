"""A job on EMR is followed to its end, and nothing goes on running after it."""

import json
import os
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import replace
from io import BytesIO
from pathlib import Path
from zipfile import ZipFile

import boto3
import pytest
from moto.emr.exceptions import InvalidRequestException

from sparkify.aws import artefacts, emr, waiting
from sparkify.aws.cloud import Cloud
from sparkify.aws.session import Clients
from sparkify.errors import (
    CloudError,
    FlattenError,
    JarsError,
    JobError,
    QualityError,
)
from sparkify.ingest import quality
from sparkify.ingest.emr_engine import delete_earlier_runs
from sparkify.ingest.flat_folder import read_flattened
from sparkify.ingest.manifest import Flattened
from sparkify.ingest.quality import require_quality
from sparkify.ingest.spark_engine import JOB
from sparkify.progress import Progress
from sparkify.rehearsal.aws import account
from sparkify.rehearsal.emr import steps_carried_out
from sparkify.rehearsal.emulators import JARS
from sparkify.rehearsal.jars import hadoop_aws_jars
from sparkify.steps.flatten import flatten
from tests.support.redshift import BUCKET, EMR_CLOUD, REGION


@pytest.fixture
def workspace(tmp_path: Path, wheels: Path) -> Path:
    """Return a workspace that has the nodes' wheels already."""
    (tmp_path / "workspace").mkdir()
    (tmp_path / "workspace" / "wheels").symlink_to(wheels)
    return tmp_path / "workspace"


@pytest.fixture
def endpoint() -> Iterator[str]:
    """Yield an account with a bucket; nobody carries out EMR's steps."""
    with account(region=REGION) as opened:
        boto3.client("s3").create_bucket(
            Bucket=BUCKET, CreateBucketConfiguration={"LocationConstraint": REGION}
        )
        yield opened.endpoint


def run_job(workspace: Path, cloud: Cloud = EMR_CLOUD) -> None:
    emr.run_job(cloud, "flatten", JOB, [], workspace=workspace, progress=Progress())


def cluster_states() -> list[str]:
    clusters = boto3.client("emr").list_clusters()["Clusters"]
    return [cluster["Status"]["State"] for cluster in clusters]


def test_the_cluster_is_terminated_after_the_deadline(
    endpoint: str, workspace: Path
) -> None:
    late = replace(EMR_CLOUD, settings=replace(EMR_CLOUD.settings, deadline_minutes=0))
    with pytest.raises(CloudError, match=r"still '\w+' after 0 minutes.*stopped"):
        run_job(workspace, late)
    assert cluster_states() == ["TERMINATED"]


def test_a_cluster_that_cannot_be_terminated_is_named_with_the_command(
    endpoint: str, workspace: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refuse(_: object) -> None:
        raise InvalidRequestException("not now")

    path = "moto.emr.responses.ElasticMapReduceResponse.terminate_job_flows"
    monkeypatch.setattr(path, refuse)
    late = replace(EMR_CLOUD, settings=replace(EMR_CLOUD.settings, deadline_minutes=0))
    with pytest.raises(CloudError, match="may still run") as caught:
        run_job(workspace, late)
    (cluster,) = boto3.client("emr").list_clusters()["Clusters"]
    command = f"terminate-clusters --cluster-ids {cluster['Id']} --region {REGION}'"
    assert command in str(caught.value)


def test_an_interrupt_terminates_the_cluster(
    endpoint: str, workspace: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def interrupt(_: float) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr(waiting, "sleep", interrupt)
    with pytest.raises(KeyboardInterrupt):
        run_job(workspace)
    assert cluster_states() == ["TERMINATED"]


def test_a_cluster_is_set_to_terminate_itself_when_done_or_idle(
    endpoint: str, workspace: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked = {}
    started = emr._start_cluster

    def start(
        cloud: Cloud, found: Clients, step: object, script: str, progress: Progress
    ) -> object:
        found.emr.meta.events.register(
            "before-parameter-build.emr.RunJobFlow",
            lambda params, **_: asked.update(params),
        )
        return started(cloud, found, step, script, progress)

    monkeypatch.setattr(emr, "_start_cluster", start)
    late = replace(EMR_CLOUD, settings=replace(EMR_CLOUD.settings, deadline_minutes=0))
    with pytest.raises(CloudError):
        run_job(workspace, late)
    assert asked["AutoTerminationPolicy"]["IdleTimeout"] == 900
    assert asked["Instances"]["KeepJobFlowAliveWhenNoSteps"] is False
    assert asked["Instances"]["EmrManagedMasterSecurityGroup"] == "sg-1"
    tags = {tag["Key"]: tag["Value"] for tag in asked["Tags"]}
    assert tags == {
        "sparkify": "sparkify",
        "for-use-with-amazon-emr-managed-policies": "true",
    }


def test_a_node_installs_everything_from_the_bucket(
    endpoint: str, workspace: Path
) -> None:
    s3 = boto3.client("s3")
    script = artefacts.put_bootstrap(EMR_CLOUD, s3, workspace / "wheels")
    key = script.removeprefix(f"s3://{BUCKET}/")
    text = s3.get_object(Bucket=BUCKET, Key=key)["Body"].read().decode()
    listed = s3.list_objects_v2(Bucket=BUCKET, Prefix="jobs/wheels/")["Contents"]
    names = {entry["Key"].rpartition("/")[2].split("-")[0] for entry in listed}
    assert {"pyarrow", "numpy", "pandas", "boto3", "ftfy"} <= names
    assert f"s3://{BUCKET}/jobs/wheels/" in text
    assert "--no-index" in text
    assert "://" not in text.replace("s3://", "")


def test_the_package_zip_has_the_same_bytes_each_time() -> None:
    packed = artefacts.package_zip()
    assert packed == artefacts.package_zip()
    with ZipFile(BytesIO(packed)) as opened:
        assert "sparkify/ingest/spark_job.py" in opened.namelist()


def test_the_package_zip_leaves_out_what_the_jobs_do_not_need() -> None:
    with ZipFile(BytesIO(artefacts.package_zip())) as opened:
        folders = {str(Path(name).parent) for name in opened.namelist()}
    assert folders == {"sparkify", "sparkify/ingest"}


def test_a_source_that_is_not_in_s3_is_refused(tmp_path: Path) -> None:
    (tmp_path / "source" / "log_data").mkdir(parents=True)
    with pytest.raises(FlattenError, match=r"reads from S3.*aws s3 sync"):
        flatten(str(tmp_path / "source"), str(tmp_path / "ws"), engine="emr")


@pytest.fixture
def refused(endpoint: str, tmp_path: Path) -> Flattened:
    """Return the manifest of a source of rubbish, with the quarantine in the bucket."""
    logs = tmp_path / "source" / "log_data"
    logs.mkdir(parents=True)
    (logs / "a.json").write_bytes(b"<html>\n<html>\n")
    local = flatten(str(logs.parent), str(tmp_path / "local"), accept=True)
    folder, _ = read_flattened(tmp_path / "local" / "flat")
    for file in local.files["quarantine"]:
        key = f"flat/{local.run_id}/{file.path}"
        boto3.client("s3").upload_file(str(folder / file.path), BUCKET, key)
    EMR_CLOUD.save(tmp_path)
    return replace(local, address=f"s3://{BUCKET}/flat/{local.run_id}")


def refusal(flattened: Flattened, workspace: Path) -> list[str]:
    with pytest.raises(QualityError) as error:
        require_quality(flattened, workspace, 5, accept=False, workspace=workspace)
    return str(error.value).splitlines()


def test_a_refusal_shows_examples_from_the_bucket(
    refused: Flattened, tmp_path: Path
) -> None:
    first, *examples = refusal(refused, tmp_path)
    assert first.startswith("none of the 2 events can be used")
    place = "log_data/a.json, line 1"
    fault = "Expecting value after 0 characters"
    assert examples == [f"- 2 × broken JSON: {place}: broken JSON: {fault}: <html>"]


def test_a_refusal_without_examples_says_why(
    refused: Flattened, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    missing = replace(refused, address=f"s3://{BUCKET}/flat/none")
    first, reason = refusal(missing, tmp_path)
    assert first.startswith("none of the 2 events can be used")
    assert reason.startswith("- there are no examples: AWS refused HeadObject")
    monkeypatch.setattr(quality, "MOST_COPIED_BYTES", 1)
    _, reason = refusal(refused, tmp_path)
    assert f"look at {refused.address}/quarantine/" in reason


@pytest.mark.jvm
def test_a_failed_step_gives_its_reason_and_terminates_its_cluster(
    endpoint: str, workspace: Path, tmp_path: Path
) -> None:
    try:
        jars = hadoop_aws_jars(JARS)
    except JarsError as error:
        pytest.skip(f"needs jars from Maven Central: {error}")
    EMR_CLOUD.save(workspace)
    with (
        steps_carried_out(endpoint, tmp_path, jars),
        pytest.raises(JobError, match=r"has no activity logs"),
    ):
        flatten(f"s3://{BUCKET}/nothing", str(workspace), engine="emr")
    assert cluster_states() == ["TERMINATED"]
    assert not list((workspace / "flat").glob("*/manifest.json"))


def test_the_job_imports_only_modules_of_the_package_zip(
    tmp_path: Path,
) -> None:
    pytest.importorskip("pyspark", reason="needs pyspark: a Python before 3.14")
    packed = tmp_path / "sparkify.zip"
    packed.write_bytes(artefacts.package_zip())
    # What the zip lacks, Python would find in the project.
    script = (
        "import json, sys, sparkify.ingest.spark_job\n"
        "loaded = {n: m for n, m in sys.modules.items() if n.startswith('sparkify')}\n"
        "print(json.dumps({name: m.__file__ for name, m in loaded.items()}))"
    )
    done = subprocess.run(
        [sys.executable, "-c", script],
        cwd=tmp_path,
        env={**os.environ, "PYTHONPATH": str(packed)},
        capture_output=True,
        text=True,
    )
    assert done.returncode == 0, done.stderr
    loaded = json.loads(done.stdout)
    assert {"sparkify.ingest.spark_job", "sparkify.s3"} <= loaded.keys()
    for name, file in loaded.items():
        assert Path(file).is_relative_to(packed), name


def test_earlier_runs_are_deleted_from_the_bucket_and_nothing_else(
    endpoint: str, workspace: Path
) -> None:
    earlier, now = "20181101T120000.000000Z", "20181102T120000.000000Z"
    kept = {f"flat/{now}/events/a", "flat/mytheme/a", "flat/notes", "flat-old/a"}
    s3 = boto3.client("s3")
    for key in (*kept, f"flat/{earlier}/events/a", f"flat/{earlier}/counts/b"):
        s3.put_object(Bucket=BUCKET, Key=key, Body=b"x")
    EMR_CLOUD.save(workspace)
    delete_earlier_runs(workspace, now)
    listed = s3.list_objects_v2(Bucket=BUCKET)["Contents"]
    assert {entry["Key"] for entry in listed} == kept
