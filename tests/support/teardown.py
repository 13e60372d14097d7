"""A teardown in the AWS account of a test, and what it has to remove."""

from typing import Any

from sparkify.aws.settings import Settings
from sparkify.aws.teardown.orphaned_resource import OrphanedResource
from sparkify.aws.teardown.teardown import remove_resources
from tests.support.aws import TAGS, Calls, client, make, settings


def tear_down(asked: Settings | None = None) -> list[OrphanedResource]:
    return remove_resources(asked or settings(), apply=True)


def provisioned(calls: Calls, asked: Settings | None = None) -> None:
    make(asked)
    calls.live()


def states(found: list[OrphanedResource]) -> set[str]:
    return {each.state for each in found}


def start_emr(**given: Any) -> str:
    with client("emr") as emr:
        instances = {
            "MasterInstanceType": "m5.xlarge",
            "InstanceCount": 1,
            "KeepJobFlowAliveWhenNoSteps": True,
            **given,
        }
        answer = emr.run_job_flow(Name="ours", Instances=instances, Tags=TAGS)
    return str(answer["JobFlowId"])


def put_objects(bucket: str, *keys: str) -> None:
    """Put two versions of each object, and delete the last of them."""
    with client("s3") as s3:
        enabled = {"Status": "Enabled"}
        s3.put_bucket_versioning(Bucket=bucket, VersioningConfiguration=enabled)
        for key in (*keys, *keys):
            s3.put_object(Bucket=bucket, Key=key, Body=b"x")
        s3.delete_object(Bucket=bucket, Key=keys[-1])
