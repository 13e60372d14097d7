"""One step of a run, as it looks from within its notebook.

A step that `sparkify run` started finds the run's id and folder in the environment and
reports there; a notebook on its own is a run by itself and reports to nobody.
"""

import json
import os
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from time import monotonic
from typing import Any, TypedDict

from sparkify.files import write_atomic
from sparkify.progress import Progress
from sparkify.workspace import Workspace

RUN_ID = "SPARKIFY_RUN_ID"
RUN_FOLDER = "SPARKIFY_RUN_FOLDER"
PROGRESS = "progress.json"
SUMMARY = "summary.json"


def new_run_id() -> str:
    """Return a new run id: the time in UTC, so that ids sort by time."""
    return datetime.now(UTC).strftime("%Y%m%dT%H%M%S.%fZ")


class Figures(TypedDict):
    """What `etl_runs` holds of every step: its run, when it began, how long it took."""

    run_id: str
    started_at: datetime
    seconds: float


@dataclass
class Step:
    """A step under way.

    Attributes:
        run_id: The run that it belongs to.
        folder: The run's folder; None for a notebook on its own.
        started_at: When it began, in UTC without a zone.
        progress: Counts what has been done.
    """

    run_id: str
    folder: Path | None
    started_at: datetime = field(
        default_factory=lambda: datetime.now(UTC).replace(tzinfo=None)
    )
    progress: Progress = field(init=False)

    def __post_init__(self) -> None:
        self._began = monotonic()
        self.progress = Progress(self._report if self.folder else None)

    @property
    def seconds(self) -> float:
        """How long the step has taken so far."""
        return round(monotonic() - self._began, 3)

    def figures(self) -> Figures:
        """Return what `etl_runs` holds of every step."""
        return {
            "run_id": self.run_id,
            "started_at": self.started_at,
            "seconds": self.seconds,
        }

    def conclude(self, summary: str, **figures: Any) -> None:
        """Says what the step did.

        Args:
            summary: A few words, such as `10 tables`.
            figures: What it counted, for the record of the run.
        """
        self._write(SUMMARY, {"summary": summary, "figures": figures})

    def _report(self, done: int, total: int, unit: str) -> None:
        self._write(PROGRESS, {"done": done, "total": total, "unit": unit})

    def _write(self, name: str, content: dict[str, Any]) -> None:
        if self.folder is not None:
            write_atomic(self.folder / name, json.dumps(content))


@contextmanager
def begin_step(workspace: Workspace, name: str) -> Iterator[Step]:
    """Begins a step, with the workspace locked until it ends.

    Args:
        workspace: What the step writes.
        name: The step, for whoever finds the workspace in use.

    Raises:
        RunError: Another run or notebook is writing the workspace.
    """
    folder = os.environ.get(RUN_FOLDER)
    with workspace.lock(name):
        yield Step(
            run_id=os.environ.get(RUN_ID) or new_run_id(),
            folder=Path(folder) if folder else None,
        )
