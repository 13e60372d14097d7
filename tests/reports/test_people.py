"""The reports on listeners, levels, places and devices equal a count by pandas."""

from dataclasses import replace
from datetime import date, timedelta

import pandas as pd
import pytest

from sparkify.reports.report import Filters
from tests.support.bins import bin_end, bin_start
from tests.support.report_stars import CASES, ReportStar, assert_same

every_case = pytest.mark.parametrize("case", CASES)


def with_week(plays: pd.DataFrame) -> pd.DataFrame:
    """Add `week_start`, the Monday of each play's week."""
    times = plays["start_time"].dt
    mondays = times.normalize() - pd.to_timedelta(times.weekday, unit="D")
    return plays.assign(week_start=mondays.dt.date)


def plays_of_all_days(star: ReportStar, filters: Filters) -> pd.DataFrame:
    """Return the plays under the level and the metro of filters, with their weeks."""
    ever = replace(filters, start=date(1970, 1, 1), end=date(2200, 1, 1))
    plays = with_week(star.plays(ever))
    first = plays.groupby("user_id")["week_start"].transform("min")
    return plays.assign(first_week=first)


@every_case
def test_listeners_are_new_in_the_week_of_their_first_play(
    star: ReportStar, case: str
) -> None:
    filters = star.filters(case)
    ever = plays_of_all_days(star, filters)
    within = ever[ever["songplay_id"].isin(star.plays(filters)["songplay_id"])]
    seen = within.drop_duplicates(["user_id", "week_start"])
    kinds = {
        "early_listeners": seen["week_start"]
        == with_week(star.all_plays)["week_start"].min(),
        "new_listeners": seen["week_start"] == seen["first_week"],
    }
    kinds["new_listeners"] &= ~kinds["early_listeners"]
    kinds["returning_listeners"] = seen["week_start"] > seen["first_week"]
    weeks = sorted(set(seen["week_start"]))
    expected = pd.DataFrame(
        {"week_start": weeks}
        | {
            name: [sum(kind[seen["week_start"] == week]) for week in weeks]
            for name, kind in kinds.items()
        }
    )
    answer = star.report("listeners_by_week", filters)
    assert_same(answer, expected)
    everyone = within.groupby("week_start")["user_id"].nunique().tolist()
    assert answer[list(kinds)].sum(axis=1).tolist() == everyone


