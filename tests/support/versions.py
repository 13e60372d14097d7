"""Versions of a warehouse with one table of texts."""

from pathlib import Path

from sparkify.warehouse import Session
from sparkify.warehouse.duckdb import DuckDBWarehouse

HEADERS = 3 * 4096  # bytes before the first block of a DuckDB file


def write(warehouse: DuckDBWarehouse, *texts: str) -> None:
    """Put texts in place of those that the version being built has."""
    with warehouse.writing() as session:
        session.execute("create table if not exists notes (text varchar)", {})
        session.execute("delete from notes", {})
        for text in texts:
            session.execute("insert into notes values ($text)", {"text": text})


def texts(session: Session) -> list[str]:
    """Return the texts that a version has."""
    rows = session.query("select text from notes order by text", {}).to_pylist()
    return [row["text"] for row in rows]


def versions(folder: Path) -> list[str]:
    """Return the names of the versions, and of what lies beside them."""
    return sorted(path.name for path in folder.glob("warehouse-*"))
