"""A provisioned workgroup of Redshift Serverless, in an account with IAM on."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from unittest import mock

from sparkify.aws import waiting
from sparkify.aws.plan import plan
from sparkify.aws.provision import apply
from sparkify.aws.settings import Settings
from sparkify.rehearsal.aws import account
from sparkify.rehearsal.emulators import redshift_answers
from sparkify.rehearsal.redshift.postgres import Postgres
from tests.support.aws import ADDRESS
from tests.support.redshift import DATABASE, REGION, RedshiftEmulator, empty

WAREHOUSE = "redshift_serverless"


@contextmanager
def serverless_emulator(folder: Path, postgres: Postgres) -> Iterator[RedshiftEmulator]:
    """Provision a namespace and a workgroup, with the bucket and the roles.

    Args:
        folder: Keeps the certificates and the workspace.
        postgres: Holds the data; whatever an earlier test left in it is dropped.
    """
    empty(postgres)
    workspace = folder / "workspace"
    workspace.mkdir(parents=True)
    with (
        account(region=REGION, is_iam_on=True) as opened,
        redshift_answers(
            opened, folder, DATABASE, postgres, is_serverless=True
        ) as server,
        mock.patch.object(waiting, "SECONDS_BETWEEN_LOOKS", 0),
        mock.patch.object(waiting, "sleep"),
    ):
        settings = Settings.of(region=REGION, ingress=ADDRESS)
        planned = plan(
            settings, needs_emr=False, needs_redshift=False, needs_workgroup=True
        )
        apply(planned).cloud.save(workspace)
        yield RedshiftEmulator(opened, server, workspace)
