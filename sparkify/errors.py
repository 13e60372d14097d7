"""Every error that the package raises on purpose, in one tree.

A message gives the wrong value, then the remedy. An exception that is not a
`SparkifyError` is a bug in Sparkify.
"""

import sys
import traceback
from html import escape


class SparkifyError(Exception):
    """The base class of all errors that Sparkify raises on purpose."""

    def _render_traceback_(self) -> list[str]:
        """Return what IPython shows of the error: the sentence that says what to do.

        A notebook has the traceback above it, folded.
        """
        ipython = sys.modules.get("IPython")
        shell = ipython.get_ipython() if ipython else None
        if getattr(shell, "kernel", None):
            from IPython.display import HTML, display

            lines = "".join(traceback.format_exception(self))
            folded = f"<details><summary>Traceback</summary><pre>{escape(lines)}</pre>"
            display(HTML(f"{folded}</details>"))
        return [f"{type(self).__name__}: {self}"]


class ParameterError(SparkifyError):
    """A parameter is unknown, or its value is not allowed."""


class SourceError(SparkifyError):
    """The source is missing or empty, or one of its objects cannot be read."""


class FlattenError(SparkifyError):
    """The source could not be flattened, or a record was lost."""


class JobError(SparkifyError):
    """A job on EMR failed or did not start."""


class SqlError(SparkifyError):
    """A statement is missing, is not valid SQL or cannot be rendered for an engine."""


class WarehouseError(SparkifyError):
    """The warehouse is missing or busy, or it rejected a statement."""


class DamagedError(WarehouseError):
    """A file of the warehouse is damaged, or `current` does not name one.

    Attributes:
        reason: What is damaged; the message says what to do too.
    """

    def __init__(self, reason: str, remedy: str) -> None:
        super().__init__(f"{reason}; {remedy}")
        self.reason = reason


class FilterError(SparkifyError):
    """The filters of a report contradict each other."""


class QualityError(SparkifyError):
    """Too much of the source cannot be used, so the last star is kept."""


class LoadError(WarehouseError):
    """The warehouse rejected a row of a file."""


class ReconciliationError(SparkifyError):
    """The counts of a step do not add up: a record was lost or counted twice."""


class CheckError(SparkifyError):
    """A check in `sql/checks/` found wrong rows."""


class CloudError(SparkifyError):
    """A cloud resource is missing, cannot be created or is in the wrong state."""


class JarsError(CloudError):
    """A jar of Maven Central cannot be downloaded."""


class TraceError(SparkifyError):
    """There is no such play to trace back to its source."""


class DemoError(SparkifyError):
    """The demo data cannot be generated."""


class RunError(SparkifyError):
    """A run cannot start, or one of its steps failed."""


class RemovalError(SparkifyError):
    """A path is not Sparkify's, or it cannot be removed."""
