"""The reports keep to their word where plays are tied, unknown or at a range's edge."""

from collections.abc import Iterator, Sequence
from dataclasses import replace
from datetime import date, datetime
from pathlib import Path
from typing import Any

import pandas as pd
import pytest

from sparkify.reports.report import Filters, run_report
from sparkify.warehouse import Session, open_star
from tests.support.records import Record, play, song, write_source
from tests.support.stars import build

NOVEMBER = Filters(date(2018, 11, 1), date(2018, 12, 1))
PAID = Filters(date(2018, 11, 1), date(2018, 12, 1), level="paid")
ROME = Filters(date(2018, 11, 1), date(2018, 12, 1), metro="Rome")
ON_PHONE = replace(NOVEMBER, device="iOS", user_agents=("a phone",))
BEGAN = datetime(2018, 11, 1, 20, 57, 10, 796_000)  # when item 0 is played
BEGAN_MS = 1_541_105_830_796

Rows = list[tuple[Any, ...]]


def star_of(folder: Path, events: Sequence[Record]) -> Session:
    catalogue = [
        song("SO1", "Undo", "Björk", "AR1", duration=30.0),
        song("SO2", "Army Of Me", "Björk", "AR1", duration=60.0),
    ]
    build(write_source(folder / "source", events, catalogue), folder / "workspace")
    return open_star(str(folder / "workspace"))


def report(
    session: Session, name: str, filters: Filters = NOVEMBER, **more: Any
) -> Rows:
    rows = run_report(session, name, filters, **more).rows
    return [
        tuple(None if pd.isna(value) else value for value in row)
        for row in rows.itertuples(index=False)
    ]


@pytest.fixture(scope="module")
def star(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Session]:
    """Yield a star of five listeners; each item is a minute after the last."""
    events = [
        # The last two plays have one timestamp: Long ends last.
        play(0, "Undo", "Björk"),
        play(1, "Undo", "Björk", location="Paris"),
        play(
            2,
            "Long",
            "Unknown",
            length=900.0,
            ts=BEGAN_MS + 60_000,
            level="paid",
            location="Rome",
            userAgent="a phone",
        ),
        # Another listener's session of the same number and end, of unknown length.
        play(
            3,
            "Silent",
            "Unknown",
            length=None,
            ts=BEGAN_MS + 60_000,
            level="paid",
            userId="3",
        ),
        # Just below a minute, without a gender; just a minute.
        play(4, "Short", "Unknown", length=59.999, userId="4", gender=None),
        play(5, "Minute", "Unknown", length=60.0, userId="5"),
        # 1,024 plays in 1,024 minutes.
        *(
            play(item, "Army Of Me", "Björk", userId="6", sessionId=6, level="paid")
            for item in range(1_024)
        ),
    ]
    with star_of(tmp_path_factory.mktemp("hard"), events) as session:
        yield session


def test_a_session_lasts_until_all_its_plays_have_ended(star: Session) -> None:
    assert report(star, "longest_sessions", top=9) == [
        (BEGAN, 1_024.0, 1_024, "paid"),
        (BEGAN, 16.0, 3, "paid"),
        (BEGAN.replace(hour=21, minute=2), 1.0, 1, "free"),
        (BEGAN.replace(hour=21, minute=1), 59.999 / 60, 1, "free"),
        (BEGAN.replace(minute=58), 0.0, 1, "paid"),
    ]
    assert report(star, "session_summary") == [
        (5, 1.0, pytest.approx(615.6), 1.0, pytest.approx(620.8))
    ]


def test_a_filter_cuts_a_session_to_the_plays_that_pass(star: Session) -> None:
    longest = (BEGAN, 1_024.0, 1_024, "paid")
    cut = (BEGAN.replace(minute=58), 15.0, 1, "paid")
    silent = (BEGAN.replace(minute=58), 0.0, 1, "paid")
    assert report(star, "longest_sessions", PAID, top=9) == [longest, cut, silent]
    for filters in (ROME, ON_PHONE):
        assert report(star, "longest_sessions", filters, top=9) == [cut]
        assert report(star, "session_summary", filters) == [(1, 1.0, 1.0, 15.0, 15.0)]
    for filters, sessions in ((PAID, 3), (ROME, 1), (ON_PHONE, 1)):
        ranges = report(star, "session_minutes", filters)
        assert (8, 15, 1) in ranges
        assert sum(row[2] for row in ranges) == sessions
    assert report(star, "session_summary", PAID) == [
        (3, 1.0, pytest.approx(819.4), 15.0, pytest.approx(822.2))
    ]


def test_the_first_range_is_below_a_minute_and_the_last_has_no_end(
    star: Session,
) -> None:
    assert report(star, "session_minutes") == [
        (0, 0, 2),
        (1, 1, 1),
        (16, 31, 1),
        (1_024, None, 1),
    ]
    assert report(star, "session_plays") == [(1, 1, 3), (2, 3, 1), (1_024, None, 1)]
    assert report(star, "plays_per_listener") == [
        (1, 1, 3, 3),
        (2, 3, 1, 3),
        (1_024, None, 1, 1_024),
    ]


def test_a_listener_without_a_gender_is_unknown(star: Session) -> None:
    assert report(star, "gender_by_level") == [
        ("F", "free", 2, 3, 1),
        ("F", "paid", 3, 1_026, 1),
        ("unknown", "free", 1, 1, 0),
    ]


def test_plays_without_a_place_are_counted_as_unknown(star: Session) -> None:
    plays, listeners = 3 + 3 + 1_024, 5
    assert report(star, "places", least_listeners=1) == [
        (None, "unknown", plays - 2, listeners),
        ("Paris", None, 1, 1),
        ("Rome", None, 1, 1),
    ]
    folded = report(star, "places", least_listeners=listeners + 1)
    assert folded == [
        (None, "unknown", plays - 2, listeners),
        (None, "few", 2, 1),
    ]


def test_the_free_level_comes_first_at_one_timestamp(
    tmp_path: Path,
) -> None:
    levels = {
        "upgraded from the start": ["free paid", "paid"],
        "upgraded at the end": ["free", "free paid"],
        "downgraded": ["paid", "free"],
        "returned to paid": ["paid", "free paid"],
        "returned to free": ["free paid", "free"],
        "free only": ["free", "free"],
        "paid only": ["paid", "paid"],
    }
    events = [
        play(
            2 * position + (level == "free"),
            "Undo",
            "Björk",
            ts=BEGAN_MS + position,
            level=level,
            userId=user,
        )
        for user, levels_by_time in levels.items()
        for position, both in enumerate(levels_by_time)
        for level in both.split()
    ]
    with star_of(tmp_path, events) as session:
        assert report(session, "conversion") == [(7, 1, 1, 2, 1, 2)]
