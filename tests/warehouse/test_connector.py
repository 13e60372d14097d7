"""What Spark's connector writes is in Redshift row by row, to the last bit.

The connector itself needs its jars. What it sends to S3 and Redshift is written down
in `connector_replay` as well, so that the job's surroundings (S3A, the secret, TLS, the
driver, COPY) are tried by the real driver where the connector's jar is not to be had.
"""

import re
import subprocess
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from sparkify.errors import CloudError
from sparkify.project import ROOT
from sparkify.rehearsal import jars
from sparkify.rehearsal.emulators import JARS
from sparkify.warehouse import connector, connector_job
from tests.support.connector import (
    BUCKET,
    PASSWORD,
    SLICES,
    USER,
    Emulators,
    emulators_for_connector,
    put_tables,
    said,
    stored_rows,
    submit,
)
from tests.support.connector_tables import ROWS, as_text, in_order, written_tables

pytestmark = [
    pytest.mark.jvm,
    pytest.mark.server,
    pytest.mark.xdist_group("connector"),
]

REPLAY = ROOT / "tests" / "support" / "connector_replay.py"


@pytest.fixture(scope="module")
def emulators(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Emulators]:
    with emulators_for_connector(tmp_path_factory.mktemp("connector")) as found:
        yield found


@cache
def fetched(fetch: Callable[[Path], list[Path]]) -> list[Path] | str:
    """Return jars, or why they cannot be fetched; Maven is asked once."""
    try:
        return fetch(JARS)
    except CloudError as error:
        return f"needs jars from Maven Central: {error}"


def jars_of(name: str) -> list[Path]:
    found = fetched(WAYS[name][0])
    if isinstance(found, str):
        pytest.skip(found)
    return found


# By name, the function that fetches the jars, and the job that runs by them.
WAYS = {
    "connector": (jars.connector_jars, connector.JOB),
    "replay": (jars.jdbc_jars, REPLAY),
}


@pytest.fixture(scope="module", params=WAYS)
def way(request: pytest.FixtureRequest) -> tuple[Path, list[Path]]:
    """Return a job that writes, and its jars."""
    return WAYS[request.param][1], jars_of(request.param)


def songs() -> pa.Table:
    return written_tables()["staging_songs"]


def hides_the_login(done: Any) -> bool:
    return not any(text in done.stdout + done.stderr for text in (USER, PASSWORD))


def test_redshift_serverless_takes_the_same_rows_and_names_a_refused_column(
    tmp_path: Path, way: tuple[Path, list[Path]]
) -> None:
    table = songs()
    place = table.column_names.index("title")
    longer = table.set_column(place, "title", pa.array(["é" * 513] * ROWS))
    with emulators_for_connector(tmp_path, is_serverless=True) as found:
        done = submit(found, *way, put_tables(found, {"staging_songs": table}))
        assert done.returncode == 0, said(done)
        expected = [[as_text(v) for v in row.values()] for row in table.to_pylist()]
        stored = in_order(stored_rows(found, "staging_songs", table))
        assert stored == in_order(expected)
        done = submit(found, *way, put_tables(found, {"staging_songs": longer}))
        assert done.returncode == 1
        last = said(done)[-1]
        assert last.startswith("sparkify: error: staging_songs: ")
        assert "data column title is longer" in last
        assert "permission denied" not in last
        assert stored_rows(found, "staging_songs", longer) == []


def keys(emulators: Emulators) -> list[str]:
    listed = emulators.s3.list_objects_v2(Bucket=BUCKET, Prefix="temp/")
    return [entry["Key"] for entry in listed.get("Contents", ())]


@dataclass(frozen=True)
class Written:
    """What a job did that wrote every table, and had no file for one more.

    Attributes:
        done: The job.
        rows: The rows of each table after it.
        parts: The connector's own files.
    """

    done: subprocess.CompletedProcess[str]
    rows: dict[str, list[list[object]]]
    parts: list[pa.Table]


@pytest.fixture(scope="module")
def written(emulators: Emulators, way: tuple[Path, list[Path]]) -> Written:
    tables, before = written_tables(), set(keys(emulators))
    files = put_tables(emulators, tables)
    assert len(files["staging_songs"]) < SLICES
    done = submit(emulators, *way, {"songs": [], **files})
    assert done.returncode == 0, said(done)
    parts = [key for key in set(keys(emulators)) - before if "/part-" in key]
    bodies = [emulators.s3.get_object(Bucket=BUCKET, Key=key)["Body"] for key in parts]
    return Written(
        done,
        {name: stored_rows(emulators, name, table) for name, table in tables.items()},
        [pq.read_table(pa.BufferReader(body.read())) for body in bodies],
    )


def test_every_row_of_each_table_arrives_unchanged(written: Written) -> None:
    assert hides_the_login(written.done)
    for name, table in written_tables().items():
        expected = [[as_text(v) for v in row.values()] for row in table.to_pylist()]
        assert in_order(written.rows[name]) == in_order(expected)


def test_each_slice_gets_a_file_of_as_many_rows(written: Written) -> None:
    names = set(songs().column_names)
    rows = [part.num_rows for part in written.parts if set(part.column_names) == names]
    assert len(rows) == SLICES
    assert sum(rows) == ROWS
    # Each of the two files that Spark reads is dealt out by itself.
    assert max(rows) - min(rows) <= 2


