"""Where the project's own files lie, and what a relative path is relative to."""

import os
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
NOTEBOOKS = ROOT / "notebooks"
SQL = ROOT / "sql"

HOME = "SPARKIFY_HOME"


def cache_folder() -> Path:
    """Return the user's folder for what is downloaded once, such as Spark's jars."""
    home = os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache"
    return Path(home) / "sparkify"


def resolve(path: str) -> str:
    """Gives an address or a path that holds wherever it is used.

    A relative path is taken from the project's root, or from the folder that the
    environment variable SPARKIFY_HOME names, never from the current folder: papermill
    and JupyterLab each have another.
    """
    if "://" in path:
        return path
    return str(Path(os.environ.get(HOME, ROOT)) / Path(path).expanduser())
