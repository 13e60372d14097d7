"""A workspace is locked, for its user alone, and never at another file's cost."""

import os
import stat
import subprocess
import sys
from contextlib import AbstractContextManager
from pathlib import Path

import pytest

from sparkify.errors import ParameterError, RunError
from sparkify.runs.run import Run
from sparkify.steps.provision import provision
from sparkify.workspace import Workspace
from tests.support.stars import build


def mode(path: Path) -> int:
    return stat.S_IMODE(path.stat().st_mode)


def locked(folder: Path) -> AbstractContextManager[None]:
    return Workspace(folder).lock("a test")


@pytest.fixture
def umask() -> None:
    """Let new files be read by everyone, as on most machines."""
    os.umask(0o022)


def test_what_we_create_is_for_its_user_alone_and_what_is_in_it_by_the_umask(
    demo_source: Path, tmp_path: Path, umask: None
) -> None:
    workspace = tmp_path / "deep" / "workspace"
    build(demo_source, workspace)
    assert mode(workspace) == 0o700
    assert mode(workspace.parent) == 0o755
    inner = [path for path in workspace.rglob("*") if not path.is_symlink()]
    assert {mode(path) for path in inner if path.is_dir()} == {0o755}
    assert {mode(path) for path in inner if path.is_file()} == {0o644}
    runs = tmp_path / "runs"
    Run("1", runs / "1", {}, []).save()
    assert mode(runs) == 0o700
    assert mode(runs / "1") == 0o755


def test_a_folder_that_was_there_keeps_its_mode(tmp_path: Path, umask: None) -> None:
    for shared in (tmp_path / "workspace", tmp_path / "runs"):
        shared.mkdir()
        shared.chmod(0o2775)
    with Workspace(tmp_path / "workspace").lock("a test"):
        Run("1", tmp_path / "runs" / "1", {}, []).save()
    assert mode(tmp_path / "workspace") == mode(tmp_path / "runs") == 0o2775


@pytest.mark.parametrize("name", ["a?b", "a\\b", "?"])
def test_a_path_that_duckdb_cannot_open_is_refused_before_anything_is_made(
    name: str, tmp_path: Path
) -> None:
    with pytest.raises(ParameterError, match="choose a folder without it"):
        provision("demo", str(tmp_path / name / "workspace"))
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize("name", ["a{x}b", "{}", "a#b", "a%20b", "%", "a*[1]", "a'b;"])
def test_other_characters_in_a_path_do_no_harm(
    name: str, demo_source: Path, tmp_path: Path
) -> None:
    build(demo_source, tmp_path / name / "workspace")
    assert [path.name for path in tmp_path.iterdir()] == [name]


def test_a_lock_is_never_taken_on_somebody_elses_file(tmp_path: Path) -> None:
    lock = tmp_path / "lock"
    lock.write_text("mine")
    with (
        pytest.raises(RunError, match="is not Sparkify's lock"),
        Workspace(tmp_path).lock("a test"),
    ):
        pass
    assert lock.read_text() == "mine"
    lock.rename(tmp_path / "elsewhere")
    lock.symlink_to(tmp_path / "elsewhere")
    with (
        pytest.raises(RunError, match="cannot be written"),
        Workspace(tmp_path).lock("a test"),
    ):
        pass
    assert lock.read_text() == "mine"
    lock.unlink()
    os.mkfifo(lock)
    with (
        pytest.raises(RunError, match="is not Sparkify's lock"),
        Workspace(tmp_path).lock("a test"),
    ):
        pass


FULL = """
import resource, sys
from pathlib import Path
from sparkify.errors import RunError
from sparkify.workspace import Workspace

resource.setrlimit(resource.RLIMIT_FSIZE, (int(sys.argv[2]), resource.RLIM_INFINITY))
try:
    with Workspace(Path(sys.argv[1])).lock("run 1"):
        print("locked")
except RunError as error:
    print(error)
"""


@pytest.mark.parametrize("size", [0, 3])
def test_a_full_disk_at_the_lock_is_named_and_does_not_spoil_the_lock(
    size: int, tmp_path: Path
) -> None:
    done = subprocess.run(
        [sys.executable, "-c", FULL, str(tmp_path), str(size)],
        capture_output=True,
        text=True,
    )
    assert "cannot be written" in done.stdout, done.stderr
    assert "on a disk with free space" in done.stdout
    with Workspace(tmp_path).lock("a test"):
        pass
