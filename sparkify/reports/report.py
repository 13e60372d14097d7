"""Answers questions about listening: each one file of `sql/reports/`.

Every answer is a small table, an aggregate; the fact itself is never read into memory.
Days are calendar days in UTC.
"""

from calendar import day_name
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime, time
from time import monotonic
from typing import Any

import pandas as pd

from sparkify.reports.periods import Period, covered
from sparkify.warehouse import Session, sql

ALL = "all"
LITERALLY = str.maketrans({"^": "^^", "%": "^%", "_": "^_"})  # in a LIKE with escape ^
WEEKDAYS = tuple(day_name)


@dataclass(frozen=True)
class Filters:
    """Which plays a question is about.

    Attributes:
        start: The first day.
        end: The day after the last.
        level: `free`, `paid` or `all`: the level at which a song was played.
        metro: The metropolitan area as the logs write it, or `all`.
    """

    start: date
    end: date
    level: str = ALL
    metro: str = ALL

    @property
    def days(self) -> int:
        """The calendar days that the filters span, with plays or without."""
        return (self.end - self.start).days

    def values(self) -> dict[str, Any]:
        """Gives the values that a report binds."""
        return {
            "start_time": datetime.combine(self.start, time()),
            "end_time": datetime.combine(self.end, time()),
            "level": self.level,
            "metro": self.metro,
        }


@dataclass(frozen=True)
class Answer:
    """What a report gave.

    Attributes:
        name: The file below `sql/reports/`, without suffix.
        question: The file's first comment: what it answers, and one row of what.
        rows: The rows.
        text: The SQL, as it can be pasted into Redshift's query editor.
        values: The values that were bound.
        seconds: How long the warehouse took.
    """

    name: str
    question: str
    rows: pd.DataFrame
    text: str
    values: Mapping[str, Any]
    seconds: float


def run_report(
    session: Session, name: str, filters: Filters | None = None, **more: Any
) -> Answer:
    """Asks one report.

    Args:
        session: An open warehouse.
        name: The file below `sql/reports/`, without suffix.
        filters: Which plays it is about, for a report that can be filtered.
        more: Further values that the report binds.

    Raises:
        SqlError: There is no such report.
        WarehouseError: The engine refused the query.
    """
    file = sql.load(f"reports/{name}")
    bound = (filters.values() if filters else {}) | more
    began = monotonic()
    table = session.query_file(file.name, **bound)
    seconds = monotonic() - began
    return Answer(name, file.comment, table.to_pandas(), file.text, bound, seconds)


def run_ranking(
    session: Session,
    name: str,
    filters: Filters,
    *,
    top: int,
    before: Filters | None = None,
    search: str = "",
    is_catalogue_only: bool = False,
) -> Answer:
    """Asks a ranking by plays, the most played first.

    Args:
        session: An open warehouse.
        name: `top_songs` or `top_artists`.
        filters: Which plays it is about.
        top: How many rows.
        before: An earlier period whose ranks are given too.
        search: What a title or a name must contain, in capitals or not.
        is_catalogue_only: Whether only plays of catalogue songs count.
    """
    earlier = before or Filters(filters.start, filters.start)
    return run_report(
        session,
        name,
        filters,
        top=top,
        pattern=f"%{search.strip().translate(LITERALLY)}%",
        catalogue="catalogue" if is_catalogue_only else ALL,
        before_start_time=earlier.values()["start_time"],
        before_end_time=earlier.values()["end_time"],
    )


def data_period(answer: Answer) -> Period:
    """Return the days that the data covers, by the answer of `data_range`."""
    row = answer.rows.iloc[0]
    first, last = (
        None if pd.isna(row[name]) else row[name]
        for name in ("first_play", "last_play")
    )
    return covered(first, last)


def everything(session: Session) -> Filters:
    """Return the filters that let every play pass: from the first day to the last.

    Without a play they span no day.
    """
    period = data_period(run_report(session, "data_range"))
    return Filters(period.start, period.end)


def week_grid(hours: pd.DataFrame, filters: Filters) -> pd.DataFrame:
    """Lays out all 168 hours of the week.

    Args:
        hours: `weekday` (0 is Sunday), `hour`, `plays`; hours without plays may lack.
        filters: The days that the plays are from.

    Returns:
        `weekday` by name, `hour`, `plays`, `calendar_days` (how often that weekday
        occurs in the period) and `plays_per_day`: the plays of an average such hour. It
        divides by the days of the calendar: by days with plays alone, quiet hours rise.
    """
    days = pd.Series(pd.date_range(filters.start, periods=filters.days).day_name())
    occurrences = days.value_counts()
    every = pd.MultiIndex.from_product([range(7), range(24)], names=["weekday", "hour"])
    plays = hours.set_index(["weekday", "hour"])["plays"].reindex(every, fill_value=0)
    grid = plays.reset_index()
    grid["weekday"] = [WEEKDAYS[(number + 6) % 7] for number in grid["weekday"]]
    grid["calendar_days"] = grid["weekday"].map(occurrences).fillna(0).astype(int)
    grid["plays_per_day"] = grid["plays"] / grid["calendar_days"].where(
        grid["calendar_days"] > 0
    )
    return grid
