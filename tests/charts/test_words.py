"""The words and numbers of a chart are as people write them, and can be read."""

import json
import re
from collections.abc import Sequence
from itertools import pairwise
from math import log
from typing import Any

import pandas as pd
import pytest
import vl_convert

from sparkify import charts
from sparkify.reports.report import WEEKDAYS
from tests.support.chart_rows import (
    BY_DAY,
    BY_HOUR,
    BY_STATE,
    DAYS,
    PROFILE,
    TITLE,
)


def test_a_scale_of_one_value_or_of_none_has_no_odd_numbers() -> None:
    one = pd.DataFrame({"play_date": DAYS[:1], "plays": [479]})
    none = BY_STATE.head(0)
    for chart in (charts.calendar(one, TITLE), charts.states(none, TITLE)):
        svg = vl_convert.vegalite_to_svg(json.dumps(chart.to_dict()))
        assert not re.search(r">(NaN|[^<]*[.]000[^<]*)<", svg)


def test_a_calendar_of_one_day_has_all_weekdays() -> None:
    one = pd.DataFrame({"play_date": DAYS[:1], "plays": [479]})
    svg = vl_convert.vegalite_to_svg(json.dumps(charts.calendar(one, TITLE).to_dict()))
    assert all(f">{day}<" in svg for day in WEEKDAYS)


def test_counts_on_an_axis_are_written_alike_below_and_above_a_thousand() -> None:
    many = BY_HOUR.assign(plays=[1_500, *[0] * (len(BY_HOUR) - 1)])
    svg = vl_convert.vegalite_to_svg(json.dumps(charts.hours(many, TITLE).to_dict()))
    assert ">500<" in svg
    assert ">1k<" in svg
    assert "0.5k" not in svg


def test_an_average_below_one_is_written_as_a_decimal() -> None:
    few = PROFILE.assign(plays_per_day=0.5)
    svg = vl_convert.vegalite_to_svg(json.dumps(charts.profiles(few, TITLE).to_dict()))
    assert ">0.5<" in svg
    assert ">500m<" not in svg


@pytest.mark.parametrize(("now", "before"), [(5, 5), (5, 6), (0, 0), (7, 2), (1, 90)])
def test_the_names_of_two_lines_are_not_on_top_of_each_other(
    now: int, before: int
) -> None:
    rows, earlier = BY_DAY.assign(plays=now), BY_DAY.assign(plays=before)
    spec = charts.trend(rows, earlier, TITLE).to_dict()
    (labels,) = [
        pd.DataFrame(each) for each in spec["datasets"].values() if "name" in each[0]
    ]
    heights = labels.set_index("name")["plays"]
    apart = heights["now"] - heights["before"]
    assert apart * (now - before) >= 0
    assert abs(apart) >= max(now, before, 1) * 20 / spec["height"]
    assert heights.min() >= 0
    alone = charts.trend(rows, earlier.head(0), TITLE).to_dict()
    assert len(alone["datasets"]) == 1


@pytest.mark.parametrize(
    ("now", "before"), [(0.02, 0.02), (0.02, 0.03), (0, 0), (1, 1), (0.98, 1)]
)
def test_the_names_of_two_small_shares_are_not_on_top_of_each_other(
    now: float, before: float
) -> None:
    rows, earlier = (BY_DAY.assign(paid_share=each) for each in (now, before))
    spec = charts.trend(rows, earlier, TITLE, figure="paid_share").to_dict()
    (labels,) = [
        pd.DataFrame(each) for each in spec["datasets"].values() if "name" in each[0]
    ]
    heights = labels["paid_share"]  # of an axis from 0 to 1
    assert heights.max() - heights.min() >= 20 / spec["height"]
    assert heights.between(0, 1).all()


def standings(**ranks: Sequence[int | None]) -> pd.DataFrame:
    """Return the rows of a bump chart: a rank a week of each name, or None."""
    weeks = pd.date_range("2018-10-29", periods=5, freq="7D")
    rows = [
        (name, week, rank)
        for name, theirs in ranks.items()
        for week, rank in zip(weeks, theirs, strict=False)
        if rank is not None
    ]
    drawn = pd.DataFrame(rows, columns=["artist", "week_start", "play_rank"])
    return drawn.assign(plays=9, is_whole=drawn["week_start"] > weeks[0])


def spec_of(rows: pd.DataFrame) -> dict[str, Any]:
    return charts.bump(rows, "artist", TITLE, height=300).to_dict()


@pytest.mark.parametrize(
    ("rows", "words"),
    [
        (standings(Muse=[1, 2, 1, 1, 4], Undo=[2, 1, 3, 4, 1]), "Muse leads in 3 of 5"),
        (standings(Muse=[1, 2], Undo=[2, 1]), "Muse and Undo lead, each in 1 of 2"),
        (standings(Muse=[1, 1], Undo=[1, 2]), "Muse leads in 2 of 2"),
        (standings(Muse=[1], Undo=[2]), "Muse leads in 1 of 1 week."),
        (
            standings(Muse=[9, None, 7], Undo=[8, 30, 12]),
            "Best: Muse, rank 7, in the week from 12 Nov.",
        ),
        (standings(), "No data."),
    ],
)
def test_a_bump_chart_says_who_leads_in_how_many_weeks(
    rows: pd.DataFrame, words: str
) -> None:
    assert spec_of(rows)["description"].startswith(f"{TITLE} {words}")


