"""Writes small files in one step: a reader sees the old content or the new one."""

import errno
import os
from pathlib import Path

PART = ".part"  # the suffix of a file that is being written


def write_atomic(path: Path, text: str, *, is_durable: bool = True) -> None:
    """Write a text file in one step.

    Args:
        path: The file; its folder must exist.
        text: The content, written as UTF-8.
        is_durable: Whether the file must survive a loss of power; this takes a few
            milliseconds.

    Raises:
        OSError: The folder cannot be written.
    """
    part = path.with_name(f"{path.name}{PART}")
    part.write_text(text, encoding="utf-8")
    if is_durable:
        sync(part)
    part.replace(path)
    if is_durable:
        sync(path.parent)


def sync(path: Path) -> None:
    """Wait until a file's content, or the names in a folder, are on the disk.

    Raises:
        OSError: The disk is full or broken.
    """
    descriptor = os.open(path, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    except OSError as error:
        if error.errno != errno.EINVAL:  # some network drives cannot do it for folders
            raise
    finally:
        os.close(descriptor)
