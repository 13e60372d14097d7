"""All emulators together: an AWS account, a Redshift cluster, jobs on EMR."""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass
from pathlib import Path
from unittest import mock

import boto3

from sparkify.aws.names import USER
from sparkify.cloud_parameters import REDSHIFT_SERVERLESS
from sparkify.project import cache_folder
from sparkify.rehearsal.aws import Account, account
from sparkify.rehearsal.emr import steps_carried_out
from sparkify.rehearsal.emr_serverless import job_runs_carried_out
from sparkify.rehearsal.jars import connector_jars, hadoop_aws_jars
from sparkify.rehearsal.jvm import java_options
from sparkify.rehearsal.redshift import RedshiftServer
from sparkify.rehearsal.redshift.postgres import Postgres
from sparkify.rehearsal.redshift.roles import redshift_roles
from sparkify.rehearsal.trust import trusted

JARS = cache_folder() / "jars"  # kept for the next rehearsal


@dataclass(frozen=True)
class Stage:
    """The emulators of one rehearsal.

    Attributes:
        account: The AWS account.
        redshift: The server behind the account's Redshift clusters.
    """

    account: Account
    redshift: RedshiftServer


@contextmanager
def stage(
    folder: Path,
    *,
    region: str,
    database: str,
    load: str = "copy",
    warehouse: str = "redshift",
) -> Iterator[Stage]:
    """Start the emulators, and set the environment so that clients find them.

    Args:
        folder: The folder for what they write: PostgreSQL's data and the jobs' logs.
        region: The account's region.
        database: Redshift's database.
        load: How the staging tables are loaded; the connector needs more jars.
        warehouse: The warehouse, `redshift` or `redshift_serverless`.

    Raises:
        JarsError: Spark's jars for S3 and Redshift cannot be fetched.
    """
    is_serverless = warehouse == REDSHIFT_SERVERLESS
    fetch = connector_jars if load == "connector" else hadoop_aws_jars
    jars = fetch(JARS)
    with (
        account(region=region, is_iam_on=True) as opened,
        redshift_answers(
            opened, folder, database, is_serverless=is_serverless
        ) as server,
    ):
        options = java_options(folder, ca_file=server.ca_file)
        given = (jars, options, opened.iam)
        with (
            steps_carried_out(opened.endpoint, folder / "steps", *given),
            job_runs_carried_out(opened.endpoint, folder / "job-runs", *given),
        ):
            yield Stage(opened, server)


@contextmanager
def redshift_answers(
    opened: Account,
    folder: Path,
    database: str,
    postgres: Postgres | None = None,
    *,
    is_serverless: bool = False,
) -> Iterator[RedshiftServer]:
    """Start the Redshift of an account, and make clients trust it.

    Args:
        opened: The account.
        folder: The folder for the certificates and, while Redshift runs, PostgreSQL's
            data.
        database: Redshift's database.
        postgres: An empty PostgreSQL to use; a new one if None.
        is_serverless: Whether it plays a workgroup of Redshift Serverless.
    """
    region = os.environ["AWS_REGION"]
    attached = (lambda: opened.serverless(region).roles()) if is_serverless else None
    with closing(boto3.client("s3")) as s3:
        server = RedshiftServer(
            folder / "redshift",
            credentials=opened.passwords,
            s3=s3,
            database=database,
            admin=USER,
            postgres=postgres,
            assume=redshift_roles(opened.iam, attached) if opened.iam else None,
            is_serverless=is_serverless,
        )
        with server:
            opened.redshift = (server.host, server.port)
            bundle = {"SSL_CERT_FILE": str(trusted(folder, server.ca_file))}
            with mock.patch.dict(os.environ, bundle):
                yield server
