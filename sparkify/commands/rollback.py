"""`sparkify rollback`: goes back to the star that was published before."""

from sparkify.commands.arguments import LOCAL, Overrides, ParameterFile
from sparkify.commands.output import out
from sparkify.params import read_parameters


def rollback(params: ParameterFile = LOCAL, param: Overrides = None) -> None:
    """Go back to the star that the last run has replaced.

    Readers see it at once. The next run adds to it what it lacks of the source, so
    correct the source or the parameters first. Only the warehouse duckdb keeps an
    earlier version, and only one. Exit status: 0 gone back, 1 there is none, 2 bad
    input.
    """
    from sparkify.warehouse.rollback import roll_back

    parameters = read_parameters(params, param or [])
    before, now = roll_back(
        str(parameters["workspace"]),
        warehouse=str(parameters["warehouse"]),
        memory_limit=str(parameters["memory_limit"]),
    )
    for label, version in (("was", before), ("is now", now)):
        out.print(
            f"the star {label} {version.name}: {version.plays:,} songplays, built by "
            f"run {version.run_id}",
            highlight=False,
            soft_wrap=True,
        )
    out.print("the next run adds to it what it lacks of the source", highlight=False)
