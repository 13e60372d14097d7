"""What the commands write to: two consoles, and the exit status."""

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
