"""A warehouse on the stand-in for Redshift, as the tests use it: no EMR, no Maven."""

from collections.abc import Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Final

import boto3

from sparkify.aws.cloud import Cloud
from sparkify.aws.names import USER
from sparkify.aws.settings import Settings
from sparkify.rehearsal.aws import Account, account
from sparkify.rehearsal.emulators import redshift_answers
from sparkify.rehearsal.redshift import RedshiftServer

REGION: Final = "us-west-2"
BUCKET = "sparkify-tests"
CLUSTER = "sparkify-tests"
DATABASE = "sparkify"
COPY_ROLE = "arn:aws:iam::123456789012:role/sparkify-tests-redshift-copy"


@dataclass(frozen=True)
class RedshiftStage:
    """A Redshift that answers, with a bucket.

    Attributes:
        account: The AWS account that it is in.
        server: The stand-in.
        workspace: A workspace whose `cloud.json` names both.
    """

    account: Account
    server: RedshiftServer
    workspace: Path

    @property
    def cloud(self) -> Cloud:
        return Cloud.load(self.workspace)


@contextmanager
def redshift_stage(folder: Path, *, login: str = "secret") -> Iterator[RedshiftStage]:
    """Brings a Redshift up, with its bucket, its secret and its state."""
    workspace = folder / "workspace"
    workspace.mkdir(parents=True)
    with (
        account(region=REGION) as opened,
        closing(boto3.client("s3")) as s3,
        closing(boto3.client("redshift")) as redshift,
        redshift_answers(opened, folder, DATABASE) as server,
    ):
        s3.create_bucket(
            Bucket=BUCKET, CreateBucketConfiguration={"LocationConstraint": REGION}
        )
        redshift.create_cluster(
            ClusterIdentifier=CLUSTER,
            NodeType="ra3.large",
            MasterUsername=USER,
            ManageMasterPassword=True,
            DBName=DATABASE,
        )
        (found,) = redshift.describe_clusters()["Clusters"]
        Cloud(
            settings=Settings.of(region=REGION, login=login),
            bucket=BUCKET,
            cluster=CLUSTER,
            host=server.host,
            port=server.port,
            user=USER,
            secret=found["MasterPasswordSecretArn"],
            copy_role=COPY_ROLE,
            emr_service_role="",
            emr_instance_profile="",
            subnet="",
            emr_security_group="",
        ).save(workspace)
        yield RedshiftStage(opened, server, workspace)
