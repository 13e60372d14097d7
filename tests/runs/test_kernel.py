"""Kernels use local sockets, or TCP where the file system has none."""

from contextlib import nullcontext, suppress
from pathlib import Path
from tempfile import TemporaryDirectory
from types import SimpleNamespace

import pytest

from sparkify.params import check
from sparkify.runs.chain import StepError, run_chain
from sparkify.runs.kernel import has_sockets, kernel_config
from tests.support.project import Project
from tests.support.watchers import Silent

LONG = "a-name-of-twenty-one-"  # a path of over 107 bytes cannot name a socket


def transport() -> object:
    return kernel_config()["KernelManager"]["transport"]


def deep(folder: Path) -> Path:
    return folder.joinpath(*[LONG] * 6)


def test_a_usual_folder_gets_sockets_and_stays_empty(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    with TemporaryDirectory(dir="/tmp") as folder:  # short, unlike pytest's own
        monkeypatch.setenv("JUPYTER_RUNTIME_DIR", folder)
        assert transport() == "ipc"
        assert list(Path(folder).iterdir()) == []


def test_a_folder_that_holds_no_socket_gets_tcp(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert not has_sockets(deep(tmp_path))
    monkeypatch.setenv("JUPYTER_RUNTIME_DIR", str(deep(tmp_path)))
    assert transport() == "tcp"
    (tmp_path / "file").touch()
    assert not has_sockets(tmp_path / "file" / "folder")


@pytest.mark.kernel
def test_a_run_succeeds_without_sockets(
    project: Project, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("JUPYTER_RUNTIME_DIR", str(deep(project.folder)))
    done = project.run("--to", "2")
    assert done.returncode == 0, done.stdout + done.stderr


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
    with suppress(StepError) if failures > starts else nullcontext():
        run_chain(parameters, tmp_path / "runs", Silent(), ("01_provision",))
    assert len(calls) == starts
