"""The Spark job reads only what is new, and its rows join those of any engine.

The sequence runs the job in the tests' own Spark; the last tests submit it, as a run
does. SPARKIFY_SPARK_SEQUENCES=20 makes the sequences many.
"""

import json
import os
import shutil
import sys
from pathlib import Path
from random import Random
from subprocess import Popen
from time import sleep
from typing import TYPE_CHECKING

import pytest

from sparkify.ingest import duckdb_engine
from sparkify.ingest.addition import Addition
from sparkify.ingest.flat_folder import read_flattened
from sparkify.ingest.manifest import FlattenResult, FlattenTask
from sparkify.ingest.parquet_files import local_files
from sparkify.steps import flatten as step
from sparkify.steps.flatten import Flattened, flatten
from sparkify.workspace import Workspace
from tests.support.changing_source import Source, change
from tests.support.stars import build, content

if TYPE_CHECKING:
    from pyspark.sql import SparkSession

pytestmark = [pytest.mark.jvm, pytest.mark.xdist_group("spark")]

SEQUENCES = int(os.environ.get("SPARKIFY_SPARK_SEQUENCES", "1"))
CHANGES = 6  # of a sequence
BY_SPARK = 0.7  # the part of the runs that Spark does; DuckDB does the others
LONGEST_KILL = 12.0  # seconds until a kill; the job takes about as long
WRITER = """
import sys
from sparkify.steps.flatten import flatten
flatten(*sys.argv[1:], engine="spark", accept=True)
"""


class Job:
    """The Spark job in a session that is there, as an engine.

    Attributes:
        reads: The number of objects that each job read.
    """

    def __init__(self, spark: "SparkSession") -> None:
        self._spark = spark
        self.reads = list[int]()

    def flatten(self, task: FlattenTask) -> FlattenResult:
        """Flatten as `spark_job.main` does."""
        from sparkify.ingest import spark_job

        addition = task.addition and Addition.from_json(task.addition.to_json())
        counts = spark_job.flatten(
            self._spark,
            task.source,
            str(task.output),
            run_id=task.run_id,
            files=2,
            addition=addition,
        )
        self.reads.append(sum(kind.objects for kind in counts.values()))
        return FlattenResult(counts, local_files(task.output))


@pytest.fixture
def job(spark: "SparkSession", monkeypatch: pytest.MonkeyPatch) -> Job:
    """Make a session's job the engine `spark`."""
    job = Job(spark)
    engines = {"spark": job, "duckdb": duckdb_engine}
    monkeypatch.setattr(step, "open_engine", lambda name, _: engines[name])
    return job


def manifest(workspace: Path) -> Flattened:
    return read_flattened(Workspace(workspace).flat)[1]


@pytest.mark.parametrize("seed", range(SEQUENCES))
def test_the_star_is_that_of_a_rebuild_after_any_changes_by_either_engine(
    seed: int, job: Job, tmp_path: Path
) -> None:
    random = Random(seed)
    source = Source(tmp_path / "source", random)
    workspace, rebuilt = tmp_path / "workspace", tmp_path / "rebuilt"
    done = []
    for _ in range(CHANGES):
        engine = "spark" if random.random() < BY_SPARK else "duckdb"
        done.append(engine)
        build(source.root, workspace, engine=engine, accept=True)
        build(source.root, rebuilt, accept=True)
        assert content(workspace) == content(rebuilt), done
        shutil.rmtree(rebuilt)
        done.append(change(source).__name__)
    build(source.root, workspace, accept=True)
    source.add_events()
    build(source.root, workspace, engine="spark", accept=True)
    assert job.reads[-1] == 1  # the job added one file
    build(source.root, rebuilt, accept=True)
    assert content(workspace) == content(rebuilt), done


def test_one_new_file_is_all_that_is_read(job: Job, tmp_path: Path) -> None:
    source = Source(tmp_path / "source", Random(1))
    for _ in range(3):
        source.add_bad_events()
    workspace = tmp_path / "workspace"
    kept, rebuilt = tmp_path / "kept", tmp_path / "rebuilt"
    build(source.root, workspace, engine="spark", accept=True)
    files = len(list(source.root.rglob("*.json")))
    for batches in (2, 3):
        replace_with_rubbish(source.root, kept)
        source.add_bad_events()
        copy_new(source.root, kept)
        build(kept, rebuilt, accept=True, full=True)
        build(source.root, workspace, engine="spark", accept=True)
        assert content(workspace) == content(rebuilt)
        assert len(manifest(workspace).batches) == batches
    assert job.reads == [files, 1, 1]


def copy_new(source: Path, kept: Path) -> None:
    """Copy the files that are not yet in a folder, with their times."""
    for path in source.rglob("*.json"):
        copy = kept / path.relative_to(source)
        copy.parent.mkdir(parents=True, exist_ok=True)
        if not copy.exists():
            shutil.copy2(path, copy)


def replace_with_rubbish(source: Path, kept: Path) -> None:
    """Keep a copy of all files, and give them other bytes of the same size and time."""
    copy_new(source, kept)
    for path in source.rglob("*.json"):
        status = path.stat()
        path.write_bytes(b"?" * status.st_size)
        os.utime(path, ns=(status.st_atime_ns, status.st_mtime_ns))


def test_a_submitted_job_adds_and_refuses_and_says_why(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    runs = tmp_path / "run"
    runs.mkdir()
    monkeypatch.setenv("SPARKIFY_RUN_FOLDER", str(runs))
    source = Source(tmp_path / "source [1]", Random(2))
    workspace = tmp_path / "workspace {1}"
    build(source.root, workspace, accept=True)

    def summary() -> str:
        flatten(str(source.root), str(workspace), engine="spark", accept=True)
        return str(json.loads((runs / "summary.json").read_text())["summary"])

    source.add_events()
    assert summary().startswith("1 new files, in all 3 files")
    assert summary().startswith("nothing new, in all 3 files")
    assert len(manifest(workspace).batches) == 2
    source.repeat_events()
    assert "have the key of a new one" in summary()
    assert len(manifest(workspace).batches) == 1


def test_a_killed_job_leaves_what_the_next_run_needs(tmp_path: Path) -> None:
    random = Random(4)
    source = Source(tmp_path / "source", random)
    workspace, rebuilt = tmp_path / "workspace", tmp_path / "rebuilt"
    build(source.root, workspace, accept=True)
    source.add_events()
    command = [sys.executable, "-c", WRITER, str(source.root), str(workspace)]
    with Popen(command) as writer:
        sleep(random.random() * LONGEST_KILL)
        writer.kill()
    source.add_bad_events()
    build(source.root, workspace, engine="spark", accept=True)
    build(source.root, rebuilt, accept=True)
    assert content(workspace) == content(rebuilt)
    assert len(list((workspace / "flat").glob("*/manifest.json"))) <= 3
