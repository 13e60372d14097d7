"""Writes the notebook of a run as a page that a browser shows."""

from pathlib import Path

from sparkify.errors import RunError
from sparkify.files import write_atomic
from sparkify.runs.log import LOG
from sparkify.runs.run import Run, Status


def write_page(run: Run) -> Path:
    """Write the notebook at which a run stopped, or its last one, as HTML beside it.

    Returns:
        The page.

    Raises:
        RunError: The run has no notebook yet, or the page cannot be written.
    """
    from nbconvert import HTMLExporter

    if run.unchanged:
        raise RunError(
            f"run {run.run_id} started no notebook ({run.unchanged}); open an earlier "
            "run, which sparkify runs lists"
        )
    unfinished = [each for each in run.steps if each.status is not Status.FINISHED]
    steps = unfinished or run.steps
    notebook = run.folder / f"{steps[-1].name if steps else 'notebook'}.ipynb"
    if not notebook.is_file():
        raise RunError(
            f"run {run.run_id} has no notebook '{notebook.name}'; look at "
            f"{run.folder / LOG}"
        )
    page = notebook.with_suffix(".html")
    try:
        exporter = HTMLExporter()  # type: ignore[no-untyped-call]
        text, _ = exporter.from_filename(str(notebook))
        write_atomic(page, text, is_durable=False)
    except (OSError, ValueError) as error:
        raise RunError(
            f"'{notebook}' cannot be shown as a page: {error}; open it in JupyterLab"
        ) from error
    return page
