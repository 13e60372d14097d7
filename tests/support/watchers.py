"""A watcher of runs that says nothing."""

from sparkify.runs.retention import Removed
from sparkify.runs.run import Run, StepRun


class Silent:
    def run_started(self, run: Run) -> None:
        pass

    def step_started(self, run: Run, step: StepRun) -> None:
        pass

    def step_ended(self, run: Run, step: StepRun) -> None:
        pass

    def runs_removed(self, removed: Removed) -> None:
        pass

    def command_failed(self, problem: str) -> None:
        pass
