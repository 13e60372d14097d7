"""Kernels that are forked from a process which has imported what they import."""

import asyncio
import json
import os
import signal
import socket
import subprocess
import sys
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from pathlib import Path
from selectors import EVENT_READ, DefaultSelector
from socket import SocketIO
from threading import Lock
from typing import TYPE_CHECKING, Any

from sparkify.runs import fork_server
from sparkify.runs.fork_server import Request

if TYPE_CHECKING:
    from jupyter_client.connect import KernelConnectionInfo
    from jupyter_client.manager import AsyncKernelManager

PROGRAM = fork_server.__name__
LAUNCHER = "ipykernel_launcher"
STARTED, ENDED = b"started", b"ended"
SECONDS_TO_IMPORT = 60
SECONDS_TO_END = 1  # then jupyter_client asks ten times a second
SECONDS_OF_SILENCE = 0.02  # before a notebook; jupyter_client waits ten times as long
MILLISECONDS_TO_CONNECT = 5  # until ZeroMQ tries again; else 100
OPTIONS = ["-P", "-m"]


class ForkedKernel:
    """A kernel that a fork server started; behaves as its `subprocess.Popen` would.

    Attributes:
        pid: Its process id, which is that of its process group too.
        returncode: Its exit code, or None if it has not been seen to end.
    """

    stdin = stdout = stderr = None

    def __init__(self, pid: int, answers: SocketIO) -> None:
        self.pid = pid
        self.returncode: int | None = None
        self._answers = answers
        self._lock = Lock()

    def poll(self) -> int | None:
        """Return the exit code if the kernel has ended."""
        with self._lock:  # else two threads would read the one answer
            if self.returncode is None and _has_answer(self._answers, 0):
                # Without an answer the server has died, and the kernel with it.
                self.returncode = int(_answer(self._answers, ENDED) or -signal.SIGKILL)
        return self.returncode

    def wait(self, timeout: float | None = None) -> int | None:
        """Return the exit code when the kernel has ended, or None after the timeout.

        Args:
            timeout: Seconds to wait at most.
        """
        if self.returncode is None:
            _has_answer(self._answers, timeout)
        return self.poll()

    def send_signal(self, signum: int) -> None:
        """Send a signal to the kernel, if it has not ended."""
        if self.poll() is None:
            with suppress(ProcessLookupError):
                os.kill(self.pid, signum)

    def kill(self) -> None:
        """Kill the kernel, if it has not ended."""
        self.send_signal(signal.SIGKILL)

    def terminate(self) -> None:
        """Ask the kernel to end, if it has not ended."""
        self.send_signal(signal.SIGTERM)


class ForkServer:
    """Starts kernels by forking a process that has imported what notebooks import."""

    def __init__(self, connection: socket.socket) -> None:
        self._connection = connection
        self._answers = SocketIO(connection, "r")

    def start_kernel(self, request: Request) -> ForkedKernel | None:
        """Start a kernel; return None if the server has died, or imports for ever."""
        with suppress(OSError):
            self._connection.sendall(json.dumps(request).encode() + b"\n")
            if not _has_answer(self._answers, SECONDS_TO_IMPORT):
                self._connection.shutdown(socket.SHUT_RDWR)
        pid = _answer(self._answers, STARTED)
        return ForkedKernel(int(pid), self._answers) if pid else None


def _has_answer(answers: SocketIO, seconds: float | None = None) -> bool:
    """Return whether there is an answer, or the server has died; wait for it."""
    with DefaultSelector() as selector:
        selector.register(answers, EVENT_READ)
        return bool(selector.select(seconds))


def _answer(answers: SocketIO, kind: bytes) -> bytes:
    """Return the next answer of a kind; an empty one if the server has died."""
    with suppress(OSError):
        while line := answers.readline():
            found, _, number = line.partition(b" ")
            if found == kind:  # else the end of a kernel that nobody asked for
                return number
    return b""


@contextmanager
def start_server(notebooks: Sequence[Path]) -> Iterator[ForkServer | None]:
    """Yield a server for the kernels of notebooks, or None where there can be none.

    Only on Linux: on macOS a process that has used the system's libraries cannot be
    forked safely, and Windows has no fork.
    """
    if sys.platform != "linux" or not notebooks:
        yield None
        return
    ours, theirs = socket.socketpair()
    number = theirs.fileno()
    with (
        ours,
        theirs,
        subprocess.Popen(  # noqa: S603
            [sys.executable, *OPTIONS, PROGRAM, str(number), *map(str, notebooks)],
            stdin=subprocess.DEVNULL,
            pass_fds=[number],
            start_new_session=True,  # Ctrl+C is for the run, which ends the kernel
        ) as server,
    ):
        theirs.close()
        try:
            yield ForkServer(ours)
        finally:
            server.kill()  # it may be importing still


def kernel_options(server: ForkServer | None) -> dict[str, Any]:
    """Return the options of papermill by which a server, if any, starts the kernels."""
    return {"kernel_manager_class": _manager_class(server)} if server else {}


def _manager_class(server: ForkServer) -> "type[AsyncKernelManager]":
    import zmq
    from jupyter_client.asynchronous.client import AsyncKernelClient
    from jupyter_client.channels import AsyncZMQSocketChannel
    from jupyter_client.manager import AsyncKernelManager
    from jupyter_client.provisioning.local_provisioner import LocalProvisioner

    class OutputChannel(AsyncZMQSocketChannel):
        async def get_msg(  # type: ignore[override]
            self, timeout: float | None = None
        ) -> dict[str, Any]:
            if timeout is not None:
                timeout = min(timeout, SECONDS_OF_SILENCE)
            return await super().get_msg(timeout)

    class ForkedKernelClient(AsyncKernelClient):
        iopub_channel_class = OutputChannel

        def __init__(self, **kwargs: Any) -> None:
            super().__init__(**kwargs)
            self.context.setsockopt(zmq.RECONNECT_IVL, MILLISECONDS_TO_CONNECT)

    class ForkProvisioner(LocalProvisioner):
        async def launch_kernel(
            self, cmd: list[str], **kwargs: Any
        ) -> "KernelConnectionInfo":
            folder, kernel = str(kwargs.get("cwd") or Path.cwd()), None
            if cmd[0] == sys.executable and LAUNCHER in cmd:  # no foreign kernel
                kernel = server.start_kernel(
                    {
                        "arguments": cmd[cmd.index(LAUNCHER) + 1 :],
                        "environment": kwargs["env"],
                        "folder": folder,
                    }
                )
            if kernel is None:
                return await super().launch_kernel(cmd, **kwargs)
            self.process: Any = kernel
            self.cwd = folder
            self.pid = self.pgid = kernel.pid
            return self.connection_info

        async def shutdown_requested(self, restart: bool = False) -> None:
            if isinstance(self.process, ForkedKernel):
                await asyncio.to_thread(self.process.wait, SECONDS_TO_END)

    class ForkedKernelManager(AsyncKernelManager):
        def __init__(self, **kwargs: Any) -> None:
            super().__init__(**kwargs)
            self.client_factory = ForkedKernelClient
            self.provisioner = ForkProvisioner(
                kernel_id=self.kernel_id, kernel_spec=self.kernel_spec, parent=self
            )

    return ForkedKernelManager
