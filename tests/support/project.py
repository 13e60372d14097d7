"""A project of its own for a test, whose runs are processes."""

import json
import subprocess
import sys
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from time import monotonic, sleep
from typing import Any

import psutil

from sparkify.runs.step import RUN_FOLDER
from sparkify.warehouse import open_star
from tests.support.stars import Rows, read

SECONDS_TO_WAIT = 120
PARAMETERS = "params/local.yaml"


@dataclass(frozen=True)
class Project:
    """A source, a workspace and a folder for runs."""

    source: Path
    folder: Path

    @property
    def workspace(self) -> Path:
        return self.folder / "workspace"

    @property
    def runs(self) -> Path:
        return self.folder / "runs"

    def command(self, *more: str) -> list[str]:
        return [
            # Not by `python -m`, which can end by an interrupt that was handled.
            *(str(Path(sys.executable).with_name("sparkify")), "run", PARAMETERS),
            *("-p", f"source={self.source}", "-p", f"workspace={self.workspace}"),
            *("--runs", str(self.runs), *more),
        ]

    def run(self, *more: str) -> subprocess.CompletedProcess[str]:
        return subprocess.run(self.command(*more), capture_output=True, text=True)

    def start(self, *more: str) -> subprocess.Popen[str]:
        return subprocess.Popen(
            self.command(*more),
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
        )

    def run_file(self) -> dict[str, Any]:
        """Return the content of the last run's run file."""
        latest = sorted(self.runs.glob("*/run.json"))[-1]
        content: dict[str, Any] = json.loads(latest.read_text())
        return content

    def star(self) -> Rows:
        with open_star(str(self.workspace)) as session:
            return read(session)


def wait_until(condition: Callable[[], bool]) -> None:
    """Wait for something that another process does."""
    until = monotonic() + SECONDS_TO_WAIT
    while not condition():
        assert monotonic() < until, "it did not happen"
        sleep(0.05)


def is_running(
    project: Project, step: str, process_id: int | None = None
) -> Callable[[], bool]:
    """Tell whether the last run has begun a step and not yet another.

    Args:
        project: The project of the run.
        step: The name of the step.
        process_id: The process that must have begun it; any process if None.
    """

    def check() -> bool:
        if not any(project.runs.glob("*/run.json")):
            return False
        run = project.run_file()
        if process_id not in (None, run["process"].get("pid")):
            return False
        return bool(run["steps"]) and run["steps"][-1]["name"] == step

    return check


def kernels_of(project: Project) -> list[psutil.Process]:
    """Find the kernels of the project's runs, by the run that they were told of."""
    found = []
    for process in psutil.process_iter():
        with suppress(psutil.Error):
            folder = process.environ().get(RUN_FOLDER, "")
            if Path(folder).is_relative_to(project.runs) and folder:
                found.append(process)
    return found
