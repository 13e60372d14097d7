"""A chart is a pure function of a small table, and draws whatever the table holds."""

import json
from typing import Any
from xml.etree import ElementTree

import pandas as pd
import pytest
import vl_convert

from sparkify import charts
from sparkify.charts.people import TILES
from sparkify.reports.report import WEEKDAYS
from tests.support.chart_rows import (
    BY_DAY,
    BY_HOUR,
    BY_STATE,
    DAYS,
    TITLE,
)
from tests.support.drawn_charts import (
    CHANGES,
    COHORTS,
    DECADES,
    DRAWN,
    GRID,
    KINDS,
    SIZES,
    SONGS,
    WEEKS,
)
from tests.support.layout import contrast

MOST_ROWS = 5_000
SVG = "{http://www.w3.org/2000/svg}"
JUST_SEEN = 1.1  # the contrast of two cells

every_chart = pytest.mark.parametrize("name", DRAWN)


def draw(name: str, rows: pd.DataFrame) -> dict[str, Any]:
    """Draw a chart, make sure that it compiles, and return its specification."""
    spec: dict[str, Any] = DRAWN[name][0](rows).to_dict()
    svg = vl_convert.vegalite_to_svg(json.dumps(spec))
    assert svg.startswith("<svg")
    assert TITLE in svg
    return spec


def rows_of(spec: dict[str, Any]) -> pd.DataFrame:
    """Return the largest data set that a specification carries."""
    return pd.DataFrame(max(spec["datasets"].values(), key=len))


def test_every_chart_is_tested() -> None:
    assert {*DRAWN, "Drawn"} == set(charts.__all__)


@every_chart
def test_a_chart_shows_its_question_and_leaves_its_table_unchanged(name: str) -> None:
    rows = DRAWN[name][1]
    before = rows.copy(deep=True)
    spec = draw(name, rows)
    assert spec["title"]["text"] == TITLE
    assert spec["description"].startswith(f"{TITLE} ")  # and then the answer
    pd.testing.assert_frame_equal(rows, before)
    assert draw(name, rows) == spec


@pytest.mark.filterwarnings("ignore:I don't know how to infer vegalite type")
@every_chart
def test_a_chart_of_no_row_or_one_row_is_drawn(name: str) -> None:
    rows = DRAWN[name][1]
    for few in (rows.head(0), rows.head(1), rows.tail(1)):
        draw(name, few)
    draw(name, pd.DataFrame(columns=rows.columns))


@every_chart
def test_a_chart_has_few_rows_and_dates_without_a_time_zone(name: str) -> None:
    spec = draw(name, DRAWN[name][1])
    for rows in spec["datasets"].values():
        assert len(rows) <= MOST_ROWS
    # A zone would move days for those who live in another one.
    assert "+00:00" not in json.dumps(spec)


@pytest.mark.parametrize(
    ("name", "figure"),
    [
        ("bars", "plays"),
        ("bins", "listeners"),
        ("calendar", "plays"),
        ("genders", "listeners"),
        ("hours", "plays"),
        ("plays_over_days", "plays"),
        ("shares", "plays"),
        ("top_artists", "plays"),
        ("top_songs", "plays"),
    ],
)
def test_the_drawn_values_add_up_to_the_table(name: str, figure: str) -> None:
    rows = DRAWN[name][1]
    assert rows_of(draw(name, rows))[figure].sum() == rows[figure].sum()


def test_the_trend_aligns_the_earlier_period_day_by_day() -> None:
    earlier = BY_DAY.assign(play_date=DAYS - pd.Timedelta(days=14), plays=100)
    longer = pd.concat([earlier, earlier])
    for before in (earlier, longer, earlier.head(3), earlier.head(0)):
        spec = charts.trend(BY_DAY, before, TITLE).to_dict()
        drawn = rows_of(spec).groupby("period")
        assert drawn.get_group("this period")["plays"].sum() == BY_DAY["plays"].sum()
        if len(before):
            theirs = drawn.get_group("before")
            assert len(theirs) == min(len(before), len(BY_DAY))
            assert theirs["day"].iloc[0] == "2018-11-05T00:00:00"
            assert theirs["play_date"].iloc[0] == "2018-10-22T00:00:00"


def test_the_hours_chart_has_every_hour_of_the_day() -> None:
    drawn = rows_of(draw("hours", BY_HOUR))
    assert list(drawn["hour"]) == list(range(24))


@pytest.mark.parametrize("name", ["week", "calendar"])
def test_the_colours_of_a_heat_map_begin_at_no_play(name: str) -> None:
    spec = draw(name, DRAWN[name][1])
    cells = (spec.get("layer") or [spec])[0]
    assert cells["encoding"]["color"]["scale"]["domainMin"] == 0


