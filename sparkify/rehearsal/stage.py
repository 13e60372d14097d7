"""All stand-ins together: an AWS account, a Redshift that answers, EMR that works."""

from __future__ import annotations

import os
import ssl
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
            trusted = {"SSL_CERT_FILE": str(_trusted(folder, server.ca_file))}
            with (
                mock.patch.dict(os.environ, trusted),
                steps_carried_out(opened.endpoint, folder / "steps", jars),
            ):
                yield Stage(opened, server)
        s3.close()


def _trusted(folder: Path, ours: Path) -> Path:
    """Adds our authority to those that this machine trusts."""
    known = ssl.get_default_verify_paths().cafile
    bundle = folder / "trusted.pem"
    texts = [Path(known).read_text()] if known else []
    bundle.write_text("\n".join([*texts, ours.read_text()]))
    return bundle
