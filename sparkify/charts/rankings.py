"""Charts of the most played songs and artists, and of shares of plays."""

import altair as alt
import pandas as pd

from sparkify.charts.style import (
    COUNTS,
    GRAY,
    HEIGHT,
    Drawn,
    extremes,
    ranked,
    tips,
    titled,
)
from sparkify.reports import numbers

ROW = 36  # pixels of a bar with its label above
FIGURE = 70  # pixels at the end of a label for the figure


def top_songs(rows: pd.DataFrame, title: str) -> Drawn:
    """Draw songs by their plays.

    Args:
        rows: `title`, `artist`, `plays`, `listeners`, in the order of the bars.
        title: The question that the chart answers.
    """
    names = rows["title"] + " · " + rows["artist"]
    return bars(rows.assign(song=names), "song", title)


def top_artists(rows: pd.DataFrame, title: str) -> Drawn:
    """Draw artists by their plays.

    Args:
        rows: `artist`, `plays`, `listeners`, in the order of the bars.
        title: The question that the chart answers.
    """
    return bars(rows, "artist", title)


def bars(rows: pd.DataFrame, label: str, title: str, *, figure: str = "plays") -> Drawn:
    """Draw bars in the order of the rows, each below its label and its figure.

    Above its bar, a label has room on a phone too.

    Args:
        rows: The label's column, with unique values, and the figure's.
        label: The column that names a row.
        title: The question that the chart answers.
        figure: The column to draw; its name is the unit.
    """
    values = rows[figure].tolist()
    answer = ranked(rows[label].tolist(), values, figure)
    return _bars(
        rows.assign(shown=[*map(numbers.count, values)]), label, title, figure, answer
    )


def shares(rows: pd.DataFrame, label: str, title: str) -> Drawn:
    """Draw the shares of a few kinds of plays, such as those of each browser.

    Args:
        rows: The label's column and `plays`, the largest first.
        label: The column that names a row.
        title: The question that the chart answers.
    """
    total = rows["plays"].sum()
    share = rows["plays"] / total if total else rows["plays"]
    shown = [numbers.share(value) for value in share]
    answer = ranked(rows[label].tolist(), [round(v * 100, 1) for v in share], "%")
    drawn = rows.assign(share=share, shown=shown)
    return _bars(drawn, label, title, "share", answer)


def _bars(
    rows: pd.DataFrame, label: str, title: str, figure: str, answer: str
) -> Drawn:
    base = alt.Chart().encode(
        y=alt.Y(f"{label}:N", sort=None, axis=None),
        tooltip=tips(
            f"{label}:N",
            alt.Tooltip("shown:N", title=figure),
            *(f"{name}:Q" for name in ("listeners",) if name in rows),
        ),
    )
    limit = alt.ExprRef(f"max(40, width - {FIGURE})")
    names = base.mark_text(align="left", dy=-8, fontSize=12, limit=limit).encode(
        x=alt.value(0), text=f"{label}:N"
    )
    figures = base.mark_text(align="right", dy=-8, fontSize=12).encode(
        x=alt.value("width"), text="shown:N"
    )
    drawn = base.mark_bar(size=9, yOffset=7).encode(
        x=alt.X(f"{figure}:Q", axis=None, scale=alt.Scale(domainMin=0))
    )
    layers = alt.LayerChart(data=rows, layer=[drawn, names, figures])
    return titled(layers, title, answer, height=max(1, len(rows)) * ROW)


def lorenz(rows: pd.DataFrame, title: str) -> Drawn:
    """Draw the distribution of plays over items, from the least played to the most.

    Args:
        rows: `item_percent` from 0 to 100 and `play_share` from 0 to 1, cumulative.
        title: The question that the chart answers.
    """
    share = alt.Y("play_share:Q", title="share of plays", axis=alt.Axis(format="%"))
    percent = alt.X(
        "item_percent:Q",
        title="% of items, least played first",
        scale=alt.Scale(domain=[0, 100]),
    )
    curve = (
        alt.Chart(rows)
        .mark_line()
        .encode(
            x=percent,
            y=share,
            tooltip=tips("item_percent:Q", alt.Tooltip("play_share:Q", format=".1%")),
        )
    )
    even = pd.DataFrame({"item_percent": [0, 100], "play_share": [0.0, 1.0]})
    equal = alt.Chart(even).mark_line(color=GRAY, strokeDash=[4, 4])
    layers: alt.LayerChart = equal.encode(x=percent, y=share) + curve
    half = rows.loc[rows["item_percent"] >= 50, "play_share"]
    answer = (
        f"The least played half has {numbers.share(half.iloc[0])}." if len(half) else ""
    )
    return titled(layers, title, answer)


def decades(rows: pd.DataFrame, title: str) -> Drawn:
    """Draw plays by the decade in which the songs were released.

    Args:
        rows: `decade` and `plays`; rows without a decade are left out.
        title: The question that the chart answers.
    """
    known = rows[rows["decade"].notna()]
    names = [f"{int(decade)}s" for decade in known["decade"]]
    columns: alt.Chart = (
        alt.Chart(known.assign(released=names))
        .mark_bar()
        .encode(
            x=alt.X("released:N", sort=None, title=None, axis=alt.Axis(labelAngle=0)),
            y=alt.Y("plays:Q", title="plays", axis=COUNTS),
            tooltip=tips("released:N", "plays:Q"),
        )
    )
    return titled(
        columns, title, extremes(names, known["plays"], "plays"), height=HEIGHT
    )
