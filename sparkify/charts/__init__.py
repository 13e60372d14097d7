"""Draws small tables as Altair charts; the notebooks and the dashboard share them.

Each function is pure: a table in, a chart out, its title saying what it answers.
"""

from sparkify.charts.people import bins, genders, retention, stacked_weeks, states
from sparkify.charts.rankings import (
    bars,
    decades,
    lorenz,
    shares,
    top_artists,
    top_songs,
)
from sparkify.charts.style import Drawn
from sparkify.charts.times import (
    calendar,
    hours,
    plays_over_days,
    profiles,
    trend,
    week,
)

__all__ = [
    "Drawn",
    "bars",
    "bins",
    "calendar",
    "decades",
    "genders",
    "hours",
    "lorenz",
    "plays_over_days",
    "profiles",
    "retention",
    "shares",
    "stacked_weeks",
    "states",
    "top_artists",
    "top_songs",
    "trend",
    "week",
]
