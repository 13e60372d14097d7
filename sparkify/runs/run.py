"""A run and its run file: `run.json` in the run's folder, saved at each change."""

import json
from collections.abc import Iterable
from dataclasses import asdict, dataclass, field
from datetime import UTC, datetime, timedelta
from enum import StrEnum
from pathlib import Path
from typing import Any

from sparkify.errors import RunError
from sparkify.files import make_private, write_atomic
from sparkify.ownership import RUN_FILE, RUN_ID
from sparkify.params import Value
from sparkify.project import resolve
from sparkify.runs.process import Process


class Status(StrEnum):
    """The state of a run or of a step.

    A run whose process is gone is `died`; its file, which nobody could change any more,
    says that it is running.
    """

    RUNNING = "running"
    FINISHED = "finished"
    FAILED = "failed"
    INTERRUPTED = "interrupted"
    DIED = "died"


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

    @property
    def warnings(self) -> dict[str, int]:
        """The checks that found rows and did not stop the run: their rows, by name."""
        checks: dict[str, int] = self.figures.get("checks", {})
        return {name: rows for name, rows in checks.items() if rows}


@dataclass
class Run:
    """A run of the chain.

    Attributes:
        run_id: The id of the run: the time when it started, as the clock showed it.
        folder: The folder of its notebooks and its run file.
        parameters: The value of every parameter.
        chosen: The steps to run, in order.
        status: The state of the run.
        started_at: When the run started, in UTC, in ISO 8601.
        steps: The steps that have started, in order.
        sequence: The place of the run among those of its folder, from 1; a clock can
            be set back, this cannot. 0 in run files that had no such number.
        ended_at: When the run ended, in UTC, in ISO 8601; empty while it is running.
        process: What tells the process that runs it, as `runs.process` has it.
        software: The versions of the code and of its libraries, by name.
        warnings: The rows that checks found without stopping the run, by check.
        unchanged: Why no step had to run; empty if steps did.
    """

    run_id: str
    folder: Path
    parameters: dict[str, Value]
    chosen: list[str]
    status: Status = Status.RUNNING
    started_at: str = field(default_factory=lambda: utc_now())
    steps: list[StepRun] = field(default_factory=list)
    sequence: int = 0
    ended_at: str = ""
    process: Process = field(default_factory=Process)
    software: dict[str, str] = field(default_factory=dict)
    warnings: dict[str, int] = field(default_factory=dict)
    unchanged: str = ""

    @property
    def last_step_ended_at(self) -> str:
        """When the last step ended, in UTC, in ISO 8601; the start without a step."""
        ends = [
            datetime.fromisoformat(step.started_at) + timedelta(seconds=step.seconds)
            for step in self.steps
        ]
        return max(ends).isoformat(timespec="seconds") if ends else self.started_at

    def save(self) -> None:
        """Write the run file; a reader sees either the old one or the new one.

        Raises:
            RunError: The folder cannot be written.
        """
        content = {key: value for key, value in asdict(self).items() if key != "folder"}
        try:
            make_private(self.folder.parent)
            self.folder.mkdir(exist_ok=True)
            text = json.dumps(content, indent=2, ensure_ascii=False) + "\n"
            write_atomic(self.folder / RUN_FILE, text)
        except OSError as error:
            raise RunError(
                f"run folder '{self.folder}' cannot be written: {error}; choose "
                "another folder with --runs"
            ) from error

    def remaining(self) -> list[str]:
        """Return the chosen steps that have not finished, in order."""
        if self.unchanged:
            return []
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
            if not isinstance(content["parameters"], dict) or not isinstance(
                content.get("sequence", 0), int
            ):
                raise TypeError("it is not a run file of Sparkify")
            run = cls(folder=folder, status=status, steps=steps, **content)
            if status is not Status.RUNNING and not run.ended_at:
                run.ended_at = run.last_step_ended_at  # an older file
            return run
        except (
            *(OSError, ValueError, KeyError, TypeError, AttributeError),
            RecursionError,
        ) as error:
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
    readable, broken = _read_all(runs)
    own = _in_order(readable, workspace)
    last = own[-1] if own else None
    for name, error in broken.items():
        if last is None or name > last.run_id:
            raise error
    return last


def all_runs(runs: Path) -> tuple[list[Run], dict[str, RunError]]:
    """Return the runs of a folder, the last one first, and what is wrong with others.

    Args:
        runs: The folder of all runs.
    """
    readable, broken = _read_all(runs)
    return sorted(readable, key=_order, reverse=True), broken


def runs_of(runs: Path, workspace: str) -> list[Run]:
    """Return the runs of a workspace whose run files can be read, the last one last.

    Args:
        runs: The folder of all runs.
        workspace: The workspace parameter; its path may be relative.
    """
    return _in_order(_read_all(runs)[0], workspace)


def next_sequence(runs: Path) -> int:
    """Return the number of a new run: one more than the highest in the folder."""
    return 1 + max((run.sequence for run in _read_all(runs)[0]), default=0)


def utc_now() -> str:
    """Return the current time in UTC, in ISO 8601, in whole seconds."""
    return datetime.now(UTC).replace(tzinfo=None).isoformat(timespec="seconds")


def _in_order(runs: Iterable[Run], workspace: str) -> list[Run]:
    """Return the runs of a workspace, in their order."""
    root = resolve(workspace)
    own = [run for run in runs if _workspace(run) == root]
    return sorted(own, key=_order)


def _order(run: Run) -> tuple[int, str]:
    return run.sequence, run.run_id


def _workspace(run: Run) -> str:
    return resolve(str(run.parameters.get("workspace", "")))


def _read_all(runs: Path) -> tuple[list[Run], dict[str, RunError]]:
    """Read the run files of a folder; return the errors of the broken ones by name."""
    readable: list[Run] = []
    broken: dict[str, RunError] = {}
    for file in runs.glob(f"*/{RUN_FILE}"):
        name = file.parent.name
        if not RUN_ID.fullmatch(name) or not file.is_file():
            continue  # somebody else's; a pipe would never end
        try:
            readable.append(Run.read(file.parent))
        except RunError as error:
            broken[name] = error
    return readable, broken
