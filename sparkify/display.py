"""Shows results in a notebook: tables without decoration, charts with a picture.

The output depends only on the data, so the committed outputs of the notebooks are the
same on every machine.
"""

from __future__ import annotations

from base64 import b64encode
from collections.abc import Mapping, Sequence
from html import escape
from typing import TYPE_CHECKING, Any

import pandas as pd
import pyarrow as pa

from sparkify.aws.teardown.orphans import OrphanedResource
from sparkify.ingest.manifest import Flattened
from sparkify.steps.provision import Resource
from sparkify.steps.teardown import Removal
from sparkify.terminal import escape_controls
from sparkify.warehouse.checks import CheckResult
from sparkify.warehouse.sql import SqlFile

if TYPE_CHECKING:
    import altair as alt

# JupyterLab 4 draws nothing newer; the charts use what Vega-Lite 5 and 6 share.
VEGA_LITE = "application/vnd.vegalite.v5+json"
VEGA_LITE_SCHEMA = "https://vega.github.io/schema/vega-lite/v5.json"


class Rows:
    """A small table in a notebook.

    Args:
        frame: The rows; the index is not shown.
        warning: What is wrong with them, shown before them; may be empty.
    """

    def __init__(self, frame: pd.DataFrame, warning: str = "") -> None:
        self._frame = frame.map(_cell)
        self._warning = warning

    def _repr_html_(self) -> str:
        rows = self._frame.to_html(index=False, border=0, justify="left")
        warning = f"<p><b>{escape(self._warning)}</b></p>\n" if self._warning else ""
        return warning + rows

    def __repr__(self) -> str:
        rows = self._frame.to_string(index=False) if len(self._frame) else "no rows"
        return f"{self._warning}\n{rows}" if self._warning else rows


def _cell(value: object) -> str:
    """Return a value as text, with separators between the thousands."""
    if isinstance(value, float):
        return f"{value:,.3f}"
    if isinstance(value, int) and not isinstance(value, bool):
        return f"{value:,}"
    return escape_controls(str(value), keep="\n")


class Picture:
    """A chart in a notebook: interactive in JupyterLab, a picture elsewhere.

    Args:
        chart: The chart.
    """

    def __init__(self, chart: alt.TopLevelMixin) -> None:
        self._spec: dict[str, Any] = chart.to_dict()

    def _repr_mimebundle_(self, **_: object) -> dict[str, Any]:
        import vl_convert

        png = vl_convert.vegalite_to_png(self._spec)
        return {
            VEGA_LITE: {**self._spec, "$schema": VEGA_LITE_SCHEMA},
            "image/png": b64encode(png).decode(),
            "text/plain": self._spec["description"],
        }


def resources(needed: Sequence[Resource]) -> Rows:
    """Return the resources that a run will use."""
    return Rows(pd.DataFrame(needed))


def plan(rows: Sequence[Mapping[str, str | float]]) -> Rows:
    """Return the planned cloud resources, with their states, actions and costs."""
    return Rows(pd.DataFrame(rows))


def tables(created: Mapping[str, SqlFile]) -> Rows:
    """Return the tables, with what they hold and what one row stands for."""
    return Rows(
        pd.DataFrame(
            {
                "table": created.keys(),
                "what it holds": [file.comment for file in created.values()],
            }
        )
    )


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
    return _numbers(kinds, "reason")


def repairs(flattened: Flattened) -> Rows:
    """Return how many records were repaired, by kind of repair."""
    kinds = {name: kind.repaired for name, kind in flattened.counts.items()}
    return _numbers(kinds, "repair")


def unread(flattened: Flattened) -> Rows:
    """Return how many files of the source were not read, by kind of file."""
    kinds = {name: kind.unread for name, kind in flattened.counts.items()}
    return _numbers(kinds, "files not read")


def _numbers(kinds: Mapping[str, Mapping[str, int]], heading: str) -> Rows:
    """Return the numbers of each kind of record, one row a heading."""
    rows = [
        (name, key, number)
        for name, numbers in kinds.items()
        for key, number in numbers.items()
    ]
    return Rows(pd.DataFrame(rows, columns=["records", heading, "number"]))


def counts(rows: Mapping[str, int], warning: str = "") -> Rows:
    """Return the number of rows of each table, after a warning if there is one."""
    frame = pd.DataFrame({"table": rows.keys(), "rows": rows.values()})
    return Rows(frame, warning)


def findings(results: Sequence[CheckResult]) -> Rows:
    """Return what each check found."""
    return Rows(
        pd.DataFrame(
            {
                "check": result.name,
                "severity": result.severity,
                "rows found": result.rows.num_rows,
                "what such a row means": result.claim,
            }
            for result in results
        )
    )


def layout(tables: pa.Table) -> Rows:
    """Return how the tables are distributed over a cluster's slices."""
    rows = tables.to_pandas().astype(object)
    return Rows(rows.where(rows.notna(), ""))


def cloud_removals(listed: Sequence[OrphanedResource]) -> Rows:
    """Return the cloud resources that a teardown removes or keeps, and why."""
    return Rows(pd.DataFrame(listed, columns=["kind", "name", "state"]))


def removals(listed: Sequence[Removal]) -> Rows:
    """Return what a teardown removes from the workspace."""
    return Rows(pd.DataFrame(listed, columns=["place", "holds", "state"]))
