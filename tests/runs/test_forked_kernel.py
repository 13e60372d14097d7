"""The kernels of a run are forked from one process and share its imports alone."""

import ast
import json
import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import psutil
import pytest
from nbformat.v4 import new_code_cell, new_notebook

from sparkify.runs import forked_kernel, notebook
from sparkify.runs.fork_server import Request, imported
from sparkify.runs.forked_kernel import ForkServer, start_server
from sparkify.runs.run import Run
from tests.support.project import wait_until

pytestmark = [
    pytest.mark.kernel,
    pytest.mark.skipif(sys.platform != "linux", reason="needs Linux to fork"),
]
KERNEL = {"kernelspec": {"name": "python3", "display_name": "", "language": "python"}}


class Bench:
    """Executes notebooks that print what they see, with one server or none."""

    def __init__(self, folder: Path) -> None:
        self.run = Run("run", folder / "run", {}, [])
        self.run.folder.mkdir()
        self.path = notebook.path_of("printing")
        self._others = {*psutil.Process().children()}

    def children(self) -> set[psutil.Process]:
        """Return the processes that this one has started since."""
        return {*psutil.Process().children()} - self._others

    def write(self, *cells: str) -> None:
        """Write the notebook."""
        code = [new_code_cell(cell) for cell in cells]  # type: ignore[no-untyped-call]
        made = new_notebook(cells=code, metadata=KERNEL)  # type: ignore[no-untyped-call]
        self.path.write_text(json.dumps(made))

    def execute(self, server: ForkServer | None) -> list[str]:
        """Return what the notebook's cells print."""
        executed = notebook.execute(self.run, self.path.stem, server)
        return [cell.outputs[0].text.strip() for cell in executed.cells]


@pytest.fixture
def bench(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Bench]:
    monkeypatch.setattr(notebook, "NOTEBOOKS", tmp_path)
    bench = Bench(tmp_path)
    yield bench
    wait_until(lambda: not bench.children())


def test_what_notebooks_import_is_there_already_and_nothing_else_is_shared(
    bench: Bench,
) -> None:
    bench.write(
        "import os, sys\nprint('colorsys' in sys.modules, hasattr(os, 'mark'))",
        "import colorsys\nos.mark = 1\nprint(os.getppid())",
        "print(os.getpid(), os.getpgid(0))",
    )
    with start_server([bench.path]) as server:
        first, second = bench.execute(server), bench.execute(server)
    alone = bench.execute(None)
    assert first[0] == second[0] == "True False"
    assert alone[0] == "False False"
    assert first[1] == second[1] != str(os.getpid()) == alone[1]
    groups = {text for each in (first, second, alone) for text in each[2].split()}
    assert len(groups) == 3  # each kernel leads its own group of processes


def test_a_kernel_has_the_environment_and_streams_of_one_that_starts_by_itself(
    bench: Bench, monkeypatch: pytest.MonkeyPatch
) -> None:
    bench.write(
        "import os, sys\nprint(os.environ['LATER'], os.environ.get('EARLIER'))",
        "print(os.getcwd(), [*filter(None, sys.path)], __name__)",
        "print([os.readlink(f'/proc/self/fd/{number}') for number in (0, 1, 2)])",
        "import random\nprint(random.random())",
        "import numpy.random\nprint(numpy.random.random())",
        "import gc, debugpy\nprint(gc.isenabled())",
    )
    monkeypatch.setenv("EARLIER", "set before the server's start")
    with start_server([bench.path]) as server:
        monkeypatch.setenv("LATER", "set after the server's start")
        monkeypatch.delenv("EARLIER")
        first, second = bench.execute(server), bench.execute(server)
    alone = bench.execute(None)
    assert first[:2] == second[:2] == alone[:2]
    assert first[0] == "set after the server's start None"
    (read, *written), (_, *expected) = map(ast.literal_eval, (first[2], alone[2]))
    assert (read, written) == ("/dev/null", expected)
    assert first[3] != second[3]
    assert first[4] != second[4]
    assert first[5] == "True"


def test_a_kernel_that_is_killed_is_known_to_be_dead(bench: Bench) -> None:
    bench.write("import os, signal\nos.kill(os.getpid(), signal.SIGKILL)")
    with start_server([bench.path]) as server:
        with pytest.raises(Exception, match="Kernel died"):
            bench.execute(server)
        bench.write("print('the next')")
        assert bench.execute(server) == ["the next"]


def test_a_failed_notebook_is_kept_as_far_as_it_came(bench: Bench) -> None:
    bench.write("print('before')", "1 / 0", "print('after')")
    with (
        start_server([bench.path]) as server,
        pytest.raises(Exception, match="division by zero"),
    ):
        bench.execute(server)
    kept = json.loads((bench.run.folder / bench.path.name).read_text())
    outputs = [cell["outputs"] for cell in kept["cells"] if cell.get("outputs")]
    assert [each[0].get("text") for each in outputs[-2:]] == [["before\n"], None]
    assert outputs[-1][0]["ename"] == "ZeroDivisionError"


