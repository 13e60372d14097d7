"""What a store holds in the tests of stores: objects to read, and other files."""

import gzip
from collections.abc import Mapping
from pathlib import Path

from sparkify.ingest.source import read
from sparkify.ingest.stores import HIDDEN, Store

# What a source holds, by name; the names sort otherwise as numbers or as paths.
PACKED = b'{"a":3}\n' * 500
CONTENT = {
    "log_data/2018/11/10.json": b'{"a":1}\n{"a":2}',
    "log_data/2018/11/9.json": b"",
    "log_data/2018/11-late.json": b"x" * 3000,
    "log_data/2018/packed.json.gz": gzip.compress(PACKED),
    "log_data/Z.JSON": b"\xff\xee",
    "log_data/a.jsonl": b"{}",
    "log_data/a.json/inner.ndjson": b"{}",
    "log_data/é.json": "é".encode(),
}
FOREIGN = (
    "log_data/.hidden.json",
    "log_data/_SUCCESS",
    "log_data/.ipynb_checkpoints/a.json",
    "log_data/_temporary/a.json",
    "log_data/notes.txt",
    "log_data/2018/more.txt",
    "log_data/a.gz",
    "log_data/part-00000",
    "log_data_old/a.json",
    "song_data/A/song.json",
)
UNREAD = {
    "*.gz files": 1,
    "*.txt files": 2,
    "files without a suffix": 1,
    HIDDEN: 4,
}


def put_folder(root: Path, files: Mapping[str, bytes]) -> None:
    """Write files below a folder."""
    for name, content in files.items():
        path = root / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(content)


def contents(store: Store, folder: str) -> list[tuple[str, bytes]]:
    """Read each object of a folder; return its name and its decoded bytes."""
    return [
        (reading.source_object.name, b"".join(reading))
        for reading in read(store, store.list(folder).objects, 1024)
    ]
