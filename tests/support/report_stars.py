"""The stars that the reports are tested on, and their raw rows in pandas.

A test that takes the fixture `star` runs on the real star and a demo one on DuckDB, and
on the real one on Redshift's emulator. Expected answers are computed from `star.plays`
and `star.tables`, which share nothing with the reports but the stored rows.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal
from functools import cached_property
from typing import Any

import pandas as pd
import pytest

from sparkify.reports.report import ALL, Filters, run_report
from sparkify.warehouse import Session, open_star
from sparkify.warehouse.tables import STAR
from tests.support.stars import build

CASES = (
    "everything",
    "week",
    "day",
    "free",
    "paid",
    "metro",
    "state",
    "paid in metro",
    "free in metro",
    "platform",
    "browser in metro",
    "before the first day",
    "no day",
)
MACOS, FIREFOX, CHROME = "Macintosh", "Firefox/", "Chrome/"  # as user agents name them


@dataclass(frozen=True)
class ReportStar:
    """A built star, open, with all that the tests compare its answers to.

    Attributes:
        session: The open star.
        tables: The rows of each of its tables, as stored.
    """

    session: Session
    tables: Mapping[str, pd.DataFrame]

    @cached_property
    def all_plays(self) -> pd.DataFrame:
        """Each play with its song and artist.

        Besides the columns of `songplays`: `title`, `year`, `duration`, `is_inferred`
        (of its song), `artist` (its name), `play_date`, `weekday` (0 is Sunday) and
        `hour`.
        """
        songs = self.tables["songs"].drop(columns="artist_id")
        artists = self.tables["artists"][["artist_id", "name"]]
        plays = self.tables["songplays"].merge(songs, on="song_id", validate="m:1")
        plays = plays.merge(artists, on="artist_id", validate="m:1")
        timestamps = plays["start_time"].dt
        return plays.rename(columns={"name": "artist"}).assign(
            play_date=timestamps.date,
            weekday=(timestamps.weekday + 1) % 7,
            hour=timestamps.hour,
        )

    def plays(self, filters: Filters) -> pd.DataFrame:
        """Return the plays that the filters let pass, with their songs and artists."""
        if filters not in self._passing:
            self._passing[filters] = self._filter(filters)
        return self._passing[filters].copy()

    @cached_property
    def _passing(self) -> dict[Filters, pd.DataFrame]:
        return {}

    def _filter(self, filters: Filters) -> pd.DataFrame:
        plays = self.all_plays
        passing = (plays["play_date"] >= filters.start) & (
            plays["play_date"] < filters.end
        )
        if filters.level != ALL:
            passing &= plays["level"] == filters.level
        if filters.metro != ALL:
            passing &= plays["location"].isin(filters.metros or [filters.metro])
        if filters.device != ALL:
            passing &= plays["user_agent"].isin(filters.user_agents)
        return plays[passing]

    def filters(self, case: str) -> Filters:
        """Return the filters of one of `CASES`."""
        return self._cases[case]

    def report(
        self, name: str, filters: Filters | None = None, **more: Any
    ) -> pd.DataFrame:
        """Return the rows that a report answers."""
        return run_report(self.session, name, filters, **more).rows

    @cached_property
    def _metros_of_a_state(self) -> tuple[str, ...]:
        """The metropolitan areas that the state with the most of them has."""
        return largest_state(self.all_plays["location"])[1]

    def user_agents(self, pattern: str) -> tuple[str, ...]:
        """Return the user agents in which a regular expression finds something."""
        agents = pd.Series(self.all_plays["user_agent"].dropna().unique())
        return tuple(agents[agents.str.contains(pattern)])

    @cached_property
    def _cases(self) -> dict[str, Filters]:
        dates = self.all_plays["play_date"]
        first, last = dates.min(), dates.max()
        after, middle = last + timedelta(days=1), first + (last - first) // 2
        week_end, eve = middle + timedelta(days=7), first - timedelta(days=1)
        listeners = self.all_plays.groupby("location")["user_id"].nunique()
        metro = str(listeners.idxmax())
        cases = (
            Filters(first, after),
            Filters(middle, week_end),
            Filters(middle, middle + timedelta(days=1)),
            Filters(first, after, level="free"),
            Filters(first, after, level="paid"),
            Filters(first, after, metro=metro),
            Filters(first, after, metro="All of it", metros=self._metros_of_a_state),
            Filters(first, after, level="paid", metro=metro),
            Filters(first, after, level="free", metro=metro),
            Filters(first, after, device="macOS", user_agents=self.user_agents(MACOS)),
            Filters(
                first,
                after,
                metro=metro,
                device="Chrome",
                user_agents=self.user_agents(CHROME),
            ),
            Filters(date(2001, 1, 1), eve),
            Filters(middle, middle),
        )
        return dict(zip(CASES, cases, strict=True))


def states_of(locations: "pd.Series[str]") -> "pd.Series[str]":
    """Return the first state that the name of each metropolitan area ends in."""
    states: pd.Series[str] = locations.str.extract(
        r", ([A-Z]{2})[A-Z-]*$", expand=False
    )
    return states


def largest_state(locations: "pd.Series[str]") -> tuple[str, tuple[str, ...]]:
    """Return the state that has the most metropolitan areas, and these."""
    metros = pd.Series(locations.dropna().unique())
    states = states_of(metros)
    most = str(states.value_counts().index[0])
    return most, tuple(metros[states == most])


def assert_same(answer: pd.DataFrame, expected: pd.DataFrame) -> None:
    """Hold an answer against what pandas computed: columns, rows and their order.

    Numbers must be plain, not decimals; those with a fraction may differ by rounding.
    """
    assert list(answer.columns) == list(expected.columns)
    for column in answer.columns:
        assert not any(isinstance(value, Decimal) for value in answer[column]), column
        ours = [_plain(value) for value in answer[column]]
        theirs = [_near(_plain(value)) for value in expected[column]]
        assert ours == theirs, column


def _plain(value: Any) -> Any:
    """Turn each kind of missing value into `None`."""
    return None if pd.isna(value) else value


def _near(value: Any) -> Any:
    """Let a number with a fraction equal what differs from it by rounding."""
    is_fraction = isinstance(value, float)
    return pytest.approx(value, rel=1e-9, abs=1e-12) if is_fraction else value


REAL = pytest.param("real", marks=pytest.mark.real)
ON_REDSHIFT = pytest.param(
    "real on redshift",
    marks=[
        pytest.mark.real,
        pytest.mark.server,
        pytest.mark.xdist_group("redshift star"),
    ],
)


@pytest.fixture(scope="session", params=["demo", REAL, ON_REDSHIFT])
def star(
    request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[ReportStar]:
    """Yield one star after the other, each built once."""
    if request.param == "real on redshift":
        from sparkify.rehearsal.redshift.postgres import Postgres
        from tests.support.redshift import redshift_emulator

        source = request.getfixturevalue("real_source")
        folder = tmp_path_factory.mktemp("redshift")
        with (
            Postgres(folder) as postgres,
            redshift_emulator(folder, postgres) as on,
        ):
            build(source, on.workspace, "redshift")
            with open_star(str(on.workspace), warehouse="redshift") as session:
                yield read_star(session)
        return
    workspace = request.getfixturevalue(f"{request.param}_workspace")
    with open_star(str(workspace)) as session:
        yield read_star(session)


def read_star(session: Session) -> ReportStar:
    """Read the raw rows of an open star."""
    tables = {
        table: session.query(f"select * from {table}", {}).to_pandas() for table in STAR
    }
    return ReportStar(session, tables)
