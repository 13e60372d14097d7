"""How the kernels of a run are started."""

import socket
from contextlib import chdir
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from traitlets.config import Config

SOCKET = "kernel-ipc"  # the start of a socket's name; a number follows


def kernel_config(folder: Path) -> "Config":
    """Return the configuration of a kernel.

    Kernels use local sockets, so that no other machine can reach them. Where the file
    system has none, as in a Windows folder under WSL, they use TCP on loopback. The
    sockets and the file that names them are in the run's folder, so that it is known
    whose they are if the run is killed. Kernels' logs are silent, because the notebook
    shows an error already.

    Args:
        folder: The run's folder, where the kernel is started.
    """
    from traitlets.config import Config

    manager = {"transport": "tcp", "connection_file": str(folder / "kernel.json")}
    if has_sockets(folder):
        # A relative name: a path of over 107 bytes cannot name a socket.
        manager |= {"transport": "ipc", "ip": SOCKET}
    return Config(
        {
            "KernelManager": manager,
            "NotebookClient": {"extra_arguments": ["--IPKernelApp.log_level=CRITICAL"]},
        }
    )


def has_sockets(folder: Path) -> bool:
    """Return whether a folder can hold the sockets of a kernel."""
    try:
        with (
            TemporaryDirectory(dir=folder) as place,
            chdir(place),
            socket.socket(socket.AF_UNIX) as trial,
        ):
            trial.bind(SOCKET)
    except (OSError, AttributeError):
        return False
    return True
