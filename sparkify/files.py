"""Writes small files in one step, and makes the folders that others may not read.

Whose eyes: the warehouse, the flattened data and the executed notebooks hold listeners'
names. So a workspace or a folder of runs that Sparkify creates is for its user alone,
0700. What is inside follows the user's umask, and a folder that was there keeps its
mode: whoever shares it has decided who may read it.
"""

import os
from pathlib import Path

PART = ".part"  # the suffix of a file that is being written
PART_FLAGS = os.O_WRONLY | os.O_CREAT | os.O_TRUNC | os.O_NOFOLLOW | os.O_CLOEXEC


def write_atomic(path: Path, text: str) -> None:
    """Write a text file in one step.

    Args:
        path: The file; its folder must exist.
        text: The content, written as UTF-8.

    Raises:
        OSError: The folder cannot be written.
    """
    part = path.with_name(f"{path.name}{PART}")
    content = text.encode()
    with open(os.open(part, PART_FLAGS, 0o666), "wb") as file:  # noqa: PTH123
        file.write(content)
    part.replace(path)


def make_private(folder: Path) -> None:
    """Create a folder for this user alone; one that is there keeps its mode.

    Raises:
        OSError: The folder cannot be created.
    """
    folder.mkdir(0o700, parents=True, exist_ok=True)
