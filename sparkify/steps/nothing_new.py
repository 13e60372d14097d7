"""Finds out, before any notebook runs, whether a run would change anything."""

from collections.abc import Mapping

from sparkify.errors import SparkifyError
from sparkify.ingest.addition import NotAnIncrementError
from sparkify.ingest.engines import open_files
from sparkify.ingest.increment import find_increment, settings_of
from sparkify.ingest.stores import open_store
from sparkify.params import Value
from sparkify.warehouse import open_star
from sparkify.warehouse.transform import has_batches
from sparkify.workspace import Workspace


def find_nothing_new(parameters: Mapping[str, Value]) -> str:
    """Return why a run has nothing to do; an empty text if it has something to do.

    It has nothing to do if the source holds the objects that were flattened, as they
    were, and if the published star has all of them and is not damaged. The source is
    listed, not read.

    Args:
        parameters: A value for every parameter of the run.
    """
    place = Workspace.at(str(parameters["workspace"]))
    address = place.source(str(parameters["source"]))
    settings = settings_of(address, int(parameters["most_record_bytes"]))
    try:
        files = open_files(str(parameters["engine"]), place.root)
        increment = find_increment(place.flat, files, "", open_store(address), settings)
        flattened = increment.earlier
        if increment.new or any(
            dict(listing.unread) != dict(flattened.counts[schema.name].unread)
            for schema, listing in increment.listed.items()
        ):
            return ""
        with open_star(
            str(parameters["workspace"]),
            warehouse=str(parameters["warehouse"]),
            memory_limit=str(parameters["memory_limit"]),
        ) as session:
            names = {batch.name for batch in flattened.batches}
            if not has_batches(session, names):
                return ""
            session.read_through()
    except (NotAnIncrementError, SparkifyError):
        return ""  # the steps will tell
    objects = sum(counts.objects for counts in flattened.counts.values())
    return f"nothing new: the star has all {objects:,} files of the source as they are"
