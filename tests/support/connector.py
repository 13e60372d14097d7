"""What the connector's job needs: S3, Secrets Manager, Redshift, Spark."""

import json
import os
import subprocess
from collections.abc import Iterator, Mapping, Sequence
from contextlib import closing, contextmanager
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any
from uuid import uuid4

import boto3
import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from moto.server import ThreadedMotoServer

from sparkify.ingest.spark_engine import SETTINGS, environment, spark_submit
from sparkify.project import ROOT
from sparkify.rehearsal.jvm import java_options
from sparkify.rehearsal.redshift import RedshiftServer, session, wire
from sparkify.rehearsal.redshift.dialect import Translation, translate
from sparkify.warehouse import sql
from tests.support.connector_tables import as_text

BUCKET = "sparkify-connector"
DATABASE = "sparkify"
REGION = "us-east-1"
ROLE = "arn:aws:iam::123456789012:role/copy"
USER = "loader_of_tests"
PASSWORD = "S3cret! &ß"
REPLAY = ROOT / "tests" / "support" / "connector_replay.py"
SLICES = 3


class Password:
    def check(self, user: str, password: str) -> str | None:
        if (user, password) == (USER, PASSWORD):
            return None
        return f'password authentication failed for user "{user}"'


@dataclass(frozen=True)
class Emulators:
    endpoint: str
    s3: Any
    secret: str
    redshift: RedshiftServer
    folder: Path
    sent: list[str] = field(default_factory=list)

    def make_secret(self, password: str) -> str:
        """Make a secret with a login; return its ARN."""
        login = json.dumps({"username": USER, "password": password})
        client: Any = boto3.Session(region_name=REGION).client("secretsmanager")
        with closing(client):
            made = client.create_secret(Name=uuid4().hex, SecretString=login)
        return str(made["ARN"])


@contextmanager
def emulators_for_connector(
    folder: Path, *, is_serverless: bool = False
) -> Iterator[Emulators]:
    """Start S3, Secrets Manager and Redshift, and direct AWS clients to them."""
    moto = ThreadedMotoServer(ip_address="127.0.0.1", port=0, verbose=False)
    moto.start()
    host, port = moto.get_host_and_port()
    endpoint = f"http://{host}:{port}"
    with pytest.MonkeyPatch.context() as patch:
        for name in [name for name in os.environ if name.startswith("AWS_")]:
            patch.delenv(name)
        patch.setenv("AWS_ACCESS_KEY_ID", "testing")
        patch.setenv("AWS_SECRET_ACCESS_KEY", "testing")
        patch.setenv("AWS_EC2_METADATA_DISABLED", "true")
        patch.setenv("AWS_ENDPOINT_URL", endpoint)
        sent = record(patch)
        with (
            closing(boto3.client("s3", region_name=REGION)) as s3,
            RedshiftServer(
                folder / "redshift",
                credentials=Password(),
                s3=s3,
                database=DATABASE,
                admin=USER,
                is_serverless=is_serverless,
            ) as redshift,
        ):
            s3.create_bucket(Bucket=BUCKET)
            opened = Emulators(endpoint, s3, "", redshift, folder, sent)
            yield replace(opened, secret=opened.make_secret(PASSWORD))
    moto.stop()


def record(patch: pytest.MonkeyPatch) -> list[str]:
    """Return a list that receives each login's application and each statement."""
    sent = list[str]()
    log_in = wire.startup_parameters

    def logged_in(body: bytes) -> dict[str, str]:
        found = log_in(body)
        if "user" in found:
            sent.append(f"login of {found.get('application_name')}")
        return found

    def parsed(sql: str) -> Translation:
        sent.append(sql)
        return translate(sql)

    patch.setattr(wire, "startup_parameters", logged_in)
    patch.setattr(session, "translate", parsed)
    return sent


def put_tables(
    emulators: Emulators, tables: Mapping[str, pa.Table]
) -> dict[str, list[str]]:
    """Write each table into two files, and create it anew in the target."""
    files: dict[str, list[str]] = {}
    for name, table in tables.items():
        emulators.redshift.execute(f"drop table if exists {name}")
        create, _, _ = sql.load(f"schema/{name}").text.partition(";\n\n")
        emulators.redshift.execute(translate(create).text)
        files[name] = []
        for part, rows in enumerate((table.slice(0, 100), table.slice(100))):
            key = f"flat/{name}/part-{part}.parquet"
            sink = pa.BufferOutputStream()
            pq.write_table(rows, sink)
            body = sink.getvalue().to_pybytes()
            emulators.s3.put_object(Bucket=BUCKET, Key=key, Body=body)
            files[name].append(f"s3://{BUCKET}/{key}")
    return files


def submit(
    emulators: Emulators,
    job: Path,
    found: Sequence[Path],
    files: Mapping[str, Sequence[str]],
    *,
    secret: str = "",
) -> subprocess.CompletedProcess[str]:
    """Run a job as EMR would, with its clients directed to the emulators."""
    settings = {
        **SETTINGS,
        "spark.master": "local[2]",
        "spark.hadoop.fs.s3.impl": "org.apache.hadoop.fs.s3a.S3AFileSystem",
        "spark.hadoop.fs.s3a.endpoint": emulators.endpoint,
        "spark.hadoop.fs.s3a.path.style.access": "true",
        "spark.driver.memory": "1g",
        "spark.log.level": "INFO",  # as on EMR
        "spark.local.dir": str(emulators.folder),
    }
    redshift = emulators.redshift
    options = java_options(emulators.folder, ca_file=redshift.ca_file)
    command = [
        *spark_submit(),
        *(f"--conf={key}={value}" for key, value in settings.items()),
        f"--driver-java-options={options}",
        *([f"--jars={','.join(map(str, found))}"] if found else []),
        str(job),
        f"--tables={json.dumps(files)}",
        f"--host={redshift.host}",
        f"--port={redshift.port}",
        f"--database={DATABASE}",
        "--schema=public",
        f"--secret-id={secret or emulators.secret}",
        f"--copy-role={ROLE}",
        f"--region={REGION}",
        f"--tempdir=s3://{BUCKET}/temp/connector",
        f"--slices={SLICES}",
    ]
    return subprocess.run(
        command, env=environment(), capture_output=True, text=True, timeout=300
    )


def said(done: subprocess.CompletedProcess[str]) -> list[str]:
    """Return the job's own lines; what Python logs, spark-submit has in its output."""
    return [li for li in done.stdout.splitlines() if li.startswith("sparkify: ")]


def stored_rows(emulators: Emulators, name: str, table: pa.Table) -> list[list[object]]:
    columns = ", ".join(f'"{column}"' for column in table.column_names)
    found = emulators.redshift.execute(f"select {columns} from {name}")
    kinds = [field.type for field in table.schema]
    return [
        [
            as_text(float(value))
            if value is not None and pa.types.is_floating(kind)
            else value
            for value, kind in zip(row, kinds, strict=True)
        ]
        for row in found
    ]
