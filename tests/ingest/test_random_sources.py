"""Whatever stands in a source: both engines give the same rows, and nothing is lost."""

import json
from collections.abc import Iterator
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING, Any

import duckdb
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from sparkify.ingest.flat_folder import read_flattened
from sparkify.ingest.manifest import PARTS
from sparkify.ingest.parquet_files import local_files
from sparkify.ingest.reconciliation import reconcile_files
from sparkify.ingest.record_schema import EVENTS, RECORD_SCHEMAS, SONGS
from sparkify.steps.flatten import Flattened, flatten
from sparkify.workspace import Workspace
from tests.support.judged import GOOD
from tests.support.random_json import odd_records

if TYPE_CHECKING:
    from pyspark.sql import SparkSession

LONGEST = 100_000  # bytes of a record
EXAMPLES = 1_000  # files of each kind
FIRST_SESSION = 10**6

# Hypothesis draws them, and the same ones each time.
DRAW = settings(
    max_examples=EXAMPLES,
    deadline=None,
    derandomize=True,
    database=None,
    suppress_health_check=list(HealthCheck),
)
LAYOUT = [b"\n", b"\n\n", b"\r\n", b" ", b"", b",", b"[", b"]", b"\xef\xbb\xbf", b"\t"]
ACCIDENTS = [b"{", b"}", b'"', b"\\", b"\0", b"\xff", b"x", b'{"a":', b"null", b"NaN"]


def contents(kind: int) -> list[bytes]:
    """Return the content of each file of a kind of record."""
    schema = RECORD_SCHEMAS[kind]
    piece = st.one_of(
        st.sampled_from(LAYOUT),
        odd_records(schema).map(lambda text: text.encode(errors="surrogatepass")),
        st.sampled_from(ACCIDENTS),
        st.binary(max_size=4),
    )
    drawn: list[bytes] = []

    @DRAW
    @given(st.lists(piece, max_size=8).map(b"".join))
    def draw(content: bytes) -> None:
        drawn.append(content)

    draw()
    return drawn


@pytest.fixture(scope="module")
def source(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return a source of random files, each with a good record at its end.

    Two newlines come first, since random bytes may look compressed, or like UTF-16.
    """
    root = tmp_path_factory.mktemp("random")
    for kind, schema in enumerate(RECORD_SCHEMAS):
        (root / schema.folder).mkdir()
        for number, content in enumerate(contents(kind)):
            own = {"sessionId": FIRST_SESSION + number, "song_id": f"S{number}"}
            keys = GOOD[schema].keys() & own.keys()
            good = GOOD[schema] | {key: own[key] for key in keys}
            path = root / schema.folder / f"{number:04}.json"
            path.write_bytes(b"\n\n" + content + b"\n" + json.dumps(good).encode())
        (root / schema.folder / "long.json").write_text(
            json.dumps({"x": "x" * LONGEST})
        )
    return root


@pytest.fixture(scope="module")
def by_duckdb(
    source: Path, tmp_path_factory: pytest.TempPathFactory
) -> tuple[Path, Flattened]:
    workspace = tmp_path_factory.mktemp("duckdb")
    flatten(str(source), str(workspace), most_record_bytes=LONGEST, accept=True)
    return read_flattened(Workspace.at(str(workspace)).flat)


def rows(folder: Path, part: str) -> Iterator[Any]:
    """Yield the rows of a part in the order of their places, without the run."""
    files = [str(folder / file.path) for file in local_files(folder)[part]]
    columns = "* exclude (run_id)" if part == "quarantine" else "*"
    place = "name" if part == "objects" else "object, record"
    query = f"select {columns} from read_parquet($files) order by {place}"
    with duckdb.connect() as connection:
        yield from connection.execute(query, {"files": files}).fetchall()


def test_nothing_is_lost_and_each_good_record_is_found(
    by_duckdb: tuple[Path, Flattened],
) -> None:
    folder, flattened = by_duckdb
    reconcile_files(folder, flattened.files, flattened.counts)
    files = len(list(rows(folder, "objects")))
    assert files == 2 * EXAMPLES + 2
    assert sum(counts.objects for counts in flattened.counts.values()) == files
    for counts in flattened.counts.values():
        assert counts.quarantined["longer than most_record_bytes"] == 1
    place = EVENTS.column_names.index("session_id")
    sessions = {row[place] for row in rows(folder, "events")}
    assert sessions >= {FIRST_SESSION + number for number in range(EXAMPLES)}
    place = SONGS.column_names.index("song_id")
    songs = {row[place] for row in rows(folder, "songs")}
    assert songs >= {f"S{number}" for number in range(EXAMPLES)}


@pytest.mark.jvm
@pytest.mark.xdist_group("spark")
def test_spark_gives_the_same_rows_and_counts(
    source: Path,
    by_duckdb: tuple[Path, Flattened],
    spark: "SparkSession",
    tmp_path: Path,
) -> None:
    from sparkify.ingest import spark_job

    folder, flattened = by_duckdb
    output = tmp_path / "flat"
    counts = spark_job.flatten(
        spark,
        str(source),
        str(output),
        run_id="r",
        files=2,
        most_record_bytes=LONGEST,
    )
    found = {name: asdict(kind) for name, kind in counts.items()}
    assert found == {name: asdict(kind) for name, kind in flattened.counts.items()}
    for part in PARTS:
        assert list(map(repr, rows(output, part))) == list(
            map(repr, rows(folder, part))
        )
