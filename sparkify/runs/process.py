"""The process of a run, and whether it is still there."""

import os
import socket
from pathlib import Path
from typing import TypedDict

PROC = Path("/proc")
STATE, STARTED = 0, 19  # fields of /proc/PID/stat, counted after the program's name
ENDED = "ZX"  # the states of a process that only waits for its parent


class Process(TypedDict, total=False):
    """What tells a process from every other one.

    Attributes:
        host: The machine or container.
        boot: The boot of the machine, by Linux's identifier.
        pid: The process id, which is given again when the process has ended.
        started: When the process started, in ticks since the boot.
    """

    host: str
    boot: str
    pid: int
    started: int


def this_process() -> Process:
    """Return what tells this process; its start is known on Linux alone."""
    known = Process(host=socket.gethostname(), pid=os.getpid())
    started = _started(os.getpid())
    if started is not None:
        known["boot"], known["started"] = _boot(), started
    return known


def has_ended(process: Process) -> bool | None:
    """Return whether a process has ended; None if that cannot be known from here."""
    if process.get("host") != socket.gethostname() or "started" not in process:
        return None
    if process.get("boot") != _boot():
        return True
    return _started(process["pid"]) != process["started"]


def _started(pid: int) -> int | None:
    """Return when a process started, in ticks; None if it has ended."""
    try:
        text = (PROC / str(pid) / "stat").read_text(errors="replace")
    except OSError:
        return None
    fields = text.rpartition(")")[2].split()  # the name may hold spaces and brackets
    return None if fields[STATE] in ENDED else int(fields[STARTED])


def _boot() -> str:
    try:
        return (PROC / "sys/kernel/random/boot_id").read_text().strip()
    except OSError:
        return ""
