"""Draws small tables as Altair charts, for the notebooks and the dashboard.

Each function is pure: it takes a table and returns a chart. The title of a chart is the
question that it answers.
"""

from sparkify.charts.bins import bins
from sparkify.charts.evidence import file_sizes, matched, reconciliation
from sparkify.charts.heat import calendar, week
from sparkify.charts.people import genders, retention, stacked_weeks, states
from sparkify.charts.rankings import (
    bars,
    changes,
    decades,
    lorenz,
    shares,
    top_artists,
    top_songs,
)
from sparkify.charts.ranks import bump, ranks
from sparkify.charts.style import Drawn
from sparkify.charts.times import hours, plays_over_days, profiles, trend

__all__ = [
    "Drawn",
    "bars",
    "bins",
    "bump",
    "calendar",
    "changes",
    "decades",
    "file_sizes",
    "genders",
    "hours",
    "lorenz",
    "matched",
    "plays_over_days",
    "profiles",
    "ranks",
    "reconciliation",
    "retention",
    "shares",
    "stacked_weeks",
    "states",
    "top_artists",
    "top_songs",
    "trend",
    "week",
]