def test_days_of_nearly_as_many_plays_have_nearly_the_same_colour() -> None:
    def colours(*plays: int) -> list[str]:
        few = BY_DAY.head(len(plays)).assign(plays=plays)
        svg = vl_convert.vegalite_to_svg(charts.calendar(few, TITLE).to_json())
        cells = [
            each.get("fill", "")
            for each in ElementTree.fromstring(svg).iter(f"{SVG}path")
            if "; plays: " in (each.get("aria-label") or "")
        ]
        assert len(cells) == len(plays)
        return cells

    alike, apart = colours(99, 100), colours(5, 100)
    assert contrast(*alike) < JUST_SEEN < contrast(*apart)


def test_the_heat_map_has_every_hour_of_the_week() -> None:
    drawn = rows_of(draw("week", GRID))
    assert len(drawn) == 7 * 24
    assert set(drawn["weekday"]) == set(WEEKDAYS)


def test_weeks_show_each_kind_by_its_own_name() -> None:
    drawn = rows_of(draw("stacked_weeks", WEEKS)).groupby("kind")["listeners"].sum()
    assert drawn.to_dict() == {"returning": 4, "new": 7}


def test_a_cohort_is_drawn_as_the_share_that_came_back() -> None:
    drawn = rows_of(draw("retention", COHORTS))
    assert drawn["share"].tolist() == [1.0, 0.6, 1.0]


def test_the_share_of_a_week_that_is_not_over_is_in_brackets() -> None:
    drawn = rows_of(draw("retention", COHORTS.assign(is_over=[True, False, True])))
    assert [each.replace("\N{NO-BREAK SPACE}", " ") for each in drawn["text"]] == [
        "100 %",
        "(60 %)",
        "100 %",
    ]


def test_a_distribution_begins_with_nothing() -> None:
    rows = pd.DataFrame({"item_percent": [10, 100], "play_share": [0.02, 1.0]})
    spec = charts.lorenz(rows, TITLE).to_dict()
    drawn = rows_of(spec).sort_values("item_percent")
    assert drawn["item_percent"].tolist() == [0, 10, 100]


def test_the_numbers_below_the_map_stand_apart() -> None:
    for most, expected in ((1554, [0, 250, 1000]), (7, [0, 1, 7]), (1, [0, 1])):
        rows = pd.DataFrame({"state": ["CA"], "plays": [most]})
        spec = charts.states(rows, TITLE).to_dict()
        (legend,) = (
            colour["legend"]
            for layer in spec["layer"]
            if (colour := layer["encoding"].get("color", {})) and "legend" in colour
        )
        assert legend["values"] == expected


def test_shares_add_up_to_one_or_to_zero_without_plays() -> None:
    assert rows_of(draw("shares", KINDS))["share"].sum() == 1
    nothing = KINDS.assign(plays=0)
    assert rows_of(draw("shares", nothing))["share"].sum() == 0


def test_the_map_has_a_separate_tile_for_each_state() -> None:
    assert len(set(TILES.values())) == len(TILES)
    drawn = rows_of(draw("states", BY_STATE)).set_index("state")["plays"]
    assert drawn.sum() == drawn["NY"] + drawn["TX"] == 38


def test_open_bins_are_named_and_unknown_decades_left_out() -> None:
    assert list(rows_of(draw("bins", SIZES))["size"]) == ["1", "2-3", "4+"]
    assert list(rows_of(draw("decades", DECADES))["released"]) == ["1990s", "2000s"]


def test_what_changed_is_told_with_its_sign() -> None:
    words = draw("changes", CHANGES)["description"]
    assert "Gained most: Björk, +12." in words
    assert "Lost most: Muse, -3." in words
    only = draw("changes", CHANGES.head(1))["description"]
    assert "Lost" not in only


def test_a_chart_is_clicked_only_if_it_has_a_selection() -> None:
    assert "params" not in json.dumps(charts.bars(SONGS, "title", TITLE).to_dict())
    spec = charts.bars(SONGS, "title", TITLE, selection="picked").to_dict()
    (click,) = spec["params"]
    assert (click["name"], click["select"]["fields"]) == ("picked", ["title"])


def test_a_difference_has_a_colour_of_its_own_below_zero() -> None:
    spec = charts.week(GRID, TITLE, is_difference=True).to_dict()
    assert spec["layer"][0]["encoding"]["color"]["scale"] == {"domainMid": 0}
    svg = vl_convert.vegalite_to_svg(json.dumps(spec))
    assert svg.startswith("<svg")


def test_a_rank_stands_on_the_side_that_its_line_leaves_free() -> None:
    weeks = pd.date_range("2018-10-29", periods=4, freq="7D")
    rows = pd.DataFrame({"week_start": weeks, "plays": 9, "play_rank": [8, 1, 4, 2]})
    drawn = rows_of(charts.ranks(rows.assign(is_whole=True), TITLE).to_dict())
    assert drawn["is_below"].tolist() == [True, False, True, False]


def test_a_label_may_be_the_name_of_another_column() -> None:
    weeks = WEEKS.assign(listeners_new=99)
    drawn = charts.stacked_weeks(
        weeks, {"new_listeners": "listeners_new"}, TITLE, unit="listeners"
    )
    assert rows_of(drawn.to_dict())["listeners"].tolist() == [5, 2]
