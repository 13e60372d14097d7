"""A metric divides, writes and compares as its sentence says."""

import pandas as pd
import pytest

from sparkify.reports.metrics import (
    COUNTS,
    LISTENERS,
    MATCH_RATE,
    METRICS,
    PAID_SHARE,
    PLAYS,
    PLAYS_A_LISTENER,
    PLAYS_A_SESSION,
    RATIOS,
    SESSIONS,
    Metric,
)

# What `overview` answers, one row.
NOW = {
    "plays": 1_236,
    "listeners": 40,
    "sessions": 100,
    "paid_plays": 618,
    "matched_plays": 62,
}
NOTHING = dict.fromkeys(NOW, 0)


@pytest.mark.parametrize(
    ("metric", "value", "text"),
    [
        (PLAYS, 1_236, "1,236"),
        (LISTENERS, 40, "40"),
        (SESSIONS, 100, "100"),
        (PLAYS_A_LISTENER, 30.9, "30.9"),
        (PLAYS_A_SESSION, 12.36, "12.4"),
        (PAID_SHARE, 0.5, "50.0\N{NO-BREAK SPACE}%"),
        (MATCH_RATE, 62 / 1_236, "5.0\N{NO-BREAK SPACE}%"),
    ],
)
def test_a_metric_follows_its_formula(metric: Metric, value: float, text: str) -> None:
    assert metric.of(NOW) == pytest.approx(value)
    assert metric.of(pd.Series(NOW)) == metric.of(NOW)
    assert metric.written(metric.of(NOW)) == text


def test_counts_are_zero_and_ratios_unknown_without_plays() -> None:
    assert [metric.of(NOTHING) for metric in COUNTS] == [0, 0, 0]
    assert [metric.of(NOTHING) for metric in RATIOS] == [None] * len(RATIOS)
    assert PAID_SHARE.written(None) == "-"


@pytest.mark.parametrize(
    ("metric", "value", "before", "text"),
    [
        (PLAYS, 120, 100, "+20.0\N{NO-BREAK SPACE}%"),
        (PLAYS, 75, 100, "-25.0\N{NO-BREAK SPACE}%"),
        (PLAYS, 100, 100, "+0.0\N{NO-BREAK SPACE}%"),
        (PLAYS, 0, 100, "-100.0\N{NO-BREAK SPACE}%"),
        (PLAYS_A_SESSION, 11, 10, "+10.0\N{NO-BREAK SPACE}%"),
        # A share changes by points: by percent, 2 % to 3 % would be "+50 %".
        (PAID_SHARE, 0.75, 0.5, "+25.0\N{NO-BREAK SPACE}pp"),
        (MATCH_RATE, 0.04, 0.05, "-1.0\N{NO-BREAK SPACE}pp"),
        (MATCH_RATE, 0.04, 0.0, "+4.0\N{NO-BREAK SPACE}pp"),
    ],
)
def test_a_change_is_in_percent_and_that_of_a_share_in_points(
    metric: Metric, value: float, before: float, text: str
) -> None:
    assert metric.change(value, before) == text


@pytest.mark.parametrize(
    ("value", "before"), [(None, 1.0), (1.0, None), (None, None), (5.0, 0.0)]
)
def test_a_value_without_a_comparison_has_no_change(
    value: float | None, before: float | None
) -> None:
    assert PLAYS.change(value, before) is None


def test_each_metric_explains_itself() -> None:
    assert len({metric.name for metric in METRICS}) == len(METRICS) == 7
    for metric in METRICS:
        assert metric.sentence.endswith(".")
        assert metric.numerator in metric.formula
        assert metric.denominator in metric.formula
        assert {metric.numerator, metric.denominator or "plays"} <= set(NOW)
