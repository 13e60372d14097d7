"""Every error that the package raises on purpose, in one tree.

A message gives the value that was wrong, then the remedy. Whatever is not a
`SparkifyError` is a defect of ours.
"""


class SparkifyError(Exception):
    """The root: catch it to catch everything that Sparkify raises on purpose."""


class ParameterError(SparkifyError):
    """A parameter is unknown, of the wrong type or out of its choices."""


class SourceError(SparkifyError):
    """The source is missing, empty or holds an object that cannot be read."""


class FlattenError(SparkifyError):
    """The raw lines could not be flattened, or one of them was lost on the way."""


class JobError(SparkifyError):
    """A job on EMR failed, or never began."""


class SqlError(SparkifyError):
    """A statement under `sql/` is missing or cannot be rendered for an engine."""


class WarehouseError(SparkifyError):
    """The warehouse is missing, busy or refused a statement."""


class LoadError(WarehouseError):
    """The warehouse could not take a row of a file."""


class ReconciliationError(SparkifyError):
    """The counts of a step do not add up: a record was lost or counted twice."""


class CheckError(SparkifyError):
    """A check under `sql/checks/` found rows that must not be there."""


class CloudError(SparkifyError):
    """A cloud resource is missing, cannot be made, or is not as it must be."""


class JarsError(CloudError):
    """Spark's jars for a rehearsal cannot be fetched."""


class DemoError(SparkifyError):
    """The demo data cannot be made as asked."""


class RunError(SparkifyError):
    """A run cannot start, or one of its steps failed."""
