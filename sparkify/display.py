"""Shows results in a notebook: tables without decoration, charts with a picture.

What is shown depends on nothing but the data, so that the committed outputs of the
notebooks are the same on every machine.
"""

from __future__ import annotations

from base64 import b64encode
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

import pandas as pd
import pyarrow as pa

from sparkify.aws.teardown.orphans import OrphanedResource
from sparkify.ingest.manifest import Flattened
from sparkify.steps.provision import Resource
from sparkify.steps.teardown import Removal
from sparkify.warehouse.checks import CheckResult
from sparkify.warehouse.sql import SqlFile

if TYPE_CHECKING:
    import altair as alt

# The newest type that JupyterLab 4 draws; our charts use what Vega-Lite 5 and 6 share.
VEGA_LITE = "application/vnd.vegalite.v5+json"
VEGA_LITE_SCHEMA = "https://vega.github.io/schema/vega-lite/v5.json"


class Rows:
    """A small table, as a notebook shows it.

    Args:
        frame: The rows; the index is not shown.
    """

    def __init__(self, frame: pd.DataFrame) -> None:
        self._frame = frame.map(_cell)

    def _repr_html_(self) -> str:
        return self._frame.to_html(index=False, border=0, justify="left")

    def __repr__(self) -> str:
        return self._frame.to_string(index=False) if len(self._frame) else "no rows"


def _cell(value: object) -> str:
    """Writes a value as a person would."""
    if isinstance(value, float):
        return f"{value:,.3f}"
    if isinstance(value, int) and not isinstance(value, bool):
        return f"{value:,}"
    return str(value)


class Picture:
    """A chart, as a notebook shows it: live in JupyterLab, else as a picture.

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


def resources(found: Sequence[Resource]) -> Rows:
    """Lists what a run will use."""
    return Rows(pd.DataFrame(found))


def plan(rows: Sequence[Mapping[str, str | float]]) -> Rows:
    """Shows what the cloud needs, what is done about it, and what it costs."""
    return Rows(pd.DataFrame(rows))


def tables(created: Mapping[str, SqlFile]) -> Rows:
    """Lists tables with what one row of each is."""
    return Rows(
        pd.DataFrame(
            {
                "table": created.keys(),
                "what it holds": [file.comment for file in created.values()],
            }
        )
    )


def reconciliation(flattened: Flattened) -> Rows:
    """Shows where the lines of each kind ended."""
    return Rows(
        pd.DataFrame(
            {
                "records": name,
                "files": kind.objects,
                "lines": kind.lines,
                "staged": kind.staged,
                "duplicate": kind.duplicate,
                "quarantined": kind.quarantined_lines,
            }
            for name, kind in flattened.counts.items()
        )
    )


def reasons(flattened: Flattened) -> Rows:
    """Shows why lines were quarantined; no row where none was."""
    return Rows(
        pd.DataFrame(
            [
                {"records": name, "reason": reason, "lines": lines}
                for name, kind in flattened.counts.items()
                for reason, lines in kind.quarantined.items()
            ],
            columns=["records", "reason", "lines"],
        )
    )


def counts(rows: Mapping[str, int]) -> Rows:
    """Shows the rows of each table."""
    return Rows(pd.DataFrame({"table": rows.keys(), "rows": rows.values()}))


def findings(results: Sequence[CheckResult]) -> Rows:
    """Shows what each check found."""
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


def layout(found: pa.Table) -> Rows:
    """Shows how the tables lie on a cluster's slices."""
    rows = found.to_pandas().astype(object)
    return Rows(rows.where(rows.notna(), ""))


def cloud_removals(found: Sequence[OrphanedResource]) -> Rows:
    """Lists what a teardown takes away in the cloud, what stays and why."""
    return Rows(pd.DataFrame(found, columns=["kind", "name", "state"]))


def removals(found: Sequence[Removal]) -> Rows:
    """Lists what a teardown takes away."""
    return Rows(pd.DataFrame(found, columns=["place", "holds", "state"]))
