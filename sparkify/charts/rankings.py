"""Charts of the most played songs and artists, and of shares of plays."""

from collections.abc import Sequence

import altair as alt
import pandas as pd

from sparkify.charts.style import (
    GRAY,
    HEIGHT,
    PERCENT,
    Drawn,
    axis_of,
    clickable,
    extremes,
    ranked,
    tips,
    titled,
)
from sparkify.reports import numbers

ROW = 36  # pixels of a bar with its label above
CHANGE_ROW = 34  # of a change, so that ten stand above the fold
DIGIT, GAP = 7, 16  # pixels of a figure's character, and between it and its label


def top_songs(rows: pd.DataFrame, title: str, *, selection: str = "") -> Drawn:
    """Draw songs by their plays.

    Args:
        rows: `title`, `artist`, `plays`, `listeners`, in the order of the bars.
        title: The question that the chart answers.
        selection: The name of the selection that a click on a bar makes, which holds
            its `title` and its `artist`; empty for none.
    """
    songs = rows.assign(song=rows["title"] + " · " + rows["artist"])
    fields = ("title", "artist")
    return bars(songs, "song", title, selection=selection, fields=fields)


def top_artists(rows: pd.DataFrame, title: str, *, selection: str = "") -> Drawn:
    """Draw artists by their plays.

    Args:
        rows: `artist`, `plays`, `listeners`, in the order of the bars.
        title: The question that the chart answers.
        selection: The name of the selection that a click on a bar makes; empty for
            none.
    """
    return bars(rows, "artist", title, selection=selection)


def bars(
    rows: pd.DataFrame,
    label: str,
    title: str,
    *,
    figure: str = "plays",
    selection: str = "",
    fields: Sequence[str] = (),
) -> Drawn:
    """Draw bars in the order of the rows, each below its label and its figure.

    Above its bar, a label has room on a phone too.

    Args:
        rows: The label's column, with unique values, and the figure's.
        label: The column that names a row.
        title: The question that the chart answers.
        figure: The column to draw; its name is the unit.
        selection: The name of the selection that a click on a bar makes; empty for
            none.
        fields: The columns that a selection holds; the label's if there are none.
    """
    values = rows[figure].tolist()
    answer = ranked(rows[label].tolist(), values, figure)
    shown = rows.assign(shown=[*map(numbers.count, values)])
    return _bars(shown, label, title, figure, answer, selection, fields)


def changes(
    rows: pd.DataFrame, label: str, title: str, *, selection: str = ""
) -> Drawn:
    """Draw what gained and what lost, to either side of zero, with the difference.

    Args:
        rows: The label's column and `plays_change`, the largest gain first.
        label: The column that names a row.
        title: The question that the chart answers.
        selection: The name of the selection that a click on a bar makes; empty for
            none.
    """
    values = rows["plays_change"].tolist()
    named = [*zip(rows[label], values, strict=True)]
    words = (
        [
            f"{word} most: {name}, {value:+,}"
            for word, (name, value) in zip(
                ("Gained", "Lost"), (named[0], named[-1]), strict=True
            )
            if (value > 0) == (word == "Gained")
        ]
        if named
        else []
    )
    drawn = rows.assign(
        shown=[f"{value:+,}" for value in values],
        kind=["gained" if value > 0 else "lost" for value in values],
    )
    answer = " ".join(f"{each}." for each in words) or "No data."
    return _bars(drawn, label, title, "plays_change", answer, selection, row=CHANGE_ROW)


def shares(rows: pd.DataFrame, label: str, title: str, *, selection: str = "") -> Drawn:
    """Draw the shares of a few kinds of plays, such as those of each browser.

    Args:
        rows: The label's column and `plays`, the largest first.
        label: The column that names a row.
        title: The question that the chart answers.
        selection: The name of the selection that a click on a bar makes; empty for
            none.
    """
    total = rows["plays"].sum()
    share = rows["plays"] / total if total else rows["plays"]
    shown = [numbers.share(value) for value in share]
    answer = ranked(rows[label].tolist(), [round(v * 100, 1) for v in share], "%")
    drawn = rows.assign(share=share, shown=shown)
    return _bars(drawn, label, title, "share", answer, selection)


