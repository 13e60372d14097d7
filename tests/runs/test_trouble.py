"""A run that finds no space, memory or rights says so, and loses nothing."""

import os
import re
import resource
import shutil
import subprocess
from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from time import time

import pytest

from sparkify.errors import SparkifyError
from sparkify.steps.create_schema import create_schema
from sparkify.steps.flatten import flatten
from sparkify.steps.load import load_staging
from sparkify.steps.transform import build_star
from tests.support.project import Project
from tests.support.stars import build, expected

pytestmark = pytest.mark.kernel

# Root may write and read all, unless it gives these up.
OVERRIDES = "-dac_override,-dac_read_search"
WITHOUT_RIGHTS = ("setpriv", f"--bounding-set={OVERRIDES}", f"--inh-caps={OVERRIDES}")
# A module that each Python process imports at its start: its clock is wrong.
OTHER_CLOCK = """
import os, time, time_machine

time_machine.travel(time.time() + float(os.environ["CLOCK_IS_OFF"])).start()
"""
BROWSER = re.compile("Mozilla|Iceape!")


@dataclass(frozen=True)
class Trouble:
    """What goes wrong in a run, and what the run must say.

    Attributes:
        said: A pattern of the message.
        arguments: More arguments of the command.
        most_bytes: The largest file that the run may write, as if the disk were full.
        forbid: Takes rights from a project's folders.
    """

    said: str
    arguments: tuple[str, ...] = ()
    most_bytes: int = resource.RLIM_INFINITY
    forbid: Callable[[Project], None] | None = None


def last_log(project: Project) -> Path:
    return max((project.source / "log_data").rglob("*.json"))


def forbid_last_log(project: Project) -> None:
    last_log(project).chmod(0)


def forbid_workspace(project: Project) -> None:
    for path in (project.workspace, *project.workspace.rglob("*")):
        path.chmod(0o555 if path.is_dir() else 0o444)


def allow_all(project: Project) -> None:
    for root in (project.source, project.workspace):
        for path in (root, *root.rglob("*")):
            path.chmod(0o755 if path.is_dir() else 0o644)


TROUBLES = {
    "no space for a version": Trouble(
        r"cannot be written: .*File too large.*free space on its disk",
        most_bytes=2_000_000,
    ),
    "no space for the flattened rows": Trouble(
        r"(File too large|could not be written)", most_bytes=64_000
    ),
    "no right to read the source": Trouble(
        r"log_data/.*\.json.*Permission denied", forbid=forbid_last_log
    ),
    "no right to write the workspace": Trouble(
        r"workspace '.*' cannot be written: .*Permission denied.*choose a folder",
        forbid=forbid_workspace,
    ),
}


@pytest.fixture(scope="module")
def finished(source: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return a workspace with a star that lacks the last log."""
    project = Project(
        tmp_path_factory.mktemp("early") / "source",
        tmp_path_factory.mktemp("finished"),
    )
    shutil.copytree(source, project.source)
    last_log(project).unlink()
    build(project.source, project.workspace)
    return project.workspace


@pytest.fixture
def project(source: Path, finished: Path, tmp_path: Path) -> Project:
    """Return a project with a copy of that workspace, and with all logs."""
    copy = Project(tmp_path / "source", tmp_path)
    shutil.copytree(source, copy.source)
    shutil.copytree(finished, copy.workspace)
    return copy


def prefix(trouble: Trouble) -> tuple[str, ...]:
    """Return the command that starts a run without root's rights."""
    if trouble.forbid is None or os.geteuid() != 0:
        return ()
    if not shutil.which(WITHOUT_RIGHTS[0]):
        pytest.skip("needs setpriv, or a user that is not root")
    return WITHOUT_RIGHTS


@pytest.mark.parametrize("what", TROUBLES)
def test_a_run_in_trouble_says_so_and_loses_nothing(
    what: str, project: Project
) -> None:
    trouble, before = TROUBLES[what], project.star()
    if trouble.forbid:
        trouble.forbid(project)
    limit = (trouble.most_bytes, trouble.most_bytes)
    refused = subprocess.run(
        [*prefix(trouble), *project.command("--to", "5", *trouble.arguments)],
        capture_output=True,
        text=True,
        preexec_fn=partial(resource.setrlimit, resource.RLIMIT_FSIZE, limit),
    )
    allow_all(project)
    assert refused.returncode == 1, refused.stdout + refused.stderr
    assert re.search(trouble.said, refused.stderr), refused.stderr
    assert "Traceback" not in refused.stderr
    assert project.star() == before
    build(project.source, project.workspace)
    assert project.star() == expected(project.source) != before


STEPS: dict[str, Callable[..., object]] = {
    "could be flattened": flatten,
    "could be loaded": load_staging,
    "could be built": build_star,
}


@pytest.mark.parametrize("what", STEPS)
def test_a_step_with_too_little_memory_says_so_and_loses_nothing(
    what: str, project: Project
) -> None:
    before, workspace = project.star(), str(project.workspace)
    create_schema(workspace)
    for step in STEPS.values():
        arguments = [str(project.source)] * (step is flatten) + [workspace]
        if step is STEPS[what]:
            with pytest.raises(SparkifyError, match=r"memory_limit .*too small.*raise"):
                step(*arguments, memory_limit="1MB")
            break
        step(*arguments)
    assert project.star() == before
    build(project.source, project.workspace)
    assert project.star() == expected(project.source) != before


def test_a_memory_limit_below_what_any_run_needs_is_refused(project: Project) -> None:
    refused = project.run("-p", "memory_limit=99MB")
    assert refused.returncode == 2
    assert "'memory_limit' cannot be '99MB'" in refused.stderr
    assert "at least 100MB" in refused.stderr


def test_runs_are_whole_and_in_order_while_the_clock_is_set_back(
    project: Project, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "sitecustomize.py").write_text(OTHER_CLOCK)
    monkeypatch.setenv("PYTHONPATH", str(tmp_path), prepend=os.pathsep)
    log, ids, starts = last_log(project), list[str](), list[str]()
    for days, browser in ((0, "Mozilla"), (-400, "Iceape!")):
        before, seconds = project.star(), days * 86_400
        monkeypatch.setenv("CLOCK_IS_OFF", str(seconds))
        # As large as before, and changed at the time that the clock shows.
        log.write_text(BROWSER.sub(browser, log.read_text()))
        os.utime(log, (time() + seconds,) * 2)
        run = project.run("--to", "5")
        assert run.returncode == 0, run.stdout + run.stderr
        assert project.star() == expected(project.source) != before
        ids.append(project.run_file()["run_id"])
        starts.append(project.run_file()["started_at"])
    assert ids == sorted(set(ids))
    assert starts == sorted(set(starts), reverse=True)
