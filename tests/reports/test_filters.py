"""Each report filters its plays in one form, so that it can be pasted as it is."""

import re
from collections.abc import Sequence
from datetime import date

import pytest
from sqlglot import exp

from sparkify.errors import FilterError
from sparkify.reports.report import Filters
from sparkify.warehouse import sql
from tests.support.ddl import bound_names, parse

REPORTS = sql.names("reports")
CHOICES = {"level", "metro", "metros", "device", "user_agents"}
FILTERS = {"start_time", "end_time", "before_start_time"} | CHOICES
# The filters that every report repeats, so that its file can be pasted as it is.
LEVEL = ":level = 'all' OR level = :level"
METRO = ":metro = 'all' OR location IN (:metros)"
DEVICE = ":device = 'all' OR user_agent IN (:user_agents)"
DAYS: Sequence[tuple[str, ...]] = [
    (f"{column} >= :start_time", f"{column} < :end_time")
    for column in ("start_time", "play_date")
]
TWO_PERIODS = (
    "(start_time >= :start_time AND start_time < :end_time)"
    " OR (start_time >= :before_start_time AND start_time < :before_end_time)"
)
# Reports that need plays from outside the period, by the days that they read.
OTHER_DAYS: dict[str, Sequence[tuple[str, ...]]] = {
    "reports/artist_changes": [(TWO_PERIODS,)],
    "reports/listeners_by_week": [("play_date < :end_time",)],
    "reports/retention": [()],
    "reports/top_artists": [(TWO_PERIODS,), DAYS[0]],
    "reports/top_songs": [(TWO_PERIODS,), DAYS[0]],
}


# What a report asks of other plays than those of the filters, by its filters: the most
# played of all days, the level of before.
BESIDE: dict[str, set[str]] = {
    "reports/level_changes": {"play_date < :end_time"},
    "reports/listeners_by_week": set(),
    "reports/search": set(),
}
# Reports on all that there is, which have no filters.
UNFILTERED = {
    "reports/data_range",
    "reports/metros",
    "reports/rows_by_day",
    "reports/star_rows",
}
PLAYS = {"songplays", "session_days"}


@pytest.mark.parametrize("name", REPORTS)
def test_a_report_uses_every_filter_or_none(name: str) -> None:
    filters = {"start_time", "end_time"} | CHOICES
    assert bound_names(name) & filters in (set(), filters)


@pytest.mark.parametrize("name", sorted({*REPORTS} - UNFILTERED))
def test_a_report_filters_in_the_common_form(name: str) -> None:
    found = filters_of(name)
    if name in BESIDE:
        assert BESIDE[name] in found
        found = [each for each in found if each != BESIDE[name]]
    for conditions in found:
        days = sorted(conditions - {LEVEL, METRO, DEVICE}, reverse=True)
        assert conditions >= {LEVEL, METRO, DEVICE}
        assert tuple(days) in OTHER_DAYS.get(name, DAYS)


@pytest.mark.parametrize("name", sorted(UNFILTERED))
def test_an_unfiltered_report_reads_plays_and_has_no_filter(name: str) -> None:
    assert filters_of(name) == [set()]
    assert not bound_names(name) & FILTERS


def filters_of(name: str) -> list[set[str]]:
    """Return the filters, unqualified, of each SELECT that reads plays."""
    (statement,) = parse(name)
    found = []
    for select in statement.find_all(exp.Select):
        read = [select.args.get("from_"), *select.args.get("joins", ())]
        if not PLAYS & {source.this.name for source in read if source}:
            continue
        where = select.args.get("where") or exp.Where(this=exp.true())
        for column in where.find_all(exp.Column):
            column.set("table", None)
        condition = where.this
        parts = condition.flatten() if isinstance(condition, exp.And) else [condition]
        found.append(
            {
                re.sub(r"%\((\w+)\)s", r":\1", part.unnest().sql("redshift"))
                for part in parts
                if {node.name for node in part.find_all(exp.Placeholder)} & FILTERS
            }
        )
    return found


def test_a_state_without_its_areas_is_refused() -> None:
    first, end = date(2018, 11, 1), date(2018, 12, 1)
    with pytest.raises(FilterError, match=r"'All of CA' names a state.*metros_of"):
        Filters(first, end, metro="All of CA")
    state = Filters(first, end, metro="All of CA", metros=("Fresno, CA",))
    assert state.values()["metros"] == ("Fresno, CA",)


def test_a_device_without_its_user_agents_is_refused() -> None:
    first, end = date(2018, 11, 1), date(2018, 12, 1)
    with pytest.raises(FilterError, match=r"device is 'Linux'.*devices\.devices"):
        Filters(first, end, device="Linux")
    linux = Filters(first, end, device="Linux", user_agents=("X11",))
    assert linux.values()["user_agents"] == ("X11",)
