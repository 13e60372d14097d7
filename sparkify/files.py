"""Reads and writes small files, and makes the folders that others may not read.

Whose eyes: the warehouse, the flattened data and the executed notebooks hold listeners'
names. So a workspace or a folder of runs that Sparkify creates is for its user alone,
0700. What is inside follows the user's umask, and a folder that was there keeps its
mode: whoever shares it has decided who may read it.
"""

import errno
import json
import os
from collections.abc import Collection
from hashlib import file_digest
from pathlib import Path
from typing import Any

SMALL = 64 * 1024  # bytes; no file that is recognised by its content is larger
PART = ".part"  # the suffix of a file that is being written
PART_FLAGS = os.O_WRONLY | os.O_CREAT | os.O_TRUNC | os.O_NOFOLLOW | os.O_CLOEXEC


def read_small(path: Path, unreadable: str = "") -> str:
    """Return the text of a small regular file; another text if it is none."""
    try:
        if path.is_symlink() or not path.is_file() or path.stat().st_size > SMALL:
            return unreadable
        return path.read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError):
        return unreadable


def read_json(path: Path, keys: Collection[str], size: int = SMALL) -> dict[str, Any]:
    """Return the object of a JSON file that has certain keys; {} if it is none.

    Args:
        path: The file; a symbolic link is none.
        keys: The keys that the object must have; it may have others.
        size: The most bytes that the file may have.
    """
    try:
        if path.is_symlink() or not path.is_file() or path.stat().st_size > size:
            return {}
        content = json.loads(path.read_text(encoding="utf-8"))
    except (OSError, ValueError, RecursionError):
        return {}
    is_known = isinstance(content, dict) and content.keys() >= set(keys)
    return content if is_known else {}


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
    content = text.encode()
    with open(os.open(part, PART_FLAGS, 0o666), "wb") as file:  # noqa: PTH123
        file.write(content)
    if is_durable:
        sync(part)
    part.replace(path)
    if is_durable:
        sync(path.parent)


def digest(path: Path) -> str:
    """Return the SHA-256 of a file's content, in hexadecimal digits."""
    with path.open("rb") as file:
        return file_digest(file, "sha256").hexdigest()


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


def make_private(folder: Path) -> None:
    """Create a folder for this user alone; one that is there keeps its mode.

    Raises:
        OSError: The folder cannot be created.
    """
    folder.mkdir(0o700, parents=True, exist_ok=True)
