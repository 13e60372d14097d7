"""Both engines flatten alike, and every record ends in exactly one place."""

import shutil
import sys
from collections import Counter
from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path

import duckdb
import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from sparkify.errors import FlattenError, ReconciliationError, SourceError
from sparkify.ingest.flat_folder import read_flattened
from sparkify.ingest.manifest import PARTS
from sparkify.ingest.record_schema import RECORD_SCHEMAS
from sparkify.ingest.spark_engine import spark_size, spark_submit
from sparkify.steps.flatten import Flattened, flatten
from sparkify.workspace import Workspace
from tests.support import reference
from tests.support.bad_data import BadSource
from tests.support.bad_data.judgement import detail_of, rule_of

ENGINES = ("duckdb", "spark")

Rows = list[tuple[object, ...]]


def rows(workspace: Path, part: str) -> Rows:
    """Read what a flatten step wrote, without the id of its run."""
    folder, flattened = read_flattened(Workspace(workspace).flat)
    files = [str(folder / file.path) for file in flattened.files[part]]
    columns = "* exclude (run_id)" if part == "quarantine" else "*"
    query = f"select {columns} from read_parquet($files)"
    with duckdb.connect() as connection:
        found = connection.execute(query, {"files": files}).fetchall()
    return sorted(found, key=repr)


# What an engine wrote is shared by the tests, so they stay on one worker.
pytestmark = pytest.mark.xdist_group("spark")


@pytest.fixture(
    scope="module", params=["duckdb", pytest.param("spark", marks=pytest.mark.jvm)]
)
def engine(request: pytest.FixtureRequest) -> str:
    return str(request.param)


class Done:
    """Flattens a source once for each engine."""

    def __init__(self, source: Path, folder: Path) -> None:
        self._source, self._folder = source, folder
        self._done: dict[str, Flattened] = {}

    def workspace(self, engine: str) -> Path:
        self.flattened(engine)
        return self._folder / engine

    def flattened(self, engine: str) -> Flattened:
        if engine not in self._done:
            workspace = str(self._folder / engine)
            self._done[engine] = flatten(
                str(self._source), workspace, engine=engine, accept=True
            )
        return self._done[engine]


@pytest.fixture(scope="module")
def real(real_source: Path, tmp_path_factory: pytest.TempPathFactory) -> Done:
    return Done(real_source, tmp_path_factory.mktemp("flat-real"))


@pytest.fixture(scope="module")
def bad(bad_source: BadSource, tmp_path_factory: pytest.TempPathFactory) -> Done:
    return Done(bad_source.folder, tmp_path_factory.mktemp("flat-bad"))


def test_each_bad_record_is_quarantined_with_its_place_text_and_rule(
    engine: str, bad: Done, bad_source: BadSource
) -> None:
    expected = [
        (
            entry.object_name,
            entry.line,
            entry.raw,
            entry.record,
            rule_of(entry),
        )
        for entry in bad_source.quarantine
    ]
    found = rows(bad.workspace(engine), "quarantine")
    assert [(*row[:3], *row[4:]) for row in found] == sorted(expected, key=repr)


def test_a_reason_names_the_value_in_few_characters(
    engine: str, bad: Done, bad_source: BadSource
) -> None:
    found = {
        (row[0], row[1]): str(row[3]).removeprefix(str(row[5]))
        for row in rows(bad.workspace(engine), "quarantine")
    }
    assert found == {
        (entry.object_name, entry.line): detail_of(entry)
        for entry in bad_source.quarantine
    }


def test_bad_records_do_not_affect_good_ones(
    engine: str, bad: Done, bad_source: BadSource
) -> None:
    for name, expected in (("events", bad_source.events), ("songs", bad_source.songs)):
        counts = bad.flattened(engine).counts[name]
        assert counts.objects == expected.objects
        assert counts.records == expected.records
        assert counts.blank == expected.blank
        assert counts.staged == expected.staged
        assert counts.duplicate == expected.duplicates
        assert counts.quarantined_records == expected.quarantined
        assert counts.repaired == expected.repaired
        assert sum(counts.extra_keys.values()) == expected.unknown_keys
        assert sum(counts.unread.values()) == expected.unread
        assert len(rows(bad.workspace(engine), name)) == expected.staged


def test_each_record_of_each_object_is_in_one_part(
    engine: str, bad: Done, bad_source: BadSource
) -> None:
    workspace = bad.workspace(engine)
    columns = {"events": -2, "songs": -2, "duplicates": 0, "quarantine": 0}
    places = Counter(
        (row[column], row[4 if part == "quarantine" else column + 1])
        for part, column in columns.items()
        for row in rows(workspace, part)
    )
    objects = {row[0]: row for row in rows(workspace, "objects")}
    assert set(places.values()) == {1}
    numbers = {name: range(1, int(str(row[4])) + 1) for name, row in objects.items()}
    assert set(places) == {(name, n) for name, all_ in numbers.items() for n in all_}
    files = {
        path.relative_to(bad_source.folder).as_posix(): path.stat()
        for path in bad_source.folder.rglob("*")
    }
    for name, row in objects.items():
        status = files[str(name)]
        assert row[1:3] == (status.st_size, str(status.st_mtime_ns))
    expected = bad_source.events.objects + bad_source.songs.objects
    assert len(objects) == expected


