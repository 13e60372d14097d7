"""What the commands write to: two consoles, and the exit status."""

from collections.abc import Iterable, Mapping
from pathlib import Path

from rich.console import Console

from sparkify.terminal import escape_controls

FAILED = 1
BAD_INPUT = 2
INTERRUPTED = 130

out = Console(emoji=False)
err = Console(stderr=True, emoji=False)


def readable(message: str) -> str:
    """Return a message without what a terminal would act on, but with its lines."""
    return escape_controls(message, keep="\n")


def short_path(path: Path) -> str:
    """Return a path relative to the current folder, if it is inside."""
    here = Path.cwd()
    return str(path.relative_to(here) if path.is_relative_to(here) else path)


def show_table(rows: Iterable[Mapping[str, object]]) -> None:
    """Print rows, each of which has a value for the same columns."""
    import pyarrow as pa

    from sparkify.rows import show_rows

    texts = [{name: str(value) for name, value in row.items()} for row in rows]
    show_rows(out, pa.Table.from_pylist(texts))
