"""Runs the notebooks in order with papermill, and keeps the run file."""

import json
import os
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from time import monotonic
from typing import TYPE_CHECKING, Any, Protocol

from sparkify.errors import ParameterError, RunError
from sparkify.ownership import RUN_FILE
from sparkify.params import Value
from sparkify.pictures import DRAWN_LATER, IS_SET, start_engine
from sparkify.runs.forked_kernel import ForkServer, start_server
from sparkify.runs.log import RunLog
from sparkify.runs.notebook import execute, path_of, reason
from sparkify.runs.on_end import start_command
from sparkify.runs.process import this_process
from sparkify.runs.retention import Removed, claim, remove_old_runs
from sparkify.runs.run import (
    Run,
    Status,
    StepRun,
    last_run,
    next_sequence,
    utc_now,
)
from sparkify.runs.software import software
from sparkify.runs.step import RUN_FOLDER, RUN_ID, SUMMARY, new_run_id
from sparkify.workspace import LOCK_HELD, Workspace

if TYPE_CHECKING:
    from nbformat import NotebookNode

STEPS = (
    "01_provision",
    "02_create_schema",
    "03_flatten",
    "04_load",
    "05_transform",
    "06_listening",
)
PUBLISHING = "05_transform"


class Watcher(Protocol):
    """Follows the progress of a run."""

    def run_started(self, run: Run) -> None:
        """Handle the start of a run, or its resumption."""

    def step_started(self, run: Run, step: StepRun) -> None:
        """Handle the start of a step."""

    def step_ended(self, run: Run, step: StepRun) -> None:
        """Handle the end of a step, whether it succeeded or not."""

    def runs_removed(self, removed: Removed) -> None:
        """Handle the removal of old runs, after the run has finished."""

    def command_failed(self, problem: str) -> None:
        """Handle the failure of the command that the end of a run starts."""


class NothingToResumeError(RunError):
    """The last run of the workspace has finished."""


class StepError(RunError):
    """A step of a run failed.

    Attributes:
        run: The run.
        step: The step, with its error.
    """

    def __init__(self, run: Run, step: StepRun) -> None:
        super().__init__(f"{step.name} failed: {step.error}")
        self.run = run
        self.step = step


def select_steps(first: str | None, last: str | None) -> tuple[str, ...]:
    """Return the steps from `first` to `last`, each given by its number or name.

    Raises:
        ParameterError: There is no such step, or the last comes before the first.
    """
    start = _position(first) if first else 0
    end = _position(last) if last else len(STEPS) - 1
    if start > end:
        raise ParameterError(f"step '{last}' comes before step '{first}'; swap them")
    return STEPS[start : end + 1]


def run_chain(
    parameters: Mapping[str, Value],
    runs: Path,
    watcher: Watcher,
    steps: Sequence[str] = STEPS,
    *,
    is_resumed: bool = False,
    on_end: Sequence[str] = (),
    find_nothing_new: Callable[[], str] = str,
) -> Run:
    """Run notebooks in order, and stop at the first that fails.

    After a run has finished, the folders of runs beyond `runs_kept` are removed.

    Args:
        parameters: A value for every parameter.
        runs: The folder of all runs; the run creates its own folder in it.
        watcher: Follows the progress of the run.
        steps: The notebooks to run; a resumed run keeps its own list.
        is_resumed: Whether to continue the workspace's last run.
        on_end: The words of a command to start when the run has ended, well or not;
            its last argument will be the run file. If it fails, the log and the
            watcher tell.
        find_nothing_new: Returns why there is nothing to do, or an empty text. It is
            asked if the last run of the workspace was the same: of all steps, with
            these parameters and this code.

    Returns:
        The finished run; if there was nothing to do, without a step.

    Raises:
        StepError: A step failed.
        RunError: The workspace is in use, or there is no run to resume.
        NothingToResumeError: The run to resume has finished; it is left as it is.
        ParameterError: The run to resume has different parameters.
    """
    workspace = Workspace.at(str(parameters["workspace"]))
    known = [path.name for path in runs.iterdir()] if runs.is_dir() else []
    run_id = new_run_id([*known, *workspace.run_ids()])
    run: Run | None = None
    try:
        with workspace.lock(f"run {run_id}"):
            if is_resumed:
                run = _resumable(runs, parameters)
            else:
                run = Run(run_id, runs / run_id, dict(parameters), list(steps))
                run.sequence = next_sequence(runs)
            run.process, run.software = this_process(), software()
            with start_server([path_of(name) for name in run.remaining()]) as server:
                if not is_resumed and _is_repeated(run, runs):
                    run.unchanged = find_nothing_new()
                _run_steps(run, workspace, server, watcher)
            removed = remove_old_runs(run, int(run.parameters["runs_kept"]))
            if removed != (0, []):
                watcher.runs_removed(removed)
    finally:
        if run is not None and on_end:
            _start(on_end, run, watcher)
    return run


