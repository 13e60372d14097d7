"""Refuses flattened data that is too bad to replace a good star."""

from collections.abc import Mapping
from pathlib import Path

import duckdb

from sparkify.errors import CloudError, QualityError
from sparkify.ingest.manifest import Flattened, RecordCounts
from sparkify.ingest.record_schema import RECORD_SCHEMAS
from sparkify.ingest.rules import conflict
from sparkify.ingest.verdict import shorten

QUARANTINE = "quarantine"
RULES_SHOWN = 3
MOST_COPIED_BYTES = 256 * 1024**2  # of the quarantine, for examples
LONGEST_EXAMPLE = 120
CONFLICTS = frozenset(conflict(schema) for schema in RECORD_SCHEMAS)

EXAMPLES = """
select rule, count(*), arg_min(object, (object, record)),
    arg_min(line, (object, record)), arg_min(reason, (object, record)),
    arg_min(raw, (object, record))
from read_parquet($files)
group by rule
order by 2 desc, 1
limit {limit}
"""


def require_quality(
    flattened: Flattened,
    folder: Path,
    most_quarantined: int,
    *,
    accept: bool,
    workspace: Path,
) -> None:
    """Raise an error if too many records of a kind cannot be used.

    A record with the key of an earlier one and other content counts as usable here: the
    earlier one is staged.

    Args:
        flattened: The manifest.
        folder: The folder of the files.
        most_quarantined: The largest share of quarantined records, in percent.
        accept: Whether to go on all the same.
        workspace: The run's workspace, which says how to read files in S3.

    Raises:
        QualityError: The message shows the most frequent reasons, with examples.
    """
    found = [
        problem
        for name, counts in flattened.counts.items()
        if (problem := _problem(name, counts, most_quarantined))
    ]
    if not found or accept:
        return
    try:
        examples = _examples(_quarantine(flattened, folder, workspace))
    except CloudError as error:  # it must not hide why the run stops
        examples = [f"there are no examples: {error}"]
    raise QualityError(
        f"{'; '.join(found)}; nothing was published, readers keep the last star. Fix "
        "the source, or set accept=true to publish it all the same."
        + "".join(f"\n- {example}" for example in examples)
    )


def _problem(name: str, counts: RecordCounts, most_quarantined: int) -> str:
    unusable = _unusable(counts.quarantined)
    if counts.records and not counts.staged:
        return f"none of the {counts.records:,} {name} can be used"
    if 100 * unusable > most_quarantined * counts.records:
        share = 100 * unusable / counts.records
        return (
            f"{unusable:,} of the {counts.records:,} {name} that were read "
            f"({share:.1f} %) cannot be used, and most_quarantined is "
            f"{most_quarantined} %"
        )
    return ""


def _unusable(quarantined: Mapping[str, int]) -> int:
    return sum(number for rule, number in quarantined.items() if rule not in CONFLICTS)


def _quarantine(flattened: Flattened, folder: Path, workspace: Path) -> list[str]:
    """Return the files of the quarantine, copied if they are in S3.

    Raises:
        CloudError: They cannot be copied, or are too large.
    """
    files = flattened.addresses(folder, QUARANTINE)
    if not flattened.address:
        return files
    size = sum(file.bytes for file in flattened.files[QUARANTINE])
    if size > MOST_COPIED_BYTES:
        raise CloudError(
            f"the quarantine has {size:,} bytes; look at {', '.join(files)}"
        )
    from sparkify.ingest.emr_engine import download

    copies = download(workspace, files, folder / f"{QUARANTINE}-copy")
    return [str(path) for path in copies]


def _examples(files: list[str]) -> list[str]:
    """Return the most frequent rules, each with its count and one example."""
    with duckdb.connect() as connection:
        rows = connection.execute(
            EXAMPLES.format(limit=RULES_SHOWN), {"files": files}
        ).fetchall()
    return [
        f"{count:,} × {rule}: {shorten(name, LONGEST_EXAMPLE)}, line {line}: {reason}: "
        f"{shorten(raw, LONGEST_EXAMPLE)}"
        for rule, count, name, line, reason, raw in rows
    ]
