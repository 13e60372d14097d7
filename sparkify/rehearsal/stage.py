"""All stand-ins together: an AWS account, a Redshift that answers, EMR that works."""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from unittest import mock

import boto3

from sparkify.aws.names import USER
from sparkify.rehearsal.aws import Account, account
from sparkify.rehearsal.emr import steps_carried_out
from sparkify.rehearsal.jars import connector_jars
from sparkify.rehearsal.redshift import RedshiftServer
from sparkify.rehearsal.trust import trusted


@dataclass(frozen=True)
class Stage:
    """What a rehearsal plays on.

    Attributes:
        account: The AWS account.
        redshift: Where its Redshift clusters answer.
    """

    account: Account
    redshift: RedshiftServer


@contextmanager
def stage(folder: Path, *, region: str, database: str) -> Iterator[Stage]:
    """Brings the stand-ins up, and sets the environment so that clients find them.

    Args:
        folder: Keeps what they write: PostgreSQL's data, the steps' logs.
        region: The account's region.
        database: Redshift's database.

    Raises:
        CloudError: Spark's jars for S3 and Redshift cannot be fetched.
    """
    jars = connector_jars(folder.parent / "jars")
    with account(region=region) as opened:
        s3 = boto3.client("s3")
        server = RedshiftServer(
            folder / "redshift",
            credentials=opened.passwords,
            s3=s3,
            database=database,
            admin=USER,
        )
        with server:
            opened.redshift = (server.host, server.port)
            trusted = {"SSL_CERT_FILE": str(trusted(folder, server.ca_file))}
            with (
                mock.patch.dict(os.environ, trusted),
                steps_carried_out(opened.endpoint, folder / "steps", jars),
            ):
                yield Stage(opened, server)
        s3.close()
