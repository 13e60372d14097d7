"""Every chart, with how to draw it and a small table to draw."""

from collections.abc import Callable

import pandas as pd

from sparkify import charts
from sparkify.reports.report import Filters, week_grid
from tests.support.chart_rows import (
    BY_DAY,
    BY_HOUR,
    BY_STATE,
    DAYS,
    PROFILE,
    TITLE,
    frame,
)

MONDAYS = pd.DatetimeIndex(["2018-11-05", "2018-11-12"])


SONGS = frame(
    title=["Undo", "Revelry", "Nur ein <b>Wort</b> & mehr"],
    artist=["Björk", "Kings Of Leon", "Wir sind Helden"],
    plays=[28, 27, 1],
    listeners=[9, 8, 1],
)
BY_LEVEL = frame(
    play_date=DAYS.repeat(2), level=["free", "paid"] * 14, plays=range(28), listeners=1
)
GRID = week_grid(
    frame(weekday=[0, 1, 6], hour=[0, 9, 23], plays=[5, 7, 11]),
    Filters(DAYS[0].date(), DAYS[-1].date()),
)
WEEKS = frame(week_start=MONDAYS.date, new_listeners=[5, 2], returning_listeners=[0, 4])
COHORTS = frame(
    cohort_week=[MONDAYS[0].date()] * 2 + [MONDAYS[1].date()],
    week_number=[0, 1, 0],
    listeners=[5, 3, 2],
    cohort_size=[5, 5, 2],
)
SIZES = frame(bin_start=[1, 2, 4], bin_end=[1, 3, None], listeners=[4, 2, 1])
GENDERS = frame(
    gender=["F", "F", "M"],
    level=["free", "paid", "free"],
    listeners=[3, 2, 5],
    plays=[30, 70, 11],
)
SPREAD = frame(item_percent=[50, 100], play_share=[0.25, 1.0], item_count=2, plays=4)
DECADES = frame(decade=[1990, 2000, None], plays=[3, 4, 93])
KINDS = frame(browser=["Chrome", "Firefox"], plays=[75, 25])
FILES = frame(
    folder=["log_data", "song_data"] * 2,
    size=["up to 1 kB", "up to 1 kB", "more", "more"],
    files=[0, 71, 30, 0],
)
ENDS = frame(
    records=["events"] * 3,
    ended=["staged", "duplicate", "quarantined"],
    number=[8_056, 0, 2],
)
MATCHED = frame(
    what=["plays"] * 2, kind=["in the catalogue", "inferred"], number=[340, 6_480]
)
NAMES = {"returning_listeners": "returning", "new_listeners": "new"}

CHANGES = frame(artist=["Björk", "Muse"], plays_change=[12, -3])
RANKS = frame(
    week_start=MONDAYS.date, plays=[5, 2], play_rank=[3, 12], is_whole=[True, False]
)
BUMP = pd.concat([RANKS.assign(artist=name) for name in ("Björk", "Muse")])

Draw = Callable[[pd.DataFrame], charts.Drawn]
DRAWN: dict[str, tuple[Draw, pd.DataFrame]] = {
    "bars": (lambda rows: charts.bars(rows, "title", TITLE), SONGS),
    "bins": (lambda rows: charts.bins(rows, "listeners", TITLE, unit="plays"), SIZES),
    "bump": (lambda rows: charts.bump(rows, "artist", TITLE), BUMP),
    "calendar": (lambda rows: charts.calendar(rows, TITLE), BY_DAY),
    "changes": (lambda rows: charts.changes(rows, "artist", TITLE), CHANGES),
    "decades": (lambda rows: charts.decades(rows, TITLE), DECADES),
    "file_sizes": (lambda rows: charts.file_sizes(rows, TITLE), FILES),
    "genders": (lambda rows: charts.genders(rows, TITLE), GENDERS),
    "hours": (lambda rows: charts.hours(rows, TITLE), BY_HOUR),
    "lorenz": (lambda rows: charts.lorenz(rows, TITLE), SPREAD),
    "matched": (lambda rows: charts.matched(rows, TITLE), MATCHED),
    "plays_over_days": (lambda rows: charts.plays_over_days(rows, TITLE), BY_LEVEL),
    "profiles": (lambda rows: charts.profiles(rows, TITLE), PROFILE),
    "reconciliation": (lambda rows: charts.reconciliation(rows, TITLE), ENDS),
    "ranks": (lambda rows: charts.ranks(rows, TITLE), RANKS),
    "retention": (lambda rows: charts.retention(rows, TITLE), COHORTS),
    "shares": (lambda rows: charts.shares(rows, "browser", TITLE), KINDS),
    "stacked_weeks": (
        lambda rows: charts.stacked_weeks(rows, NAMES, TITLE, unit="listeners"),
        WEEKS,
    ),
    "states": (lambda rows: charts.states(rows, TITLE, selection="s"), BY_STATE),
    "top_artists": (lambda rows: charts.top_artists(rows, TITLE), SONGS),
    "top_songs": (lambda rows: charts.top_songs(rows, TITLE), SONGS),
    "trend": (lambda rows: charts.trend(rows, rows, TITLE), BY_DAY),
    "week": (
        lambda rows: charts.week(rows, TITLE, selection="cell"),
        GRID,
    ),
}
