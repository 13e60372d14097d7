"""Old runs are kept to a number, and nothing that is needed or not ours goes."""

import fcntl
import json
import os
import subprocess
import sys
from io import StringIO
from pathlib import Path

import pytest
from rich.console import Console

from sparkify import ownership
from sparkify.console import ConsoleWatcher
from sparkify.errors import ParameterError, RemovalError
from sparkify.params import check
from sparkify.runs import chain
from sparkify.runs.chain import Watcher, run_chain
from sparkify.runs.retention import claim, remove_old_runs
from sparkify.runs.run import Run, Status, last_run
from tests.support.project import Project
from tests.support.watchers import Silent

OURS = (
    *(f"{step}.ipynb" for step in (*chain.STEPS, "99_teardown")),
    "06_listening.ipynb.part",
    *("progress.json", "summary.json.part", "run.json.part"),
)


def run_once(folder: Path, kept: int = 2, watcher: Watcher | None = None) -> Run:
    """Run no step, and leave in the run's folder what steps leave."""
    given = check({"workspace": str(folder / "workspace"), "runs_kept": kept})
    run = run_chain(given, folder / "runs", watcher or Silent(), ())
    for name in OURS:
        (run.folder / name).write_text("{}")
    return run


def kept_in(folder: Path) -> list[str]:
    return sorted(path.name for path in (folder / "runs").iterdir())


def test_a_finished_run_removes_the_oldest_beyond_the_number(tmp_path: Path) -> None:
    names = [run_once(tmp_path, kept=3).run_id for _ in range(5)]
    assert kept_in(tmp_path) == names[-3:]
    assert run_once(tmp_path, kept=1).run_id == kept_in(tmp_path)[0]
    assert len(kept_in(tmp_path)) == 1


@pytest.mark.parametrize("number", [0, -1, 2_000_000])
def test_at_least_one_run_is_kept(number: int) -> None:
    with pytest.raises(ParameterError, match=r"'runs_kept' must be from 1 to"):
        check({"runs_kept": number})


