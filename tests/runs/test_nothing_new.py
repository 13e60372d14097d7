"""A run with nothing new starts no notebook; anything new starts them."""

from collections.abc import Callable
from functools import partial
from pathlib import Path
from random import Random
from types import SimpleNamespace

import duckdb
import pytest

from sparkify.params import Value, check
from sparkify.runs import chain
from sparkify.runs.chain import STEPS, run_chain
from sparkify.runs.run import Run, Status
from sparkify.steps.nothing_new import find_nothing_new
from sparkify.warehouse import open_star, open_warehouse
from sparkify.warehouse.versions import Versions
from sparkify.workspace import Workspace
from tests.support.changing_source import Source
from tests.support.stars import build
from tests.support.versions import HEADERS
from tests.support.watchers import Silent

Given = dict[str, Value]


@pytest.fixture
def source(tmp_path: Path) -> Source:
    source = Source(tmp_path / "source", Random(1))
    source.add_songs()
    return source


@pytest.fixture
def given(source: Source, tmp_path: Path) -> Given:
    """Return the parameters of a workspace whose star has all of the source."""
    workspace = tmp_path / "workspace"
    build(source.root, workspace, accept=True)
    return check({"source": str(source.root), "workspace": str(workspace)})


def test_a_source_that_the_star_has_is_nothing_new(
    given: Given, source: Source
) -> None:
    files = len(list(source.root.rglob("*.json")))
    told = f"nothing new: the star has all {files} files of the source as they are"
    assert find_nothing_new(given) == told


@pytest.mark.parametrize(
    "change",
    [
        Source.add_events,
        Source.add_songs,
        Source.correct_events,
        Source.move_events,
        Source.remove_songs,
        lambda source: (source.root / "log_data/notes.txt").write_text("new"),
    ],
)
def test_a_source_that_changed_is_new(
    change: Callable[[Source], None], given: Given, source: Source
) -> None:
    change(source)
    assert find_nothing_new(given) == ""


def test_a_star_without_some_batch_is_not_up_to_date(
    given: Given, source: Source
) -> None:
    """The new events were flattened, but the star of before was published."""
    source.add_events()
    workspace = Path(str(given["workspace"]))
    folder = workspace / "warehouse"
    before = Versions(folder).current()
    build(source.root, workspace, accept=True)
    assert find_nothing_new(given)
    assert before is not None
    (folder / "current").write_text(before.name)
    assert find_nothing_new(given) == ""


def test_a_star_of_other_sql_is_not_up_to_date(given: Given) -> None:
    place = Workspace(Path(str(given["workspace"])))
    target = open_warehouse("duckdb", place, "1GB")
    target.prepare()
    with target.writing() as session:
        session.run_file("load/mark_star", star="other")
    target.publish()
    assert find_nothing_new(given) == ""


@pytest.mark.parametrize("missing", ["flat", "warehouse", "source"])
def test_what_is_gone_is_not_up_to_date(
    missing: str, given: Given, tmp_path: Path
) -> None:
    folder = tmp_path if missing == "source" else tmp_path / "workspace"
    (folder / missing).rename(tmp_path / "elsewhere")
    assert find_nothing_new(given) == ""


@pytest.mark.parametrize("part", ["events", "songs", "quarantine", "objects"])
def test_a_flattened_file_that_is_damaged_is_written_anew(
    part: str, given: Given, source: Source, tmp_path: Path
) -> None:
    workspace = tmp_path / "workspace"
    for file in (workspace / "flat").glob(f"*/{part}/*.parquet"):
        content = bytearray(file.read_bytes())
        content[len(content) // 2] ^= 1
        file.write_bytes(content)
    assert find_nothing_new(given) == ""
    source.add_events()
    build(source.root, workspace, accept=True)
    build(source.root, tmp_path / "other", accept=True)
    assert staged(workspace) == staged(tmp_path / "other")


def staged(workspace: Path) -> list[object]:
    """Return the rows of the staging tables, which are those of the flattened files."""
    with open_star(str(workspace)) as session:
        return [
            session.query(f"select * from {table} order by all", {}).to_pylist()
            for table in ("staging_events", "staging_songs")
        ]


def test_a_star_that_is_damaged_in_any_block_is_not_up_to_date(given: Given) -> None:
    version = Versions(Path(str(given["workspace"])) / "warehouse").current()
    assert version
    with duckdb.connect(version, read_only=True) as connection:
        ((size, free),) = connection.execute(
            "select block_size, free_blocks from pragma_database_size()"
        ).fetchall()
    content = version.read_bytes()
    missed = 0
    for place in range(HEADERS + size // 2, len(content), size):
        harmed = bytearray(content)
        harmed[place] ^= 1
        version.write_bytes(harmed)
        missed += bool(find_nothing_new(given))
    assert missed <= free
    version.write_bytes(content)
    assert find_nothing_new(given)


def test_only_a_run_like_the_last_one_is_left_out(
    given: Given, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    executed = list[str]()

    def execute(run: Run, name: str, _: object) -> SimpleNamespace:
        executed.append(name)
        return SimpleNamespace(cells=[])

    def run(steps: tuple[str, ...] = STEPS, **changed: Value) -> Run:
        executed.clear()
        parameters = {**given, **changed}
        find = partial(find_nothing_new, parameters)
        runs = tmp_path / "runs"
        return run_chain(parameters, runs, Silent(), steps, find_nothing_new=find)

    monkeypatch.setattr(chain, "execute", execute)
    assert not run().unchanged  # the first of all
    assert executed == [*STEPS]
    last = run()
    assert last.unchanged.startswith("nothing new")
    assert (executed, last.status, last.steps) == ([], Status.FINISHED, [])
    assert Run.read(last.folder) == last
    assert run().unchanged  # the last run being one with nothing new, too
    assert not run(full=True).unchanged
    assert not run().unchanged  # the last one was full
    assert run().unchanged
    assert not run(top=5).unchanged
    assert not run(("05_transform",)).unchanged
    assert not run().unchanged  # the last one had one step
    monkeypatch.setattr(chain, "software", lambda: {"code": "other"})
    assert not run().unchanged
