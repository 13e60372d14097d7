"""Kernels use local sockets, or TCP where the file system has none."""

from contextlib import nullcontext
from pathlib import Path
from types import SimpleNamespace

import pytest

from sparkify.params import check
from sparkify.runs.chain import StepError, run_chain
from sparkify.runs.kernel import has_sockets, kernel_config
from sparkify.runs.run import Status
from tests.support.project import Project, wait_until
from tests.support.watchers import Silent

LONG = "a-name-of-twenty-one-"  # a path of over 107 bytes cannot name a socket


def transport(folder: Path) -> object:
    return kernel_config(folder)["KernelManager"]["transport"]


def deep(folder: Path) -> Path:
    return folder.joinpath(*[LONG] * 6)


def test_a_folder_gets_sockets_however_long_its_path_and_stays_empty(
    tmp_path: Path,
) -> None:
    folder = deep(tmp_path)
    folder.mkdir(parents=True)
    assert transport(folder) == "ipc"
    assert list(folder.iterdir()) == []


def test_a_folder_that_holds_no_socket_gets_tcp(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "file").touch()
    assert not has_sockets(tmp_path / "file" / "folder")
    monkeypatch.delattr("socket.AF_UNIX")
    assert transport(tmp_path) == "tcp"


@pytest.mark.kernel
def test_a_run_succeeds_without_sockets(
    project: Project, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("sparkify.runs.kernel.has_sockets", lambda _: False)
    given = check({"source": str(project.source), "workspace": str(project.workspace)})
    run = run_chain(given, project.runs, Silent(), ("02_create_schema",))
    assert run.status is Status.FINISHED
    assert not {path.name for path in run.folder.glob("kernel*")}


@pytest.mark.kernel
def test_a_run_in_a_deep_folder_uses_sockets_and_leaves_none(project: Project) -> None:
    far = Project(project.source, deep(project.folder))
    with far.start("--to", "1") as started:
        wait_until(lambda: any(path.is_socket() for path in far.runs.rglob("kernel*")))
        output = started.communicate()[0]
    assert started.returncode == 0, output
    assert not list(far.runs.rglob("kernel*"))


DIED = "Kernel died before replying to kernel_info"


@pytest.mark.parametrize(
    ("message", "failures", "starts"),
    [(DIED, 2, 3), (DIED, 9, 3), ("another error", 9, 1)],
)
def test_a_kernel_that_dies_before_it_answers_is_started_again(
    message: str,
    failures: int,
    starts: int,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    calls = []

    def execute(*given: object, **more: object) -> SimpleNamespace:
        calls.append(given)
        if len(calls) <= failures:
            raise RuntimeError(message)
        return SimpleNamespace(cells=[])

    monkeypatch.setattr("papermill.execute_notebook", execute)
    parameters = check({"workspace": str(tmp_path / "workspace")})
    with pytest.raises(StepError) if failures > starts else nullcontext():
        run_chain(parameters, tmp_path / "runs", Silent(), ("01_provision",))
    assert len(calls) == starts
