"""What Spark's connector writes is in Redshift row by row, to the last bit.

The connector itself needs its jars. What it sends to S3 and Redshift is written down
in `replay` as well, so that the job's surroundings (S3A, the secret, TLS, the driver,
COPY) are tried by the real drivers where only the connector's own jar is not to be had.
"""

import json
import os
import subprocess
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import boto3
import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from moto.server import ThreadedMotoServer

from sparkify.errors import CloudError
from sparkify.ingest.spark_engine import SETTINGS, environment, spark_submit
from sparkify.project import ROOT
from sparkify.rehearsal import jars
from sparkify.rehearsal.emulators import JARS
from sparkify.rehearsal.jvm import java_options
from sparkify.rehearsal.redshift import RedshiftServer
from sparkify.rehearsal.redshift.dialect import translate
from sparkify.warehouse import connector, sql
from tests.support.connector_tables import ROWS, as_text, in_order, written_tables

pytestmark = [
    pytest.mark.jvm,
    pytest.mark.server,
    pytest.mark.xdist_group("connector"),
]

if TYPE_CHECKING:
    from mypy_boto3_s3.client import S3Client

BUCKET = "sparkify-connector"
DATABASE = "sparkify"
REGION = "us-east-1"
ROLE = "arn:aws:iam::123456789012:role/copy"
PASSWORD = "S3cret! &ß"
REPLAY = ROOT / "tests" / "support" / "connector_replay.py"


class Password:
    def check(self, user: str, password: str) -> str | None:
        return None if password == PASSWORD else "password authentication failed"


@dataclass(frozen=True)
class Emulators:
    endpoint: str
    s3: "S3Client"
    secret: str
    redshift: RedshiftServer
    folder: Path


@pytest.fixture(scope="module")
def emulators(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Emulators]:
    folder = tmp_path_factory.mktemp("connector")
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
        s3 = boto3.client("s3", endpoint_url=endpoint, region_name=REGION)
        s3.create_bucket(Bucket=BUCKET)
        secrets: Any = boto3.Session().client(
            "secretsmanager", endpoint_url=endpoint, region_name=REGION
        )
        login = {"username": "awsuser", "password": PASSWORD}
        secret = secrets.create_secret(Name="login", SecretString=json.dumps(login))
        with RedshiftServer(
            folder / "redshift", credentials=Password(), s3=s3, database=DATABASE
        ) as redshift:
            yield Emulators(endpoint, s3, secret["ARN"], redshift, folder)
        secrets.close()
        s3.close()
    moto.stop()


def fetched(fetch: Any) -> list[Path]:
    try:
        found: list[Path] = fetch(JARS)
    except CloudError as error:
        pytest.skip(f"needs jars from Maven Central: {error}")
    return found


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
    files: Mapping[str, Sequence[str]],
    found: Sequence[Path],
) -> subprocess.CompletedProcess[str]:
    """Run a job as EMR would, with its clients directed to the emulators."""
    settings = {
        **SETTINGS,
        "spark.master": "local[2]",
        "spark.hadoop.fs.s3.impl": "org.apache.hadoop.fs.s3a.S3AFileSystem",
        "spark.hadoop.fs.s3a.endpoint": emulators.endpoint,
        "spark.hadoop.fs.s3a.path.style.access": "true",
        "spark.driver.memory": "1g",
        "spark.local.dir": str(emulators.folder),
    }
    redshift = emulators.redshift
    options = java_options(
        emulators.folder,
        ca_file=redshift.ca_file,
        endpoint=emulators.endpoint,
        region=REGION,
    )
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
        f"--secret-id={emulators.secret}",
        f"--copy-role={ROLE}",
        f"--region={REGION}",
        f"--tempdir=s3://{BUCKET}/temp/connector",
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


# By name, the function that fetches the jars, and the job that runs by them.
WAYS = {
    "connector": (jars.connector_jars, connector.JOB),
    "replay": (jars.jdbc_jars, REPLAY),
}


@pytest.mark.parametrize("way", WAYS)
def test_every_row_of_each_table_arrives_unchanged(
    emulators: Emulators, way: str
) -> None:
    fetch, job = WAYS[way]
    found = fetched(fetch)
    tables = written_tables()
    done = submit(emulators, job, put_tables(emulators, tables), found)
    assert done.returncode == 0, said(done)
    assert said(done) == [f"sparkify: {name}: wrote {ROWS} rows" for name in tables]
    assert PASSWORD not in done.stdout + done.stderr
    for name, table in tables.items():
        expected = [[as_text(v) for v in row.values()] for row in table.to_pylist()]
        assert in_order(stored_rows(emulators, name, table)) == in_order(expected)


@pytest.mark.parametrize("way", WAYS)
def test_a_row_that_redshift_refuses_fails_the_job_and_leaves_the_table_empty(
    emulators: Emulators, way: str
) -> None:
    fetch, job = WAYS[way]
    found = fetched(fetch)
    (table,) = (t for name, t in written_tables().items() if name == "staging_songs")
    titles = ["é" * 513, *table["title"].to_pylist()[1:]]
    place = table.column_names.index("title")
    table = table.set_column(place, "title", pa.array(titles))
    files = put_tables(emulators, {"staging_songs": table})
    done = submit(emulators, job, files, found)
    assert done.returncode == 1
    last = said(done)[-1]
    assert last.startswith("sparkify: error: ")
    assert "staging_songs" in last
    assert stored_rows(emulators, "staging_songs", table) == []


def test_a_job_without_the_connector_names_it(
    emulators: Emulators,
    tmp_path: Path,
) -> None:
    path = tmp_path / "part-0.parquet"
    pq.write_table(written_tables()["staging_songs"], path)
    done = submit(emulators, connector.JOB, {"staging_songs": [str(path)]}, [])
    assert done.returncode == 1
    (last,) = said(done)
    assert "Failed to find the data source" in last
    assert "io.github.spark_redshift_community.spark.redshift" in last


def test_a_missing_maven_is_named_with_the_remedy(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PATH", str(tmp_path))
    with pytest.raises(CloudError, match="there is no 'mvn'; install maven"):
        jars.hadoop_aws_jars(tmp_path / "jars")
