"""Lists the Parquet files that an engine wrote, with the rows in their footers."""

from pathlib import Path

import pyarrow.parquet as pq

from sparkify.files import digest
from sparkify.ingest.manifest import PARTS, ParquetFile


def local_files(folder: Path) -> dict[str, tuple[ParquetFile, ...]]:
    """Return the Parquet files of each part in a folder."""
    return {
        part: tuple(
            ParquetFile(
                path=path.relative_to(folder).as_posix(),
                rows=pq.read_metadata(path).num_rows,
                bytes=path.stat().st_size,
                digest=digest(path),
            )
            for path in sorted((folder / part).glob("*.parquet"))
        )
        for part in PARTS
    }
