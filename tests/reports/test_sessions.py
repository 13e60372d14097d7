"""The reports on sessions equal a count by pandas."""

from collections import Counter

import numpy as np
import pandas as pd
import pytest

from tests.support.bins import bin_end, bin_start
from tests.support.report_stars import CASES, ReportStar, assert_same

every_case = pytest.mark.parametrize("case", CASES)


def sessions_of(plays: pd.DataFrame) -> pd.DataFrame:
    """Return the sessions, each from its first start until all its plays have ended."""
    whole = (plays["duration"].fillna(0) * 1000).astype(int)
    ends = plays["start_time"] + pd.to_timedelta(whole, unit="ms")
    sessions = (
        plays.assign(ended_at=ends)
        .groupby(["user_id", "session_id"])
        .agg(
            started_at=("start_time", "min"),
            ended_at=("ended_at", "max"),
            plays=("song_id", "size"),
            level=("level", "max"),
        )
        .reset_index(drop=True)
    )
    spans = sessions["ended_at"] - sessions["started_at"]
    sessions["minutes"] = spans.dt.total_seconds() / 60
    return sessions[["started_at", "minutes", "plays", "level"]]


def test_the_rollup_counts_the_plays_of_a_session_by_all_that_filters(
    star: ReportStar,
) -> None:
    keys = ["play_date", "user_id", "session_id", "level", "location", "user_agent"]
    plays = star.all_plays.assign(is_matched=~star.all_plays["is_inferred"])
    expected = (
        plays.groupby(keys, dropna=False)
        .agg(
            plays=("song_id", "size"),
            matched_plays=("is_matched", "sum"),
            first_start=("start_time", "min"),
            last_start=("start_time", "max"),
        )
        .reset_index()
        .sort_values(keys, ignore_index=True)
    )
    rollup = star.session.query("select * from session_days", {}).to_pandas()
    found = rollup[expected.columns].sort_values(keys, ignore_index=True)
    assert_same(found, expected)


@every_case
def test_the_summary_has_the_median_and_the_ninetieth_percentile(
    star: ReportStar, case: str
) -> None:
    plays = star.plays(star.filters(case))
    sessions = sessions_of(plays)
    expected: dict[str, list[float | None]] = {"sessions": [len(sessions)]}
    for figure in ("plays", "minutes"):
        for name, share in (("median", 0.5), ("p90", 0.9)):
            values = sessions[figure].to_numpy(dtype=float)
            found = np.quantile(values, share) if len(values) else None
            expected[f"{name}_{figure}"] = [found]
    answer = star.report("session_summary", star.filters(case))
    assert_same(answer, pd.DataFrame(expected))


@every_case
def test_sessions_are_binned_by_their_plays(star: ReportStar, case: str) -> None:
    sessions = sessions_of(star.plays(star.filters(case)))
    bins = Counter(bin_start(plays) for plays in sessions["plays"].tolist())
    rows = [(start, bin_end(start), bins[start]) for start in sorted(bins)]
    answer = star.report("session_plays", star.filters(case))
    assert_same(
        answer, pd.DataFrame(rows, columns=["bin_start", "bin_end", "sessions"])
    )
    assert answer["sessions"].sum() == len(sessions)


@every_case
def test_sessions_are_binned_by_their_whole_minutes(
    star: ReportStar, case: str
) -> None:
    sessions = sessions_of(star.plays(star.filters(case)))
    bins = Counter(
        bin_start(int(minutes)) if minutes >= 1 else 0
        for minutes in sessions["minutes"]
    )
    rows = [
        (start, bin_end(start) if start else 0, bins[start]) for start in sorted(bins)
    ]
    answer = star.report("session_minutes", star.filters(case))
    assert_same(
        answer, pd.DataFrame(rows, columns=["bin_start", "bin_end", "sessions"])
    )
    assert answer["sessions"].sum() == len(sessions)


@every_case
def test_sessions_start_at_the_hour_of_their_first_play(
    star: ReportStar, case: str
) -> None:
    sessions = sessions_of(star.plays(star.filters(case)))
    hours = Counter(timestamp.hour for timestamp in sessions["started_at"])
    expected = pd.DataFrame(sorted(hours.items()), columns=["hour", "sessions"])
    answer = star.report("session_starts", star.filters(case))
    assert_same(answer, expected)
    assert answer["sessions"].sum() == len(sessions)


@every_case
def test_the_longest_sessions_come_first(star: ReportStar, case: str) -> None:
    sessions = sessions_of(star.plays(star.filters(case)))
    ranked = sessions.sort_values(["minutes", "started_at"], ascending=[False, True])
    answer = star.report("longest_sessions", star.filters(case), top=10)
    assert_same(answer, ranked.head(10))
