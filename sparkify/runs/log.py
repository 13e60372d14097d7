"""The log of a run: `run.log` in its folder, a line with its time for each event."""

from pathlib import Path

from sparkify.runs.run import Run, StepRun, utc_now
from sparkify.terminal import escape_controls

LOG = "run.log"


class RunLog:
    """Writes the log of a run; a disk that is full stops no run.

    Args:
        folder: The run's folder; the lines are added to what is there.
    """

    def __init__(self, folder: Path) -> None:
        self._path = folder / LOG

    def write(self, text: str) -> None:
        """Add a line, after the time in UTC."""
        line = f"{utc_now()}Z {escape_controls(text)}\n"
        try:
            with self._path.open("a", encoding="utf-8") as file:
                file.write(line)
        except OSError:
            return

    def run_started(self, run: Run) -> None:
        """Write which run starts or resumes, with which code and on which data."""
        verb = "resumes" if run.steps else "starts"
        code = " ".join(
            f"{name} {run.software[name]}"
            for name in ("sparkify", "commit", "python")
            if name in run.software
        )
        source = f"source {run.parameters['source']}"
        self.write(f"run {run.run_id} {verb}: {source}, {code}")

    def step_started(self, step: StepRun) -> None:
        """Write that a step starts."""
        self.write(f"{step.name} starts")

    def step_ended(self, step: StepRun) -> None:
        """Write how a step ended, and what it warns of."""
        told = step.error or step.summary
        self.write(f"{step.name} {step.status} after {step.seconds} s: {told}")
        for name, rows in step.warnings.items():
            self.write(f"warning: check {name} found {rows:,} rows")

    def run_ended(self, run: Run) -> None:
        """Write how the run ended."""
        told = f": {run.unchanged}" if run.unchanged else ""
        self.write(f"run {run.run_id} {run.status}{told}")
