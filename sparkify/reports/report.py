"""Runs the reports: the questions about listening in `sql/reports/`.

Every answer is a small table of aggregates; the fact is never read into memory. Days
are calendar days in UTC.
"""

import unicodedata
from calendar import day_name
from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import date, datetime, time
from time import monotonic
from typing import Any

import pandas as pd

from sparkify.errors import FilterError
from sparkify.reports.periods import Period, covered
from sparkify.reports.places import state_label
from sparkify.warehouse import Session, sql

ALL = "all"
BEFORE = ["before_rank", "before_plays"]  # what a ranking tells of earlier days
ESCAPES = str.maketrans({"^": "^^", "%": "^%", "_": "^_"})  # for LIKE with escape ^
WEEKDAYS = tuple(day_name)
# The small letters with an accent that one letter without it can stand for.
LETTERS: dict[str, str] = {
    letter: unicodedata.normalize("NFD", letter)[0]
    for letter in map(chr, range(0xE0, 0x180))
    if letter.islower() and len(unicodedata.normalize("NFD", letter)) > 1
} | {"ø": "o", "ł": "l", "đ": "d", "ı": "i"}
ACCENTED, PLAIN = "".join(LETTERS), "".join(LETTERS.values())


@dataclass(frozen=True)
class Filters:
    """The plays that a report counts.

    Attributes:
        start: The first day.
        end: The day after the last day.
        level: The level at which a song was played: `free`, `paid` or `all`.
        metro: The metropolitan area as in the logs, the name of a state, or `all`.
        metros: The metropolitan areas of a state, as of `metros_of`; for a single one,
            or all, empty.
        device: The name of a platform or a browser, as of `devices.devices`, or `all`.
        user_agents: The user agents of the device; for all, empty.

    Raises:
        FilterError: The name is that of a state, but its areas are missing; or a device
            is named, but its user agents are missing.
    """

    start: date
    end: date
    level: str = ALL
    metro: str = ALL
    metros: tuple[str, ...] = ()
    device: str = ALL
    user_agents: tuple[str, ...] = ()

    def __post_init__(self) -> None:
        """Refuse a name without what it stands for: no play would be counted."""
        if self.metro.startswith(state_label("")) and not self.metros:
            raise FilterError(
                f"the metro {self.metro!r} names a state, but metros is empty; give "
                "the state's metropolitan areas, as places.metros_of returns them"
            )
        if self.device != ALL and not self.user_agents:
            raise FilterError(
                f"the device is {self.device!r}, but user_agents is empty; give the "
                "device's user agents, as devices.devices returns them"
            )

    @property
    def days(self) -> int:
        """The number of calendar days, with or without plays."""
        return (self.end - self.start).days

    def values(self) -> dict[str, Any]:
        """Return the values to bind in a report."""
        return {
            "start_time": datetime.combine(self.start, time()),
            "end_time": datetime.combine(self.end, time()),
            "level": self.level,
            "metro": self.metro,
            "metros": self.metros or (self.metro,),
            "device": self.device,
            "user_agents": self.user_agents or (self.device,),
        }


@dataclass(frozen=True)
class Answer:
    """The answer of a report.

    Attributes:
        name: The file in `sql/reports/`, without its suffix.
        question: The file's first comment: the question and the grain.
        rows: The rows.
        text: The SQL, which can be pasted into Redshift's query editor.
        values: The bound values.
        seconds: How long the query took.
    """

    name: str
    question: str
    rows: pd.DataFrame
    text: str
    values: Mapping[str, Any]
    seconds: float

    @property
    def asked(self) -> str:
        """The question alone."""
        return f"{self.question.partition('?')[0]}?"


def run_report(
    session: Session, name: str, filters: Filters | None = None, **more: Any
) -> Answer:
    """Run a report.

    Args:
        session: An open warehouse.
        name: The file in `sql/reports/`, without its suffix.
        filters: The plays to count, for a report that has filters.
        more: Further values to bind.

    Raises:
        SqlError: There is no such report.
        WarehouseError: The engine rejected the query.
    """
    file = sql.load(f"reports/{name}")
    bound = (filters.values() if filters else {}) | more
    start = monotonic()
    table = session.query_file(file.name, **bound)
    seconds = monotonic() - start
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
    """Run a ranking by plays, the most played first.

    Args:
        session: An open warehouse.
        name: `top_songs` or `top_artists`.
        filters: The plays to count.
        top: The number of rows.
        before: An earlier period, whose plays and ranks the answer gives too; without
            one, it has no columns for them.
        search: Text that a title or a name must contain; neither case nor accents
            matter.
        is_catalogue_only: Whether to count only the plays of catalogue songs.
    """
    earlier = before or Filters(filters.start, filters.start)
    answer = run_report(
        session,
        name,
        filters,
        top=top,
        pattern=f"%{fold(search.strip()).translate(ESCAPES)}%",
        accented=ACCENTED,
        plain=PLAIN,
        catalogue="catalogue" if is_catalogue_only else ALL,
        before_start_time=earlier.values()["start_time"],
        before_end_time=earlier.values()["end_time"],
    )
    if before is not None:
        return answer
    return replace(answer, rows=answer.rows.drop(columns=BEFORE))


def fold(text: str) -> str:
    """Return a text in small letters without accents, as a search compares it."""
    return text.lower().translate(str.maketrans(ACCENTED, PLAIN))


def data_period(answer: Answer) -> Period:
    """Return the days that the data covers, from the answer of `data_range`."""
    row = answer.rows.iloc[0]
    first, last = (
        None if pd.isna(row[name]) else row[name]
        for name in ("first_play", "last_play")
    )
    return covered(first, last)


def everything(session: Session) -> Filters:
    """Return filters that include every play: from the first day to the last.

    Without plays, the filters have no days.
    """
    period = data_period(run_report(session, "data_range"))
    return Filters(period.start, period.end)


def week_grid(
    hours: pd.DataFrame,
    filters: Filters,
    span: tuple[datetime, datetime] | None = None,
) -> pd.DataFrame:
    """Return a row for each of the 168 hours of the week.

    Args:
        hours: `weekday` (0 is Sunday), `hour` and `plays`; empty hours may be missing.
        filters: The filters of the plays.
        span: The moments between which the data covers their days, as
            `covered_span` returns them; all of the days if None.

    Returns:
        `weekday` by name, `hour`, `plays`, `calendar_days` (how often that hour of that
        weekday occurs) and `plays_per_day`, the average plays of that hour. The
        average includes the days without plays; otherwise, quiet hours look busier.
    """
    start, end = map(pd.Timestamp, span or (filters.start, filters.end))
    clock = pd.date_range(start.floor("h"), end, freq="h")
    clock = clock[clock < end]
    occurs = pd.Series(1, clock).groupby([(clock.weekday + 1) % 7, clock.hour]).sum()
    every = pd.MultiIndex.from_product([range(7), range(24)], names=["weekday", "hour"])
    plays = hours.set_index(["weekday", "hour"])["plays"].reindex(every, fill_value=0)
    grid = plays.reset_index()
    grid["weekday"] = [WEEKDAYS[(number + 6) % 7] for number in grid["weekday"]]
    grid["calendar_days"] = occurs.reindex(every, fill_value=0).to_numpy()
    grid["plays_per_day"] = grid["plays"] / grid["calendar_days"].where(
        grid["calendar_days"] > 0
    )
    return grid