def _bars(
    rows: pd.DataFrame,
    label: str,
    title: str,
    figure: str,
    answer: str,
    selection: str = "",
    fields: Sequence[str] = (),
    row: int = ROW,
) -> Drawn:
    base = alt.Chart().encode(
        y=alt.Y(f"{label}:N", sort=None, axis=None),
        tooltip=tips(
            f"{label}:N",
            alt.Tooltip("shown:N", title=figure),
            *(f"{name}:Q" for name in ("listeners",) if name in rows),
        ),
    )
    widest = GAP + DIGIT * max(map(len, rows["shown"]), default=0)
    limit = alt.ExprRef(f"max(40, width - {widest})")
    names = base.mark_text(align="left", dy=-8, fontSize=12, limit=limit).encode(
        x=alt.value(0), text=alt.Text(f"{label}:N")
    )
    figures = base.mark_text(align="right", dy=-8, fontSize=12).encode(
        x=alt.value("width"), text=alt.Text("shown:N")
    )
    values = [0, *rows[figure]]
    domain = [0, 1] if figure == "share" else [min(values), max(values)]
    drawn = base.mark_bar(size=9, yOffset=7).encode(
        x=alt.X(f"{figure}:Q", axis=None, scale=alt.Scale(domain=domain))
    )
    if "kind" in rows:
        kinds = alt.Scale(domain=["gained", "lost"])
        drawn = drawn.encode(color=alt.Color("kind:N", scale=kinds, legend=None))
    drawn = clickable(drawn, selection, *(fields or (label,)))
    layers = alt.LayerChart(data=rows, layer=[drawn, names, figures])
    return titled(layers, title, answer, height=max(1, len(rows)) * row)


def lorenz(
    rows: pd.DataFrame, title: str, *, items: str = "items", height: int = HEIGHT
) -> Drawn:
    """Draw the distribution of plays over items, from the least played to the most.

    Args:
        rows: `item_percent` from 0 to 100 and `play_share` from 0 to 1, cumulative.
        title: The question that the chart answers.
        items: What the items are.
        height: The height of the plot in pixels.
    """
    even = pd.DataFrame({"item_percent": [0, 100], "play_share": [0.0, 1.0]})
    share = alt.Y("play_share:Q", title="share of plays", axis=PERCENT)
    percent = alt.X(
        "item_percent:Q",
        title=f"{items}, least played first",
        scale=alt.Scale(domain=[0, 100]),
        axis=alt.Axis(labelExpr=f"datum.value + '{numbers.SPACE}%'", tickCount=4),
    )
    points = rows[[*even]]
    if len(points):
        points = pd.concat([even.head(1), points]).drop_duplicates()
    curve = (
        alt.Chart(points)
        .mark_line()
        .encode(
            x=percent,
            y=share,
            tooltip=tips("item_percent:Q", alt.Tooltip("play_share:Q", format=".1%")),
        )
    )
    equal = alt.Chart(even).mark_line(color=GRAY, strokeDash=[4, 4])
    layers: alt.LayerChart = equal.encode(x=percent, y=share) + curve
    half = rows.loc[rows["item_percent"] >= 50, "play_share"]
    answer = (
        f"The least played half has {numbers.share(half.iloc[0])}." if len(half) else ""
    )
    return titled(layers, title, answer, height=height)


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
            y=alt.Y("plays:Q", title="plays", axis=axis_of(known["plays"])),
            tooltip=tips("released:N", "plays:Q"),
        )
    )
    return titled(
        columns, title, extremes(names, known["plays"], "plays"), height=HEIGHT
    )
