"""A run and its run file: `run.json` in the run's folder, saved at each change."""

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
    """The state of a run or of a step."""

    RUNNING = "running"
    FINISHED = "finished"
    FAILED = "failed"
    INTERRUPTED = "interrupted"


@dataclass
class StepRun:
    """A step of a run.

    Attributes:
        name: The notebook's name without its suffix.
        status: The state of the step.
        started_at: When the step started, in UTC, in ISO 8601.
        seconds: How long the step took, including the start of its kernel.
        summary: What the step did, in a few words.
        figures: The rows and files that the step counted.
        error: Why the step failed.
        error_type: The name of the exception.
    """

    name: str
    status: Status
    started_at: str
    seconds: float = 0.0
    summary: str = ""
    figures: dict[str, Any] = field(default_factory=dict)
    error: str = ""
    error_type: str = ""


@dataclass
class Run:
    """A run of the chain.

    Attributes:
        run_id: The id of the run; ids sort by time.
        folder: The folder of its notebooks and its run file.
        parameters: The value of every parameter.
        chosen: The steps to run, in order.
        status: The state of the run.
        started_at: When the run started, in UTC, in ISO 8601.
        steps: The steps that have started, in order.
    """

    run_id: str
    folder: Path
    parameters: dict[str, Value]
    chosen: list[str]
    status: Status = Status.RUNNING
    started_at: str = field(default_factory=lambda: utc_now())
    steps: list[StepRun] = field(default_factory=list)

    def save(self) -> None:
        """Write the run file; a reader sees either the old one or the new one.

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
                f"run folder '{self.folder}' cannot be written: {error}; choose "
                "another folder with --runs"
            ) from error

    def remaining(self) -> list[str]:
        """Return the chosen steps that have not finished, in order."""
        done = {step.name for step in self.steps if step.status is Status.FINISHED}
        return [name for name in self.chosen if name not in done]

    @classmethod
    def read(cls, folder: Path) -> "Run":
        """Read the run file in a run's folder.

        Raises:
            RunError: The run file is missing or broken.
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
                f"the run file of run '{folder.name}' cannot be read: {error}; start a "
                "new run"
            ) from error


def last_run(runs: Path, workspace: str) -> Run | None:
    """Return the latest run of a workspace, in any state; None without a run.

    Args:
        runs: The folder of all runs.
        workspace: The workspace parameter; its path may be relative.

    Raises:
        RunError: A run file is broken; its run could be the latest.
    """
    for run in _latest_first(runs):
        if resolve(str(run.parameters["workspace"])) == resolve(workspace):
            return run
    return None


def utc_now() -> str:
    """Return the current time in UTC, in ISO 8601, in whole seconds."""
    return datetime.now(UTC).replace(tzinfo=None).isoformat(timespec="seconds")


def _latest_first(runs: Path) -> Iterator[Run]:
    if runs.is_dir():
        for folder in sorted(runs.iterdir(), reverse=True):
            if (folder / RUN_FILE).is_file():
                yield Run.read(folder)
