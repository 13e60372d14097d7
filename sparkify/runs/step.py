"""A step of a run, as its notebook sees it.

A step that `sparkify run` started finds the run's id and folder in the environment, and
writes its progress there. A notebook that is executed alone has a run id of its own,
and writes no progress.
"""

import json
import os
from collections.abc import Iterable, Iterator
from contextlib import contextmanager, nullcontext
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path
from time import monotonic
from typing import Any, TypedDict

from sparkify import ownership
from sparkify.files import write_atomic
from sparkify.progress import Progress
from sparkify.workspace import Workspace

RUN_ID = "SPARKIFY_RUN_ID"
RUN_FOLDER = "SPARKIFY_RUN_FOLDER"
PROGRESS = "progress.json"
SUMMARY = "summary.json"


RUN_TIME = "%Y%m%dT%H%M%S.%fZ"


def new_run_id(known: Iterable[str] = ()) -> str:
    """Return a new run id: the time in UTC, but later than every known id.

    So ids sort in the order of the runs, even if the clock was set back.
    """
    now = datetime.now(UTC).strftime(RUN_TIME)
    last = max(filter(ownership.RUN_ID.fullmatch, known), default="")
    if now > last:
        return now
    later = datetime.strptime(last, RUN_TIME) + timedelta(microseconds=1)
    return later.strftime(RUN_TIME)


class Figures(TypedDict):
    """The columns of `etl_runs` that are the same for every kind of step."""

    run_id: str
    started_at: datetime
    seconds: float


@dataclass
class Step:
    """A step that is running.

    Attributes:
        run_id: The id of the run.
        folder: The run's folder; None for a notebook that is executed alone.
        started_at: When the step started, in UTC without a time zone.
        progress: Counts what has been done.
    """

    run_id: str
    folder: Path | None
    started_at: datetime = field(
        default_factory=lambda: datetime.now(UTC).replace(tzinfo=None)
    )
    progress: Progress = field(init=False)

    def __post_init__(self) -> None:
        self._start = monotonic()
        self.progress = Progress(self._report if self.folder else None)

    @property
    def seconds(self) -> float:
        """How long the step has taken so far."""
        return round(monotonic() - self._start, 3)

    def figures(self) -> Figures:
        """Return the columns of `etl_runs` that every step has."""
        return {
            "run_id": self.run_id,
            "started_at": self.started_at,
            "seconds": self.seconds,
        }

    def conclude(self, summary: str, **figures: Any) -> None:
        """Write the summary of the step.

        Args:
            summary: A few words, such as `10 tables`.
            figures: What the step counted, for the run file.
        """
        self._write(SUMMARY, {"summary": summary, "figures": figures})

    def _report(self, done: int, total: int, unit: str) -> None:
        self._write(PROGRESS, {"done": done, "total": total, "unit": unit})

    def _write(self, name: str, content: dict[str, Any]) -> None:
        if self.folder is not None:
            write_atomic(self.folder / name, json.dumps(content), is_durable=False)


@contextmanager
def begin_step(
    workspace: Workspace, name: str, *, writes: bool = True
) -> Iterator[Step]:
    """Begin a step, and lock the workspace until the step ends.

    Args:
        workspace: The workspace that the step writes to.
        name: The step; the error message of the next writer shows it.
        writes: Whether it writes to the workspace; a plan does not, so it takes no
            lock, which would be a file.

    Yields:
        The step.

    Raises:
        RunError: Another run or notebook is writing to the workspace.
    """
    folder = os.environ.get(RUN_FOLDER)
    with workspace.lock(name) if writes else nullcontext():
        yield Step(
            run_id=os.environ.get(RUN_ID) or new_run_id(workspace.run_ids()),
            folder=Path(folder) if folder else None,
        )