@pytest.mark.jvm
@pytest.mark.parametrize("part", PARTS)
def test_both_engines_give_the_same_rows(part: str, real: Done, bad: Done) -> None:
    for done in (real, bad):
        ours, theirs = (rows(done.workspace(engine), part) for engine in ENGINES)
        assert ours == theirs


@pytest.mark.jvm
def test_both_engines_give_the_same_counts(real: Done, bad: Done) -> None:
    for done in (real, bad):
        ours, theirs = (done.flattened(engine).counts for engine in ENGINES)
        assert ours == theirs


def test_all_real_records_are_staged(
    engine: str, real: Done, real_source: Path
) -> None:
    counted: Mapping[str, int] = {
        "events": len(reference.read_events(real_source)),
        "songs": len(reference.read_songs(real_source)),
    }
    assert counted == {"events": 8056, "songs": 14896}
    for name, records in counted.items():
        counts = real.flattened(engine).counts[name]
        assert (counts.records, counts.staged) == (records, records)
        assert (counts.blank, counts.unread) == (0, {})


def test_parquet_columns_match_the_record_schema(engine: str, bad: Done) -> None:
    folder, flattened = read_flattened(Workspace(bad.workspace(engine)).flat)
    for schema in RECORD_SCHEMAS:
        for file in flattened.files[schema.name]:
            found = pq.read_schema(folder / file.path)
            assert [(field.name, field.type) for field in found] == [
                *((field.name, field.type) for field in schema.arrow),
                ("object", pa.string()),
                ("record", pa.int64()),
            ]


def test_rows_are_spread_evenly_over_the_files(engine: str, real: Done) -> None:
    for schema in RECORD_SCHEMAS:
        counts = [file.rows for file in real.flattened(engine).files[schema.name]]
        assert len(counts) == 4
        assert max(counts) - min(counts) <= 0.01 * sum(counts)


def test_an_unreadable_file_stops_the_step_and_is_named(
    engine: str, bad_source: BadSource, tmp_path: Path
) -> None:
    whole = next(bad_source.folder.rglob("log_data/**/*.json.gz")).read_bytes()
    source = tmp_path / "source"
    shutil.copytree(bad_source.folder / "song_data", source / "song_data")
    (source / "log_data").mkdir()
    (source / "log_data" / "torn.json.gz").write_bytes(whole[: len(whole) // 2])
    with pytest.raises((SourceError, FlattenError), match=r"log_data/torn\.json\.gz"):
        flatten(str(source), str(tmp_path / "workspace"), engine=engine)


def test_a_failed_step_keeps_the_earlier_output(
    bad_source: BadSource, tmp_path: Path
) -> None:
    workspace = tmp_path / "workspace"
    before = flatten(str(bad_source.folder), str(workspace), accept=True)
    with pytest.raises(SourceError):
        flatten(str(tmp_path / "missing"), str(workspace))
    assert read_flattened(Workspace(workspace).flat)[1] == before


def test_loading_before_flattening_says_what_to_run(tmp_path: Path) -> None:
    with pytest.raises(FlattenError, match="run 03_flatten"):
        read_flattened(tmp_path)


def test_counts_that_do_not_add_up_are_refused(bad: Done) -> None:
    flattened = bad.flattened("duckdb")
    counts = dict(flattened.counts)
    counts["songs"] = replace(counts["songs"], records=counts["songs"].records + 1)
    with pytest.raises(ReconciliationError, match="songs do not add up"):
        replace(flattened, counts=counts).reconcile()


def test_files_whose_rows_differ_from_the_counts_are_refused(bad: Done) -> None:
    flattened = bad.flattened("duckdb")
    short, *rest = flattened.files["events"]
    files = {**flattened.files, "events": (replace(short, rows=0), *rest)}
    with pytest.raises(ReconciliationError, match="but the files hold"):
        replace(flattened, files=files).reconcile()


def test_a_manifest_is_read_as_it_was_written(bad: Done) -> None:
    flattened = bad.flattened("duckdb")
    assert Flattened.from_json(flattened.to_json()) == flattened


@pytest.mark.parametrize(
    ("limit", "expected"), [("4GB", "4096m"), ("1.5 GiB", "1536m"), ("512MB", "512m")]
)
def test_spark_gets_the_memory_limit_in_its_own_units(
    limit: str, expected: str
) -> None:
    assert spark_size(limit) == expected


@pytest.mark.parametrize(
    ("version", "remedy"),
    [((3, 13), "install it with pip"), ((3, 14), "use a Python before 3.14")],
)
def test_a_missing_spark_is_an_error_with_the_remedy(
    version: tuple[int, int], remedy: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(sys.modules, "pyspark", None)
    monkeypatch.setattr("sys.version_info", version)
    with pytest.raises(FlattenError, match=f"engine 'spark' needs pyspark; {remedy}"):
        spark_submit()