def _run_steps(
    run: Run, workspace: Workspace, server: ForkServer | None, watcher: Watcher
) -> None:
    """Run the steps that have not finished, and save how the run ended."""
    run.status, run.ended_at = Status.RUNNING, ""
    run.save()
    log = RunLog(run.folder)
    log.run_started(run)
    watcher.run_started(run)
    try:
        with claim(run.folder), _environment(run, workspace):
            names = run.remaining()
            if names:
                start_engine()  # while the server imports
            for name in names:
                _run_step(run, name, server, watcher, log)
        run.status = Status.FINISHED
    except KeyboardInterrupt:
        run.status = Status.INTERRUPTED
        raise
    finally:
        run.ended_at = utc_now()
        run.save()
        log.run_ended(run)


def _is_repeated(run: Run, runs: Path) -> bool:
    """Return whether the last run of the workspace had all that a run depends on."""
    try:
        last = last_run(runs, str(run.parameters["workspace"]))
    except RunError:  # it cannot be read, so it is not known what it had
        return False
    return (
        last is not None
        and last.status is Status.FINISHED
        and [*STEPS] == last.chosen == run.chosen
        and not run.parameters["full"]
        and last.parameters == run.parameters
        and {**last.software, "commit": ""} == {**run.software, "commit": ""}
    )


def _start(on_end: Sequence[str], run: Run, watcher: Watcher) -> None:
    """Start the command of `on_end`; a failure is told and changes nothing."""
    problem = start_command(on_end, run.folder / RUN_FILE)
    if problem:
        RunLog(run.folder).write(f"on_end: {problem}")
        watcher.command_failed(problem)


def _position(name: str) -> int:
    for position, step in enumerate(STEPS):
        number, _, title = step.partition("_")
        if name in (step, number, title, number.lstrip("0")):
            return position
    raise ParameterError(f"step '{name}' is unknown; choose {', '.join(STEPS)}")


def _resumable(runs: Path, parameters: Mapping[str, Value]) -> Run:
    run = last_run(runs, str(parameters["workspace"]))
    if run is None:
        raise RunError(
            f"workspace '{parameters['workspace']}' has no run to resume; start a "
            "new run without --resume"
        )
    changed = [
        name for name, value in parameters.items() if run.parameters.get(name) != value
    ]
    if changed:
        raise ParameterError(
            f"run {run.run_id} was started with a different {', '.join(changed)}; "
            "resume it with the same parameters, or start a new run without --resume"
        )
    if run.status is Status.FINISHED:
        raise NothingToResumeError(
            f"run {run.run_id} finished at {run.ended_at} UTC; nothing to resume"
        )
    return run


@contextmanager
def _environment(run: Run, workspace: Workspace) -> Iterator[None]:
    """Set the variables that tell the notebooks which run they belong to."""
    variables = {
        RUN_ID: run.run_id,
        RUN_FOLDER: str(run.folder),
        LOCK_HELD: str(workspace.root),
        DRAWN_LATER: IS_SET,
    }
    before = {name: os.environ.get(name) for name in variables}
    os.environ.update(variables)
    try:
        yield
    finally:
        for name, value in before.items():
            if value is None:
                del os.environ[name]
            else:
                os.environ[name] = value


def _run_step(
    run: Run, name: str, server: ForkServer | None, watcher: Watcher, log: RunLog
) -> None:
    run.steps = [step for step in run.steps if step.name != name]
    step = StepRun(name, Status.RUNNING, utc_now())
    run.steps.append(step)
    run.save()
    log.step_started(step)
    watcher.step_started(run, step)
    start = monotonic()
    try:
        executed = execute(run, name, server)
    except KeyboardInterrupt:
        step.status = Status.INTERRUPTED
        raise
    except Exception as error:
        step.status = run.status = Status.FAILED
        step.error = reason(error)
        step.error_type = getattr(error, "ename", type(error).__name__)
        raise StepError(run, step) from error
    else:
        step.status = Status.FINISHED
        step.summary, step.figures = _read_summary(run.folder, executed)
    finally:
        step.seconds = round(monotonic() - start, 1)
        run.warnings = {k: v for each in run.steps for k, v in each.warnings.items()}
        run.save()
        log.step_ended(step)
        watcher.step_ended(run, step)


def _read_summary(folder: Path, executed: "NotebookNode") -> tuple[str, dict[str, Any]]:
    """Return the step's summary and figures, or a count of its notebook's outputs."""
    path = folder / SUMMARY
    if not path.is_file():
        shown = sum(bool(cell.get("outputs")) for cell in executed.cells)
        return f"{shown} tables and charts", {}
    content = json.loads(path.read_text())
    return content["summary"], content["figures"]
