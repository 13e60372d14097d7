"""Shows results in a notebook: tables without decoration, charts with a picture.

The output depends only on the data, so the committed outputs of the notebooks are the
same on every machine. What differs from run to run is shown by cells of their own.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from time import monotonic
from typing import Any

import pandas as pd
import pyarrow as pa

from sparkify.aws.teardown.orphaned_resource import OrphanedResource
from sparkify.evidence.bar import NotebookBar, is_watched
from sparkify.evidence.listening import link
from sparkify.evidence.parameters import check_parameters
from sparkify.evidence.render import (
    Beside,
    Drawing,
    Folded,
    Picture,
    Rows,
    Sentence,
    Text,
)
from sparkify.ingest.manifest import Flattened
from sparkify.progress import Progress
from sparkify.steps.provision import Resource
from sparkify.steps.teardown import Removal
from sparkify.warehouse.checks import CheckResult

__all__ = [
    "Beside",
    "Clock",
    "Drawing",
    "Folded",
    "Picture",
    "Rows",
    "Sentence",
    "Text",
    "begin",
    "changes",
    "cloud_removals",
    "counts",
    "finding",
    "findings",
    "folded",
    "layout",
    "plan",
    "reasons",
    "reconciliation",
    "removals",
    "repairs",
    "resources",
    "show",
    "unread",
]

ON_ONE_MACHINE = "A run on one machine uses no cloud"


class Clock:
    """How long a notebook has taken since its parameters were checked."""

    def __init__(self) -> None:
        self._start = monotonic()

    def __str__(self) -> str:
        return f"Took {monotonic() - self._start:,.1f} s."


def begin(namespace: dict[str, Any]) -> Clock:
    """Check the parameters of a notebook, before it does anything.

    In a notebook that a person runs, steps show their progress from now on.

    Args:
        namespace: The variables of the notebook.

    Raises:
        ParameterError: A parameter is unknown, or its value is not allowed.
    """
    check_parameters(namespace)
    get_shell = namespace.get("get_ipython")
    shell: Any = get_shell() if get_shell else None
    if is_watched(shell) and Progress.watching is None:
        Progress.watching = NotebookBar(shell)
    return Clock()


def changes(before: Mapping[str, int], after: Mapping[str, int], clock: Clock) -> Rows:
    """Return the rows before a step and after it, and how long the notebook took."""
    rows = [
        (name, before.get(name, 0), count, f"{count - before.get(name, 0):+,}")
        for name, count in after.items()
    ]
    columns = ["what", "before", "after", "difference"]
    return Rows(pd.DataFrame(rows, columns=columns), str(clock))


def show(*shown: object) -> None:
    """Show several things below a cell, one after another."""
    from IPython.display import display

    display(*shown)


def finding(sentence: str, page: str) -> Sentence:
    """Return what a chart shows, with a link to a page of the dashboard."""
    return Sentence(sentence, link(page), "The same in the dashboard")


def folded(title: str, frame: pd.DataFrame) -> Folded:
    """Return rows that are shown when a person opens them."""
    return Folded(title, Rows(frame))


def resources(needed: Sequence[Resource]) -> Rows:
    """Return the resources that a run will use."""
    return Rows(pd.DataFrame(needed))


def plan(rows: Sequence[Mapping[str, str | float]]) -> Rows:
    """Return the planned cloud resources, with their states, actions and costs."""
    return Rows(pd.DataFrame(rows), reason=f"{ON_ONE_MACHINE}, so it costs nothing.")


def reconciliation(flattened: Flattened) -> Rows:
    """Return where the records of each kind ended."""
    return Rows(
        pd.DataFrame(
            {
                "records": name,
                "files": kind.objects,
                "read": kind.records,
                "staged": kind.staged,
                "duplicate": kind.duplicate,
                "quarantined": kind.quarantined_records,
                "blank lines": kind.blank,
                "repaired": sum(kind.repaired.values()),
            }
            for name, kind in flattened.counts.items()
        )
    )


def reasons(flattened: Flattened) -> Rows:
    """Return how many records were quarantined for each reason."""
    kinds = {name: kind.quarantined for name, kind in flattened.counts.items()}
    return _numbers(kinds, "reason", "Every record was used.")


def repairs(flattened: Flattened) -> Rows:
    """Return how many records were repaired, by kind of repair."""
    kinds = {name: kind.repaired for name, kind in flattened.counts.items()}
    return _numbers(kinds, "repair", "No record needed a repair.")


def unread(flattened: Flattened) -> Rows:
    """Return how many files of the source were not read, by kind of file."""
    kinds = {name: kind.unread for name, kind in flattened.counts.items()}
    return _numbers(kinds, "files not read", "Every file was read.")


def _numbers(kinds: Mapping[str, Mapping[str, int]], heading: str, reason: str) -> Rows:
    """Return the numbers of each kind of record, one row a heading."""
    rows = [
        (name, key, number)
        for name, numbers in kinds.items()
        for key, number in numbers.items()
    ]
    frame = pd.DataFrame(rows, columns=["records", heading, "number"])
    return Rows(frame, reason=reason)


def counts(rows: Mapping[str, int], warning: str = "") -> Rows:
    """Return the number of rows of each table, after a warning if there is one."""
    frame = pd.DataFrame({"table": rows.keys(), "rows": rows.values()})
    return Rows(frame, warning)


def findings(results: Sequence[CheckResult]) -> tuple[Rows, Folded]:
    """Return the checks that found rows, and those that found none, folded."""
    passed = [result for result in results if result.is_passed]
    found = [result for result in results if not result.is_passed]
    title = f"{len(passed)} of {len(results)} checks found nothing"
    return Rows(_checks(found), reason="No check found a row."), folded(
        title, _checks(passed)
    )


def _checks(results: Sequence[CheckResult]) -> pd.DataFrame:
    return pd.DataFrame(
        {
            "check": result.name,
            "severity": result.severity,
            "rows found": result.rows.num_rows,
            "what such a row means": result.claim,
        }
        for result in results
    )


def layout(tables: pa.Table) -> Rows:
    """Return how the tables are distributed over a cluster's slices."""
    rows = tables.to_pandas().astype(object)
    reason = "On one machine there is nothing to distribute."
    return Rows(rows.where(rows.notna(), ""), reason=reason)


def cloud_removals(listed: Sequence[OrphanedResource]) -> Rows:
    """Return the cloud resources that a teardown removes or keeps, and why."""
    frame = pd.DataFrame(listed, columns=["kind", "name", "state"])
    reason = f"{ON_ONE_MACHINE}, or nothing of this name is there."
    return Rows(frame, reason=reason)


def removals(listed: Sequence[Removal]) -> Rows:
    """Return what a teardown removes from the workspace."""
    frame = pd.DataFrame(listed, columns=["place", "holds", "state"])
    return Rows(frame, reason="The workspace holds nothing that runs wrote.")
