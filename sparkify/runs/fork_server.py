"""The process that the kernels of a run are forked from.

A kernel needs as long to import what a notebook imports as most steps to do their
work. This process imports it once for all notebooks of a run. Nothing else is shared:
each kernel is a process of its own.

It takes requests, a JSON object in a line, from a socket, and answers each with a line
that holds the process id of the kernel, and with one that holds its exit code when it
has ended. It ends when the socket is closed, and the kernel then with it.
"""

import ast
import json
import os
import signal
import socket
import sys
from collections.abc import Iterable, Iterator
from contextlib import suppress
from importlib import import_module
from pathlib import Path
from select import select
from socket import SocketIO
from typing import TypedDict

KERNEL = (
    *("ipykernel.debugger", "ipykernel.ipkernel", "ipykernel.kernelapp"),
    *("ipykernel.zmqshell", "psutil", "sqlite3", "tornado.platform.asyncio"),
)


class Request(TypedDict):
    """What a kernel is started with."""

    arguments: list[str]
    environment: dict[str, str]
    folder: str


def serve(connection: socket.socket, notebooks: Iterable[str]) -> None:
    """Import what notebooks import, and start a kernel for each request."""
    _import(notebooks)
    stream = SocketIO(connection, "rw")
    while line := stream.readline():
        request: Request = json.loads(line)
        process = os.fork()
        if process == 0:
            stream.close()
            connection.close()
            _become_kernel(request)
            return
        stream.write(b"%d\n" % process)
        if not _has_ended(process, connection):
            return
        status = os.waitpid(process, 0)[1]
        stream.write(b"%d\n" % os.waitstatus_to_exitcode(status))


def imported(notebook: Path) -> Iterator[str]:
    """Yield the names of what the cells of a notebook import, modules and others."""
    for cell in json.loads(notebook.read_text("utf-8"))["cells"]:
        if cell["cell_type"] == "code":
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
    for name in KERNEL:
        import_module(name)
    for notebook in notebooks:
        with suppress(Exception):
            for name in imported(Path(notebook)):
                with suppress(ImportError):
                    import_module(name)


def _has_ended(process: int, connection: socket.socket) -> bool:
    """Wait until a kernel ends or the connection does; tell whether the kernel has."""
    kernel = os.pidfd_open(process)
    try:
        return kernel in select([kernel, connection.fileno()], [], [])[0]
    finally:
        os.close(kernel)


def _become_kernel(request: Request) -> None:
    """Run a kernel in this process, as `python -m ipykernel_launcher` does."""
    from ipykernel.kernelapp import IPKernelApp

    os.setsid()
    signal.signal(signal.SIGINT, signal.default_int_handler)
    os.environ.clear()
    os.environ.update(request["environment"])
    os.chdir(request["folder"])
    ends_with = f"--IPKernelApp.parent_handle={os.getppid()}"
    sys.argv = ["ipykernel_launcher", *request["arguments"], ends_with]
    IPKernelApp.launch_instance()


if __name__ == "__main__":
    serve(socket.socket(fileno=int(sys.argv[1])), sys.argv[2:])
