"""Reconciles the flattened files with what the reader counted in each object.

The reader counts the records of an object before any of them is parsed. Here the files
are read back: for each object, the rows, the duplicates and the quarantine together
must hold each record number from 1 to that count exactly once.
"""

from collections.abc import Mapping
from pathlib import Path

import duckdb

from sparkify.errors import ReconciliationError
from sparkify.ingest.manifest import ParquetFile, RecordCounts

PLACED = ("events", "songs", "duplicates", "quarantine")
OBJECTS_SHOWN = 3

# The count, the sum and the sum of the squares of the numbers from 1 to n.
WRONG_OBJECTS = """
with
placed as (
    select object, record from read_parquet($events)
    union all
    select object, record from read_parquet($songs)
    union all
    select object, record from read_parquet($duplicates)
    union all
    select object, record from read_parquet($quarantine)
),
found as (
    select
        object,
        count(*) as records,
        sum(record) as total,
        sum(record::hugeint * record) as squares
    from placed
    group by object
),
expected as (
    select
        name as object,
        records,
        records::hugeint * (records + 1) // 2 as total,
        records::hugeint * (records + 1) * (2 * records + 1) // 6 as squares
    from read_parquet($objects)
    where records > 0
)
select
    coalesce(expected.object, found.object) as object,
    coalesce(expected.records, 0) as read,
    coalesce(found.records, 0) as written
from expected full join found using (object)
where (expected.records, expected.total, expected.squares)
    is distinct from (found.records, found.total, found.squares)
order by 1
"""


def reconcile_files(
    folder: Path,
    files: Mapping[str, tuple[ParquetFile, ...]],
    counts: Mapping[str, RecordCounts],
) -> None:
    """Check that each record of each object is in the files exactly once.

    Args:
        folder: The folder of the files.
        files: The files of each part.
        counts: The counts of each kind of record.

    Raises:
        ReconciliationError: A record is missing, or there twice.
    """
    paths = {
        part: [str(folder / file.path) for file in entries]
        for part, entries in files.items()
    }
    values = {part: paths[part] for part in (*PLACED, "objects")}
    with duckdb.connect() as connection:
        wrong = connection.execute(WRONG_OBJECTS, values).fetchall()
        sums = connection.execute(
            "select count(*), coalesce(sum(records), 0), coalesce(sum(blank), 0) "
            "from read_parquet($objects)",
            {"objects": paths["objects"]},
        ).fetchall()
    if wrong:
        shown = "; ".join(
            f"'{name}' has {read:,} records and the files hold {written:,} of them"
            for name, read, written in wrong[:OBJECTS_SHOWN]
        )
        raise ReconciliationError(
            f"the records of {len(wrong):,} objects did not all end in one place: "
            f"{shown}; nothing was published, please report it with the run's folder"
        )
    expected = (
        sum(kind.objects for kind in counts.values()),
        sum(kind.records for kind in counts.values()),
        sum(kind.blank for kind in counts.values()),
    )
    if sums != [expected]:
        raise ReconciliationError(
            f"the manifest counts {expected} objects, records and blank lines, but the "
            f"objects have {sums[0]}; nothing was published, please report it with "
            "the run's folder"
        )
