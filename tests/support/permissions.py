"""Takes single permissions away from the roles of a run, and plays what then fails.

`python -m tests.support.permissions` writes the table of docs/least-privilege.md.
"""

from __future__ import annotations

import json
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any
from unittest import mock

import boto3
import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from sparkify.aws import emr, emr_serverless
from sparkify.aws.artefacts import fetch_wheels
from sparkify.aws.cloud import Cloud
from sparkify.aws.login import get_reader_login
from sparkify.aws.settings import Settings
from sparkify.aws.stack import roles
from sparkify.demo import generate
from sparkify.errors import SparkifyError
from sparkify.progress import Progress
from sparkify.rehearsal.aws import Account, account
from sparkify.rehearsal.emr import steps_carried_out
from sparkify.rehearsal.emr_serverless import job_runs_carried_out
from sparkify.rehearsal.emulators import JARS, redshift_answers
from sparkify.rehearsal.jars import hadoop_aws_jars
from sparkify.rehearsal.redshift.postgres import Postgres
from sparkify.steps.create_schema import create_schema
from sparkify.steps.flatten import flatten
from sparkify.warehouse import open_warehouse
from sparkify.warehouse.connector import write_tables
from sparkify.warehouse.redshift_copy import copy_files
from sparkify.workspace import Workspace
from tests.support.aws import ADDRESS, REGION, make
from tests.support.permission_rows import (
    HEADER,
    NEEDS_SPARK,
    NEEDS_SPARK_WORDS,
    NOT_ASKED,
    NOT_ASKED_WORDS,
    PAGE,
    READ_LOGIN,
    Permission,
    plain,
    row,
)
from tests.support.redshift import empty

QUICKLY: dict[str, Any] = {"SECONDS_BETWEEN_LOOKS": 0.1, "SECONDS_FOR_LOGS": 0}
SOURCE = "s3://raw/2018"


@dataclass(frozen=True)
class Played:
    """A provisioned account whose roles' requests are evaluated.

    Attributes:
        account: The account.
        cloud: What was provisioned.
        workspace: The workspace that holds it.
    """

    account: Account
    cloud: Cloud
    workspace: Path

    def policy(self, role: str) -> Any:
        """Return the policy of a role."""
        answer = boto3.client("iam").get_role_policy(
            RoleName=f"sparkify-{role}", PolicyName=roles.POLICY_NAME
        )
        return answer["PolicyDocument"]

    def permissions(self) -> list[Permission]:
        """Return every permission; EMR's own only by action."""
        return sorted(
            {
                Permission(role, "" if role == "emr-service" else each["Sid"], action)
                for role in PLAYS
                for each in self.policy(role)["Statement"]
                for action in each["Action"]
            }
        )

    @contextmanager
    def without(self, taken: Permission) -> Iterator[None]:
        """Take a permission away while the context is open."""
        whole = self.policy(taken.role)
        kept = []
        for each in whole["Statement"]:
            is_meant = taken.statement in ("", each["Sid"])
            actions = [
                action
                for action in each["Action"]
                if not (is_meant and action == taken.action)
            ]
            if actions:
                kept.append({**each, "Action": actions})
        self._put(taken.role, {**whole, "Statement": kept})
        try:
            yield
        finally:
            self._put(taken.role, whole)

    def _put(self, role: str, document: Any) -> None:
        iam = boto3.client("iam")
        place = {"RoleName": f"sparkify-{role}", "PolicyName": roles.POLICY_NAME}
        if document["Statement"]:
            iam.put_role_policy(**place, PolicyDocument=json.dumps(document))
        else:
            iam.delete_role_policy(**place)

    def fail(self, taken: Permission) -> str:
        """Take a permission away, and return the message of what then fails.

        An error that is not raised is an error of the test.
        """
        with self.without(taken), pytest.raises(SparkifyError) as raised:
            play = load if taken.key == READ_LOGIN else PLAYS[taken.role]
            play(self)
        first, *_, last = str(raised.value).splitlines() * 2
        return plain(f"{first} … {last}" if "s3:PutObject" in last else first)


