"""The record of a run: `run.json` in the run's folder, written at each turn."""

import json
from collections.abc import Iterator
from dataclasses import asdict, dataclass, field
from datetime import UTC, datetime
from enum import StrEnum
from pathlib import Path

from sparkify.errors import RunError
from sparkify.params import Value

RECORD = "run.json"


class Status(StrEnum):
    """How far a run or a step has come."""

    RUNNING = "running"
    FINISHED = "finished"
    FAILED = "failed"
    INTERRUPTED = "interrupted"


@dataclass
class StepRecord:
    """What became of a step.

    Attributes:
        name: The notebook's name without its suffix.
        status: How far it came.
        started_at: When it began, in UTC, by ISO 8601.
        seconds: How long it took, its kernel's start included.
        summary: What it did, in a few words.
        error: Why it failed.
    """

    name: str
    status: Status
    started_at: str
    seconds: float = 0.0
    summary: str = ""
    error: str = ""


@dataclass
class Run:
    """A run of the chain.

    Attributes:
        run_id: Its id; ids sort by time.
        folder: Where its notebooks and its record lie.
        parameters: The value of every parameter.
        status: How far it came.
        started_at: When it began, in UTC, by ISO 8601.
        steps: The steps that it began, in order.
    """

    run_id: str
    folder: Path
    parameters: dict[str, Value]
    status: Status = Status.RUNNING
    started_at: str = field(default_factory=lambda: now())
    steps: list[StepRecord] = field(default_factory=list)

    def save(self) -> None:
        """Writes the record; a reader sees the old one or the new one."""
        self.folder.mkdir(parents=True, exist_ok=True)
        content = {key: value for key, value in asdict(self).items() if key != "folder"}
        part = self.folder / f"{RECORD}.part"
        part.write_text(json.dumps(content, indent=2, ensure_ascii=False) + "\n")
        part.replace(self.folder / RECORD)

    def finished_steps(self) -> set[str]:
        """Gives the names of the steps that need not run again."""
        return {step.name for step in self.steps if step.status is Status.FINISHED}

    @classmethod
    def read(cls, folder: Path) -> "Run":
        """Reads the record of a run's folder.

        Raises:
            RunError: It is missing or broken.
        """
        try:
            content = json.loads((folder / RECORD).read_text())
            steps = [
                StepRecord(**{**step, "status": Status(step["status"])})
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
        workspace: The workspace parameter that the run had.
    """
    return next(
        (
            run
            for run in _latest_first(runs)
            if run.parameters["workspace"] == workspace
        ),
        None,
    )


def now() -> str:
    """Gives the moment in UTC, by ISO 8601, in whole seconds."""
    return datetime.now(UTC).replace(tzinfo=None).isoformat(timespec="seconds")


def _latest_first(runs: Path) -> Iterator[Run]:
    if runs.is_dir():
        for folder in sorted(runs.iterdir(), reverse=True):
            if (folder / RECORD).is_file():
                yield Run.read(folder)
