"""Unpacks an archive of source files."""

import tarfile
from pathlib import Path


def unpack(path: Path, folder: Path) -> None:
    """Write the files of an archive of our own.

    `extractall` takes five times as long, and lacks its filter before Python 3.11.4.
    """
    with tarfile.open(path) as archive:
        for member in archive:
            if member.isfile():
                target = folder / member.name
                target.parent.mkdir(parents=True, exist_ok=True)
                content = archive.extractfile(member)
                target.write_bytes(content.read() if content else b"")
