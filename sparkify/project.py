"""Where the project's own files lie, and what a relative path is relative to."""

from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
NOTEBOOKS = ROOT / "notebooks"
SQL = ROOT / "sql"


def resolve(path: str) -> str:
    """Gives an address or a path, a relative one taken from the project's root."""
    return path if "://" in path else str(ROOT / path)
