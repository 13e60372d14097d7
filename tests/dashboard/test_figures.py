"""The overview's numbers are those of pandas, under every filter."""

from collections.abc import Callable
from dataclasses import replace
from datetime import date, timedelta

import pandas as pd
import pytest
from streamlit.testing.v1 import AppTest

from sparkify.reports.report import ALL, Filters
from tests.support.dashboards import Shown, assert_sound, figures, open_page, text
from tests.support.report_stars import CHROME, MACOS, largest_state

pytestmark = [pytest.mark.app, pytest.mark.usefixtures("fresh")]

DAY = timedelta(days=1)
DEVICES = {"macOS": MACOS, "Chrome": CHROME}
CASES: dict[str, tuple[dict[str, str], Callable[[date], tuple[date, date]], int]] = {
    # What is chosen, the days that this is (from the last one), and how many days
    # before those of the comparison lie.
    "at first": ({}, lambda last: (last - 27 * DAY, last), 28),
    "paid week": (
        {"period": "7d", "level": "paid", "compare": "four-weeks"},
        lambda last: (last - 6 * DAY, last),
        28,
    ),
    "free days": (
        {"period": "custom", "level": "free"},
        lambda last: (last - 20 * DAY, last - 11 * DAY),
        10,
    ),
    "metro": (
        {"period": "28d", "metro": "that of most", "compare": "previous"},
        lambda last: (last - 27 * DAY, last),
        28,
    ),
    "state": (
        {"period": "28d", "metro": "that of most areas", "compare": "previous"},
        lambda last: (last - 27 * DAY, last),
        28,
    ),
    "paid in metro": (
        {"period": "month", "level": "paid", "metro": "that of most"},
        lambda last: (last.replace(day=1), last),
        30,
    ),
    "platform": (
        {"period": "28d", "device": "macOS", "compare": "previous"},
        lambda last: (last - 27 * DAY, last),
        28,
    ),
    "browser in metro": (
        {"period": "28d", "device": "Chrome", "metro": "that of most"},
        lambda last: (last - 27 * DAY, last),
        28,
    ),
    "against nothing": (
        {"period": "7d", "compare": "none"},
        lambda last: (last - 6 * DAY, last),
        0,
    ),
}


@pytest.mark.parametrize("case", CASES)
def test_the_overview_shows_what_pandas_counts(either: Shown, case: str) -> None:
    chosen, reckoned, back = CASES[case]
    plays = either.star.all_plays
    first, last = reckoned(plays["play_date"].max())
    crowds = plays.groupby("location")["user_id"].nunique()
    metro = str(crowds.idxmax()) if "metro" in chosen else ALL
    metros: tuple[str, ...] = ()
    if "areas" in chosen.get("metro", ""):
        state, metros = largest_state(plays["location"])
        metro = f"All of {state}"
    level = chosen.get("level", ALL)
    device = chosen.get("device", ALL)
    agents = either.star.user_agents(DEVICES[device]) if device != ALL else ()
    now = Filters(first, last + DAY, level, metro, metros, device, agents)
    before = replace(now, start=first - back * DAY, end=last + DAY - back * DAY)

    dashboard = open_page(either.workspace)
    for key, value in chosen.items():
        if key == "level":
            dashboard.segmented_control(key=key).set_value(value)
        elif key == "period":
            dashboard.pills(key=key).set_value(value)
        else:
            dashboard.selectbox(key=key).set_value(metro if key == "metro" else value)
    dashboard.run()
    if chosen.get("period") == "custom":
        dashboard.date_input(key="days").set_value((first, last)).run()

    assert_sound(dashboard)
    ours = counted(either.star.plays(now))
    assert ours["plays"] > 0
    assert figures(dashboard) == written(ours)
    is_covered = before.start >= plays["play_date"].min()
    theirs = counted(either.star.plays(before)) if back and is_covered else None
    assert ("No change is shown" in text(dashboard)) == (not is_covered)
    assert changes(dashboard) == changed(ours, theirs)


def counted(plays: pd.DataFrame) -> dict[str, int]:
    return {
        "plays": len(plays),
        "listeners": plays["user_id"].nunique(),
        "sessions": len(plays[["user_id", "session_id"]].drop_duplicates()),
        "paid": int((plays["level"] == "paid").sum()),
        "matched": int((~plays["is_inferred"].astype(bool)).sum()),
    }


def written(now: dict[str, int]) -> dict[str, str]:
    plays = now["plays"]
    return {
        "Plays": f"{plays:,}",
        "Listeners": f"{now['listeners']:,}",
        "Sessions": f"{now['sessions']:,}",
        "Plays a listener": f"{plays / now['listeners']:,.1f}",
        "Plays a session": f"{plays / now['sessions']:,.1f}",
        "Paid share": f"{100 * now['paid'] / plays:.1f}\N{NO-BREAK SPACE}%",
        "Match rate": f"{100 * now['matched'] / plays:.1f}\N{NO-BREAK SPACE}%",
    }


def changed(now: dict[str, int], before: dict[str, int] | None) -> dict[str, str]:
    if not before or not before["plays"]:
        return dict.fromkeys(written(now), "")
    ratio = {key: now[key] / before[key] for key in ("plays", "listeners", "sessions")}
    points = {
        key: 100 * (now[key] / now["plays"] - before[key] / before["plays"])
        for key in ("paid", "matched")
    }
    return {
        "Plays": percent(ratio["plays"]),
        "Listeners": percent(ratio["listeners"]),
        "Sessions": percent(ratio["sessions"]),
        "Plays a listener": percent(ratio["plays"] / ratio["listeners"]),
        "Plays a session": percent(ratio["plays"] / ratio["sessions"]),
        "Paid share": f"{points['paid']:+.1f}\N{NO-BREAK SPACE}pp",
        "Match rate": f"{points['matched']:+.1f}\N{NO-BREAK SPACE}pp",
    }


def percent(ratio: float) -> str:
    return f"{100 * (ratio - 1):+.1f}\N{NO-BREAK SPACE}%"


def changes(dashboard: AppTest) -> dict[str, str]:
    return {each.label: each.delta for each in dashboard.metric}
