"""The folder of the flattened data: a folder for each run, and the current one."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from sparkify import ownership
from sparkify.errors import FlattenError
from sparkify.files import sync, write_atomic
from sparkify.ingest.manifest import MANIFEST, Flattened


@contextmanager
def replace_flattened(flat: Path, run_id: str) -> Iterator[Path]:
    """Yield an empty folder for a run; make it the current one if the block succeeds.

    The current folder stays in place until the new one is complete, so a run that fails
    or is killed loses nothing. Each attempt has its own folder, so a job that outlives
    its run cannot write to the folder of the next run.

    Args:
        flat: The folder of the flattened data.
        run_id: The run.

    Raises:
        FlattenError: A folder of the run holds files that are not Sparkify's.
        RemovalError: An old folder of ours cannot be removed.
    """
    flat.mkdir(parents=True, exist_ok=True)
    for abandoned in ownership.parts(flat):
        ownership.remove(abandoned)
    part = ownership.make_part(flat, run_id)
    yield part
    final = flat / run_id
    ownership.remove(final)  # of an earlier attempt
    if final.exists():
        raise FlattenError(
            f"'{final}' holds files that are not Sparkify's; move them to another "
            "folder, and repeat the command"
        )
    for path in (*part.rglob("*"), part):
        sync(path)  # before the pointer names them
    part.rename(final)
    write_atomic(flat / ownership.POINTER, run_id)
    kept = {final.resolve(), *_folders(final)}
    for path in ownership.owned(flat):
        if path.is_dir() and path.resolve() not in kept:
            ownership.remove(path)


def _folders(folder: Path) -> set[Path]:
    """Return the folders that hold files of a manifest; none if they are in S3."""
    manifest = folder / MANIFEST
    if not manifest.is_file():
        return set()
    flattened = Flattened.from_json(manifest.read_text())
    if flattened.address:
        return set()
    paths = [file.path for files in flattened.files.values() for file in files]
    return {(folder / path).resolve().parent.parent for path in paths}


def read_flattened(flat: Path) -> tuple[Path, Flattened]:
    """Return the current folder and its manifest.

    Raises:
        FlattenError: Nothing has been flattened yet, or what was is damaged.
    """
    pointer = flat / ownership.POINTER
    if not pointer.is_file():
        raise FlattenError("there is no flattened data to load; run 03_flatten first")
    try:
        name = pointer.read_text()
        if not ownership.RUN_ID.fullmatch(name):
            raise ValueError(f"'{pointer}' names no run")
        return flat / name, Flattened.from_json((flat / name / MANIFEST).read_text())
    except (OSError, ValueError, TypeError, KeyError, AttributeError) as error:
        raise FlattenError(
            f"the flattened data is damaged: {error}; run 03_flatten again"
        ) from error
