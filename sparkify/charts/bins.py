"""Charts of how many have how much."""

import altair as alt
import pandas as pd

from sparkify.charts.style import Drawn, axis_of, extremes, tips, titled


def bins(rows: pd.DataFrame, figure: str, title: str, *, unit: str) -> Drawn:
    """Draw a figure of each bin, also of empty ones between others.

    Args:
        rows: `bin_start`, `bin_end` (missing for an open bin) and the figure, of bins
            that double, in order; an empty one may be missing.
        figure: The column to draw.
        title: The question that the chart answers.
        unit: The unit of the bins.
    """
    rows = _with_empty_bins(rows, figure)
    names = [
        f"{start:,.0f}+"
        if pd.isna(end)
        else f"{start:,.0f}"
        if start == end
        else f"{start:,.0f}-{end:,.0f}"
        for start, end in zip(rows["bin_start"], rows["bin_end"], strict=True)
    ]
    drawn: alt.Chart = (
        alt.Chart(rows.assign(size=names))
        .mark_bar()
        .encode(
            x=alt.X(
                "size:N",
                sort=None,
                title=unit,
                axis=alt.Axis(labelAngle=0, labelOverlap=True),
            ),
            y=alt.Y(f"{figure}:Q", title=figure, axis=axis_of(rows[figure])),
            tooltip=tips(alt.Tooltip("size:N", title=unit), f"{figure}:Q"),
        )
    )
    labels = [f"{name} {unit}" for name in names]
    return titled(drawn, title, extremes(labels, rows[figure], figure))


def _with_empty_bins(rows: pd.DataFrame, figure: str) -> pd.DataFrame:
    if rows.empty:
        return rows
    last = rows.iloc[-1]
    starts = [rows["bin_start"].iloc[0]]
    while starts[-1] < last["bin_start"]:
        starts.append(max(1, 2 * starts[-1]))
    ends = [max(start, 2 * start - 1) for start in starts[:-1]]
    every = pd.DataFrame({"bin_start": starts, "bin_end": [*ends, last["bin_end"]]})
    counts = rows.set_index("bin_start")[figure]
    figures = counts.reindex(starts, fill_value=0).to_numpy()
    return every.assign(**{figure: figures})