def test_runs_are_old_by_their_numbers_not_by_the_clock(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    for year in (2030, 2029, 2028):  # a clock that is set back
        run_id = f"{year}0101T000000.000000Z"
        monkeypatch.setattr(chain, "new_run_id", lambda _known, name=run_id: name)
        run_once(tmp_path)
    assert [name[:4] for name in kept_in(tmp_path)] == ["2028", "2029"]


def test_a_run_that_fails_removes_none(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    before = [run_once(tmp_path).run_id for _ in range(2)]
    given = check({"workspace": str(tmp_path / "workspace"), "runs_kept": 1})

    def fail(*_: object) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr(chain, "execute", fail)
    with pytest.raises(KeyboardInterrupt):
        run_chain(given, tmp_path / "runs", Silent(), chain.STEPS)
    assert kept_in(tmp_path)[:2] == before


def test_the_last_finished_run_stays_though_others_failed_after_it(
    tmp_path: Path,
) -> None:
    runs = [run_once(tmp_path, kept=9) for _ in range(5)]
    for run in (*runs[:2], *runs[3:]):
        run.status = Status.FAILED
        run.save()
    assert remove_old_runs(runs[-1], 1) == (3, [])
    assert kept_in(tmp_path) == [runs[2].run_id, runs[4].run_id]


def test_runs_of_other_workspaces_do_not_count_and_stay(tmp_path: Path) -> None:
    others = [run_once(tmp_path, kept=9) for _ in range(3)]
    for run in others:
        run.parameters["workspace"] = str(tmp_path / "other")
        run.save()
    own = [run_once(tmp_path, kept=1).run_id for _ in range(2)]
    assert kept_in(tmp_path) == sorted([*(run.run_id for run in others), own[-1]])


USING = """
import sys
from pathlib import Path
from sparkify.runs.retention import claim

with claim(Path(sys.argv[1])) as is_free:
    print(is_free, flush=True)
    sys.stdin.read()
"""


def test_a_run_that_a_process_works_in_stays_until_that_ends(tmp_path: Path) -> None:
    used = run_once(tmp_path)
    command = [sys.executable, "-c", USING, str(used.folder)]
    with subprocess.Popen(
        command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    ) as process:
        assert process.stdout is not None
        assert process.stdout.readline() == "True\n"
        names = [run_once(tmp_path, kept=1).run_id for _ in range(2)]
        assert kept_in(tmp_path) == [used.run_id, names[-1]]
        assert all((used.folder / name).is_file() for name in OURS)
        process.kill()
        process.communicate()
    assert [run_once(tmp_path, kept=1).run_id] == kept_in(tmp_path)


def test_a_run_claims_its_folder_while_its_steps_run(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    seen = []

    def look(run: Run, *_: object) -> None:
        folder = os.open(run.folder, os.O_RDONLY)
        with pytest.raises(BlockingIOError):
            fcntl.flock(folder, fcntl.LOCK_EX | fcntl.LOCK_NB)
        os.close(folder)
        seen.append(run.run_id)

    monkeypatch.setattr(chain, "_run_step", look)
    given = check({"workspace": str(tmp_path / "workspace")})
    run = run_chain(given, tmp_path / "runs", Silent(), ("04_load",))
    assert seen == [run.run_id]
    with claim(run.folder) as is_free:
        assert is_free


def test_a_foreign_file_stays_with_its_folder_and_is_told(tmp_path: Path) -> None:
    first = run_once(tmp_path)
    foreign = ("notes.txt", "03_flatten_mine.ipynb", ".ipynb_checkpoints/x.ipynb")
    for name in foreign:
        (first.folder / name).parent.mkdir(exist_ok=True)
        (first.folder / name).write_text("mine")
    written = StringIO()
    run_once(tmp_path, kept=2)
    run_once(tmp_path, kept=2, watcher=ConsoleWatcher(Console(file=written, width=99)))
    left = {
        path.relative_to(first.folder).as_posix()
        for path in first.folder.rglob("*")
        if path.is_file()
    }
    assert left == set(foreign)
    told = " ".join(written.getvalue().split())
    assert "removed the folders of 1 old runs" in told
    assert "holds files that are not Sparkify's" in told
    again = run_once(tmp_path, kept=2)
    assert (first.folder / "notes.txt").read_text() == "mine"
    assert again.run_id in kept_in(tmp_path)


def test_what_only_looks_like_a_run_is_none(tmp_path: Path) -> None:
    first = run_once(tmp_path, kept=9)
    runs = tmp_path / "runs"
    content = json.loads((first.folder / "run.json").read_text())
    copy = runs / f"{first.run_id}-backup"
    broken = runs / "20180101T000000.000000Z"
    other = runs / "20180102T000000.000000Z"
    for folder, text in (
        (copy, json.dumps(content)),
        (broken, "[]"),
        (other, json.dumps(content)),
    ):
        folder.mkdir()
        (folder / "run.json").write_text(text)
        (folder / "03_flatten.ipynb").write_text("mine")
    outside = tmp_path / "outside"
    linked = runs / "20180103T000000.000000Z"
    outside.mkdir()
    content["run_id"] = linked.name
    (outside / "run.json").write_text(json.dumps(content))
    linked.symlink_to(outside, target_is_directory=True)
    last = [run_once(tmp_path, kept=1) for _ in range(3)][-1]
    assert remove_old_runs(last, 1) == (0, [])
    for folder in (copy, broken, other, linked):
        with pytest.raises(RemovalError, match="is no run's folder"):
            ownership.remove_run(folder)
    for folder in (copy, broken, other):
        assert (folder / "03_flatten.ipynb").read_text() == "mine"
    assert (outside / "run.json").is_file()
    assert linked.is_symlink()
    assert not first.folder.exists()


def test_a_run_folder_is_ours_among_the_runs_alone(tmp_path: Path) -> None:
    folder = run_once(tmp_path).folder
    assert not ownership.is_ours(folder)
    with pytest.raises(RemovalError, match="is not Sparkify's"):
        ownership.remove(folder)
    assert (folder / "run.json").is_file()


def test_a_folder_that_cannot_be_removed_is_told_and_fails_no_run(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    run_once(tmp_path)

    def refuse(folder: Path) -> None:
        raise RemovalError(f"'{folder}' cannot be removed: read-only")

    monkeypatch.setattr(ownership, "remove_run", refuse)
    last = run_once(tmp_path, kept=1)
    assert last.status is Status.FINISHED
    removed, problems = remove_old_runs(last, 1)
    assert removed == 0
    assert "read-only" in problems[0]


def test_a_removal_that_was_cut_short_is_repeated_by_the_next_run(
    tmp_path: Path,
) -> None:
    first = run_once(tmp_path)
    for name in OURS:
        (first.folder / name).unlink()  # the run file goes last
    assert ownership.is_run(first.folder)
    for _ in range(2):
        run_once(tmp_path, kept=1)
    assert not first.folder.exists()
    assert last_run(tmp_path / "runs", str(tmp_path / "workspace")) is not None


def test_the_run_file_is_removed_last(tmp_path: Path) -> None:
    folder = run_once(tmp_path).folder
    order = []

    def note(event: str, arguments: tuple[object, ...]) -> None:
        if event == "os.remove" and str(folder) in str(arguments[0]):
            order.append(Path(str(arguments[0])).name)

    sys.addaudithook(note)
    ownership.remove_run(folder)
    assert set(order) == {*OURS, "run.json", "run.log"}
    assert order[-1] == "run.json"


@pytest.mark.kernel
def test_nothing_of_a_real_run_is_left(project: Project) -> None:
    for _ in range(2):
        done = project.run("--to", "3", "-p", "runs_kept=1")
        assert done.returncode == 0, done.stdout + done.stderr
    assert [path.name for path in project.runs.iterdir()] == [
        project.run_file()["run_id"]
    ]
    assert "removed the folders of 1 old runs" in done.stdout
