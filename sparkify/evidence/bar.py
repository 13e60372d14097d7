"""The progress of a step in a notebook that a person watches.

A step reports what it has done; a thread brings what is shown up to date between two
reports, so that it moves even while a step counts nothing. When the cell has ended, the
bar is gone: a notebook that was run and saved is the same as before.
"""

from __future__ import annotations

from html import escape
from threading import Event, Thread
from time import monotonic
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from IPython.core.interactiveshell import ExecutionResult, InteractiveShell
    from IPython.display import DisplayHandle

SECONDS_BETWEEN_UPDATES = 0.3
MEGABYTE = 1_000_000


def describe(done: int, total: int, unit: str, seconds: float) -> str:
    """Return a bar as HTML, with its figures.

    Args:
        done: How much is done.
        total: Of how much.
        unit: What is counted, such as `files`; bytes are shown as megabytes.
        seconds: How long it has taken.
    """
    if unit.startswith("bytes"):
        figures = f"{done / MEGABYTE:,.1f} of {total / MEGABYTE:,.1f} MB"
        unit = unit.removeprefix("bytes ")
    else:
        figures = f"{done:,} of {total:,}"
    percent = 100 * done // total if total else 0
    return (
        f'<progress max="{total}" value="{done}" style="width: 20em"></progress> '
        f"{percent} % · {figures} {escape(unit)} · {seconds:.0f} s"
    )


class NotebookBar:
    """A bar below the cell that is running.

    Args:
        shell: The notebook's kernel.
    """

    def __init__(self, shell: InteractiveShell) -> None:
        self._state: tuple[int, int, str] = (0, 0, "")
        self._started_at = 0.0
        self._handle: DisplayHandle | None = None
        self._has_ended = Event()
        shell.events.register("post_run_cell", self._end)

    def __call__(self, done: int, total: int, unit: str) -> None:
        """Show the progress."""
        self._state = (done, total, unit)
        if self._handle is None:
            self._begin()

    def _begin(self) -> None:
        from IPython.display import HTML, display

        self._started_at = monotonic()
        self._has_ended.clear()
        handle: Any = display(HTML(self._html()), display_id=True)
        self._handle = handle
        Thread(target=self._follow, args=(handle,), daemon=True).start()

    def _follow(self, handle: DisplayHandle) -> None:
        from IPython.display import HTML

        while not self._has_ended.wait(SECONDS_BETWEEN_UPDATES):
            handle.update(HTML(self._html()))

    def _html(self) -> str:
        return describe(*self._state, monotonic() - self._started_at)

    def _end(self, result: ExecutionResult) -> None:
        """Take the bar away; it stays where a cell failed."""
        from IPython.display import HTML, clear_output

        if self._handle is None:
            return
        self._has_ended.set()
        if result.success and result.result is None:
            clear_output()
        else:
            self._handle.update(HTML(self._html()))
        self._handle = None


def is_watched(shell: Any) -> bool:
    """Return whether a person runs the cells: papermill and nbconvert take no input."""
    kernel = getattr(shell, "kernel", None)
    return bool(getattr(kernel, "_allow_stdin", False))
