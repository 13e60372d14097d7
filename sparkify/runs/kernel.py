"""How the kernels of a run are started."""

import socket
from pathlib import Path
from tempfile import mkdtemp
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from traitlets.config import Config


def kernel_config() -> "Config":
    """Return the configuration of a kernel.

    Kernels use local sockets, so that no other machine can reach them. Where the file
    system has none, as in a Windows folder under WSL, they use TCP on loopback. Their
    logs are silent, because the notebook shows an error already.
    """
    from jupyter_core.paths import jupyter_runtime_dir
    from traitlets.config import Config

    folder = Path(jupyter_runtime_dir())
    transport = "ipc" if has_sockets(folder) else "tcp"
    return Config(
        {
            "KernelManager": {"transport": transport},
            "NotebookClient": {"extra_arguments": ["--IPKernelApp.log_level=CRITICAL"]},
        }
    )


def has_sockets(folder: Path) -> bool:
    """Return whether a folder can hold the sockets of a kernel."""
    try:
        folder.mkdir(parents=True, exist_ok=True)
        trial = Path(mkdtemp(prefix="sockets-", dir=folder))
    except OSError:
        return False
    # As long as the name that a kernel gives its sockets.
    path = trial / "kernel-00000000-0000-0000-0000-000000000000-ipc-1"
    try:
        with socket.socket(socket.AF_UNIX) as trial_socket:
            trial_socket.bind(str(path))
    except (OSError, AttributeError):
        return False
    finally:
        path.unlink(missing_ok=True)
        trial.rmdir()
    return True
