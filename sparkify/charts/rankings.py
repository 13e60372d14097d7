"""Charts of the most played songs and artists, and of shares of plays."""

import altair as alt
import pandas as pd

from sparkify.charts.style import BLUE, GRAY, ORANGE, Drawn, tips, titled


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
    """Draw bars with their figures, in the order of the rows.

    Args:
        rows: The label's column, with unique values, and the figure's.
        label: The column that names a row.
        title: The question that the chart answers.
        figure: The column to draw; its name is the unit.
    """
    drawn = alt.Chart().encode(
        y=alt.Y(f"{label}:N", sort=None, title=None, axis=alt.Axis(labelLimit=260)),
        x=alt.X(f"{figure}:Q", title=figure, axis=alt.Axis(grid=False, tickMinStep=1)),
        tooltip=tips(
            *(
                name
                for name, column in (
                    (f"{label}:N", label),
                    (f"{figure}:Q", figure),
                    ("listeners:Q", "listeners"),
                )
                if column in rows
            )
        ),
    )
    figures = drawn.mark_text(align="left", dx=4, color=GRAY).encode(
        text=alt.Text(f"{figure}:Q", format=",")
    )
    layers = alt.LayerChart(data=rows, layer=[drawn.mark_bar(color=BLUE), figures])
    return titled(layers, title)


def lorenz(rows: pd.DataFrame, title: str) -> Drawn:
    """Draw the distribution of plays over items, from the least played to the most.

    Args:
        rows: `item_percent` from 0 to 100 and `play_share` from 0 to 1, cumulative.
        title: The question that the chart answers.
    """
    share = alt.Y("play_share:Q", title="share of plays", axis=alt.Axis(format="%"))
    percent = alt.X("item_percent:Q", title="percent of items, least played first")
    curve = (
        alt.Chart(rows)
        .mark_line(color=BLUE)
        .encode(
            x=percent,
            y=share,
            tooltip=tips("item_percent", alt.Tooltip("play_share:Q", format=".1%")),
        )
    )
    even = pd.DataFrame({"item_percent": [0, 100], "play_share": [0.0, 1.0]})
    equal = alt.Chart(even).mark_line(color=GRAY, strokeDash=[4, 4])
    layers: alt.LayerChart = equal.encode(x=percent, y=share) + curve
    return titled(layers, title)


def decades(rows: pd.DataFrame, title: str) -> Drawn:
    """Draw plays by the decade in which the songs were released.

    Args:
        rows: `decade` (missing if unknown) and `plays`.
        title: The question that the chart answers.
    """
    known = rows["decade"].notna()
    names = [
        f"{int(decade)}s" if is_known else "unknown"
        for decade, is_known in zip(rows["decade"], known, strict=True)
    ]
    columns: alt.Chart = (
        alt.Chart(rows.assign(released=names, is_known=known))
        .mark_bar()
        .encode(
            x=alt.X("released:N", sort=None, title=None, axis=alt.Axis(labelAngle=0)),
            y=alt.Y("plays:Q", title="plays"),
            color=alt.condition(alt.datum.is_known, alt.value(BLUE), alt.value(GRAY)),
            tooltip=tips("released", "plays"),
        )
    )
    return titled(columns, title)


def shares(rows: pd.DataFrame, label: str, title: str) -> Drawn:
    """Draw the shares of a few kinds of plays, such as those of each browser.

    Args:
        rows: The label's column and `plays`, the largest first.
        label: The column that names a row.
        title: The question that the chart answers.
    """
    total = rows["plays"].sum()
    share = rows["plays"] / total if total else rows["plays"]
    drawn: alt.Chart = (
        alt.Chart(rows.assign(share=share))
        .mark_bar(color=ORANGE)
        .encode(
            y=alt.Y(f"{label}:N", sort=None, title=None),
            x=alt.X("share:Q", title="share of plays", axis=alt.Axis(format="%")),
            tooltip=tips(label, "plays", alt.Tooltip("share:Q", format=".1%")),
        )
    )
    return titled(drawn, title)
