"""A warehouse on Redshift's emulator, as the tests use it: no EMR, no Maven."""

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
from sparkify.rehearsal.redshift.backend import Backend
from sparkify.rehearsal.redshift.postgres import Postgres

REGION: Final = "us-west-2"
BUCKET = "sparkify-tests"
EMR_CLOUD = Cloud(  # as recorded by the provisioning of EMR alone
    settings=Settings.of(region=REGION),
    bucket=BUCKET,
    cluster="none",
    host="none",
    port=5439,
    user="sparkify",
    secret="",
    copy_role="",
    emr_service_role="sparkify-emr-service",
    emr_instance_profile="sparkify-emr-instances",
    subnet="subnet-1",
    emr_security_group="sg-1",
)
CLUSTER = "sparkify-tests"
DATABASE = "sparkify"
COPY_ROLE = "arn:aws:iam::123456789012:role/sparkify-tests-redshift-copy"


@dataclass(frozen=True)
class RedshiftEmulator:
    """A Redshift that answers, with a bucket.

    Attributes:
        account: The AWS account that it is in.
        server: The emulator.
        workspace: A workspace whose `cloud.json` names both.
    """

    account: Account
    server: RedshiftServer
    workspace: Path

    @property
    def cloud(self) -> Cloud:
        return Cloud.load(self.workspace)


def empty(postgres: Postgres) -> None:
    """Drop the databases and the roles that are not PostgreSQL's own."""
    login = {"user": postgres.superuser, "database": "postgres"}
    with Backend(postgres.socket, login) as connection:
        for (name,) in connection.execute(
            "select quote_ident(datname) from pg_database "
            "where not datistemplate and datname <> 'postgres'"
        ):
            connection.execute(f"drop database {name} with (force)")
        for (name,) in connection.execute(
            "select quote_ident(rolname) from pg_roles "
            f"where rolname not like 'pg_%' and rolname <> '{postgres.superuser}'"
        ):
            connection.execute(f"drop role {name}")


@contextmanager
def redshift_emulator(
    folder: Path, postgres: Postgres, **settings: str
) -> Iterator[RedshiftEmulator]:
    """Start a Redshift, with its bucket, its secret and its state.

    Args:
        folder: Keeps the certificates and the workspace.
        postgres: Holds the data; whatever an earlier test left in it is dropped.
        settings: The AWS parameters that differ from the defaults, such as `login`.
    """
    empty(postgres)
    workspace = folder / "workspace"
    workspace.mkdir(parents=True)
    with (
        account(region=REGION) as opened,
        closing(boto3.client("s3")) as s3,
        closing(boto3.client("redshift")) as redshift,
        redshift_answers(opened, folder, DATABASE, postgres) as server,
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
            settings=Settings.of(region=REGION, **settings),
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
        yield RedshiftEmulator(opened, server, workspace)
