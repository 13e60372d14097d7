"""Writes small files in one step: a reader sees the old content or the new one."""

from pathlib import Path

PART = ".part"  # the suffix of a file that is being written


def write_atomic(path: Path, text: str) -> None:
    """Write a text file in one step.

    Args:
        path: The file; its folder must exist.
        text: The content, written as UTF-8.

    Raises:
        OSError: The folder cannot be written.
    """
    part = path.with_name(f"{path.name}{PART}")
    part.write_text(text, encoding="utf-8")
    part.replace(path)
