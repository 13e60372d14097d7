"""Charts of the data's way into the warehouse, for the notebooks."""

import altair as alt
import pandas as pd

from sparkify.charts.style import BELOW, GRAY, Drawn, tips, titled

ENDS = ("staged", "duplicate", "quarantined")


def file_sizes(rows: pd.DataFrame, title: str) -> Drawn:
    """Draw how many files are of each size.

    Args:
        rows: `folder`, `size` in the order of the bars, and `files`.
        title: The question that the chart answers.
    """
    order = list(dict.fromkeys(rows["size"]))
    drawn: alt.Chart = (
        alt.Chart(rows)
        .mark_bar()
        .encode(
            x=alt.X("size:N", sort=order, title=None, axis=alt.Axis(labelAngle=0)),
            xOffset=alt.XOffset("folder:N"),
            y=alt.Y("files:Q", title="files", axis=alt.Axis(tickMinStep=1)),
            color=alt.Color("folder:N", title=None, legend=BELOW),
            tooltip=tips("folder", "size", "files"),
        )
    )
    return titled(drawn, title, _sums(rows, "size", "files"), height=200)


def reconciliation(rows: pd.DataFrame, title: str) -> Drawn:
    """Draw where the records of each kind ended, on a scale that shows a single one.

    Args:
        rows: `records` (the kind), `ended` (one of `ENDS`) and `number`.
        title: The question that the chart answers.
    """
    colour = alt.Scale(domain=list(ENDS))
    names = rows["records"] + " " + rows["ended"]
    powers = [10**power for power in range(10)]
    base = alt.Chart().encode(
        y=alt.Y("name:N", sort=None, title=None),
        x=alt.X(
            "number:Q",
            title="records; each step is ten times the last",
            scale=alt.Scale(type="symlog"),
            axis=alt.Axis(grid=False, values=powers, format=",.0f"),
        ),
        tooltip=tips("records:N", "ended:N", "number:Q"),
    )
    bars = base.mark_bar().encode(color=alt.Color("ended:N", scale=colour, legend=None))
    figures = base.mark_text(align="left", dx=4, color=GRAY).encode(
        text=alt.Text("number:Q", format=",")
    )
    layers = alt.LayerChart(data=rows.assign(name=names), layer=[bars, figures])
    return titled(layers, title, _sums(rows, "ended", "number"))


def matched(rows: pd.DataFrame, title: str) -> Drawn:
    """Draw the shares of plays and songs that the catalogue knows.

    Args:
        rows: `what` (plays, songs, artists), `kind` (in the catalogue, inferred) and
            `number`.
        title: The question that the chart answers.
    """
    colour = alt.Scale(domain=["in the catalogue", "inferred"])
    share = alt.X(
        "number:Q", stack="normalize", title="share", axis=alt.Axis(format="%")
    )
    drawn: alt.Chart = (
        alt.Chart(rows)
        .mark_bar()
        .encode(
            y=alt.Y("what:N", sort=None, title=None),
            x=share,
            color=alt.Color("kind:N", scale=colour, title=None, legend=BELOW),
            order=alt.Order("kind:N"),
            tooltip=tips("what", "kind", "number"),
        )
    )
    return titled(drawn, title, _sums(rows, "kind", "number"))


def _sums(rows: pd.DataFrame, by: str, figure: str) -> str:
    """Return the sum of a figure for each group, in words."""
    sums = rows.groupby(by, sort=False)[figure].sum()
    return ", ".join(f"{name}: {number:,}" for name, number in sums.items()) + "."