def copy(played: Played) -> None:
    """Load a file by COPY."""
    files = {key: f"s3://{played.cloud.bucket}/{key}" for key in ("flat/a.parquet",)}
    warehouse = open_warehouse("redshift", Workspace(played.workspace), "1GB")
    with warehouse.writing() as session:
        session.execute("create temporary table loaded (number int)", {})
        copy_files(session, played.cloud, "loaded", list(files.values()))


def read(played: Played) -> None:
    """Log in as the dashboard does, with its role."""
    answer = boto3.client("sts").assume_role(
        RoleArn="arn:aws:iam::123456789012:role/sparkify-dashboard",
        RoleSessionName="dashboard",
    )["Credentials"]
    login = {
        "AWS_ACCESS_KEY_ID": answer["AccessKeyId"],
        "AWS_SECRET_ACCESS_KEY": answer["SecretAccessKey"],
        "AWS_SESSION_TOKEN": answer["SessionToken"],
    }
    with mock.patch.dict("os.environ", login):
        get_reader_login(played.cloud)


def run_job(played: Played, engine: str) -> None:
    """Flatten the source by a job on AWS."""
    flatten(SOURCE, str(played.workspace), engine=engine)


def load(played: Played) -> None:
    """Log in to Redshift as the connector's job does, on EMR."""
    files = {"staging_songs": [f"s3://{played.cloud.bucket}/flat/a.parquet"]}
    write_tables(played.workspace, files, Progress())


PLAYS: dict[str, Callable[[Played], None]] = {
    "redshift-copy": copy,
    "dashboard": read,
    "emr-instances": partial(run_job, engine="emr"),
    "emr-service": partial(run_job, engine="emr"),
    "emr-job": partial(run_job, engine="emr_serverless"),
}


@contextmanager
def played(
    folder: Path, postgres: Postgres, wheels: Path, source: Path
) -> Iterator[Played]:
    """Provision everything in an account that evaluates the requests of roles."""
    empty(postgres)
    workspace = folder / "workspace"
    workspace.mkdir(parents=True)
    (workspace / "wheels").symlink_to(wheels)
    jars = hadoop_aws_jars(JARS)
    with (
        account(region=REGION, is_iam_on=True) as opened,
        redshift_answers(opened, folder, "sparkify", postgres),
        steps_carried_out(opened.endpoint, folder / "steps", jars, iam=opened.iam),
        job_runs_carried_out(opened.endpoint, folder / "runs", jars, iam=opened.iam),
        mock.patch.multiple(emr, **QUICKLY),
        mock.patch.multiple(emr_serverless, **QUICKLY),
    ):
        opened.put(SOURCE, source)
        asked = Settings.of(region=REGION, ingress=ADDRESS)
        cloud = make(asked, needs_emr_serverless=True).cloud
        cloud.save(workspace)
        create_schema(str(workspace), warehouse="redshift")
        table = folder / "a.parquet"
        pq.write_table(pa.table({"number": pa.array([1], pa.int32())}), table)
        boto3.client("s3").upload_file(str(table), cloud.bucket, "flat/a.parquet")
        yield Played(opened, cloud, workspace)


def main() -> None:
    """Write the table anew; with arguments, only show the rows of these actions."""
    shown = sys.argv[1:]
    with TemporaryDirectory() as name:
        folder = Path(name)
        generate(folder / "source", events=100, songs=10, seed=1)
        wheels = folder / "wheels"
        fetch_wheels(wheels)
        with (
            Postgres(folder / "postgres") as postgres,
            played(folder / "play", postgres, wheels, folder / "source") as on,
        ):
            rows = []
            for each in on.permissions():
                if shown and ".".join(each.key) not in shown:
                    continue
                message = NOT_ASKED_WORDS
                if each.key in NEEDS_SPARK:
                    message = NEEDS_SPARK_WORDS
                elif each.key not in NOT_ASKED:
                    message = on.fail(each)
                rows.append(row(each, message))
                sys.stderr.write(rows[-1] + "\n")
    if shown:
        return
    head, _, rest = PAGE.read_text().partition(HEADER)
    tail = rest.partition("\n\n")[2]
    PAGE.write_text(
        "\n".join([head + HEADER, *rows, ""]) + (f"\n{tail}" if tail else "")
    )


if __name__ == "__main__":
    main()
