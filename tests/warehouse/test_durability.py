"""A writer that is killed, or finds no space, loses nothing that was published.

By hand, for more than the few times of a test:

    SPARKIFY_KILLS=100 SPARKIFY_SIZES=40 pytest -s tests/warehouse/test_durability.py
"""

import os
import re
import shutil
import subprocess
import sys
import time
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from random import Random

import pytest

from sparkify.warehouse.duckdb import DuckDBWarehouse

KILLS = int(os.environ.get("SPARKIFY_KILLS", "5"))
SIZES = int(os.environ.get("SPARKIFY_SIZES", "6"))
MEMORY_LIMIT = "64MB"
TIMEOUT_SECONDS = 60
ROWS = 300_000
BLOCK = 256 * 1024  # bytes of a block of a DuckDB file
ERROR = (
    r"sparkify.errors.WarehouseError: .*(File too large|could not be written).*free sp"
)

# A run in two steps, each with a session of its own. A large sort does not fit into
# memory.
RUN = """
import resource, sys
from pathlib import Path
from sparkify.warehouse.duckdb import DuckDBWarehouse

folder, run, rows, is_resumed, limit = Path(sys.argv[1]), *map(int, sys.argv[2:])
resource.setrlimit(resource.RLIMIT_FSIZE, (limit, limit))
warehouse = DuckDBWarehouse(folder, "64MB")
if not is_resumed:
    warehouse.prepare()
    with warehouse.writing() as session, session.transaction():
        session.execute("create table if not exists books (run bigint)", {})
        session.execute("create table if not exists plays (n bigint, title text)", {})
        session.execute("insert into books values ($run)", {"run": run})
    print("first step")
with warehouse.writing() as session, session.transaction():
    session.execute("delete from plays", {})
    session.execute(
        "insert into plays select row_number() over (order by title), title from ("
        "select hash(range + $run)::varchar || repeat('x', 40) as title "
        "from range($rows))",
        {"rows": rows, "run": run},
    )
warehouse.publish()
print("published")
"""


def start(
    folder: Path, run: int, rows: int, *, limit: int = -1, is_resumed: bool = False
) -> subprocess.Popen[str]:
    """Start a run in a process of its own, whose files may have `limit` bytes."""
    numbers = [str(number) for number in (run, rows, int(is_resumed), limit)]
    return subprocess.Popen(
        [sys.executable, "-c", RUN, str(folder), *numbers],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )


def finish(folder: Path, run: int, rows: int, *, is_resumed: bool = False) -> None:
    """Carry out a run, which must succeed."""
    process = start(folder, run, rows, is_resumed=is_resumed)
    _, error = process.communicate(timeout=TIMEOUT_SECONDS)
    assert process.returncode == 0, error


def books(folder: Path) -> set[int]:
    """Return the runs that the published version has, and check its rows."""
    with DuckDBWarehouse(folder, MEMORY_LIMIT).reading() as session:
        query = "select count(*) = max(n) and count(title) = max(n) as is_whole"
        rows = session.query(f"{query} from plays", {}).to_pylist()
        assert rows == [{"is_whole": True}]
        rows = session.query("select run from books", {}).to_pylist()
    assert len(rows) == len({row["run"] for row in rows})
    return {row["run"] for row in rows}


def spill_files(folder: Path) -> Iterator[Path]:
    return folder.glob("*.tmp/duckdb_temp_*")


def wait_for_spill(process: subprocess.Popen[str], folder: Path) -> bool:
    """Wait until a process spills; return whether it did before it ended."""
    while process.poll() is None:
        if any(spill_files(folder)):
            return True
        time.sleep(0.002)
    return False


def test_a_writer_that_is_killed_at_any_moment_loses_nothing(tmp_path: Path) -> None:
    folder, random, states = tmp_path / "warehouse", Random(KILLS), Counter[str]()
    finish(folder, 0, 10)
    begun = time.monotonic()
    finish(folder, 1, ROWS)
    seconds = time.monotonic() - begun
    finished = {0, 1}
    for run in range(2, 2 + KILLS):
        process = start(folder, run, ROWS)
        if run % 3 == 0 and wait_for_spill(process, folder):
            time.sleep(random.uniform(0, 0.05))
        else:
            time.sleep(random.uniform(0, 1.2 * seconds))
        process.kill()
        printed, error = process.communicate(timeout=TIMEOUT_SECONDS)
        assert not error
        left = books(folder)
        assert left in (finished, finished | {run})
        assert "published" not in printed or run in left
        states["published before it was killed"] += run in left
        states["killed while it spilled"] += any(spill_files(folder))
        states["left a log"] += any(folder.glob("*.wal"))
        is_resumed = "first step" in printed and run not in left
        states["resumed"] += is_resumed
        again = run if is_resumed else KILLS + run
        finish(folder, again, 10, is_resumed=is_resumed)
        finished = left | {again}
        assert books(folder) == finished
        if not is_resumed:
            versions = {path.name for path in folder.glob("*.duckdb")}
            assert {path.name for path in folder.iterdir()} == {"current", *versions}
    sys.stdout.write(f"{dict(states)}\n")
    assert states["killed while it spilled"]