@pytest.mark.parametrize("case", [*CASES, "two whole weeks"])
def test_retention_follows_each_cohort_week_by_week(
    star: ReportStar, case: str
) -> None:
    if case in CASES:
        filters = star.filters(case)
    else:
        filters = Filters(date(2018, 11, 5), date(2018, 11, 19))
    weeks = {
        day.date() - timedelta(days=day.weekday())
        for day in pd.date_range(filters.start, periods=filters.days)
    }
    ever = plays_of_all_days(star, filters)
    shown = ever[ever["week_start"].isin(weeks) & ever["first_week"].isin(weeks)]
    sizes = ever.groupby("first_week")["user_id"].nunique()
    rows = []
    for cohort in sorted(set(shown["first_week"])):
        members = shown[shown["first_week"] == cohort]
        for week in sorted(set(members["week_start"])):
            active = members[members["week_start"] == week]["user_id"].nunique()
            rows.append((cohort, (week - cohort).days // 7, active, sizes[cohort]))
    columns = ["cohort_week", "week_number", "listeners", "cohort_size"]
    answer = star.report("retention", filters)
    assert_same(answer, pd.DataFrame(rows, columns=columns))
    first = answer[answer["week_number"] == 0]
    assert first["listeners"].tolist() == first["cohort_size"].tolist()
    assert first["cohort_week"].tolist() == sorted(set(answer["cohort_week"]))


@every_case
def test_listeners_are_binned_by_their_plays(star: ReportStar, case: str) -> None:
    plays = star.plays(star.filters(case))
    totals = plays["user_id"].value_counts()
    bins: dict[int, list[int]] = {}
    for total in totals.tolist():
        bins.setdefault(bin_start(total), []).append(total)
    rows = [
        (start, bin_end(start), len(bins[start]), sum(bins[start]))
        for start in sorted(bins)
    ]
    columns = ["bin_start", "bin_end", "listeners", "plays"]
    answer = star.report("plays_per_listener", star.filters(case))
    assert_same(answer, pd.DataFrame(rows, columns=columns))
    assert answer["listeners"].sum() == plays["user_id"].nunique()
    assert answer["plays"].sum() == len(plays)


@every_case
def test_levels_are_counted_week_by_week(star: ReportStar, case: str) -> None:
    plays = with_week(star.plays(star.filters(case)))
    rows = []
    for week, of_week in plays.groupby("week_start"):
        free, paid = (of_week[of_week["level"] == level] for level in ("free", "paid"))
        listeners = free["user_id"].nunique(), paid["user_id"].nunique()
        rows.append((week, *listeners, len(free), len(paid)))
    columns = ["free_listeners", "paid_listeners", "free_plays", "paid_plays"]
    answer = star.report("levels_by_week", star.filters(case))
    assert_same(answer, pd.DataFrame(rows, columns=["week_start", *columns]))
    assert (answer["free_plays"] + answer["paid_plays"]).sum() == len(plays)


@every_case
def test_listeners_convert_by_their_first_and_last_play(
    star: ReportStar, case: str
) -> None:
    plays = star.plays(star.filters(case)).sort_values(["start_time", "level"])
    kinds = []
    for _, levels in plays.groupby("user_id")["level"]:
        ends = levels.iloc[0], levels.iloc[-1]
        if levels.nunique() == 1:
            kinds.append(f"{ends[0]}_only")
        else:
            moves = {("free", "paid"): "upgraded", ("paid", "free"): "downgraded"}
            kinds.append(moves.get(ends, "returned"))
    names = ["free_only", "paid_only", "upgraded", "downgraded", "returned"]
    counts = {name: [kinds.count(name)] for name in names}
    answer = star.report("conversion", star.filters(case))
    assert_same(answer, pd.DataFrame({"listeners": [len(kinds)], **counts}))
    assert answer[names].to_numpy().sum() == plays["user_id"].nunique()


@every_case
def test_genders_are_counted_by_level(star: ReportStar, case: str) -> None:
    users = star.tables["users"][["user_id", "gender"]]
    plays = star.plays(star.filters(case)).merge(users, on="user_id")
    plays["gender"] = plays["gender"].fillna("unknown")
    groups = plays.groupby(["gender", "level"])["user_id"]
    expected = groups.agg(listeners="nunique", plays="size").reset_index()
    levels = plays.groupby(["gender", "user_id"])["level"].nunique()
    both = levels[levels == 2].groupby("gender").size()
    expected["both_levels"] = expected["gender"].map(both).fillna(0).astype(int)
    answer = star.report("gender_by_level", star.filters(case))
    assert_same(answer, expected)
    rows_of_all = answer.drop_duplicates("gender")["both_levels"].sum()
    distinct = answer["listeners"].sum() - rows_of_all
    assert distinct == plays["user_id"].nunique()
    assert answer["plays"].sum() == len(plays)


@every_case
def test_user_agents_are_counted_as_sent(star: ReportStar, case: str) -> None:
    plays = star.plays(star.filters(case))
    agents = plays.assign(user_agent=plays["user_agent"].fillna(""))
    groups = agents.groupby("user_agent")["user_id"]
    expected = groups.agg(plays="size", listeners="nunique").reset_index()
    expected = expected.sort_values(["plays", "user_agent"], ascending=[False, True])
    answer = star.report("user_agents", star.filters(case))
    assert_same(answer, expected)
    assert answer["plays"].sum() == len(plays)
