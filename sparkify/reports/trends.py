"""Turns what the reports answer into what a chart of a trend or a spread needs."""

import numpy as np
import pandas as pd

from sparkify.reports.report import Filters

WEEKEND = ("Saturday", "Sunday")


def fill_days(rows: pd.DataFrame, filters: Filters) -> pd.DataFrame:
    """Adds the days without plays.

    Args:
        rows: `play_date` and counts, at most one row a day; days may lack.
        filters: The days that the rows are from.

    Returns:
        The same columns, a row for each calendar day of the filters, in order; the
        counts of an added day are 0.
    """
    every = pd.date_range(filters.start, periods=filters.days, name="play_date")
    counts = rows.assign(play_date=pd.to_datetime(rows["play_date"]))
    filled = counts.set_index("play_date").reindex(every, fill_value=0)
    return filled.reset_index()


def gini(lorenz: pd.DataFrame) -> float:
    """Gives the Gini coefficient: 0 where all are played alike, towards 1 where one is.

    Args:
        lorenz: What `song_concentration` or `artist_concentration` answers:
            `item_count`, and `item_percent` (to 100) with `play_share` (to 1) in order.

    Returns:
        Twice the area between the diagonal and the straight lines from point to point:
        exact up to 100 items, a little too small for more; not a number without any.
    """
    if lorenz.empty:
        return float("nan")
    count = lorenz["item_count"].to_numpy()
    # A percentile ends at its last item, which is below the percentage that it is.
    items = np.append(0, lorenz["item_percent"].to_numpy() * count // 100 / count)
    shares = np.append(0, lorenz["play_share"].to_numpy())
    return float(1 - 2 * np.trapezoid(shares, items))


def weekday_profile(grid: pd.DataFrame) -> pd.DataFrame:
    """Sets the hours of Monday to Friday against those of the weekend.

    Args:
        grid: What `reports.week_grid` gives.

    Returns:
        `part_of_week` (`weekday` or `weekend`), `hour` and `plays_per_day`: the plays
        in that hour of an average such day, of all that the calendar has; not a number
        where the period has no such day.
    """
    is_weekend = grid["weekday"].isin(WEEKEND)
    part = is_weekend.map({True: "weekend", False: "weekday"}).rename("part_of_week")
    sums = grid.groupby([part, "hour"])[["plays", "calendar_days"]].sum()
    days = sums["calendar_days"].where(sums["calendar_days"] > 0)
    return (sums["plays"] / days).rename("plays_per_day").reset_index()