def test_a_version_is_on_the_disk_before_its_name_and_both_before_a_removal(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    folder, steps = tmp_path / "warehouse", list[tuple[str, Path]]()
    warehouse = DuckDBWarehouse(folder, MEMORY_LIMIT)
    for _ in range(2):
        warehouse.writing().close()
        warehouse.publish()
    old = min(folder.glob("*.duckdb"))
    warehouse.writing().close()
    new = max(folder.glob("*.duckdb"))
    fsync, replace, unlink = os.fsync, os.replace, os.unlink

    def record_sync(descriptor: int) -> None:
        fsync(descriptor)
        steps.append(("sync", Path(f"/proc/self/fd/{descriptor}").readlink()))

    def record_replace(part: Path, path: Path) -> None:
        replace(part, path)
        steps.append(("replace", path))

    def record_unlink(path: Path) -> None:
        unlink(path)
        steps.append(("unlink", path))

    monkeypatch.setattr(os, "fsync", record_sync)
    monkeypatch.setattr(os, "replace", record_replace)
    monkeypatch.setattr(os, "unlink", record_unlink)
    warehouse.publish()
    pointer = folder / "current"
    expected = [
        ("sync", new),
        ("sync", folder),
        ("sync", folder / "current.part"),
        ("replace", pointer),
        ("sync", folder),
        ("unlink", old),
    ]
    assert [step for step in steps if step in expected] == expected


def test_a_disk_that_is_full_loses_nothing(tmp_path: Path) -> None:
    states = Counter[str]()
    base, large = tmp_path / "base" / "warehouse", tmp_path / "large" / "warehouse"
    finish(base, 0, 10)
    finish(large, 0, ROWS)
    most, least = (
        max(path.stat().st_size for path in folder.glob("*.duckdb"))
        for folder in (large, base)
    )
    # A large run finds no space for its rows; a small one has space for its log, but
    # none for the checkpoint.
    half = SIZES // 2
    tried = [(ROWS, 4 * most * step // (half - 1)) for step in range(half)]
    tried += [(10, least + 4 * BLOCK * step // (half - 1)) for step in range(half)]
    for number, (rows, limit) in enumerate(tried):
        folder = tmp_path / str(number) / "warehouse"
        shutil.copytree(base, folder)
        process = start(folder, 1, rows, limit=limit)
        printed, error = process.communicate(timeout=TIMEOUT_SECONDS)
        if process.returncode == 0:
            states["published"] += 1
            assert books(folder) == {0, 1}
            finish(folder, 2, 10)
            assert books(folder) == {0, 1, 2}
        else:
            assert re.search(ERROR, error), error
            assert books(folder) == {0}
            is_resumed = "first step" in printed
            states["refused"] += 1
            states["resumed"] += is_resumed
            finish(folder, 1, 10, is_resumed=is_resumed)
            assert books(folder) == {0, 1}
        shutil.rmtree(folder)
    sys.stdout.write(f"{dict(states)}\n")
    assert states["published"]
    assert states["resumed"]


FILL = """
import resource, sys
from pathlib import Path
from sparkify.errors import WarehouseError
from sparkify.warehouse.duckdb import DuckDBWarehouse

resource.setrlimit(resource.RLIMIT_FSIZE, (2**20, 2**20))
with DuckDBWarehouse(Path(sys.argv[1]), "64MB").writing() as session:
    for _ in range(2):
        try:
            with session.transaction():
                session.execute(
                    "create table large as select hash(range) from range(500000)", {}
                )
        except WarehouseError as error:
            print(error)
"""


def test_a_transaction_without_space_is_an_error_of_the_warehouse(
    tmp_path: Path,
) -> None:
    folder = tmp_path / "warehouse"
    filled = subprocess.run(
        [sys.executable, "-c", FILL, str(folder)],
        capture_output=True,
        text=True,
        check=True,
    )
    errors = filled.stdout.splitlines()
    assert len(errors) == 2
    for error in errors:
        assert re.match(r"the warehouse cannot be written: .*File too large; fr", error)
