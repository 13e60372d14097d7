"""The record of a run: `run.json` in the run's folder, written at each turn."""

import json
from collections.abc import Iterator
from dataclasses import asdict, dataclass, field
from datetime import UTC, datetime
from enum import StrEnum
from pathlib import Path
from typing import Any

from sparkify.errors import RunError
from sparkify.files import write_atomic
from sparkify.params import Value
from sparkify.project import resolve

RUN_FILE = "run.json"


class Status(StrEnum):
    """How far a run or a step has come."""

    RUNNING = "running"
    FINISHED = "finished"
    FAILED = "failed"
    INTERRUPTED = "interrupted"


@dataclass
class StepRun:
    """What became of a step.

    Attributes:
        name: The notebook's name without its suffix.
        status: How far it came.
        started_at: When it began, in UTC, by ISO 8601.
        seconds: How long it took, its kernel's start included.
        summary: What it did, in a few words.
        figures: The rows and files that it counted.
        error: Why it failed.
    """

    name: str
    status: Status
    started_at: str
    seconds: float = 0.0
    summary: str = ""
    figures: dict[str, Any] = field(default_factory=dict)
    error: str = ""


@dataclass
class Run:
    """A run of the chain.

    Attributes:
        run_id: Its id; ids sort by time.
        folder: Where its notebooks and its record lie.
        parameters: The value of every parameter.
        chosen: The steps that it is to do, in order.
        status: How far it came.
        started_at: When it began, in UTC, by ISO 8601.
        steps: The steps that it began, in order.
    """

    run_id: str
    folder: Path
    parameters: dict[str, Value]
    chosen: list[str]
    status: Status = Status.RUNNING
    started_at: str = field(default_factory=lambda: utc_now())
    steps: list[StepRun] = field(default_factory=list)

    def save(self) -> None:
        """Writes the record; a reader sees the old one or the new one.

        Raises:
            RunError: The folder cannot be written.
        """
        content = {key: value for key, value in asdict(self).items() if key != "folder"}
        try:
            self.folder.mkdir(parents=True, exist_ok=True)
            text = json.dumps(content, indent=2, ensure_ascii=False) + "\n"
            write_atomic(self.folder / RUN_FILE, text)
        except OSError as error:
            raise RunError(
                f"the run's folder '{self.folder}' cannot be written: {error}; name "
                "another one by --runs"
            ) from error

    def remaining(self) -> list[str]:
        """Gives the chosen steps that are still to do, in order."""
        done = {step.name for step in self.steps if step.status is Status.FINISHED}
        return [name for name in self.chosen if name not in done]

    @classmethod
    def read(cls, folder: Path) -> "Run":
        """Reads the record of a run's folder.

        Raises:
            RunError: It is missing or broken.
        """
        try:
            content = json.loads((folder / RUN_FILE).read_text())
            steps = [
                StepRun(**{**step, "status": Status(step["status"])})
                for step in content.pop("steps")
            ]
            status = Status(content.pop("status"))
            return cls(folder=folder, status=status, steps=steps, **content)
        except (OSError, ValueError, KeyError, TypeError) as error:
            raise RunError(
                f"the record of run '{folder.name}' cannot be read ({error}); start a "
                "new run"
            ) from error


def last_run(runs: Path, workspace: str) -> Run | None:
    """Finds the latest run of a workspace, whatever became of it.

    Args:
        runs: The folder of all runs.
        workspace: The workspace parameter, however its path is written.

    Raises:
        RunError: The record of a later run is broken, so that it could be that one.
    """
    for run in _latest_first(runs):
        if resolve(str(run.parameters["workspace"])) == resolve(workspace):
            return run
    return None


def utc_now() -> str:
    """Gives the moment in UTC, by ISO 8601, in whole seconds."""
    return datetime.now(UTC).replace(tzinfo=None).isoformat(timespec="seconds")


def _latest_first(runs: Path) -> Iterator[Run]:
    if runs.is_dir():
        for folder in sorted(runs.iterdir(), reverse=True):
            if (folder / RUN_FILE).is_file():
                yield Run.read(folder)