def test_a_kernel_ends_in_order(bench: Bench, tmp_path: Path) -> None:
    (tmp_path / "run" / "leaving.py").write_text(
        "import atexit, pathlib, threading, time\n"
        "def write(name): pathlib.Path(name).write_text('done')\n"
        "class Held:\n    def __del__(self): write('released')\n"
        "def work():\n    time.sleep(0.5)\n    write('worked')\n"
        "atexit.register(write, 'exited')\n"
    )
    bench.write(
        "import sys\nsys.path.append('')\nimport leaving\n"
        "held = leaving.Held()\nheld.itself = held",
        "file = open('written', 'w')\nprint(file.write('done'))",
        "leaving.threading.Thread(target=leaving.work).start()",
    )
    with start_server([bench.path]) as server:
        notebook.execute(bench.run, bench.path.stem, server)
    for name in ("released", "written", "worked", "exited"):
        assert (bench.run.folder / name).read_text() == "done", name


def test_a_kernel_is_not_closed_before_it_has_flushed(bench: Bench) -> None:
    bench.write(
        "import atexit, pathlib, sys, time\n"
        "from ipykernel.kernelapp import IPKernelApp\n"
        "thread = IPKernelApp.instance().control_thread\n"
        "at_exit = pathlib.Path('at_exit')\n"
        "atexit.register(lambda: at_exit.write_text(str(thread.is_alive())))\n"
        "flush = sys.stdout.flush\n"
        "sys.stdout.flush = lambda: time.sleep(0.3) or flush()"
    )
    with start_server([bench.path]) as server:
        notebook.execute(bench.run, bench.path.stem, server)
    assert (bench.run.folder / "at_exit").read_text() == "False"


def test_a_kernel_starts_by_itself_if_the_server_is_dead(bench: Bench) -> None:
    bench.write("import os\nprint(os.getppid())")
    with start_server([bench.path]) as server:
        (process,) = bench.children()
        process.kill()
        process.wait()
        assert bench.execute(server) == [str(os.getpid())]


def test_a_server_ends_with_the_kernel_that_it_started(bench: Bench) -> None:
    bench.write("import os\nos.kill(os.getppid(), 9)\nimport time\ntime.sleep(60)")
    with start_server([bench.path]) as server, pytest.raises(Exception, match="died"):
        bench.execute(server)


def test_an_end_that_nobody_asked_for_is_not_taken_for_a_start(bench: Bench) -> None:
    request: Request = {
        "arguments": ["--version"],
        "environment": dict(os.environ),
        "folder": str(bench.run.folder),
    }
    with start_server([bench.path]) as server:
        assert server
        first = server.start_kernel(request)
        assert first
        wait_until(lambda: not psutil.pid_exists(first.pid))
        second = server.start_kernel(request)
        assert second
        assert second.pid > 1
        assert second.wait() == 0


def test_a_server_that_imports_for_ever_is_done_without(
    bench: Bench, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "endless.py").write_text("import time\ntime.sleep(3600)\n")
    monkeypatch.setenv("PYTHONPATH", str(tmp_path), prepend=os.pathsep)
    monkeypatch.setattr(forked_kernel, "SECONDS_TO_IMPORT", 1)
    bench.write("if 0:\n    import endless\nimport os\nprint(os.getppid())")
    with start_server([bench.path]) as server:
        assert bench.execute(server) == [str(os.getpid())]
        assert bench.execute(server) == [str(os.getpid())]


def test_a_server_says_nothing(bench: Bench, capfd: pytest.CaptureFixture[str]) -> None:
    bench.write("import numpy, pandas, pyarrow\nprint(1)")
    with start_server([bench.path]) as server:
        bench.execute(server)
    assert capfd.readouterr() == ("", "")


def test_a_server_whose_run_was_killed_tells_of_no_leak(bench: Bench) -> None:
    bench.write("import sparkify.evidence.star, sparkify.warehouse.duckdb")
    run = f"""
import os
from pathlib import Path
from sparkify.runs.forked_kernel import start_server
with start_server([Path({str(bench.path)!r})]) as server:
    request = {{"arguments": [], "environment": {{**os.environ}}, "folder": "/"}}
    server.start_kernel(request)
    os.kill(os.getpid(), 9)
"""
    killed = subprocess.run([sys.executable, "-c", run], capture_output=True)
    assert killed.returncode == -signal.SIGKILL
    assert b"leaked" not in killed.stderr


def test_a_notebook_tells_what_it_cannot_import(bench: Bench) -> None:
    bench.write("import not_there")
    with (
        start_server([bench.path]) as server,
        pytest.raises(Exception, match="No module named 'not_there'"),
    ):
        bench.execute(server)


def test_there_is_no_server_without_notebooks() -> None:
    with start_server([]) as server:
        assert server is None


def test_names_are_those_of_all_imports(bench: Bench) -> None:
    bench.write("import os, sys as s\nfrom a.b import c, d as e", "%time", "x = 1")
    assert [*imported(bench.path)] == ["os", "sys", "a.b", "a.b.c", "a.b.d"]
