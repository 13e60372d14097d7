"""The files of demo data, read with plain `json`."""

from datetime import UTC, datetime
from pathlib import Path
from typing import Any

Record = dict[str, Any]


def contents(folder: Path) -> dict[str, bytes]:
    return {
        str(path.relative_to(folder)): path.read_bytes()
        for path in folder.rglob("*")
        if path.is_file()
    }


def share(cases: list[bool]) -> float:
    return sum(cases) / len(cases)


def timestamp(event: Record) -> datetime:
    return datetime.fromtimestamp(event["ts"] / 1000, tz=UTC)
