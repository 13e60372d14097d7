"""Charts of the ranks that songs and artists have from week to week."""

from collections.abc import Sequence
from math import exp, log
from operator import itemgetter

import altair as alt
import pandas as pd

from sparkify.charts.style import HEIGHT, PALE, Drawn, tips, titled
from sparkify.reports import numbers
from sparkify.reports.trends import WEEK

NAME_WIDTH, LEADER = 148, 14  # pixels beside the plot: a name, and the line to it
LINE = 18  # pixels from one name to the next
TICKS = (1, 2, 5, 10, 20, 50, 100, 200, 500, 1_000, 2_000, 5_000, 10_000)
LEAST_RANKS = 8  # that the axis has
MARGIN = 0.12  # of the axis above the first rank, as a logarithm
FAINT = 0.2  # the opacity of the lines beside the one that is pointed at
DASHES = ([1, 0], [5, 4])
THIN = 0.4  # the opacity of a line from or to a week that is cut


def ranks(rows: pd.DataFrame, title: str, *, height: int = HEIGHT) -> Drawn:
    """Draw the rank of each week, the first at the top.

    Args:
        rows: `week_start`, `plays` and `play_rank`, marked as by `mark_weeks`.
        title: The question that the chart answers.
        height: The height of the plot in pixels.
    """
    weeks = pd.to_datetime(rows["week_start"])
    base = alt.Chart().encode(
        x=_weeks(),
        y=alt.Y(
            "play_rank:Q",
            title="rank",
            scale=alt.Scale(reverse=True, zero=False, nice=False, padding=24),
            axis=None,
        ),
        tooltip=_tips(),
    )
    # A rank stands on the side of its point to which the line does not go.
    neighbours = pd.concat([rows["play_rank"].shift(1), rows["play_rank"].shift(-1)])
    best = neighbours.groupby(level=0).min()
    is_below = (rows["play_rank"] > best).tolist()
    names = [
        base.mark_text(dy=dy, fontSize=12)
        .transform_filter(f"datum.is_below === {str(side).lower()}")
        .encode(text=alt.Text("play_rank:Q"))
        for side, dy in ((False, -12), (True, 14))
    ]
    points = base.mark_point(filled=True, size=60).encode(opacity=PALE)
    drawn = rows.assign(week_start=weeks, is_below=is_below)
    whole, cut = _parts(drawn.assign(name=""))
    lines = [
        base.mark_line().encode(detail="part:N").properties(data=whole),
        base.mark_line(opacity=THIN).encode(detail="part:N").properties(data=cut),
    ]
    layers = alt.LayerChart(data=drawn, layer=[*lines, points, *names])
    if rows.empty:
        return titled(layers, title, "No data.")
    best_week = int(rows["play_rank"].argmin())
    day = numbers.day(weeks.iloc[best_week])
    answer = f"Best: rank {rows['play_rank'].iloc[best_week]}, in the week from {day}."
    return titled(layers, title, answer, height=height)


