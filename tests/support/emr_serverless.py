"""A workspace whose cloud has an EMR Serverless application."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import boto3
import pytest

from sparkify.aws import emr_serverless
from sparkify.aws.cloud import Cloud
from sparkify.aws.plan import Plan
from sparkify.aws.python_archive import pack_python
from sparkify.aws.settings import Settings
from sparkify.errors import JarsError
from sparkify.progress import Progress
from sparkify.rehearsal.aws import Account, account
from tests.support.aws import REGION, look, make

NEEDS = {"needs_emr": False, "needs_redshift": False, "needs_emr_serverless": True}


def look_serverless(asked: Settings | None = None, **given: Any) -> Plan:
    return look(asked, **{**NEEDS, **given})


def make_serverless(asked: Settings | None = None, **given: Any) -> Cloud:
    return make(asked, **{**NEEDS, **given}).cloud


def workspace_with(cloud: Cloud, wheels: Path, folder: Path) -> Path:
    """Return a workspace that has the packed Python already."""
    pack_python(wheels)
    folder.mkdir()
    (folder / "wheels").symlink_to(wheels)
    cloud.save(folder)
    return folder


def run_job(cloud: Cloud, workspace: Path, job: Path, *arguments: str) -> None:
    emr_serverless.run_job(
        cloud,
        "flatten",
        job,
        arguments,
        workspace=workspace,
        progress=Progress(),
    )


def without_time(cloud: Cloud) -> Cloud:
    """Return the cloud with a deadline that has passed at once."""
    return replace(cloud, settings=replace(cloud.settings, deadline_minutes=0))


def runs(cloud: Cloud) -> list[dict[str, Any]]:
    """Return all job runs of the application, as AWS describes them."""
    client = boto3.client("emr-serverless", region_name=cloud.settings.region)
    request = {"applicationId": cloud.emr_application}
    found = [
        client.get_job_run(**request, jobRunId=listed["id"])["jobRun"]
        for listed in client.list_job_runs(**request)["jobRuns"]
    ]
    client.close()
    return found


@dataclass(frozen=True)
class On:
    """A provisioned account.

    Attributes:
        account: The account.
        cloud: What was provisioned.
        workspace: The workspace that holds it.
        earlier: The number of job runs of other tests.
    """

    account: Account
    cloud: Cloud
    workspace: Path
    earlier: int = 0

    @property
    def runs(self) -> list[dict[str, Any]]:
        return runs(self.cloud)[self.earlier :]

    @property
    def states(self) -> list[str]:
        return [run["state"] for run in self.runs]


@pytest.fixture(scope="module")
def provisioned(wheels: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[On]:
    """Yield an account whose job runs nobody carries out."""
    folder = tmp_path_factory.mktemp("serverless") / "workspace"
    with account(region=REGION, is_iam_on=True) as opened:
        cloud = make_serverless()
        try:
            yield On(opened, cloud, workspace_with(cloud, wheels, folder))
        except JarsError as error:
            pytest.skip(f"needs a jar from Maven Central: {error}")


@pytest.fixture
def on(provisioned: On) -> On:
    """Return the account, with its application as it is provisioned."""
    cloud = make_serverless()
    assert provisioned.account.iam
    provisioned.account.iam.denied.clear()
    return replace(provisioned, cloud=cloud, earlier=len(runs(cloud)))
