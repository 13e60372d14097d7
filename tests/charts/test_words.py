"""The words and numbers of a chart are as people write them, and can be read."""

import json
import re

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
