"""Executes the notebook of a step with papermill, in the run's folder."""

from pathlib import Path
from typing import TYPE_CHECKING

from sparkify import errors, ownership
from sparkify.pictures import add_pictures
from sparkify.project import NOTEBOOKS
from sparkify.runs.run import Run
from sparkify.runs.step import SUMMARY

if TYPE_CHECKING:
    from nbformat import NotebookNode

    from sparkify.runs.forked_kernel import ForkServer

KERNEL_STARTS = 3  # how often to start a kernel that dies before it answers
KERNEL_DIED = "Kernel died before replying"


def path_of(name: str) -> Path:
    """Return the path of a step's notebook, from its name without its suffix."""
    return NOTEBOOKS / f"{name}.ipynb"


def execute(run: Run, name: str, server: "ForkServer | None") -> "NotebookNode":
    """Execute a notebook with the run's parameters; keep it in the run's folder.

    In the file, the charts that the kernel left without a picture get one. What is left
    of the kernel's connection goes with it.

    Args:
        run: The run.
        name: The notebook's name without its suffix.
        server: Starts the kernel; without it, the kernel starts by itself.

    Raises:
        Exception: What a cell raised, as papermill reports it.
    """
    import papermill

    from sparkify.runs.forked_kernel import kernel_options
    from sparkify.runs.kernel import kernel_config

    source, path = path_of(name), run.folder / f"{name}.ipynb"
    declared = papermill.inspect_notebook(_literal(source))
    ownership.remove(run.folder / SUMMARY)
    starts = 0
    while True:
        starts += 1
        try:
            executed: NotebookNode = papermill.execute_notebook(
                _literal(source),
                _literal(path),
                parameters={key: run.parameters[key] for key in declared},
                progress_bar=False,
                request_save_on_cell_execute=False,  # 300 times, a tenth of a run
                cwd=str(run.folder),
                config=kernel_config(run.folder),
                **kernel_options(server),
            )
        except RuntimeError as error:  # its port was taken; no cell has run yet
            if starts == KERNEL_STARTS or KERNEL_DIED not in str(error):
                raise
        except Exception:
            add_pictures(path)
            raise
        else:
            add_pictures(path)
            return executed


def reason(error: Exception) -> str:
    """Return the error of a failed notebook, as text."""
    name = getattr(error, "ename", "")
    message = str(getattr(error, "evalue", error))
    if not name:
        return f"{type(error).__name__}: {message}"
    return message if hasattr(errors, name) else f"{name}: {message}"


def _literal(path: Path) -> str:
    """Return a path for papermill, which fills in parameters between braces."""
    return str(path).replace("{", "{{").replace("}", "}}")