def test_a_table_without_files_is_left_as_it_is(written: Written) -> None:
    assert said(written.done) == [
        "sparkify: songs: has no files, so there is nothing to write",
        *(f"sparkify: {name}: wrote {ROWS} rows" for name in written_tables()),
    ]


def test_a_row_that_redshift_refuses_fails_the_job_and_leaves_the_table_empty(
    emulators: Emulators, way: tuple[Path, list[Path]]
) -> None:
    table = songs()
    titles = ["é" * 513, *table["title"].to_pylist()[1:]]
    place = table.column_names.index("title")
    table = table.set_column(place, "title", pa.array(titles))
    done = submit(emulators, *way, put_tables(emulators, {"staging_songs": table}))
    assert done.returncode == 1
    last = said(done)[-1]
    assert last.startswith("sparkify: error: staging_songs: ")
    assert "title" in last
    assert "é" not in last
    assert stored_rows(emulators, "staging_songs", table) == []


def test_a_missing_table_is_refused_before_anything_is_written(
    emulators: Emulators, way: tuple[Path, list[Path]]
) -> None:
    files = put_tables(emulators, written_tables())
    emulators.redshift.execute("drop table staging_songs")
    done = submit(emulators, *way, files)
    assert done.returncode == 1
    (last,) = said(done)
    assert last.startswith("sparkify: error: staging_songs: ")
    assert "does not exist" in last
    assert last.endswith("nothing was written, run 02_create_schema")
    assert emulators.redshift.execute("select count(*) from staging_events") == [("0",)]
    found = emulators.redshift.execute("select to_regclass('staging_songs')")
    assert found == [(None,)]


def test_a_refused_login_shows_neither_user_nor_password(
    emulators: Emulators, way: tuple[Path, list[Path]]
) -> None:
    wrong = "wr0ng! &ß"
    files = put_tables(emulators, {"staging_songs": songs()})
    secret = emulators.make_secret(wrong)
    done = submit(emulators, *way, files, secret=secret)
    assert done.returncode == 1
    (last,) = said(done)
    assert "Redshift refused the login of the secret" in last
    assert hides_the_login(done)
    assert wrong not in done.stdout + done.stderr


# What the driver asks for itself, and what differs from run to run.
DRIVERS_OWN = re.compile(
    r"(?i)^\s*(begin|commit|rollback)\b|pg_catalog|^set (?!query_g)"
)
OF_A_RUN = re.compile(r"[0-9a-f]{8}-[0-9a-f-]{27}|local-[0-9]+")


def sent_by(
    emulators: Emulators, name: str, files: dict[str, list[str]], status: int
) -> list[str]:
    """Run a job; return its logins and statements without what is its run's own."""
    found = jars_of(name)
    emulators.sent.clear()
    assert submit(emulators, WAYS[name][1], found, files).returncode == status
    return [
        " ".join(OF_A_RUN.sub("RUN", text).replace("RUN/manifest", "manifest").split())
        for text in emulators.sent
        if not DRIVERS_OWN.search(text)
    ]


@pytest.mark.parametrize("is_refused", [False, True])
def test_the_replay_sends_what_the_connector_sends(
    emulators: Emulators, is_refused: bool
) -> None:
    table = songs()
    if is_refused:
        place = table.column_names.index("title")
        table = table.set_column(place, "title", pa.array(["é" * 513] * ROWS))
    files = put_tables(emulators, {"staging_songs": table})
    really = sent_by(emulators, "connector", files, int(is_refused))
    files = put_tables(emulators, {"staging_songs": table})
    assert sent_by(emulators, "replay", files, int(is_refused)) == really


def test_what_is_sent_is_what_version_6_4_3_was_seen_to_send(
    emulators: Emulators,
) -> None:
    files = put_tables(emulators, {"staging_songs": songs()})
    look = 'SELECT * FROM "public"."staging_songs" LIMIT 1'
    login = "login of SparkRedshiftConnector"
    sent = sent_by(emulators, "replay", files, 0)
    asked, before, first, group, create, copy, second, schema = sent
    assert (asked, first, second) == (login, login, login)
    assert (before, schema) == (look, look)
    assert group == (
        'set query_group to \'{"spark-redshift-connector":{"svc":"","hst":"",'
        '"ver":"6.4.3-spark_3.5","op":"Write","lbl":"","tid":"RUN"}}\''
    )
    assert '"title" VARCHAR(MAX)' in create
    assert copy.endswith(
        "FORMAT AS PARQUET SERIALIZETOJSON manifest CREDENTIALS "
        "'aws_iam_role=arn:aws:iam::123456789012:role/copy'"
    )


def test_a_job_without_the_connector_names_it(
    emulators: Emulators,
    tmp_path: Path,
) -> None:
    path = tmp_path / "part-0.parquet"
    pq.write_table(written_tables()["staging_songs"], path)
    done = submit(emulators, connector.JOB, [], {"staging_songs": [str(path)]})
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


def test_a_secret_that_is_not_there_is_named(emulators: Emulators) -> None:
    with pytest.raises(connector_job.LoadError, match="ResourceNotFoundException"):
        connector_job.read_login("no-such-secret", "us-east-1")
