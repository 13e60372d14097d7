"""The process that the kernels of a run are forked from.

A kernel needs as long to import what a notebook imports as most steps to do their
work. This process imports it once for all notebooks of a run. A kernel is a process of
its own: what it changes, the next one does not see.

It takes requests, a JSON object in a line, from a socket. It answers each with a line
`started` and the process id of the kernel, and when that has ended with a line `ended`
and the exit code. It ends when the socket is closed, and the kernel then with it.
"""

import ast
import atexit
import gc
import json
import os
import signal
import socket
import sys
import warnings
from collections.abc import Iterable, Iterator
from contextlib import suppress
from importlib import import_module
from pathlib import Path
from select import select
from socket import SocketIO
from threading import Event
from typing import TypedDict

KERNEL = (
    *("ipykernel.debugger", "ipykernel.ipkernel", "ipykernel.kernelapp"),
    *("ipykernel.zmqshell", "psutil", "sqlite3", "tornado.platform.asyncio"),
)
DEBUGGER = "debugpy"  # nobody can attach it to these kernels, and it takes 0.2 s
SECONDS_TO_FLUSH = 1


class Request(TypedDict):
    """What a kernel is started with."""

    arguments: list[str]
    environment: dict[str, str]
    folder: str


def serve(connection: socket.socket, notebooks: Iterable[str]) -> None:
    """Import what notebooks import, and start a kernel for each request."""
    has_ended = Event()
    atexit.register(_leave, has_ended)  # after what modules imported later register
    gc.disable()  # to look for garbage again and again would take a tenth of the time
    _import(notebooks)
    gc.freeze()  # a kernel looks for garbage among its own objects alone
    gc.enable()
    stream = SocketIO(connection, "rw")
    while line := stream.readline():
        request: Request = json.loads(line)
        alive, held = os.pipe()  # the kernel holds it open as long as it lives
        server, process = os.getpid(), _fork()
        if process == 0:
            stream.close()
            connection.close()
            os.close(alive)
            _become_kernel(request, server)
            break
        os.close(held)
        stream.write(b"started %d\n" % process)
        is_over = alive in select([alive, connection.fileno()], [], [])[0]
        os.close(alive)
        if not is_over:
            break
        status = os.waitpid(process, 0)[1]
        stream.write(b"ended %d\n" % os.waitstatus_to_exitcode(status))
    has_ended.set()


def _fork() -> int:
    """Fork this process.

    Python warns of other threads. Those of numpy and of Arrow's memory pool are made
    for a fork; nothing else here has started one.
    """
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", DeprecationWarning)
        return os.fork()


def imported(notebook: Path) -> Iterator[str]:
    """Yield the names of what the cells of a notebook import, modules and others."""
    for cell in json.loads(notebook.read_text("utf-8"))["cells"]:
        if cell["cell_type"] == "code":
            with suppress(SyntaxError):  # a magic command
                for node in ast.walk(ast.parse("".join(cell["source"]))):
                    if isinstance(node, ast.ImportFrom):
                        yield str(node.module)
                        yield from (f"{node.module}.{each.name}" for each in node.names)
                    elif isinstance(node, ast.Import):
                        yield from (each.name for each in node.names)


def _import(notebooks: Iterable[str]) -> None:
    """Import the modules that a kernel needs, and those that notebooks do.

    What cannot be read or imported is left to the kernel, which tells of it.
    """
    sys.modules[DEBUGGER] = None  # type: ignore[assignment]
    try:
        for name in KERNEL:
            import_module(name)
    finally:
        del sys.modules[DEBUGGER]
    for notebook in notebooks:
        with suppress(Exception):
            for name in imported(Path(notebook)):
                with suppress(ImportError):
                    import_module(name)


def _become_kernel(request: Request, server: int) -> None:
    """Run a kernel in this process, as `python -m ipykernel_launcher` does.

    Args:
        request: What it is started with.
        server: The process that it ends with.
    """
    from ipykernel.kernelapp import IPKernelApp

    os.setsid()
    signal.signal(signal.SIGINT, signal.default_int_handler)
    os.environ.clear()
    os.environ.update(request["environment"])
    os.chdir(request["folder"])
    ends_with = f"--IPKernelApp.parent_handle={server}"
    sys.argv = ["ipykernel_launcher", *request["arguments"], ends_with]
    if random := sys.modules.get("numpy.random"):  # Python seeds its own after a fork
        random.seed()
    if os.getppid() == server:  # else it is dead already
        app = IPKernelApp.instance()
        app.initialize()  # type: ignore[no-untyped-call]
        app.start()  # type: ignore[no-untyped-call]
        # At exit the app ends the thread that writes outputs. If the one of the control
        # channel is still to flush them, it waits for ten seconds.
        app.control_thread.join(SECONDS_TO_FLUSH)


def _leave(has_ended: Event) -> None:
    """Leave a process that has ended without taking its modules apart.

    That would take half a second, and DuckDB would tell of what it leaks. Before,
    threads have ended, the modules' own exit functions have run, and what the cells
    made is released. What a module holds is not.
    """
    if has_ended.is_set():
        gc.collect()
        sys.stdout.flush()
        sys.stderr.flush()
        os._exit(0)


if __name__ == "__main__":
    serve(socket.socket(fileno=int(sys.argv[1])), sys.argv[2:])