def bump(rows: pd.DataFrame, label: str, title: str, *, height: int = HEIGHT) -> Drawn:
    """Draw the rank of each week of several names, a line each, the first at the top.

    The axis is logarithmic, so that a few places are seen at the top, and that a name
    may fall far. Each name, with its last rank, stands beside the end of its line. To
    point at a name or at a point of its line lets the other lines fade.

    Args:
        rows: The label's column, `artist`, `week_start`, `plays` and `play_rank`,
            marked as by `mark_weeks`, a row a name and week; a week without a rank may
            be missing. The lines are in the order of their first rows.
        label: The column that names a line.
        title: The question that the chart answers.
        height: The height of the plot in pixels.
    """
    names = rows[label].drop_duplicates().tolist()
    drawn = rows.assign(
        week_start=pd.to_datetime(rows["week_start"]), name=rows[label]
    ).sort_values("week_start", kind="stable")
    last = drawn.drop_duplicates("name", keep="last").sort_values("play_rank")
    lowest = max([LEAST_RANKS, *drawn["play_rank"]])
    domain = [exp(-MARGIN), lowest * exp(MARGIN)]
    scale = alt.Scale(type="log", domain=domain, reverse=True, nice=False)
    color = alt.Color("name:N", scale=alt.Scale(domain=names), legend=None)
    end = alt.ExprRef(f"width - {NAME_WIDTH}")
    base = alt.Chart().encode(
        x=_weeks(alt.Scale(range=[0, end])),
        y=alt.Y(
            "play_rank:Q",
            title=None,
            scale=scale,
            axis=alt.Axis(values=[tick for tick in TICKS if tick <= lowest]),
        ),
        color=color,
    )
    fields = dict.fromkeys([f"{label}:N", "artist:N"])
    # Neighbours in colour differ in their dashes.
    dashes = [DASHES[number // 4 % 2] for number in range(len(names))]
    pointed = alt.selection_point(fields=["name"], on="pointerover", clear="pointerout")
    dash = alt.StrokeDash(
        "name:N", scale=alt.Scale(domain=names, range=dashes), legend=None
    )
    lines = [
        base.mark_line()
        .encode(
            opacity=alt.condition(pointed, alt.value(opacity), alt.value(FAINT)),
            strokeDash=dash,
            detail="part:N",
        )
        .properties(data=part)
        for part, opacity in zip(_parts(drawn), (1, THIN), strict=True)
    ]
    points = base.mark_point(filled=True, size=40).encode(
        opacity=PALE, tooltip=_tips(*fields)
    )
    points = points.add_params(pointed)
    named = last.assign(
        place=_apart(last["play_rank"].tolist(), domain, height),
        words=[
            f"{numbers.count(rank)} {name}"
            for rank, name in zip(last["play_rank"], last["name"], strict=True)
        ],
    )
    leaders = base.mark_rule().encode(
        x2=alt.value(alt.ExprRef(f"width - {NAME_WIDTH - LEADER}")),
        y2="place:Q",
        strokeDash=dash,
    )
    texts = base.mark_text(align="left", fontSize=12, limit=NAME_WIDTH - LEADER).encode(
        x=alt.value(alt.ExprRef(f"width - {NAME_WIDTH - LEADER - 3}")),
        y="place:Q",
        text="words:N",
        tooltip=_tips(*fields),
    )
    layers = alt.LayerChart(
        data=drawn,
        layer=[
            *lines,
            points,
            *(each.properties(data=named) for each in (leaders, texts)),
        ],
    )
    return titled(layers, title, _leader(drawn, names), height=height)


def _weeks(scale: alt.Scale | None = None) -> alt.X:
    return alt.X(
        "yearmonthdate(week_start):O",
        title="week from",
        axis=alt.Axis(format="%-d %b", labelAngle=0, labelOverlap=True),
        scale=scale or alt.Undefined,
    )


def _parts(rows: pd.DataFrame) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Return the points of the lines between whole weeks, and of those to cut ones.

    No line leads over a week that is missing.

    Args:
        rows: `name`, `week_start` and `is_whole`.

    Returns:
        The rows of either with `part`, which tells a name's lines apart.
    """
    ordered = rows.sort_values(["name", "week_start"])
    is_whole, name = ordered["is_whole"].astype(bool), ordered["name"]
    next_week = ordered["week_start"] + WEEK
    is_joined = (name == name.shift(-1)) & (
        next_week == ordered["week_start"].shift(-1)
    )
    are_whole = is_whole & is_whole.shift(-1, fill_value=True)
    begins = is_joined & ~are_whole
    ends = begins.shift(1, fill_value=False)
    cut = [
        ordered[each].assign(part=range(1, begins.sum() + 1)) for each in (begins, ends)
    ]
    is_continued = (is_joined & are_whole).shift(1, fill_value=False)
    whole = ordered.assign(part=(~is_continued).cumsum())[is_whole]
    return whole, pd.concat(cut)


def _tips(*first: str) -> list[alt.Tooltip]:
    return tips(
        *first,
        alt.Tooltip("week_start:T", title="week from", format="%-d %b %Y"),
        alt.Tooltip("play_rank:Q", title="rank"),
        "plays:Q",
    )


def _apart(ends: Sequence[int], domain: Sequence[float], height: int) -> list[float]:
    """Return the rank at which each name stands, none on top of another.

    Args:
        ends: The rank at the end of each line, in order.
        domain: The first and the last rank of the axis.
        height: The height of the plot in pixels.
    """
    first, last = map(log, domain)
    pixels = height / (last - first)
    places = [(log(end) - first) * pixels for end in ends]
    for number in range(1, len(places)):
        places[number] = max(places[number], places[number - 1] + LINE)
    floor = height - LINE / 2
    for number in reversed(range(len(places))):
        places[number] = min(places[number], floor)
        floor = places[number] - LINE
    return [exp(place / pixels + first) for place in places]


def _leader(rows: pd.DataFrame, names: Sequence[str]) -> str:
    """Return in words which name has the first rank in the most weeks."""
    if rows.empty:
        return "No data."
    weeks = numbers.counted(rows["week_start"].nunique(), "week")
    firsts = rows.loc[rows["play_rank"] == 1, "name"].tolist()
    if not firsts:
        name, rank, monday = min(
            zip(rows["name"], rows["play_rank"], rows["week_start"], strict=True),
            key=itemgetter(1),
        )
        return f"Best: {name}, rank {rank}, in the week from {numbers.day(monday)}."
    most = max(map(firsts.count, firsts))
    leaders = [name for name in names if firsts.count(name) == most]
    verb = "leads" if len(leaders) == 1 else "lead, each"
    return f"{' and '.join(leaders)} {verb} in {most} of {weeks}."