@pytest.mark.parametrize(
    "ends",
    [
        [1, 2, 3, 4, 5, 6, 7, 8],
        [1] * 8,
        [900] * 8,
        [1, 2, 900, 900, 900, 901, 902, 903],
        [5],
    ],
)
def test_the_names_of_ranks_are_in_order_and_not_on_top_of_each_other(
    ends: list[int],
) -> None:
    spec = spec_of(standings(**{f"name {i}": [end] for i, end in enumerate(ends)}))
    (named,) = (
        each for each in spec["datasets"].values() if each and "place" in each[0]
    )
    assert [each["words"] for each in named] == [
        f"{end} name {i}" for i, end in enumerate(ends)
    ]
    axis = spec["layer"][0]["encoding"]["y"]["scale"]
    first, last = map(log, axis["domain"])
    assert (axis["type"], axis["reverse"]) == ("log", True)
    pixels = [
        (log(each["place"]) - first) / (last - first) * spec["height"] for each in named
    ]
    assert all(below - above > 15 for above, below in pairwise(pixels))
    assert min(pixels) >= 0
    assert max(pixels) <= spec["height"]


def lines_of(spec: dict[str, Any]) -> list[list[list[str]]]:
    """Return the name and the days of each line, of whole weeks and of cut ones."""
    found = []
    for layer in spec["layer"][:2]:
        lines: dict[tuple[str, int], list[str]] = {}
        for row in spec["datasets"][layer["data"]["name"]]:
            line = lines.setdefault((row["name"], row["part"]), [row["name"]])
            line.append(row["week_start"][5:10])
        found.append(sorted(line for line in lines.values() if len(line) > 2))
    return found


def test_a_line_from_or_to_a_cut_week_is_pale() -> None:
    rows = standings(Muse=[3, 4, 2, 1], Undo=[None, 5, 6, 2]).assign(is_whole=True)
    days = rows["week_start"].dt.day
    rows["is_whole"] = ~days.isin([29, 19])  # the first week of Muse, the last of all
    spec = spec_of(rows)
    whole, cut = spec["layer"][:2]
    assert lines_of(spec) == [
        [["Muse", "11-05", "11-12"], ["Undo", "11-05", "11-12"]],
        [
            ["Muse", "10-29", "11-05"],
            ["Muse", "11-12", "11-19"],
            ["Undo", "11-12", "11-19"],
        ],
    ]
    shades = [
        each["encoding"]["opacity"]["condition"]["value"] for each in (whole, cut)
    ]
    assert shades[0] == 1 > shades[1]


def test_no_line_leads_over_a_week_without_a_rank() -> None:
    rows = standings(Muse=[3, 4, None, 1, 2], Undo=[1, None, 6, None, 2])
    assert lines_of(spec_of(rows.assign(is_whole=True))) == [
        [["Muse", "10-29", "11-05"], ["Muse", "11-19", "11-26"]],
        [],
    ]


def test_an_empty_bin_between_others_is_drawn() -> None:
    rows = pd.DataFrame(
        {"bin_start": [1, 8, 1024], "bin_end": [1, 15, None], "sessions": [3, 2, 1]}
    )
    drawn = charts.bins(rows, "sessions", TITLE, unit="plays").to_dict()
    (bars,) = drawn["datasets"].values()
    shown = {each["size"]: each["sessions"] for each in bars if each["sessions"]}
    assert shown == {"1": 3, "8-15": 2, "1,024+": 1}
    assert [each["size"] for each in bars] == [
        *("1", "2-3", "4-7", "8-15", "16-31", "32-63"),
        *("64-127", "128-255", "256-511", "512-1,023", "1,024+"),
    ]


def test_gains_and_losses_run_to_either_side_of_zero() -> None:
    rows = pd.DataFrame({"artist": ["Muse", "Undo"], "plays_change": [7, -4]})
    drawn = charts.changes(rows, "artist", TITLE).to_dict()
    (bars,) = (each for each in drawn["layer"] if each["mark"]["type"] == "bar")
    assert bars["encoding"]["x"]["field"] == "plays_change"
    assert bars["encoding"]["x"]["scale"] == {"domain": [-4, 7]}


def test_the_name_of_a_line_is_the_last_rank_that_it_has() -> None:
    spec = spec_of(standings(Muse=[3, 4, None], Undo=[5, None, 6]))
    (named,) = (each for each in spec["datasets"].values() if "place" in each[0])
    assert [each["words"] for each in named] == ["4 Muse", "6 Undo"]
    assert [each["week_start"][:10] for each in named] == ["2018-11-05", "2018-11-12"]


def test_lines_of_one_colour_differ_in_their_dashes() -> None:
    names = [f"name {number}" for number in range(8)]
    spec = spec_of(standings(**{name: [1] for name in names}))
    dashes = spec["layer"][0]["encoding"]["strokeDash"]["scale"]
    assert dashes["domain"] == names
    theirs = [*zip([0, 1, 2, 3] * 2, map(tuple, dashes["range"]), strict=True)]
    assert len(set(theirs)) == 8
