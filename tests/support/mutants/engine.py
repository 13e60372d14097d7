"""Mutants of DuckDB's engine: of what it validates, and of what it writes."""

from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq

from sparkify.ingest import duckdb_engine

from .mutant import Change, Harm, Mutant, repeat_a_row, swap_rows


def lose_a_validated_record(validate: Harm, *given: Any) -> pa.Table:
    return validate(*given).slice(1)


def rewrite(part: str, change: Change) -> Harm:
    """Return the harm that changes the first file with two rows of a part."""

    def harm(write: Harm, *given: Any) -> None:
        write(*given)
        folders = [value for value in given if isinstance(value, Path)]
        folder = folders[0] if folders[0].name == part else folders[0] / part
        for path in sorted(folder.glob("*.parquet")):
            table = pq.read_table(path)
            if table.num_rows > 1:
                pq.write_table(change(table), path)
                return

    return harm


def write_a_part_twice(write: Harm, *given: Any) -> None:
    write(*given)
    folder = next(value for value in given if isinstance(value, Path))
    content = (folder / "part-0000.parquet").read_bytes()
    (folder / "part-9999.parquet").write_bytes(content)


def write_for(name: str, harm: Harm) -> Harm:
    """Return the harm that only one kind of record suffers."""

    def chosen(write: Harm, connection: Any, schema: Any, *given: Any) -> None:
        if schema.name != name:
            write(connection, schema, *given)
            return
        harm(lambda *args: write(connection, schema, *args), *given)

    return chosen


ENGINE = [
    Mutant(
        "the validation loses a record",
        duckdb_engine,
        "validate",
        lose_a_validated_record,
    ),
    *(
        Mutant(
            f"the {kind} of the files {what}",
            duckdb_engine,
            "write_rows",
            write_for(kind, rewrite(kind, change)),
        )
        for kind in ("events", "songs")
        for what, change in (
            ("lose a row", lambda table: table.slice(1)),
            ("have a row twice", repeat_a_row),
            ("have one row twice and another not", swap_rows),
        )
    ),
    Mutant(
        "a file is written twice",
        duckdb_engine,
        "write_rows",
        write_for("events", write_a_part_twice),
    ),
    Mutant(
        "a duplicate is lost",
        duckdb_engine,
        "write_places",
        rewrite("duplicates", lambda table: table.slice(1)),
    ),
    Mutant(
        "the quarantine is lost",
        duckdb_engine,
        "write_places",
        rewrite("quarantine", lambda table: table.slice(0, 0)),
    ),
    Mutant(
        "the count of an object is lost",
        duckdb_engine,
        "write_objects",
        rewrite("objects", lambda table: table.slice(1)),
    ),
]
