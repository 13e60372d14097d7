"""The folder of the flattened data: a folder for each run, the last one in use."""

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
def replacing(flat: Path, run_id: str) -> Iterator[Path]:
    """Gives an empty folder for a run, and puts it to use where all goes well.

    What is in use stays so until the new folder is whole, so a run that fails or is
    killed takes nothing away. Each attempt has a folder of its own: a job that
    outlives its run cannot write into the next one's.

    Args:
        flat: The folder of the flattened data.
        run_id: The run.
    """
    flat.mkdir(parents=True, exist_ok=True)
    for leftover in flat.glob(f"{PART}*"):
        shutil.rmtree(leftover, ignore_errors=True)
    part = Path(mkdtemp(prefix=PART, dir=flat))
    yield part
    final = flat / run_id
    shutil.rmtree(final, ignore_errors=True)
    part.rename(final)
    write_atomic(flat / POINTER, run_id)
    for folder in flat.glob(f"*/{MANIFEST}"):
        if folder.parent != final:
            shutil.rmtree(folder.parent)


def in_use(flat: Path) -> tuple[Path, Flattened]:
    """Gives the folder in use, and its manifest.

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
