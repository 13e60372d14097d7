"""A rehearsal of the AWS profile, and what it showed."""

import os
import shutil
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from unittest import mock

import pytest

from sparkify.aws.settings import Settings
from sparkify.aws.teardown.orphans import list_all
from sparkify.errors import JarsError
from sparkify.params import Value, read_parameters
from sparkify.project import HOME
from sparkify.rehearsal.__main__ import PARAMETERS, TEARDOWN
from sparkify.rehearsal.emulators import stage
from sparkify.rehearsal.redshift.loader import Loader
from sparkify.runs.chain import STEPS, run_chain
from sparkify.warehouse import Session, open_star
from sparkify.warehouse.tables import ROLLUPS, STAR
from tests.support.strangers import belongings, move_in
from tests.support.watchers import Silent

LOADED = ("staging_events", "staging_songs")  # the real data has no quarantine
TABLES = (*LOADED, *STAR, *ROLLUPS, "quarantine")
# What steps call beyond provisioning, but for the objects of S3.
ASKED_BY_STEPS = {
    "emr": "RunJobFlow ListSteps DescribeStep DescribeCluster",
    "secretsmanager": "GetSecretValue",
    "redshift": "GetClusterCredentials",
    "redshift-serverless": "GetCredentials",
    "sts": "AssumeRole",
}
# Kernels run it first: the emulators are done sooner than AWS would be.
PACE = """
from time import sleep
from sparkify.aws import waiting
waiting.sleep = lambda seconds: sleep(min(seconds, 0.2))
"""

Rows = dict[str, list[tuple[Any, ...]]]


@dataclass(frozen=True)
class Rehearsed:
    """What a rehearsal showed.

    Attributes:
        rows: The rows of each table, in order.
        calls: The calls to AWS until the star was built, and then the teardown's.
        copies: The COPY statements that Redshift got.
        left: What a second teardown would find.
        secrets: What no file may hold.
        files: Every file that it wrote, with the wheels and jars left out.
        theirs: What others had in the database, before and after.
    """

    rows: Rows
    calls: tuple[list[tuple[str, str]], list[tuple[str, str]]]
    copies: list[str]
    left: list[str]
    secrets: list[str]
    files: list[Path]
    theirs: tuple[list[object], list[object]]


def read(session: Session) -> Rows:
    """Read the tables, without the run's own id and in an order of their own."""
    return {
        table: sorted(
            (
                tuple(row.values())
                for row in session.query(f"select * from {table}", {}).to_pylist()
            ),
            key=repr,
        )
        for table in TABLES
    }


def parameters(tmp_path: Path, *overrides: str) -> dict[str, Value]:
    return read_parameters(PARAMETERS, [f"workspace={tmp_path / 'ws'}", *overrides])


def look_often(folder: Path) -> Any:
    """Let the kernels look at AWS more often; return the change of the environment."""
    startup = folder / "ipython" / "profile_default" / "startup"
    startup.mkdir(parents=True)
    (startup / "pace.py").write_text(PACE)
    return mock.patch.dict(os.environ, {"IPYTHONDIR": str(folder / "ipython")})


def rehearse(folder: Path, source: Path, wheels: Path, *overrides: str) -> Rehearsed:
    """Play everything in a folder, and keep what the tests need; skip without jars."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv(HOME, str(folder))
        try:
            return _play(folder, source, wheels, *overrides)
        except JarsError as error:
            pytest.skip(f"needs jars from Maven Central: {error}")


def _play(folder: Path, source: Path, wheels: Path, *overrides: str) -> Rehearsed:
    given = parameters(folder, *overrides)
    runs, workspace = folder / "runs", str(given["workspace"])
    Path(workspace).mkdir()
    shutil.copytree(wheels, Path(workspace) / "wheels")
    place = stage(
        folder / "stage",
        region=str(given["region"]),
        database=str(given["database"]),
        load=str(given["load"]),
        warehouse=str(given["warehouse"]),
    )
    copies = list[str]()
    execute = Loader.run

    def run(loader: Loader, text: str) -> Any:
        copies.append(text)
        return execute(loader, text)

    with place as on, mock.patch.object(Loader, "run", run), look_often(folder):
        on.account.put(str(given["source"]), source)
        theirs = move_in(on.redshift)
        run_chain(given, runs, Silent(), STEPS)
        with open_star(workspace, warehouse=str(given["warehouse"])) as session:
            rows = read(session)
        until_here = len(on.account.calls)
        run_chain(given, runs, Silent(), (TEARDOWN,))
        calls = on.account.calls[:until_here], on.account.calls[until_here:]
        names = {key: given[key] for key in ("name", "region", "bucket", "cluster")}
        left = [f"{each.kind} {each.name}" for each in list_all(Settings.of(**names))]
        secrets = on.account.secrets
        theirs_now = belongings(on.redshift)
    files = [
        path
        for path in folder.rglob("*")
        if path.is_file() and path.suffix not in (".whl", ".jar")
    ]
    return Rehearsed(rows, calls, copies, left, secrets, files, (theirs, theirs_now))
