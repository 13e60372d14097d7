"""The folder of the flattened data: a folder for each run, and the current one."""

import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from tempfile import mkdtemp

from sparkify.errors import FlattenError
from sparkify.files import write_atomic
from sparkify.ingest.manifest import MANIFEST, Flattened

POINTER = "current"
PART = ".sparkify-part-"


@contextmanager
def replace_flattened(flat: Path, run_id: str) -> Iterator[Path]:
    """Yield an empty folder for a run; make it the current one if the block succeeds.

    The current folder stays in place until the new one is complete, so a run that fails
    or is killed loses nothing. Each attempt has its own folder, so a job that outlives
    its run cannot write to the folder of the next run.

    Args:
        flat: The folder of the flattened data.
        run_id: The run.
    """
    flat.mkdir(parents=True, exist_ok=True)
    for abandoned in flat.glob(f"{PART}*"):
        shutil.rmtree(abandoned, ignore_errors=True)
    part = Path(mkdtemp(prefix=PART, dir=flat))
    yield part
    final = flat / run_id
    shutil.rmtree(final, ignore_errors=True)
    part.rename(final)
    write_atomic(flat / POINTER, run_id)
    for folder in flat.glob(f"*/{MANIFEST}"):
        if folder.parent != final:
            shutil.rmtree(folder.parent)


def read_flattened(flat: Path) -> tuple[Path, Flattened]:
    """Return the current folder and its manifest.

    Raises:
        FlattenError: Nothing has been flattened yet.
    """
    try:
        folder = flat / (flat / POINTER).read_text()
        return folder, Flattened.from_json((folder / MANIFEST).read_text())
    except FileNotFoundError as error:
        raise FlattenError(
            "there is no flattened data to load; run 03_flatten first"
        ) from error
