"""A job ends with the process that started it, and its scratch folder goes too."""

import os
import subprocess
import sys
from pathlib import Path

import psutil
import pytest

from sparkify import ownership
from sparkify.steps.flatten import flatten
from tests.support.project import wait_until

STARTER = """
import subprocess, sys, time
from pathlib import Path
from sparkify.ingest.guard import guard

sleeper = "import subprocess, sys; subprocess.run([sys.executable, '-c', sys.argv[1]])"
rest = "import time; time.sleep(600)"
with guard(Path(sys.argv[1])) as watch:
    job = subprocess.Popen(
        [sys.executable, "-c", sleeper, rest], start_new_session=True
    )
    watch(job.pid)
    print(job.pid, flush=True)
    sys.stdin.readline()
print(job.poll(), flush=True)
job.kill()
"""


def start(scratch: Path) -> "subprocess.Popen[str]":
    return subprocess.Popen(
        [sys.executable, "-c", STARTER, str(scratch)],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    )


def make_scratch(tmp_path: Path) -> Path:
    scratch = tmp_path / f"{ownership.SCRATCH_PREFIX}abcdefgh"
    (scratch / "blockmgr-1" / "0c").mkdir(parents=True)
    (scratch / "blockmgr-1" / "0c" / "temp_shuffle").write_text("rows")
    ownership.mark(scratch)
    return scratch


def group(leader: int) -> list[psutil.Process]:
    found = psutil.Process(leader)
    return [found, *found.children(recursive=True)]


def test_a_killed_process_takes_its_job_and_the_scratch_folder_along(
    tmp_path: Path,
) -> None:
    scratch = make_scratch(tmp_path)
    with start(scratch) as starter:
        assert starter.stdout
        job = int(starter.stdout.readline())
        wait_until(lambda: len(group(job)) == 2)
        processes = group(job)
        starter.kill()
    wait_until(lambda: not scratch.exists())
    # A killed process of a killed parent may wait for a while to be reaped.
    zombie = psutil.STATUS_ZOMBIE
    wait_until(
        lambda: all(not p.is_running() or p.status() == zombie for p in processes)
    )


def test_a_process_that_ends_by_itself_leaves_both_as_they_are(tmp_path: Path) -> None:
    scratch = make_scratch(tmp_path)
    with start(scratch) as starter:
        assert starter.stdin
        assert starter.stdout
        starter.stdout.readline()
        starter.stdin.write("\n")
        starter.stdin.flush()
        assert starter.stdout.readline() == "None\n"
    assert scratch.exists()


FLATTEN = """
import sys
from sparkify.steps.flatten import flatten

flatten(sys.argv[1], sys.argv[2], engine="spark")
"""


@pytest.mark.jvm
@pytest.mark.xdist_group("spark")
def test_nothing_is_left_of_a_killed_spark_after_the_next_run(
    demo_source: Path, tmp_path: Path
) -> None:
    workspace, scratch = tmp_path / "workspace", tmp_path / "scratch"
    scratch.mkdir()
    command = [sys.executable, "-c", FLATTEN, str(demo_source), str(workspace)]
    with subprocess.Popen(command, env={**os.environ, "TMPDIR": str(scratch)}) as run:
        # Spark has started: it has put something beside our mark.
        wait_until(lambda: len(list(scratch.glob("sparkify-spark-*/*"))) > 1)
        jobs = psutil.Process(run.pid).children(recursive=True)
        run.kill()
    wait_until(lambda: not list(scratch.glob("sparkify-spark-*")))
    zombie = psutil.STATUS_ZOMBIE
    wait_until(lambda: all(not j.is_running() or j.status() == zombie for j in jobs))
    assert ownership.parts(workspace / "flat")
    flatten(str(demo_source), str(workspace))
    assert not ownership.parts(workspace / "flat")
