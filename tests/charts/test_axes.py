"""The numbers on an axis are those that its figure can have."""

from xml.etree import ElementTree

import pytest
import vl_convert

from sparkify import charts
from tests.charts.test_charts import DRAWN, NAMES, SVG

MARKS = 2  # above the zero of an axis, the fewest that tell a scale
FIGURES = {
    "bins": "listeners",
    "decades": "plays",
    "hours": "plays",
    "plays_over_days": "plays",
    "profiles": "plays_per_day",
    "stacked_weeks": "returning_listeners",
    "trend": "plays",
}


@pytest.mark.parametrize("highest", [0.04, 0.3, 0.9, 1.2, 2.5])
@pytest.mark.parametrize("name", FIGURES)
def test_an_average_of_less_than_one_has_more_than_a_zero_on_its_axis(
    name: str, highest: float
) -> None:
    function, rows = DRAWN[name]
    rows, figure = rows.dropna(), FIGURES[name]
    others = {each: 0.0 for each in NAMES if each in rows}
    scaled = rows[figure] * highest / rows[figure].max()
    labels = counts_on_axis(function(rows.assign(**others | {figure: scaled})))
    assert sum(label > 0 for label in labels) >= MARKS
    assert max(labels) >= highest / 2


@pytest.mark.parametrize("highest", [1, 2, 3])
@pytest.mark.parametrize("name", FIGURES)
def test_a_count_has_whole_numbers_on_its_axis(name: str, highest: int) -> None:
    function, rows = DRAWN[name]
    few = rows.assign(**{each: 0 for each in NAMES if each in rows})
    few[FIGURES[name]] = [highest, *[0] * (len(rows) - 1)]
    labels = counts_on_axis(function(few))
    assert {label % 1 for label in labels} == {0}
    assert max(labels) == highest


def counts_on_axis(chart: charts.Drawn) -> list[float]:
    """Return the numbers on the vertical axis, as they are drawn."""
    svg = ElementTree.fromstring(vl_convert.vegalite_to_svg(chart.to_json()))
    (axis,) = (
        each
        for each in svg.iter(f"{SVG}g")
        if (each.get("aria-label") or "").startswith("Y-axis")
    )
    labels = next(
        each
        for each in axis.iter(f"{SVG}g")
        if "role-axis-label" in (each.get("class") or "")
    )
    return [float(each.text or "") for each in labels.iter(f"{SVG}text")]
