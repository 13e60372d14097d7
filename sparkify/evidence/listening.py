"""What the charts of 06_listening show, as sentences that are computed."""

import pandas as pd

from sparkify.reports.periods import PRESETS
from sparkify.reports.places import hidden, shown
from sparkify.reports.report import Filters

DASHBOARD = "http://localhost:8501"
NO_PLAYS = "There are no plays, so there is nothing to find."


def period(filters: Filters) -> str:
    """Return the days that all charts show."""
    if not filters.days:
        return NO_PLAYS
    last = pd.Timestamp(filters.end) - pd.Timedelta(days=1)
    return (
        f"All plays from {filters.start:%-d %B %Y} to {last:%-d %B %Y}, "
        f"{filters.days:,} days in UTC."
    )


def match_rate(overview: pd.DataFrame) -> str:
    """Return which share of the plays the catalogue has.

    Args:
        overview: The rows of the report `overview`.
    """
    row = overview.iloc[0]
    if not row["plays"]:
        return NO_PLAYS
    share = row["matched_plays"] / row["plays"]
    return (
        f"{row['matched_plays']:,} of {row['plays']:,} plays ({share:.1%}) are of "
        "songs in the catalogue; the charts show all plays."
    )


def leader(rows: pd.DataFrame, name: str, total: int) -> str:
    """Return the share of the first row of a ranking, and of all its rows.

    Args:
        rows: The rows of a ranking, with `plays`.
        name: The column that names a row.
        total: All plays.
    """
    if rows.empty or not total:
        return NO_PLAYS
    first = rows.iloc[0]
    shown = rows["plays"].sum() / total
    return (
        f"'{first[name]}' leads with {first['plays']:,} plays "
        f"({first['plays'] / total:.1%} of all); the {len(rows):,} shown have "
        f"{shown:.1%} together."
    )


def rhythm(days: pd.DataFrame) -> str:
    """Return the strongest day, and the share of the plays by paying users.

    Args:
        days: `play_date`, `level` and `plays`.
    """
    if days.empty:
        return NO_PLAYS
    totals = days.groupby("play_date")["plays"].sum()
    paid = days.loc[days["level"] == "paid", "plays"].sum() / totals.sum()
    busiest = pd.Timestamp(totals.idxmax())
    return (
        f"The strongest day is {busiest:%A, %-d %B %Y} with {totals.max():,} plays; "
        f"{paid:.1%} of all plays are by paying users."
    )


def busiest_hour(week: pd.DataFrame) -> str:
    """Return the hours of the week with the most and the fewest plays.

    Args:
        week: The rows of `week_grid`.
    """
    known = week.dropna(subset=["plays_per_day"])
    if not known["plays"].sum():
        return NO_PLAYS
    most = known.loc[known["plays_per_day"].idxmax()]
    least = known.loc[known["plays_per_day"].idxmin()]
    return (
        f"The busiest hour is {most['weekday']} at {most['hour']}:00 UTC with "
        f"{most['plays_per_day']:,.1f} plays; the quietest is {least['weekday']} at "
        f"{least['hour']}:00 with {least['plays_per_day']:,.1f}."
    )


def levels(weeks: pd.DataFrame) -> str:
    """Return how the share of paying listeners changed from the first week to the last.

    Args:
        weeks: The rows of the report `levels_by_week`.
    """
    if weeks.empty:
        return NO_PLAYS
    shares = weeks["paid_listeners"] / (
        weeks["paid_listeners"] + weeks["free_listeners"]
    )
    return (
        f"{shares.iloc[0]:.1%} of the listeners of the first week pay, and "
        f"{shares.iloc[-1]:.1%} of those of the last."
    )


def sessions(summary: pd.DataFrame) -> str:
    """Return how long a session is.

    Args:
        summary: The rows of the report `session_summary`.
    """
    row = summary.iloc[0]
    if not row["sessions"]:
        return NO_PLAYS
    return (
        f"Half of the {row['sessions']:,.0f} sessions have at most "
        f"{row['median_plays']:,.0f} plays and {row['median_minutes']:,.0f} minutes; "
        f"one in ten has more than {row['p90_plays']:,.0f} plays."
    )


def places(rows: pd.DataFrame, least_listeners: int) -> str:
    """Return the place with the most plays, and what is not shown.

    Args:
        rows: The rows of the report `places`.
        least_listeners: The listeners that a place needs to be shown.
    """
    if rows.empty:
        return NO_PLAYS
    left_out = hidden(rows, least_listeners)
    known = shown(rows)
    if known.empty:
        return left_out
    first = known.iloc[0]
    return (
        f"Most is played in '{first['location']}', {first['plays']:,} plays; "
        f"{len(known):,} places may be shown. {left_out}"
    ).strip()


def link(page: str) -> str:
    """Return the address of a page of the dashboard that shows all days.

    Args:
        page: The page's name in its address, such as `songs`.
    """
    return f"{DASHBOARD}/{page}?period={PRESETS['all']}"
