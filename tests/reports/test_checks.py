"""The verdict on the checks tells failures from warnings."""

import pandas as pd

from sparkify.reports.checks import verdict

ROWS = pd.DataFrame(
    [
        ("a", "error", "A key is missing.", 0),
        ("b", "warn", "A day has no play.", 1_200),
        ("c", "error", "A play is lost.", 3),
    ],
    columns=["check_name", "severity", "claim", "rows_found"],
)


def test_a_warning_is_not_a_failed_check() -> None:
    failed, words = verdict(ROWS.head(2))
    assert not failed
    assert words.startswith("1 of 2 checks passed, 1 warned.")
    assert "A day has no play. (1,200 rows)" in words


def test_failures_come_first() -> None:
    failed, words = verdict(ROWS)
    assert failed
    assert words.startswith("1 of 3 checks passed, 1 failed, 1 warned.")
    assert words.index("A play is lost. (3 rows)") < words.index("A day has no play.")


def test_all_checks_may_pass() -> None:
    assert verdict(ROWS.head(1)) == (False, "1 of 1 checks passed.")
    assert verdict(ROWS.head(0)) == (False, "0 of 0 checks passed.")
