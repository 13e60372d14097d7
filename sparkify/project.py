"""Where the project's own files are, and what relative paths are relative to."""

import os
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
NOTEBOOKS = ROOT / "notebooks"
SQL = ROOT / "sql"
RUNS = ROOT / "runs"

HOME = "SPARKIFY_HOME"


def cache_folder() -> Path:
    """Return the user's folder for files that are downloaded once, such as jars."""
    home = os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache"
    return Path(home) / "sparkify"


def resolve(path: str) -> str:
    """Return an absolute path for a path; return an address such as `s3://` as it is.

    A relative path is relative to the project's root, or to the folder that the
    environment variable SPARKIFY_HOME names. It is never relative to the current
    folder, because papermill and JupyterLab use different ones.
    """
    if "://" in path:
        return path
    return str(Path(os.environ.get(HOME, ROOT)) / Path(path).expanduser())
